/* SPDX-License-Identifier: Apache-2.0 */
/* TUAK: f1 to f5* of TS 35.231. aka/aka.h is what others call. */
#ifndef AKA_TUAK_H
#define AKA_TUAK_H

#include "aka/aka.h"

/* The defaults of the toolkit: K, CK and IK of 16 octets, MAC and RES of 8, one iteration. */
void tuak_defaults(struct aka_key *key);

int tuak_derive_topc(struct aka_engine *e, struct aka_key *key, const uint8_t top[static 32],
		     struct why *why) __attribute__((warn_unused_result));
int tuak_f1(struct aka_engine *e, uint8_t *mac_a, uint8_t *mac_s, const uint8_t sqn[static 6],
	    const uint8_t amf[static 2], struct why *why) __attribute__((warn_unused_result));
int tuak_f2345(struct aka_engine *e, struct aka_out *out, struct why *why)
	__attribute__((warn_unused_result));
int tuak_f5_star(struct aka_engine *e, uint8_t ak[static 6], struct why *why)
	__attribute__((warn_unused_result));

#endif
