/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/kdf.h"

#include "base/auto.h"

#include <ctype.h>
#include <openssl/core_names.h>
#include <stdbool.h>
#include <string.h>

#define INPUT_MAX 512

/* K = CK | IK, and the result. */
struct secrets {
	uint8_t key[32], out[32];
	struct kdf own; /* where the caller has none */
};

static void wipe_secrets(struct secrets *s)
{
	kdf_free(&s->own);
	OPENSSL_cleanse(s, sizeof(*s));
}

#define SECRETS(name) __attribute__((cleanup(wipe_secrets))) struct secrets name = {.own = {0}}

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

void kdf_free(struct kdf *k)
{
	EVP_MAC_CTX_free(k->mac);
	OPENSSL_cleanse(k, sizeof(*k));
}

static int open_mac(struct kdf *k)
{
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end()};
	AUTO(EVP_MAC) *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);

	k->mac = mac ? EVP_MAC_CTX_new(mac) : NULL;
	return k->mac && EVP_MAC_CTX_set_params(k->mac, params) == 1;
}

/* The key that it has already is not set again, for that costs as much as the rest. */
static int start(struct kdf *k, const uint8_t key[32])
{
	const bool is_new = !k->mac;

	if (is_new && !open_mac(k))
		return 0;
	if (!is_new && CRYPTO_memcmp(k->key, key, 32) == 0)
		return EVP_MAC_init(k->mac, NULL, 0, NULL);
	memcpy(k->key, key, 32);
	return EVP_MAC_init(k->mac, key, 32, NULL);
}

static int derive(struct kdf *k, struct secrets *s, const uint8_t ck[16], const uint8_t ik[16],
		  const struct input *in, struct why *why)
{
	size_t n = 0;

	if (!k)
		k = &s->own;
	memcpy(s->key, ck, 16);
	memcpy(s->key + 16, ik, 16);
	if (start(k, s->key) != 1 || EVP_MAC_update(k->mac, in->s, in->len) != 1 ||
	    EVP_MAC_final(k->mac, s->out, &n, sizeof(s->out)) != 1 || n != sizeof(s->out)) {
		kdf_free(k); /* it is not known what key it has */
		return ossl_why(why, "HMAC");
	}
	return 0;
}

int kdf_kasme(struct kdf *k, uint8_t kasme[static 32], const uint8_t ck[static 16],
	      const uint8_t ik[static 16], const uint8_t plmn[static 3],
	      const uint8_t sqn_xor_ak[static 6], struct why *why)
{
	struct input in = {{0x10}, 1};
	SECRETS(s);

	add(&in, plmn, 3);
	add(&in, sqn_xor_ak, 6);
	if (derive(k, &s, ck, ik, &in, why))
		return -1;
	memcpy(kasme, s.out, 32);
	return 0;
}

int kdf_snn_check(const char *snn, struct why *why)
{
	static const char form[] = "5G:mnc000.mcc000.3gppnetwork.org", nid[] = ":hhhhhhhhhhh";
	const size_t len = strlen(snn);
	bool right = len == sizeof(form) - 1 || len == sizeof(form) + sizeof(nid) - 2;

	for (size_t i = 0; right && i < len; i++) {
		const char want = i < sizeof(form) - 1 ? form[i] : nid[i - (sizeof(form) - 1)];

		right = want == '0'   ? snn[i] >= '0' && snn[i] <= '9'
			: want == 'h' ? isxdigit((unsigned char)snn[i]) != 0
				      : snn[i] == want;
	}
	return right ? 0
		     : why_input(why,
				 "--5g: want 5G:mncNNN.mccNNN.3gppnetwork.org, and a NID of 11 "
				 "digits behind a colon for an SNPN (TS 24.501 9.12.1)");
}

int kdf_kausf(struct kdf *k, uint8_t kausf[static 32], const uint8_t ck[static 16],
	      const uint8_t ik[static 16], const char *snn, const uint8_t sqn_xor_ak[static 6],
	      struct why *why)
{
	struct input in = {{0x6a}, 1};
	SECRETS(s);

	add(&in, snn, strlen(snn));
	add(&in, sqn_xor_ak, 6);
	if (derive(k, &s, ck, ik, &in, why))
		return -1;
	memcpy(kausf, s.out, 32);
	return 0;
}

int kdf_res_star(struct kdf *k, uint8_t res_star[static 16], const uint8_t ck[static 16],
		 const uint8_t ik[static 16], const char *snn, const uint8_t rand[static 16],
		 const uint8_t *res, size_t res_len, struct why *why)
{
	struct input in = {{0x6b}, 1};
	SECRETS(s);

	add(&in, snn, strlen(snn));
	add(&in, rand, 16);
	add(&in, res, res_len);
	if (derive(k, &s, ck, ik, &in, why))
		return -1;
	memcpy(res_star, s.out + 16, 16);
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
