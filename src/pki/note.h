/* SPDX-License-Identifier: Apache-2.0 */
/* Notes: every signed word between two parties (m2m-files(5): a JWT whose typ is m2m-TYPE, with
 * iss, aud, jti, iat, exp, about and fields). */
#ifndef PKI_NOTE_H
#define PKI_NOTE_H

#include "pki/cert.h"
#include "pki/jws.h"

#define NOTE_LIFETIME ((int64_t)24 * 3600) /* seconds; --expires changes it */
#define NOTE_SKEW 60                       /* iat may lie that much ahead */

/* Who may sign a note of that type; 0 where there is no such type. note_open asks for these roles
 * where the policy names none. */
unsigned note_roles(const char *type);

/* Makes and appends a note from the certificate's name to `to`. fields is borrowed and may be
 * NULL; it must not name a registered claim. about NULL: no about claim, else its SHA-256. */
struct note_spec {
	const char *type; /* without m2m- */
	const char *to;
	const json_t *fields;
	const uint8_t *about;
	size_t about_len;
	int64_t at;
	int64_t lifetime;
};
int note_make(struct buf *b, const struct note_spec *spec, EVP_PKEY *key, X509 *cert,
	      struct why *why) __attribute__((warn_unused_result));

/* The fields of a note from words FIELD=VALUE and FIELD=@FILE, NULL at the end: a field in snake
 * case; a file as base64 where its name ends in _b64, as text where it ends in _pem. Owned; NULL
 * with status 2 where a word is none. */
json_t *note_fields(char *const words[], struct why *why);

/* Opens a note and checks all of it: signature, signer by policy (roles, name), typ, aud, times,
 * about (NULL: not asked for). Refused with the reasons of jws_open and cert_check, and
 * `wrong-recipient`, `note-expired`, `not-yet-valid`, `wrong-subject` (about). The payload, owned,
 * has all claims. jti is 16 octets in hex; who asks for freshness spends it in a register. */
struct note_check {
	const char *type;
	const char *to;
	const struct cert_policy *policy;
	const uint8_t *about;
	size_t about_len;
};
json_t *note_open(const char *text, size_t len, const struct note_check *check, X509 **signer,
		  struct why *why);

/* Whether a note that was opened is about that message. Refused: `wrong-subject`. */
int note_about(const json_t *payload, const uint8_t *about, size_t len, struct why *why)
	__attribute__((warn_unused_result));

#endif
