/* SPDX-License-Identifier: Apache-2.0 */
/* Batches of credentials under a transport key that two parties share (m2m-files(5) is the form):
 * a header, the secret fields of each record sealed, and a trailer. */
#ifndef REGISTER_TRANSPORT_H
#define REGISTER_TRANSPORT_H

#include "base/auto.h"
#include "base/buf.h"

/* How a row's secrets are sealed. The last two are what others ask for: they bind K to nothing, and
 * ECB hides not even that two keys are the same; header, row MACs and trailer bind them here. */
enum transport_form {
	TRANSPORT_GCM, /* AES-256-GCM under a key of the batch (HKDF) */
	TRANSPORT_KW,  /* RFC 3394 under the transport key itself */
	TRANSPORT_ECB, /* AES-ECB under the transport key itself */
};
int transport_form_parse(enum transport_form *form, const char *name, struct why *why)
	__attribute__((warn_unused_result));

struct transport_key {
	uint8_t octets[32];
	size_t len; /* 32; or 16, which TRANSPORT_GCM does not take */
};
DEFINE_WIPE(transport_key)

/* A file of 64 hex digits, as `m2m-keygen secret --bits 256` makes, or of 32. */
int transport_key_load(struct transport_key *key, const char *path, struct why *why)
	__attribute__((warn_unused_result));

/* One batch, as it is written or read. */
struct transport;
void transport_free(struct transport *t); /* wipes */
typedef struct transport TRANSPORT;
DEFINE_AUTO(TRANSPORT, transport_free)

/* Starts a batch, with its header appended to out. index: the transport key's, as the parties
 * count their keys; 0: none. NULL: why. */
struct transport *transport_begin(struct buf *out, const struct transport_key *key,
				  enum transport_form form, uint64_t index, struct why *why);
/* Seals credentials, JSON Lines, as the next rows. */
int transport_rows(struct transport *t, struct buf *out, const char *lines, size_t len,
		   struct why *why) __attribute__((warn_unused_result));
/* Appends the trailer. */
int transport_end(struct transport *t, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));

/* What is read line by line, one batch or several one after the other; key is borrowed. */
struct transport *transport_reader(const struct transport_key *key, struct why *why);
/* The next line, without its end. 1: a row, whose credential is appended to out; 0: another line.
 * Nothing of a batch is to be used before transport_finish was right. Refused with `mac-mismatch`,
 * by the number of the row: another key, a row that was changed, moved, doubled or dropped. */
int transport_line(struct transport *t, struct buf *out, const char *line, size_t len,
		   struct why *why) __attribute__((warn_unused_result));
/* At the end of the input: refused where the last batch has no trailer. */
int transport_finish(const struct transport *t, struct why *why)
	__attribute__((warn_unused_result));

#endif
