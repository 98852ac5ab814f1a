/* SPDX-License-Identifier: Apache-2.0 */
/* The SyncML 1.2 package of OMA DM that carries a signed document whole, and its WBXML. */
#ifndef DM_SYNCML_H
#define DM_SYNCML_H

#include "base/buf.h"

#include <stdbool.h>

struct syncml {
	const char *source; /* TRE_id or server URL */
	const char *target;
	const char *cred_name; /* Cred of SyncHdr (NULL: none) and its octets */
	const uint8_t *cred;
	size_t cred_len;
	const char *loc_uri; /* ./M2ME, ./MCIM or ./Bootstrap */
	bool is_replace;     /* Replace (server) rather than Alert and Results (client) */
};

/* Appends a package with the document as Item Data. */
int syncml_pack(struct buf *out, const struct syncml *s, const void *document, size_t len,
		bool is_wbxml, struct why *why) __attribute__((warn_unused_result));

/* Whether octets are a package (XML or WBXML) rather than a bare document. */
bool syncml_is_package(const void *bytes, size_t len);

/* Appends the one document in the package; cred (may be NULL) gets Cred's decoded data. */
int syncml_unpack(struct buf *document, struct buf *cred, const void *bytes, size_t len,
		  struct why *why) __attribute__((warn_unused_result));

/* The document instead of the package, where the message is one. */
int syncml_strip(struct buf *message, struct why *why) __attribute__((warn_unused_result));

#endif
