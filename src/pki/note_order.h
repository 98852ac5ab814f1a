/* SPDX-License-Identifier: Apache-2.0 */
/* A note that somebody wants made or checked, in texts and paths. */
#ifndef PKI_NOTE_ORDER_H
#define PKI_NOTE_ORDER_H

#include "pki/note.h"

/* NULL where nothing is said; what a function wants of it is status 2 where it is missing. */
struct note_order {
	const char *type;
	const char *to;
	const char *about;                                   /* the message that it is about, */
	int (*inside)(struct buf *message, struct why *why); /* of which this is kept; NULL: all */
	const char *at;                                      /* RFC 3339; NULL: now */
	const char *key, *cert;                              /* to make */
	const char *expires;                                 /* to make: seconds */
	const char *trust;                                   /* to check */
	const char *signer;                                  /* to check: whose word it must be */
	const char *in;                                      /* to check: the note; NULL: stdin */
};

/* Appends the note, and a newline; words are those of note_fields. */
int note_order_make(struct buf *note, const struct note_order *o, char *const words[],
		    struct why *why) __attribute__((warn_unused_result));

/* The claims, owned, of a note that note_open finds right. Its text is appended, and the time that
 * the order means is given. */
json_t *note_order_check(const struct note_order *o, struct buf *text, int64_t *at,
			 struct why *why);

/* Whose notes the order takes, and as of when: trust is owned by the caller, and must outlive the
 * policy. */
int note_order_policy(struct cert_policy *policy, X509_STACK **trust, const struct note_order *o,
		      struct why *why) __attribute__((warn_unused_result));

#endif
