/* SPDX-License-Identifier: Apache-2.0 */
/* WBXML over the air through libwbxml; decoding in a child with limits, for libwbxml is not safe
 * on hostile octets. */
#ifndef DM_WBXML_H
#define DM_WBXML_H

#include "base/buf.h"

#include <stdbool.h>

enum wbxml_language { WBXML_SYNCML, WBXML_PROVISIONING };

bool wbxml_is(const void *bytes, size_t len); /* version 1.1 to 1.3 and a public id of ours */
int wbxml_encode(struct buf *out, enum wbxml_language language, const void *xml, size_t len,
		 struct why *why) __attribute__((warn_unused_result));
/* Appends XML without the DOCTYPE that libwbxml puts in. The child's death is malformed input. */
int wbxml_decode(struct buf *xml, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));

#endif
