/* SPDX-License-Identifier: Apache-2.0 */
/* Secured packets in SMS-PP: user data with its header (TS 31.115 4, TS 23.040 9.2.3.24), and the
 * TPDUs that carry them (TS 23.040 9.2.2). */
#ifndef UICC_SMS_H
#define UICC_SMS_H

#include "base/buf.h"

#include <stdbool.h>

#define SMS_UD_MAX 140
#define SMS_PARTS_MAX 255

enum sms_form { SMS_PACKET, SMS_UD, SMS_TPDU };
/* packet, ud or tpdu; status 2. */
int sms_form_parse(enum sms_form *form, const char *name, struct why *why)
	__attribute__((warn_unused_result));

/* What a sender puts around a packet. reference tells concatenated messages apart. originator:
 * digits of TP-OA (TP-DA of an SMS-SUBMIT). submit: a response goes by SMS-SUBMIT, else by
 * SMS-DELIVER-REPORT, which carries one part alone (status 3). */
struct sms_spec {
	enum sms_form form;
	bool is_response, submit;
	uint8_t reference;
	const char *originator;
	int64_t at;
};

/* Appends a line of hex for each short message (one for SMS_PACKET). */
int sms_lines(struct buf *out, const struct sms_spec *s, const uint8_t *packet, size_t len,
	      struct why *why) __attribute__((warn_unused_result));

/* One part of a packet: borrowed octets; part of parts, from 1. from: TP-OA of an SMS-DELIVER, of
 * which the reference is one. */
struct sms_part {
	const uint8_t *bytes, *from;
	size_t len, from_len;
	unsigned reference, part, parts;
	bool is_response; /* IEI 71; known of the first part alone */
};

/* Reads one short message in that form; SMS_TPDU takes SMS-DELIVER, SMS-DELIVER-REPORT and
 * SMS-SUBMIT. Status 3 where it is no secured packet: 8-bit data, class 2 and a header with IEI 70
 * or 71 (in the first part) are wanted. */
int sms_read(struct sms_part *p, enum sms_form form, const uint8_t *bytes, size_t len,
	     struct why *why) __attribute__((warn_unused_result));

/* Lines of hex into the packet that they carry, in any order of parts; parts that are missing,
 * double or of another message are status 3. */
int sms_join(struct buf *packet, enum sms_form form, bool is_response, const char *lines,
	     const char *file, struct why *why) __attribute__((warn_unused_result));

#endif
