/* SPDX-License-Identifier: Apache-2.0 */
/* The OMA CP form of a bootstrap (OMA-WAP-TS-ProvCont 1.1): account and access point in the
 * characteristics that every CP client knows, and the signed DM document whole, base64, in one
 * parm. Only the signed document counts; what stands beside it must say the same. */
#ifndef DM_CP_H
#define DM_CP_H

#include "dm/bootstrap.h"

/* Appends the wap-provisioningdoc, XML. */
int cp_make(struct buf *xml, const struct bootstrap *b, const struct buf *document, struct why *why)
	__attribute__((warn_unused_result));

/* Whether octets are a provisioning document, XML or WBXML. */
bool cp_is(const void *bytes, size_t len);

/* The document as XML, decoded where it is WBXML. */
int cp_text(struct buf *xml, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* Whether a provisioning document (XML or WBXML) carries a signed document; false too where it
 * cannot be read. */
bool cp_is_signed(const struct buf *bytes);

/* Appends the signed document that the provisioning document carries. Refused (`bad-signature`)
 * where it carries none. */
int cp_unpack(struct buf *document, const struct buf *xml, struct why *why)
	__attribute__((warn_unused_result));

/* Whether the characteristics say what the signed document says, octet for octet in canonical
 * form. Refused (`bad-signature`). */
int cp_agrees(const struct buf *xml, const struct bootstrap *b, const struct buf *document,
	      struct why *why) __attribute__((warn_unused_result));

/* Any provisioning document in words: characteristics with type, parms and characteristics. Owned.
 */
json_t *cp_to_json(const struct buf *xml, struct why *why);

#endif
