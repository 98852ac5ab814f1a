/* SPDX-License-Identifier: Apache-2.0 */
/* JSON in and out, over jansson: strict in, compact out. No message quotes a value. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/auto.h"
#include "base/buf.h"

#include <jansson.h>
#include <stdbool.h>

DEFINE_AUTO(json_t, json_decref)

/* What json_parse's message calls a line of JSON Lines: a file of one large object is told so. */
#define JSON_RECORD "record (one a line)"

/* One object and nothing behind it; a member given twice is refused. what stands before the
 * message. Caller owns the result; NULL is status 3. */
json_t *json_parse(const void *bytes, size_t len, const char *what, struct why *why);

/* The same of a whole file: the message is FILE:LINE: .... */
json_t *json_document(const void *bytes, size_t len, const char *file, struct why *why);

/* slurps a file of at most SLURP_DOCUMENT octets and parses it. */
json_t *json_load(const char *path, struct why *why);

/* Every member must be in fields, which ends with NULL. */
int json_only(const json_t *o, const char *const fields[], struct why *why)
	__attribute__((warn_unused_result));

/* A string member, borrowed. Missing or of another type: NULL and status 3. */
const char *json_text(const json_t *o, const char *field, struct why *why);

/* The same, but *text is NULL where the member is missing. */
int json_text_opt(const char **text, const json_t *o, const char *field, struct why *why)
	__attribute__((warn_unused_result));

/* A whole number, or its digits as a string (as CSV has it); missing gives fallback. */
int json_number(uint64_t *n, const json_t *o, const char *field, uint64_t min, uint64_t max,
		uint64_t fallback, struct why *why) __attribute__((warn_unused_result));

/* A string of exactly 2 * len hex digits. */
int json_hex(uint8_t *bytes, size_t len, const json_t *o, const char *field, struct why *why)
	__attribute__((warn_unused_result));

/* A new string of the octets in hex; NULL where memory is short. */
json_t *json_of_hex(const void *bytes, size_t len);

/* A string of base64; appended to b. */
int json_b64(struct buf *b, const json_t *o, const char *field, struct why *why)
	__attribute__((warn_unused_result));

/* Setting members; each returns -1 and status 4 where memory is short. */
int json_put_text(json_t *o, const char *field, const char *text, struct why *why)
	__attribute__((warn_unused_result));
int json_put_number(json_t *o, const char *field, uint64_t n, struct why *why)
	__attribute__((warn_unused_result));
int json_put_bool(json_t *o, const char *field, bool yes, struct why *why)
	__attribute__((warn_unused_result));
int json_put_hex(json_t *o, const char *field, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));
int json_put_b64(json_t *o, const char *field, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));
/* Takes value's reference, in failure too. */
int json_put(json_t *o, const char *field, json_t *value, struct why *why)
	__attribute__((warn_unused_result));

/* Appends the value, compact, members in the order in which they were set. */
int json_append(struct buf *b, const json_t *o, struct why *why)
	__attribute__((warn_unused_result));
/* The same and a newline: one record. */
int json_append_line(struct buf *b, const json_t *o, struct why *why)
	__attribute__((warn_unused_result));

#endif
