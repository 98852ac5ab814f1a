/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/aka_act.h"

#include "aka/kdf.h"
#include "base/hex.h"
#include "base/rng.h"

#include <stdio.h>
#include <string.h>

#define IMSI_MAX 15

static const char *const act_names[] = {"all", "av", "usim", "resync", "opc"};
static const char *const field_names[2][AKA_FIELDS] = {
	{"k", "op", "opc", "rand", "sqn", "amf", "autn", "auts", "imsi"},
	{"k", "top", "topc", "rand", "sqn", "amf", "autn", "auts", "imsi"}};

int aka_act_parse(enum aka_act *act, const char *name, struct why *why)
{
	for (unsigned i = 0; i < sizeof(act_names) / sizeof(*act_names); i++)
		if (strcmp(act_names[i], name) == 0) {
			*act = (enum aka_act)i;
			return 0;
		}
	return why_usage(why, "want all, av, usim, resync or opc, got '%.20s'", name);
}

void aka_options_init(struct aka_options *o, enum aka_alg alg)
{
	*o = (struct aka_options){0};
	aka_key_init(&o->key, alg);
	sqn_window_init(&o->window);
}

const char *aka_field_name(const struct aka_options *o, enum aka_field f)
{
	return field_names[o->key.alg == AKA_TUAK][f];
}

enum aka_field aka_field_find(const struct aka_options *o, const char *name, size_t len)
{
	const char *const *names = field_names[o->key.alg == AKA_TUAK];
	unsigned f = 0;

	while (f < AKA_FIELDS && (strlen(names[f]) != len || memcmp(names[f], name, len) != 0))
		f++;
	return (enum aka_field)f;
}

/* ---- input ---- */

/* Where each field of octets goes. */
static const size_t places[] = {offsetof(struct aka_input, k),    offsetof(struct aka_input, op),
				offsetof(struct aka_input, opc),  offsetof(struct aka_input, rand),
				offsetof(struct aka_input, sqn),  offsetof(struct aka_input, amf),
				offsetof(struct aka_input, autn), offsetof(struct aka_input, auts)};

uint8_t *aka_field_place(struct aka_input *in, enum aka_field f)
{
	return (uint8_t *)in + places[f];
}

size_t aka_field_octets(const struct aka_options *o, enum aka_field f)
{
	switch (f) {
	case AKA_K: return o->key.alg == AKA_TUAK ? 0 : 16;
	case AKA_OP:
	case AKA_OPC: return aka_opc_len(&o->key);
	case AKA_RAND: return 16;
	case AKA_SQN: return 6;
	case AKA_AMF: return 2;
	case AKA_AUTN: return 8 + o->key.mac_len;
	case AKA_AUTS: return 6 + o->key.mac_len;
	default: return 0;
	}
}

static int set_imsi(struct aka_input *in, const char *value, size_t len, struct why *why)
{
	if (len == 0 || len > IMSI_MAX || strspn(value, "0123456789") < len)
		return why_input(why, "imsi: want 1 to %d digits", IMSI_MAX);
	memcpy(in->imsi, value, len);
	in->imsi[len] = '\0';
	in->has |= 1U << AKA_IMSI;
	return 0;
}

static int wrong_octets(const struct aka_options *o, enum aka_field f, size_t want, size_t len,
			struct why *why)
{
	const char *name = aka_field_name(o, f);

	return len != 2 * want ? why_input(why, "%s: want %zu hex digits, got %zu characters", name,
					   2 * want, len)
			       : why_input(why, "%s: want %zu hex digits, got other characters",
					   name, 2 * want);
}

int aka_input_set(struct aka_input *in, const struct aka_options *o, enum aka_field f,
		  const char *value, size_t len, struct why *why)
{
	size_t want;

	if (f == AKA_IMSI)
		return set_imsi(in, value, len, why);
	want = aka_field_octets(o, f);
	if (want == 0)
		want = len == 64 ? 32 : 16; /* TUAK: K of 128 or 256 bits */
	if (len != 2 * want || !hex_read(aka_field_place(in, f), want, value))
		return wrong_octets(o, f, want, len, why);
	if (f == AKA_K)
		in->k_len = want;
	in->has |= 1U << f;
	return 0;
}

static bool has(const struct aka_input *in, enum aka_field f)
{
	return in->has >> f & 1;
}

static int need(const struct aka_options *o, const struct aka_input *in, enum aka_field f,
		struct why *why)
{
	return has(in, f) ? 0 : why_input(why, "%s: missing", aka_field_name(o, f));
}

void aka_session_free(struct aka_session *s)
{
	aka_engine_free(&s->engine);
	OPENSSL_cleanse(s, sizeof(*s));
}

/* K, and OPc as it came or from OP. */
static int take_key(struct aka_session *s, const struct aka_options *o, const struct aka_input *in,
		    struct why *why)
{
	struct aka_key *key = &s->key;

	if (key->mac_len == 0) /* a session's first record: what is every record's */
		*key = o->key;
	if (need(o, in, AKA_K, why))
		return -1;
	memcpy(key->k, in->k, sizeof(key->k));
	key->k_len = in->k_len;
	memcpy(key->opc, in->opc, sizeof(key->opc));
	if (has(in, AKA_OP) == has(in, AKA_OPC))
		return why_input(why, "%s, %s: want one of them", aka_field_name(o, AKA_OP),
				 aka_field_name(o, AKA_OPC));
	if (has(in, AKA_OP))
		return aka_derive_opc(&s->engine, key, in->op, why);
	memcpy(key->opc, in->opc, sizeof(key->opc));
	return 0;
}

/* ---- results ---- */

static void add(struct aka_result *r, const char *name, const void *octets, size_t len)
{
	r->item[r->items++] = (struct aka_item){name, octets, len, false};
}

/* The same with octets that do not outlive the caller. */
static void add_copy(struct aka_result *r, const char *name, const void *octets, size_t len)
{
	memcpy(r->store + r->used, octets, len);
	add(r, name, r->store + r->used, len);
	r->used += len;
}

static void add_imsi(struct aka_result *r, const struct aka_input *in)
{
	if (!has(in, AKA_IMSI))
		return;
	add(r, "imsi", in->imsi, strlen(in->imsi));
	r->item[r->items - 1].is_text = true;
}

void aka_columns(const char *names[static AKA_ITEMS + 1], const struct aka_options *o,
		 enum aka_act act)
{
	static const char *const all[] = {"",   "f1",  "f1s",   "f2",    "f3", "f4",
					  "f5", "f5s", "sres1", "sres2", "kc", NULL};
	static const char *const av[] = {"imsi", "rand", "autn", "xres", "ck", "ik", NULL};
	static const char *const eps[] = {"imsi", "rand", "autn", "xres", "kasme", NULL};
	static const char *const he[] = {"imsi", "rand", "autn", "xres_star", "kausf", NULL};
	static const char *const usim[] = {"res", "ck", "ik", "sqn", "auts", NULL};
	static const char *const resync[] = {"sqn_ms", NULL};
	static const char *const opc[] = {"", NULL};
	const char *const *from = act == AKA_DO_ALL                 ? all
				  : act == AKA_DO_AV && o->has_plmn ? eps
				  : act == AKA_DO_AV && o->snn      ? he
				  : act == AKA_DO_AV                ? av
				  : act == AKA_DO_USIM              ? usim
				  : act == AKA_DO_RESYNC            ? resync
								    : opc;
	size_t n = 0;

	while (from[n] && !(from == all && n == 8 && !o->gsm)) {
		names[n] = *from[n] ? from[n] : aka_field_name(o, AKA_OPC);
		n++;
	}
	names[n] = NULL;
}

static const uint8_t zero_sqn[6];
static const uint8_t default_amf[2] = {0x80, 0}; /* the separation bit, TS 33.401 6.1.1 */

static const uint8_t *amf_of(const struct aka_input *in)
{
	return has(in, AKA_AMF) ? in->amf : default_amf;
}

static int do_all(struct aka_session *s, const struct aka_options *o, const struct aka_input *in,
		  struct aka_result *r, struct why *why)
{
	struct aka_engine *e = &s->engine;
	const struct aka_key *key = &s->key;
	const struct aka_out *out = &e->out;
	const uint8_t *sqn = has(in, AKA_SQN) ? in->sqn : zero_sqn;
	uint8_t mac_s[AKA_MAX], ak_star[6], gsm[8];

	if (need(o, in, AKA_RAND, why) || aka_begin(e, key, in->rand, why) ||
	    aka_f2345(e, &e->out, why) || aka_f1(e, e->out.mac_a, mac_s, sqn, amf_of(in), why) ||
	    aka_f5_star(e, ak_star, why))
		return -1;
	add(r, aka_field_name(o, AKA_OPC), key->opc, aka_opc_len(key));
	add(r, "f1", out->mac_a, key->mac_len);
	add_copy(r, "f1s", mac_s, key->mac_len);
	add(r, "f2", out->res, key->res_len);
	add(r, "f3", out->ck, key->ck_len);
	add(r, "f4", out->ik, key->ik_len);
	add(r, "f5", out->ak, 6);
	add_copy(r, "f5s", ak_star, 6);
	if (!o->gsm)
		return 0;
	kdf_sres1(gsm, out->res);
	add_copy(r, "sres1", gsm, 4);
	add(r, "sres2", out->res, 4);
	kdf_kc(gsm, out->ck, out->ik);
	add_copy(r, "kc", gsm, 8);
	return 0;
}

/* K_ASME or XRES* and K_AUSF: CK and IK stay at home. */
static int add_derived(const struct aka_session *s, const struct aka_options *o,
		       struct aka_result *r, struct why *why)
{
	const struct aka_vector *v = &s->vector;
	uint8_t out[32];

	if (!(v->autn[6] & 0x80))
		return why_refuse(why, "amf-separation",
				  "the AMF has not the separation bit (TS 33.401 6.1.1)");
	if (s->key.ck_len != 16 || s->key.ik_len != 16)
		return why_input(why, "CK, IK: want 128 bits for K_ASME and K_AUSF");
	if (o->has_plmn) {
		add(r, "xres", v->xres, s->key.res_len);
		if (kdf_kasme(out, v->ck, v->ik, o->plmn, v->autn, why))
			return -1;
		add_copy(r, "kasme", out, 32);
		return 0;
	}
	if (kdf_res_star(out, v->ck, v->ik, o->snn, v->rand, v->xres, s->key.res_len, why))
		return -1;
	add_copy(r, "xres_star", out, 16);
	if (kdf_kausf(out, v->ck, v->ik, o->snn, v->autn, why))
		return -1;
	add_copy(r, "kausf", out, 32);
	return 0;
}

static int do_av(struct aka_session *s, const struct aka_options *o, const struct aka_input *in,
		 struct aka_result *r, struct why *why)
{
	const struct aka_vector *v = &s->vector;
	uint8_t rand[16];

	if (has(in, AKA_RAND))
		memcpy(rand, in->rand, 16);
	else if (rng_bytes(rand, 16, why))
		return -1;
	if (need(o, in, AKA_SQN, why) ||
	    aka_vector_compute(&s->engine, &s->vector, &s->key, rand, in->sqn, amf_of(in), why))
		return -1;
	add_imsi(r, in);
	add(r, "rand", v->rand, 16);
	add(r, "autn", v->autn, 8 + s->key.mac_len);
	if (o->has_plmn || o->snn)
		return add_derived(s, o, r, why);
	add(r, "xres", v->xres, s->key.res_len);
	add(r, "ck", v->ck, s->key.ck_len);
	add(r, "ik", v->ik, s->key.ik_len);
	return 0;
}

/* The card's array: as the options have it, or with the SQN that was accepted last in its slot;
 * of a card of which nothing is known, every SQN is near enough. */
static void start_window(struct sqn_window *w, const struct aka_options *o,
			 const struct aka_input *in)
{
	*w = o->window;
	if (o->has_window)
		return;
	if (has(in, AKA_SQN)) {
		const uint64_t sqn = sqn_number(in->sqn);

		w->seq[sqn & ((1U << w->ind_bits) - 1)] = sqn >> w->ind_bits;
	} else {
		w->delta = 0;
	}
}

static int do_usim(struct aka_session *s, struct aka_options *o, const struct aka_input *in,
		   struct aka_result *r, struct why *why)
{
	struct aka_answer *a = &s->answer;
	struct sqn_window w;

	start_window(&w, o, in);
	if (need(o, in, AKA_RAND, why) || need(o, in, AKA_AUTN, why))
		return -1;
	if (aka_answer_compute(&s->engine, a, &w, &s->key, in->rand, in->autn, why)) {
		if (a->is_synchronisation_failure)
			add(r, "auts", a->auts, 6 + s->key.mac_len);
		return -1;
	}
	if (o->has_window)
		o->window = w;
	add(r, "res", a->res, s->key.res_len);
	add(r, "ck", a->ck, s->key.ck_len);
	add(r, "ik", a->ik, s->key.ik_len);
	add(r, "sqn", a->sqn, 6);
	return 0;
}

/* With SQN_HE, what it becomes: TS 33.102 6.3.5. */
static int do_resync(struct aka_session *s, const struct aka_options *o, const struct aka_input *in,
		     struct aka_result *r, struct why *why)
{
	uint8_t sqn_ms[6], sqn_he[6];

	if (need(o, in, AKA_RAND, why) || need(o, in, AKA_AUTS, why) ||
	    aka_auts_compute(&s->engine, sqn_ms, &s->key, in->rand, in->auts, why))
		return -1;
	add_copy(r, "sqn_ms", sqn_ms, 6);
	if (!has(in, AKA_SQN))
		return 0;
	sqn_octets(sqn_he,
		   sqn_resynchronise(sqn_number(in->sqn), sqn_number(sqn_ms), o->window.ind_bits));
	add_copy(r, "sqn_he", sqn_he, 6);
	return 0;
}

static int do_opc(struct aka_session *s, const struct aka_options *o, struct aka_result *r)
{
	add(r, aka_field_name(o, AKA_OPC), s->key.opc, aka_opc_len(&s->key));
	return 0;
}

static int do_act(struct aka_session *s, struct aka_options *o, enum aka_act act,
		  const struct aka_input *in, struct aka_result *r, struct why *why)
{
	switch (act) {
	case AKA_DO_ALL: return do_all(s, o, in, r, why);
	case AKA_DO_AV: return do_av(s, o, in, r, why);
	case AKA_DO_USIM: return do_usim(s, o, in, r, why);
	case AKA_DO_RESYNC: return do_resync(s, o, in, r, why);
	case AKA_DO_OPC: break;
	}
	return do_opc(s, o, r);
}

int aka_do(struct aka_session *s, struct aka_options *o, enum aka_act act,
	   const struct aka_input *in, struct aka_result *r, struct why *why)
{
	if (take_key(s, o, in, why) == 0 && do_act(s, o, act, in, r, why) == 0)
		return 0;
	if (act != AKA_DO_USIM) /* whose refusal tells AUTS */
		r->items = 0;
	return -1;
}
