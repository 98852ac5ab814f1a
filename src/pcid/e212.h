/* SPDX-License-Identifier: Apache-2.0 */
/* The numbering plan of ITU-T E.212: countries of MCCs, and how long MNCs are there. */
#ifndef PCID_E212_H
#define PCID_E212_H

#include "pcid/plmn.h"

/* The code of ISO 3166-1, lower case, of the MCC that the digits start with; NULL: no country has
 * it, or it is new. */
const char *e212_country(const char *digits);

/* How many digits each MNC of that MCC has: 2 or 3; 0: both occur, or nothing is known. */
unsigned e212_mnc_digits(const char *digits);

/* Warns on stderr where a PLMN's MNC has not as many: it may be new, or a digit is missing. */
void e212_warn(const struct plmn *p, const char *what);

#endif
