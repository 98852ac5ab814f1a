/* SPDX-License-Identifier: Apache-2.0 */
/* The functions f1 to f5* of AKA (TS 33.102 6.3) by either algorithm set: Milenage (TS 35.206) or
 * TUAK (TS 35.231). */
#ifndef AKA_AKA_H
#define AKA_AKA_H

#include "aka/aes.h"
#include "base/auto.h"
#include "base/ossl.h"
#include "base/why.h"

#include <stddef.h>
#include <stdint.h>

enum aka_alg { AKA_MILENAGE, AKA_TUAK };

#define AKA_MAX 32                     /* octets of the longest K, OPc, MAC, RES, CK or IK */
#define AKA_AUTN_MAX (6 + 2 + AKA_MAX) /* SQN xor AK | AMF | MAC-A */
#define AKA_AUTS_MAX (6 + AKA_MAX)     /* SQN_MS xor AK* | MAC-S */

/* A subscriber's key and an operator's choices; lengths in octets. Milenage: K and OPc of 16, MAC
 * of 8, RES of 4 to 8 (the first of f2's), CK and IK of 16. TUAK: K of 16 or 32, TOPc of 32, MAC of
 * 8, 16 or 32, RES of 4, 8, 16 or 32, CK and IK of 16 or 32. */
struct aka_key {
	enum aka_alg alg;
	uint8_t k[AKA_MAX];
	uint8_t opc[AKA_MAX]; /* OPc or TOPc */
	size_t k_len, mac_len, res_len, ck_len, ik_len;
	uint8_t c[5][16];    /* Milenage's constants c1 to c5, */
	uint8_t r[5];        /* and r1 to r5 in bits, 0 to 127 (TS 35.206 4.1) */
	unsigned iterations; /* TUAK: of Keccak, 1 or more (TS 35.231 7.3) */
};
DEFINE_WIPE(aka_key)

/* The algorithm set's own lengths and constants; K and OPc stay as they are. */
void aka_key_init(struct aka_key *key, enum aka_alg alg);

/* Octets of OPc: 16 or 32. */
size_t aka_opc_len(const struct aka_key *key);

/* What f1 to f5 give; lengths are the key's. */
struct aka_out {
	uint8_t mac_a[AKA_MAX];
	uint8_t res[AKA_MAX];
	uint8_t ck[AKA_MAX];
	uint8_t ik[AKA_MAX];
	uint8_t ak[6];
};
DEFINE_WIPE(aka_out)

/* What a thread needs to compute: OpenSSL's contexts, made on first use, and the present RAND.
 * Start with AKA_ENGINE(name). */
struct aka_engine {
	struct aes aes;
	EVP_MD_CTX *shake;
	EVP_MD *shake256;
	const struct aka_key *key;
	uint8_t rand[16];
	uint8_t temp[16];      /* Milenage: TEMP of this RAND, */
	uint8_t blocks[4][16]; /* and what goes through AES */
	struct aka_out out;    /* of the caller's; all is wiped with the engine */
};
void aka_engine_free(struct aka_engine *e); /* wipes */
#define AKA_ENGINE(name) __attribute__((cleanup(aka_engine_free))) struct aka_engine name = {0}

/* OPc of OP (TS 35.206 4.1) or TOPc of TOP (TS 35.231 7.1), of aka_opc_len octets, into key->opc.
 * Status 4, as of all that follows. */
int aka_derive_opc(struct aka_engine *e, struct aka_key *key, const uint8_t *op, struct why *why)
	__attribute__((warn_unused_result));

/* What follows is for this key (borrowed) and RAND. */
int aka_begin(struct aka_engine *e, const struct aka_key *key, const uint8_t rand[static 16],
	      struct why *why) __attribute__((warn_unused_result));

/* f1 and f1*; either may be NULL. */
int aka_f1(struct aka_engine *e, uint8_t *mac_a, uint8_t *mac_s, const uint8_t sqn[static 6],
	   const uint8_t amf[static 2], struct why *why) __attribute__((warn_unused_result));

/* f2 to f5; mac_a is not touched. */
int aka_f2345(struct aka_engine *e, struct aka_out *out, struct why *why)
	__attribute__((warn_unused_result));

/* f1 to f5 at once, for a vector. */
int aka_f12345(struct aka_engine *e, struct aka_out *out, const uint8_t sqn[static 6],
	       const uint8_t amf[static 2], struct why *why) __attribute__((warn_unused_result));

/* f5*. */
int aka_f5_star(struct aka_engine *e, uint8_t ak[static 6], struct why *why)
	__attribute__((warn_unused_result));

#endif
