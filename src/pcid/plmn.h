/* SPDX-License-Identifier: Apache-2.0 */
/* PLMN identities, IMSI and PCID (which has the IMSI's form: TR 33.812 B.2.2.2), ICCID. */
#ifndef PCID_PLMN_H
#define PCID_PLMN_H

#include "base/why.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* MCC of three digits, MNC of two or three (TS 23.003 2.2). */
struct plmn {
	char mcc[4];
	char mnc[4];
};

#define PLMN_TEXT 8   /* "262-010" */
#define IMSI_TEXT 16  /* 15 digits */
#define ICCID_TEXT 21 /* 20 digits */

/* "262-01" or "262-010". Status 3. */
int plmn_parse(struct plmn *p, const char *text, const char *what, struct why *why)
	__attribute__((warn_unused_result));
void plmn_format(char text[static PLMN_TEXT], const struct plmn *p);

/* TS 24.008 10.5.1.13, as TS 31.102 4.2.16 has it: MCC1|MCC2, MNC3|MCC3 with F for two digits,
 * MNC1|MNC2. The third MNC digit is the high nibble of octet 2. */
void plmn_encode(uint8_t out[static 3], const struct plmn *p);
/* false where the octets are no PLMN. */
bool plmn_decode(struct plmn *p, const uint8_t in[static 3]);

/* 6 to 15 digits (TS 23.003 2.2). Status 3. */
int imsi_check(const char *imsi, const char *what, struct why *why)
	__attribute__((warn_unused_result));

/* EF_IMSI, TS 31.102 4.2.2: length octet (the octets in use), parity nibble, digits, F behind. */
int imsi_encode(uint8_t ef[static 9], const char *imsi, struct why *why)
	__attribute__((warn_unused_result));
int imsi_decode(char imsi[static IMSI_TEXT], const uint8_t *ef, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* EF_ICCID, TS 102 221 13.2: 10 octets, nibbles swapped, F behind; 18 to 20 digits. */
int iccid_encode(uint8_t ef[static 10], const char *iccid, struct why *why)
	__attribute__((warn_unused_result));
int iccid_decode(char iccid[static ICCID_TEXT], const uint8_t ef[static 10], struct why *why)
	__attribute__((warn_unused_result));
/* The Luhn digit over these digits (ISO/IEC 7812-1). */
char iccid_luhn(const char *digits);

#endif
