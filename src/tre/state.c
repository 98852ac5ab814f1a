/* SPDX-License-Identifier: Apache-2.0 */
#include "tre/state.h"

#include "aka/sqn_file.h"
#include "base/hex.h"
#include "pki/key.h"

#include <string.h>

const char *tre_text(const json_t *o, const char *field)
{
	const char *text = json_string_value(json_object_get(o, field));

	return text ? text : "";
}

const char *tre_own_id(const struct tre *t)
{
	return tre_text(t->s, "tre_id");
}

EVP_PKEY *tre_key(const struct tre *t, bool for_encryption, struct why *why)
{
	const char *pem = tre_text(t->s, "enc_prk");

	if (!for_encryption || !*pem)
		pem = tre_text(t->s, "prk");
	if (!*pem) {
		why_refuse(why, "wrong-state", "the TRE has no key yet (TR 33.812 B.2.2.1)");
		return NULL;
	}
	return key_stored(pem, why);
}

X509 *tre_cert(const struct tre *t, struct why *why)
{
	const char *pem = tre_text(t->s, "cert_pem");

	if (!*pem) {
		why_refuse(why, "wrong-state",
			   "the TRE is not personalized yet (TR 33.812 B.2.2.1)");
		return NULL;
	}
	return cert_parse(pem, strlen(pem), "Cert_TRE", why);
}

bool tre_policy(const struct tre *t, const char *member)
{
	return json_is_true(json_object_get(json_object_get(t->s, "policy"), member));
}

int64_t tre_policy_number(const struct tre *t, const char *member)
{
	return json_integer_value(json_object_get(json_object_get(t->s, "policy"), member));
}

static int take_constants(struct aka_key *key, const json_t *credential, struct why *why)
{
	const json_t *r = json_object_get(credential, "r"), *c = json_object_get(credential, "c");

	for (size_t i = 0; i < 5; i++) {
		const json_t *bits = json_array_get(r, i);
		const char *text = json_string_value(json_array_get(c, i));

		if (!json_is_integer(bits) || json_integer_value(bits) < 0 ||
		    json_integer_value(bits) > 127 || !text ||
		    hex_decode(key->c[i], 16, text, "c", why))
			return why_input(why, "aka: want five r, 0 to 127, and five c");
		key->r[i] = (uint8_t)json_integer_value(bits);
	}
	return 0;
}

int tre_credential(struct aka_key *key, struct sqn_window *w, const json_t *credential,
		   struct why *why)
{
	uint64_t ind_bits, delta, limit;

	if (strcmp(tre_text(credential, "alg"), "tuak") == 0)
		return why_input(why, "alg: want milenage: TUAK is not run here");
	milenage_constants(key);
	if (json_hex(key->k, 16, credential, "k", why) ||
	    json_hex(key->opc, 16, credential, "opc", why) ||
	    json_number(&ind_bits, credential, "ind_bits", 0, SQN_IND_BITS, SQN_IND_BITS, why) ||
	    json_number(&delta, credential, "delta", 0, SQN_MAX, SQN_DELTA, why) ||
	    json_number(&limit, credential, "limit", 0, SQN_MAX, 0, why))
		return -1;
	if (json_object_get(credential, "c") && take_constants(key, credential, why))
		return -1;
	sqn_window_init(w);
	w->ind_bits = (unsigned)ind_bits;
	w->delta = delta;
	w->limit = limit;
	return sqn_slots_take(w, json_object_get(credential, "seq"), why);
}

static bool same_key(const json_t *a, const json_t *b)
{
	const char *ka = tre_text(a, "k"), *kb = tre_text(b, "k");
	const size_t n = strlen(ka);

	return n && n == strlen(kb) && CRYPTO_memcmp(ka, kb, n) == 0;
}

int tre_window_put(struct tre *t, json_t *credential, const struct sqn_window *w, struct why *why)
{
	json_t *seq = sqn_slots_json(w, why), *access = json_object_get(t->s, "access"), *m;
	size_t i;

	if (json_put(credential, "seq", seq, why) ||
	    (same_key(access, credential) && json_object_set(access, "seq", seq)))
		return -1;
	json_array_foreach (json_object_get(t->s, "mcims"), i, m)
		if (same_key(m, credential) && json_object_set(m, "seq", seq))
			return why_sys(why, "out of memory");
	return 0;
}

int tre_window_inherit(struct tre *t, json_t *m, struct why *why)
{
	const json_t *from = json_object_get(t->s, "access"), *other;
	json_t *seq;
	size_t i;

	from = same_key(from, m) ? from : NULL;
	json_array_foreach (json_object_get(t->s, "mcims"), i, other)
		from = same_key(other, m) ? other : from;
	seq = json_object_get(from, "seq");
	return seq && json_object_set(m, "seq", seq) ? why_sys(why, "out of memory") : 0;
}
