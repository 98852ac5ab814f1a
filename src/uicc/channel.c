/* SPDX-License-Identifier: Apache-2.0 */
/* Pairing of UICC and M2ME by a shared secret (TR 33.812 5.2.5.2), in the manner of TS 102 484:
 * both prove by HMAC-SHA-256 over fresh nonces and the ICCID that they know it. The codings, and
 * that the channel protects no data behind the proof, are ours. */
#include "base/hex.h"
#include "base/ossl.h"
#include "base/rng.h"
#include "base/slurp.h"
#include "uicc/inside.h"

#include <openssl/hmac.h>

#include <string.h>

#define SECRET_LEN 32
#define NONCE_LEN 16
#define PROOF_LEN 32

struct secret {
	uint8_t octets[SECRET_LEN];
};
DEFINE_WIPE(secret)

static int proof(uint8_t out[PROOF_LEN], const struct card *c, const struct secret *s,
		 const char *who, struct why *why)
{
	const char *iccid = json_string_value(json_object_get(c->s, "iccid"));
	unsigned n = 0;
	BUF(text);

	if (buf_print(&text, why, "%s/%s/", who, iccid) ||
	    buf_add(&text, c->nonces, sizeof(c->nonces), why))
		return -1;
	return HMAC(EVP_sha256(), s->octets, SECRET_LEN, text.bytes, text.len, out, &n)
		       ? 0
		       : ossl_why(why, "HMAC");
}

bool channel_is_wanted(const struct card *c)
{
	return json_object_get(c->s, "pairing") && !c->is_paired;
}

/* The card's side: P1 1 gets N_T, answers N_U | proof; P1 2 gets the terminal's proof. */
uint16_t channel_manage(struct card *c, uint8_t p1, const uint8_t *data, size_t len,
			struct buf *answer)
{
	uint8_t mine[PROOF_LEN];
	SECRET(secret) s = {{0}};

	if (!json_object_get(c->s, "pairing"))
		return SW_CONDITIONS;
	if ((p1 != 1 && p1 != 2) || len != (p1 == 1 ? NONCE_LEN : PROOF_LEN))
		return p1 == 1 || p1 == 2 ? SW_LENGTH : SW_P1P2;
	if (json_hex(s.octets, SECRET_LEN, c->s, "pairing", NULL))
		return SW_SYSTEM;
	c->is_paired = false;
	if (p1 == 1) {
		memcpy(c->nonces, data, NONCE_LEN);
		return rng_bytes(c->nonces + NONCE_LEN, NONCE_LEN, NULL) ||
				       proof(mine, c, &s, "uicc", NULL) ||
				       buf_add(answer, c->nonces + NONCE_LEN, NONCE_LEN, NULL) ||
				       buf_add(answer, mine, PROOF_LEN, NULL)
			       ? SW_SYSTEM
			       : SW_OK;
	}
	if (proof(mine, c, &s, "terminal", NULL))
		return SW_SYSTEM;
	c->is_paired = CRYPTO_memcmp(mine, data, PROOF_LEN) == 0;
	/* a proof is for one pair of nonces */
	return rng_bytes(c->nonces, sizeof(c->nonces), NULL) ? SW_SYSTEM
	       : c->is_paired                                ? SW_OK
							     : SW_SECURITY;
}

int channel_refuse(struct why *why)
{
	return why_refuse(why, "not-paired", "this card is for another M2ME (TR 33.812 5.2.5.2)");
}

/* The terminal's side, through the same commands that a terminal would send. */
int card_pair(struct card *c, const char *pairing, struct why *why)
{
	uint8_t nonce[NONCE_LEN], wanted[PROOF_LEN];
	SECRET(secret) s = {{0}};
	BUF(text);
	BUF(answer);

	if (!channel_is_wanted(c))
		return 0;
	if (!pairing)
		return channel_refuse(why);
	if (slurp_hex_buf(&text, pairing, "pairing", why))
		return -1;
	if (text.len != SECRET_LEN)
		return why_input(why, "%s: want 64 hex digits", pairing);
	memcpy(s.octets, text.bytes, SECRET_LEN);
	if (rng_bytes(nonce, NONCE_LEN, why))
		return -1;
	if (channel_manage(c, 1, nonce, NONCE_LEN, &answer) != SW_OK)
		return why_sys(why, "the card's channel failed");
	if (proof(wanted, c, &s, "uicc", why))
		return -1;
	if (CRYPTO_memcmp(wanted, answer.bytes + NONCE_LEN, PROOF_LEN) != 0)
		return channel_refuse(why);
	if (proof(wanted, c, &s, "terminal", why))
		return -1;
	return channel_manage(c, 2, wanted, PROOF_LEN, &answer) == SW_OK ? 0 : channel_refuse(why);
}
