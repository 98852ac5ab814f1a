/* SPDX-License-Identifier: Apache-2.0 */
/* WBXML over the air through libwbxml; decoding in a child with limits, for libwbxml is not safe
 * on hostile octets. */
#ifndef DM_WBXML_H
#define DM_WBXML_H

#include "base/buf.h"

enum wbxml_language { WBXML_NONE, WBXML_SYNCML, WBXML_PROVISIONING };

/* By version (1.1 to 1.3) and public identifier: what is not OMA CP's is taken for SyncML's. */
enum wbxml_language wbxml_language(const void *bytes, size_t len);
/* The language follows from the root element. */
int wbxml_encode(struct buf *out, const void *xml, size_t len, struct why *why)
	__attribute__((warn_unused_result));
/* Appends XML without the DOCTYPE that libwbxml puts in. The child's death is malformed input. */
int wbxml_decode(struct buf *xml, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));

#endif
