/* SPDX-License-Identifier: Apache-2.0 */
/* Milenage: f1 to f5* of TS 35.206 (V9.0.0) over OpenSSL's AES-128. aka/aka.h is what others call.
 */
#ifndef AKA_MILENAGE_H
#define AKA_MILENAGE_H

#include "aka/aka.h"

/* c1 to c5 and r1 to r5 of TS 35.206 4.1, and its lengths. */
void milenage_constants(struct aka_key *key);

/* OPc = OP xor E_K(OP), without an engine. */
int milenage_opc(uint8_t opc[static 16], const uint8_t k[static 16], const uint8_t op[static 16],
		 struct why *why) __attribute__((warn_unused_result));

int milenage_derive_opc(struct aka_engine *e, uint8_t opc[static 16], const uint8_t k[static 16],
			const uint8_t op[static 16], struct why *why)
	__attribute__((warn_unused_result));
int milenage_begin(struct aka_engine *e, struct why *why) __attribute__((warn_unused_result));
int milenage_f1(struct aka_engine *e, uint8_t *mac_a, uint8_t *mac_s, const uint8_t sqn[static 6],
		const uint8_t amf[static 2], struct why *why) __attribute__((warn_unused_result));
int milenage_f2345(struct aka_engine *e, struct aka_out *out, struct why *why)
	__attribute__((warn_unused_result));
int milenage_f12345(struct aka_engine *e, struct aka_out *out, const uint8_t sqn[static 6],
		    const uint8_t amf[static 2], struct why *why)
	__attribute__((warn_unused_result));
int milenage_f5_star(struct aka_engine *e, uint8_t ak[static 6], struct why *why)
	__attribute__((warn_unused_result));

#endif
