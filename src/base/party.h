/* SPDX-License-Identifier: Apache-2.0 */
/* The names that parties go by. They become names of files, so they are narrow. */
#ifndef BASE_PARTY_H
#define BASE_PARTY_H

#include "base/why.h"

#define TRE_ID_TEXT 65 /* 64 characters at most, and the 0 octet */

/* TRE_id, VENDOR;NUMBER (TR 33.812 B.2.2.1 NOTE 3): letters, digits, dot and dash on both sides of
 * one semicolon. Status 3. */
int tre_id_check(const char *tre_id, const char *what, struct why *why)
	__attribute__((warn_unused_result));

/* An operator's or authority's identity (SHO_id): letters, digits, dot and dash. Status 3. */
int party_check(const char *id, const char *what, struct why *why)
	__attribute__((warn_unused_result));

#endif
