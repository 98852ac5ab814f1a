/* SPDX-License-Identifier: Apache-2.0 */
/* Milenage: f1 to f5* of TS 35.206 (V9.0.0) over EVP's AES-128. */
#ifndef AKA_MILENAGE_H
#define AKA_MILENAGE_H

#include "base/auto.h"
#include "base/why.h"

#include <stdint.h>

/* K and OPc; and the constants of TS 35.206 4.1, where an operator has his own: c1 to c5, and r1
 * to r5 in bits (a multiple of 8 is not needed). */
struct aka_key {
	uint8_t k[16];
	uint8_t opc[16];
	uint8_t c[5][16];
	uint8_t r[5];
};
DEFINE_WIPE(aka_key)

/* What the f functions give: TS 35.206 4.1. */
struct milenage_out {
	uint8_t mac_a[8];   /* f1 */
	uint8_t mac_s[8];   /* f1* */
	uint8_t res[8];     /* f2 */
	uint8_t ck[16];     /* f3 */
	uint8_t ik[16];     /* f4 */
	uint8_t ak[6];      /* f5 */
	uint8_t ak_star[6]; /* f5* */
};
DEFINE_WIPE(milenage_out)

/* Sets c and r to the values of TS 35.206 4.1. */
void milenage_constants(struct aka_key *key);

/* OPc = OP xor E_K(OP). */
int milenage_opc(uint8_t opc[static 16], const uint8_t k[static 16], const uint8_t op[static 16],
		 struct why *why) __attribute__((warn_unused_result));

/* All seven functions for one RAND, SQN and AMF. */
int milenage_all(struct milenage_out *out, const struct aka_key *key, const uint8_t rand[static 16],
		 const uint8_t sqn[static 6], const uint8_t amf[static 2], struct why *why)
	__attribute__((warn_unused_result));

#endif
