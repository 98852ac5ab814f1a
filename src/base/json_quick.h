/* SPDX-License-Identifier: Apache-2.0 */
/* JSON as programs write it, compact and in printable ASCII, read in a fraction of jansson's time,
 * which goes by the character. */
#ifndef BASE_JSON_QUICK_H
#define BASE_JSON_QUICK_H

#include <jansson.h>

/* An object, owned, the same as jansson reads. NULL: the text is not so simple, and may be right or
 * wrong. */
json_t *json_quick(const char *text, size_t len);

#endif
