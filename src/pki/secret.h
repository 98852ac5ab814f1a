/* SPDX-License-Identifier: Apache-2.0 */
/* Random secrets as files: a line of hex. */
#ifndef PKI_SECRET_H
#define PKI_SECRET_H

#include "base/why.h"

#include <stdbool.h>

/* bits: a multiple of 8 from 32 to 65536, in text. An existing file is refused (`file-exists`)
 * without force. */
int secret_make(const char *path, const char *bits, bool force, struct why *why)
	__attribute__((warn_unused_result));

#endif
