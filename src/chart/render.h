/* SPDX-License-Identifier: Apache-2.0 */
/* A chart as mscgen's text, as the picture that mscgen makes of it, and as one HTML page. */
#ifndef CHART_RENDER_H
#define CHART_RENDER_H

#include "chart/chart.h"

#include <stdbool.h>

/* mscgen(1)'s language; refusals in red. numbered: the messages' numbers, from 1, are in the
 * colours of their labels. */
int chart_msc(struct buf *out, const struct chart *c, bool numbered, struct why *why)
	__attribute__((warn_unused_result));

/* The picture, by mscgen (svg, png); status 4 where mscgen is missing or fails. */
int chart_picture(struct buf *out, const struct chart *c, const char *form, bool numbered,
		  struct why *why) __attribute__((warn_unused_result));

/* One page without script or network: the chart, and each message set out below it. folder is where
 * the messages' files are (the trace's); a file that is missing, or outside of folder/wire, is said
 * to be missing. Where the run was made with --states, each message has the states around it. */
int chart_html(struct buf *out, const struct chart *c, const char *folder, struct why *why)
	__attribute__((warn_unused_result));

/* The records of folder/states.jsonl, an array, owned; empty where there is none. And what they say
 * of the two parties of message `number` (from 1) before and after its step, as HTML. */
int chart_states(json_t **states, const char *folder, struct why *why)
	__attribute__((warn_unused_result));
int chart_states_put(struct buf *out, const json_t *states, size_t number, const char *from,
		     const char *to, struct why *why) __attribute__((warn_unused_result));

/* Messages, round trips and octets on each interface (air, inter-operator, pva, owner, supply,
 * internal) of each procedure, JSON Lines. */
int chart_interfaces(struct buf *out, const struct chart *c, struct why *why)
	__attribute__((warn_unused_result));

/* A message's octets set out for reading: JSON and XML indented, a JWS in its parts, DER and the
 * toolkit's blobs with a line a field and its octets, and all else in hex. HTML is escaped. */
int chart_message(struct buf *out, const uint8_t *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));
/* The same of DER, and of PEM; 1 where it is none, with nothing appended. */
int chart_der(struct buf *out, const uint8_t *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));
int chart_pem(struct buf *out, const char *text, size_t len, struct why *why)
	__attribute__((warn_unused_result));
int chart_escape(struct buf *out, const char *text, size_t len, struct why *why)
	__attribute__((warn_unused_result));

#endif
