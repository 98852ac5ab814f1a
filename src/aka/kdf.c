/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/kdf.h"

#include "base/auto.h"
#include "base/ossl.h"

#include <string.h>

#define INPUT_MAX 512

/* K = CK | IK, and the result. */
struct secrets {
	uint8_t key[32], out[32];
};
DEFINE_WIPE(secrets)

/* S = FC | P0 | L0 | P1 | L1 …, TS 33.220 B.2. */
struct input {
	uint8_t s[INPUT_MAX];
	size_t len;
};

void kdf_sres1(uint8_t sres[static 4], const uint8_t res[static 8])
{
	for (int i = 0; i < 4; i++)
		sres[i] = res[i] ^ res[i + 4];
}

void kdf_kc(uint8_t kc[static 8], const uint8_t ck[static 16], const uint8_t ik[static 16])
{
	for (int i = 0; i < 8; i++)
		kc[i] = ck[i] ^ ck[i + 8] ^ ik[i] ^ ik[i + 8];
}

static void add(struct input *in, const void *p, size_t len)
{
	memcpy(in->s + in->len, p, len);
	in->len += len;
	in->s[in->len++] = (uint8_t)(len >> 8);
	in->s[in->len++] = (uint8_t)len;
}

static int derive(struct secrets *k, const uint8_t ck[16], const uint8_t ik[16],
		  const struct input *in, struct why *why)
{
	size_t n = 0;

	memcpy(k->key, ck, 16);
	memcpy(k->key + 16, ik, 16);
	if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, k->key, sizeof(k->key), in->s, in->len,
		       k->out, sizeof(k->out), &n) ||
	    n != sizeof(k->out))
		return ossl_why(why, "HMAC");
	return 0;
}

int kdf_kasme(uint8_t kasme[static 32], const uint8_t ck[static 16], const uint8_t ik[static 16],
	      const uint8_t plmn[static 3], const uint8_t sqn_xor_ak[static 6], struct why *why)
{
	struct input in = {{0x10}, 1};
	SECRET(secrets) k;

	add(&in, plmn, 3);
	add(&in, sqn_xor_ak, 6);
	if (derive(&k, ck, ik, &in, why))
		return -1;
	memcpy(kasme, k.out, 32);
	return 0;
}

static int check_snn(const char *snn, struct why *why)
{
	return strlen(snn) > 0 && strlen(snn) <= 255
		       ? 0
		       : why_input(why, "serving network name: want 1 to 255 characters");
}

int kdf_kausf(uint8_t kausf[static 32], const uint8_t ck[static 16], const uint8_t ik[static 16],
	      const char *snn, const uint8_t sqn_xor_ak[static 6], struct why *why)
{
	struct input in = {{0x6a}, 1};
	SECRET(secrets) k;

	if (check_snn(snn, why))
		return -1;
	add(&in, snn, strlen(snn));
	add(&in, sqn_xor_ak, 6);
	if (derive(&k, ck, ik, &in, why))
		return -1;
	memcpy(kausf, k.out, 32);
	return 0;
}

int kdf_res_star(uint8_t res_star[static 16], const uint8_t ck[static 16],
		 const uint8_t ik[static 16], const char *snn, const uint8_t rand[static 16],
		 const uint8_t *res, size_t res_len, struct why *why)
{
	struct input in = {{0x6b}, 1};
	SECRET(secrets) k;

	if (check_snn(snn, why))
		return -1;
	add(&in, snn, strlen(snn));
	add(&in, rand, 16);
	add(&in, res, res_len);
	if (derive(&k, ck, ik, &in, why))
		return -1;
	memcpy(res_star, k.out + 16, 16);
	return 0;
}

int kdf_hres_star(uint8_t hres_star[static 16], const uint8_t rand[static 16],
		  const uint8_t res_star[static 16], struct why *why)
{
	uint8_t s[32], md[32];

	memcpy(s, rand, 16);
	memcpy(s + 16, res_star, 16);
	if (ossl_sha256(md, s, sizeof(s), why))
		return -1;
	memcpy(hres_star, md + 16, 16);
	return 0;
}
