/* SPDX-License-Identifier: Apache-2.0 */
/* Keys derived from CK and IK: TS 33.102 6.8.1 and TS 55.205 for GSM, TS 33.401 Annex A for EPS, TS
 * 33.501 Annex A for 5G; the latter two by the function of TS 33.220 B.2 (HMAC-SHA-256). */
#ifndef AKA_KDF_H
#define AKA_KDF_H

#include "base/ossl.h"
#include "base/why.h"

#include <stddef.h>
#include <stdint.h>

/* A thread's HMAC-SHA-256, made on first use, and the key that it has; start with {0}. The
 * functions that take one make one for themselves where it is NULL. */
struct kdf {
	EVP_MAC_CTX *mac;
	uint8_t key[32]; /* CK | IK */
};
void kdf_free(struct kdf *k); /* wipes */

/* c2 (TS 55.205 4.2: SRES#1, the XOR of RES' halves; SRES#2 is its first 4 octets) and c3: Kc. */
void kdf_sres1(uint8_t sres[static 4], const uint8_t res[static 8]);
void kdf_kc(uint8_t kc[static 8], const uint8_t ck[static 16], const uint8_t ik[static 16]);

/* K_ASME, TS 33.401 A.2: the serving network's identity as TS 24.301 9.9.3.32 codes it. */
int kdf_kasme(struct kdf *k, uint8_t kasme[static 32], const uint8_t ck[static 16],
	      const uint8_t ik[static 16], const uint8_t plmn[static 3],
	      const uint8_t sqn_xor_ak[static 6], struct why *why)
	__attribute__((warn_unused_result));

/* A serving network name: 5G:mncNNN.mccNNN.3gppnetwork.org, with :NID behind it for an SNPN
 * (TS 33.501 6.1.1.4, TS 24.501 9.12.1). Status 3. */
int kdf_snn_check(const char *snn, struct why *why) __attribute__((warn_unused_result));

/* K_AUSF, TS 33.501 A.2: snn is a serving network name. */
int kdf_kausf(struct kdf *k, uint8_t kausf[static 32], const uint8_t ck[static 16],
	      const uint8_t ik[static 16], const char *snn, const uint8_t sqn_xor_ak[static 6],
	      struct why *why) __attribute__((warn_unused_result));

/* XRES*, TS 33.501 A.4: the last 16 octets. */
int kdf_res_star(struct kdf *k, uint8_t res_star[static 16], const uint8_t ck[static 16],
		 const uint8_t ik[static 16], const char *snn, const uint8_t rand[static 16],
		 const uint8_t *res, size_t res_len, struct why *why)
	__attribute__((warn_unused_result));

/* HRES* of RES*, HXRES* of XRES*, TS 33.501 A.5: the last 16 octets of SHA-256; out may be
 * res_star. */
int kdf_hres_star(uint8_t hres_star[static 16], const uint8_t rand[static 16],
		  const uint8_t res_star[static 16], struct why *why)
	__attribute__((warn_unused_result));

#endif
