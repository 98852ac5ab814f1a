/* SPDX-License-Identifier: Apache-2.0 */
/* Time: the clock, or --at. RFC 3339 in UTC, seconds. */
#ifndef BASE_WHEN_H
#define BASE_WHEN_H

#include "base/why.h"

#include <stdint.h>

#define WHEN_TEXT 21 /* 2026-11-21T01:02:03Z and the 0 octet */

/* Seconds since 1970. This and base/rng are all that a golden build replaces. */
int64_t when_now(void);

/* at, or the clock where at is NULL. */
int when_at(int64_t *t, const char *at, struct why *why) __attribute__((warn_unused_result));
int when_parse(int64_t *t, const char *text, const char *what, struct why *why)
	__attribute__((warn_unused_result));
void when_format(char text[static WHEN_TEXT], int64_t t);

#endif
