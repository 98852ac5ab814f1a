/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/aka_record.h"

#include "aka/autn.h"
#include "base/rng.h"

#include <string.h>

static const char *const all_columns[] = {"opc", "f1", "f1s", "f2", "f3", "f4", "f5", "f5s", NULL};
static const char *const av_columns[] = {"imsi", "rand", "autn", "xres", "ck", "ik", NULL};
static const char *const usim_columns[] = {"res", "ck", "ik", "sqn", "auts", NULL};
static const char *const resync_columns[] = {"sqn_ms", NULL};
static const char *const opc_columns[] = {"opc", NULL};

int aka_act_parse(enum aka_act *act, const char *name, struct why *why)
{
	static const char *const names[] = {"all", "av", "usim", "resync", "opc"};

	for (unsigned i = 0; i < 5; i++)
		if (strcmp(names[i], name) == 0) {
			*act = (enum aka_act)i;
			return 0;
		}
	return why_usage(why, "want all, av, usim, resync or opc, got '%.20s'", name);
}

const char *const *aka_columns(enum aka_act act)
{
	static const char *const *const columns[] = {all_columns, av_columns, usim_columns,
						     resync_columns, opc_columns};

	return columns[act];
}

static int read_key(struct aka_key *key, const json_t *r, struct why *why)
{
	uint8_t op[16];
	int rc;

	milenage_constants(key);
	if (json_hex(key->k, 16, r, "k", why))
		return -1;
	if (json_object_get(r, "opc"))
		return json_object_get(r, "op") ? why_input(why, "op, opc: want one of them")
						: json_hex(key->opc, 16, r, "opc", why);
	rc = json_hex(op, 16, r, "op", why) || milenage_opc(key->opc, key->k, op, why) ? -1 : 0;
	OPENSSL_cleanse(op, sizeof(op));
	return rc;
}

static int read_rand(uint8_t rand[16], const json_t *r, struct why *why)
{
	return json_object_get(r, "rand") ? json_hex(rand, 16, r, "rand", why)
					  : rng_bytes(rand, 16, why);
}

static int optional(uint8_t *bytes, size_t len, const json_t *r, const char *field, struct why *why)
{
	return json_object_get(r, field) ? json_hex(bytes, len, r, field, why) : 0;
}

static int do_all(json_t *o, const struct aka_key *key, const json_t *r, struct why *why)
{
	SECRET(milenage_out) out;
	uint8_t rand[16], sqn[6] = {0}, amf[2] = {0x80, 0};

	return json_hex(rand, 16, r, "rand", why) || optional(sqn, 6, r, "sqn", why) ||
			       optional(amf, 2, r, "amf", why) ||
			       milenage_all(&out, key, rand, sqn, amf, why) ||
			       json_put_hex(o, "opc", key->opc, 16, why) ||
			       json_put_hex(o, "f1", out.mac_a, 8, why) ||
			       json_put_hex(o, "f1s", out.mac_s, 8, why) ||
			       json_put_hex(o, "f2", out.res, 8, why) ||
			       json_put_hex(o, "f3", out.ck, 16, why) ||
			       json_put_hex(o, "f4", out.ik, 16, why) ||
			       json_put_hex(o, "f5", out.ak, 6, why) ||
			       json_put_hex(o, "f5s", out.ak_star, 6, why)
		       ? -1
		       : 0;
}

static int do_av(json_t *o, const struct aka_key *key, const json_t *r, struct why *why)
{
	SECRET(aka_vector) v;
	uint8_t rand[16], sqn[6], amf[2] = {0x80, 0};
	const char *imsi;

	return read_rand(rand, r, why) || json_hex(sqn, 6, r, "sqn", why) ||
			       optional(amf, 2, r, "amf", why) ||
			       json_text_opt(&imsi, r, "imsi", why) ||
			       aka_vector_make(&v, key, rand, sqn, amf, why) ||
			       (imsi && json_put_text(o, "imsi", imsi, why)) ||
			       json_put_hex(o, "rand", v.rand, 16, why) ||
			       json_put_hex(o, "autn", v.autn, 16, why) ||
			       json_put_hex(o, "xres", v.xres, 8, why) ||
			       json_put_hex(o, "ck", v.ck, 16, why) ||
			       json_put_hex(o, "ik", v.ik, 16, why)
		       ? -1
		       : 0;
}

/* sqn: the highest that the card has accepted, in its slot (0 without it). */
static int do_usim(json_t *o, const struct aka_key *key, const json_t *r, struct why *why)
{
	SECRET(aka_answer) a = {0};
	SECRET(sqn_window) w;
	uint8_t rand[16], autn[16], sqn[6] = {0};
	uint64_t n;

	sqn_window_init(&w);
	if (json_hex(rand, 16, r, "rand", why) || json_hex(autn, 16, r, "autn", why) ||
	    optional(sqn, 6, r, "sqn", why))
		return -1;
	n = sqn_number(sqn);
	w.delta = json_object_get(r, "sqn") ? w.delta : 0; /* a card of which nothing is known */
	w.seq[n & (SQN_SLOTS - 1)] = n >> SQN_IND_BITS;
	if (aka_answer_make(&a, &w, key, rand, autn, why)) {
		if (a.is_synchronisation_failure && json_put_hex(o, "auts", a.auts, 14, NULL))
			return why_sys(why, "out of memory");
		return -1;
	}
	return json_put_hex(o, "res", a.res, 8, why) || json_put_hex(o, "ck", a.ck, 16, why) ||
			       json_put_hex(o, "ik", a.ik, 16, why) ||
			       json_put_hex(o, "sqn", a.sqn, 6, why)
		       ? -1
		       : 0;
}

static int do_resync(json_t *o, const struct aka_key *key, const json_t *r, struct why *why)
{
	uint8_t rand[16], auts[14], sqn_ms[6];

	return json_hex(rand, 16, r, "rand", why) || json_hex(auts, 14, r, "auts", why) ||
			       aka_auts_open(sqn_ms, key, rand, auts, why) ||
			       json_put_hex(o, "sqn_ms", sqn_ms, 6, why)
		       ? -1
		       : 0;
}

static int do_opc(json_t *o, const struct aka_key *key, const json_t *r, struct why *why)
{
	(void)r;
	return json_put_hex(o, "opc", key->opc, 16, why);
}

int aka_record(json_t **result, enum aka_act act, const json_t *record, struct why *why)
{
	static int (*const acts[])(json_t *, const struct aka_key *, const json_t *,
				   struct why *) = {do_all, do_av, do_usim, do_resync, do_opc};
	AUTO(json_t) *o = json_object();
	SECRET(aka_key) key = {0};
	const int rc = read_key(&key, record, why) || acts[act](o, &key, record, why) ? -1 : 0;

	*result = rc == 0 || json_object_get(o, "auts") ? STEAL(o) : NULL;
	return rc;
}
