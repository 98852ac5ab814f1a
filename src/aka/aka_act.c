/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/aka_act.h"

#include "base/rng.h"

#include <string.h>

void aka_session_free(struct aka_session *s)
{
	aka_engine_free(&s->engine);
	kdf_free(&s->kdf);
	OPENSSL_cleanse(s, sizeof(*s));
}

/* K, and OPc as it came or from OP. */
static int take_key(struct aka_session *s, const struct aka_options *o, const struct aka_input *in,
		    struct why *why)
{
	struct aka_key *key = &s->key;

	if (key->mac_len == 0) /* a session's first record: what is every record's */
		*key = o->key;
	if (aka_input_need(in, o, AKA_K, why))
		return -1;
	memcpy(key->k, in->k, sizeof(key->k));
	key->k_len = in->k_len;
	if (aka_has(in, AKA_OP) == aka_has(in, AKA_OPC))
		return why_input(why, "%s, %s: want one of them", aka_field_name(o, AKA_OP),
				 aka_field_name(o, AKA_OPC));
	if (aka_has(in, AKA_OP))
		return aka_derive_opc(&s->engine, key, in->op, why);
	memcpy(key->opc, in->opc, sizeof(key->opc));
	return 0;
}

static const uint8_t zero_sqn[6];
static const uint8_t default_amf[2] = {0x80, 0}; /* the separation bit, TS 33.401 6.1.1 */

static const uint8_t *amf_of(const struct aka_input *in)
{
	return aka_has(in, AKA_AMF) ? in->amf : default_amf;
}

static int do_all(struct aka_session *s, const struct aka_options *o, const struct aka_input *in,
		  struct aka_result *r, struct why *why)
{
	struct aka_engine *e = &s->engine;
	const struct aka_key *key = &s->key;
	const struct aka_out *out = &e->out;
	const uint8_t *sqn = aka_has(in, AKA_SQN) ? in->sqn : zero_sqn;

	if (aka_input_need(in, o, AKA_RAND, why) || aka_begin(e, key, in->rand, why) ||
	    aka_f2345(e, &e->out, why) || aka_f1(e, e->out.mac_a, s->mac_s, sqn, amf_of(in), why) ||
	    aka_f5_star(e, s->ak_star, why))
		return -1;
	aka_result_add(r, aka_field_name(o, AKA_OPC), key->opc, aka_opc_len(key));
	aka_result_add(r, "f1", out->mac_a, key->mac_len);
	aka_result_add(r, "f1s", s->mac_s, key->mac_len);
	aka_result_add(r, "f2", out->res, key->res_len);
	aka_result_add(r, "f3", out->ck, key->ck_len);
	aka_result_add(r, "f4", out->ik, key->ik_len);
	aka_result_add(r, "f5", out->ak, 6);
	aka_result_add(r, "f5s", s->ak_star, 6);
	if (!o->gsm)
		return 0;
	kdf_sres1(s->sres1, out->res);
	aka_result_add(r, "sres1", s->sres1, 4);
	aka_result_add(r, "sres2", out->res, 4);
	kdf_kc(s->kc, out->ck, out->ik);
	aka_result_add(r, "kc", s->kc, 8);
	return 0;
}

/* TS 33.401 6.1.1, TS 33.501 6.1.3.2: EPS and 5GS want the separation bit, on both sides. */
static int check_separation(const struct aka_session *s, const uint8_t *amf, struct why *why)
{
	if (!(amf[0] & 0x80))
		return why_refuse(why, "amf-separation",
				  "the AMF has not the separation bit (TS 33.401 6.1.1)");
	if (s->key.ck_len != 16 || s->key.ik_len != 16)
		return why_input(why, "CK, IK: want 128 bits for K_ASME, RES* and K_AUSF");
	return 0;
}

/* K_ASME or XRES* and K_AUSF: CK and IK stay at home. */
static int add_derived(struct aka_session *s, const struct aka_options *o, struct aka_result *r,
		       struct why *why)
{
	const struct aka_vector *v = &s->vector;

	if (check_separation(s, v->autn + 6, why))
		return -1;
	if (o->has_plmn) {
		aka_result_add(r, "xres", v->xres, s->key.res_len);
		if (kdf_kasme(&s->kdf, s->key_32, v->ck, v->ik, o->plmn, v->autn, why))
			return -1;
		aka_result_add(r, "kasme", s->key_32, 32);
		return 0;
	}
	if (kdf_res_star(&s->kdf, s->res_star, v->ck, v->ik, o->snn, v->rand, v->xres,
			 s->key.res_len, why) ||
	    kdf_kausf(&s->kdf, s->key_32, v->ck, v->ik, o->snn, v->autn, why))
		return -1;
	aka_result_add(r, "xres_star", s->res_star, 16);
	aka_result_add(r, "kausf", s->key_32, 32);
	return 0;
}

static int do_av(struct aka_session *s, const struct aka_options *o, const struct aka_input *in,
		 struct aka_result *r, struct why *why)
{
	const struct aka_vector *v = &s->vector;
	uint8_t rand[16];

	if (aka_has(in, AKA_RAND))
		memcpy(rand, in->rand, 16);
	else if (rng_bytes(rand, 16, why))
		return -1;
	if (aka_input_need(in, o, AKA_SQN, why) ||
	    aka_vector_compute(&s->engine, &s->vector, &s->key, rand, in->sqn, amf_of(in), why))
		return -1;
	if (aka_has(in, AKA_IMSI))
		aka_result_add_text(r, "imsi", in->imsi);
	aka_result_add(r, "rand", v->rand, 16);
	aka_result_add(r, "autn", v->autn, 8 + s->key.mac_len);
	if (o->has_plmn || o->snn)
		return add_derived(s, o, r, why);
	aka_result_add(r, "xres", v->xres, s->key.res_len);
	aka_result_add(r, "ck", v->ck, s->key.ck_len);
	aka_result_add(r, "ik", v->ik, s->key.ik_len);
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
	if (aka_has(in, AKA_SQN)) {
		const uint64_t sqn = sqn_number(in->sqn);

		w->seq[sqn & ((1U << w->ind_bits) - 1)] = sqn >> w->ind_bits;
	} else {
		w->delta = 0;
	}
}

/* What the ME makes of RES for a 5G core. */
static int add_res_star(struct aka_session *s, const struct aka_options *o,
			const struct aka_input *in, struct aka_result *r, struct why *why)
{
	const struct aka_answer *a = &s->answer;

	if (kdf_res_star(&s->kdf, s->res_star, a->ck, a->ik, o->snn, in->rand, a->res,
			 s->key.res_len, why))
		return -1;
	aka_result_add(r, "res_star", s->res_star, 16);
	return 0;
}

/* The other mistake of the field beside aka_answer_compute's: an OPc was given as OP. */
static int refuse_op(struct aka_session *s, const struct aka_options *o, const struct aka_input *in,
		     struct why *why)
{
	SECRET(aka_key) key = s->key;
	SECRET(aka_answer) a = {0};
	struct why own = {0};
	struct sqn_window w;

	if (!aka_has(in, AKA_OP) || !why || strcmp(why->reason, "mac-mismatch") != 0)
		return -1;
	memcpy(key.opc, in->op, sizeof(key.opc));
	start_window(&w, o, in);
	if (aka_answer_compute(&s->engine, &a, &w, &key, in->rand, in->autn, &own) &&
	    strcmp(own.reason, "sqn-out-of-range") != 0)
		return -1;
	return why_refuse(why, "mac-mismatch",
			  "the MAC in AUTN is wrong; it would be right if this %s (TS 33.102 "
			  "6.3.3)",
			  key.alg == AKA_TUAK ? "TOP were a TOPc" : "OP were an OPc");
}

static int do_usim(struct aka_session *s, struct aka_options *o, const struct aka_input *in,
		   struct aka_result *r, struct why *why)
{
	struct aka_answer *a = &s->answer;
	struct sqn_window w;

	start_window(&w, o, in);
	if (aka_input_need(in, o, AKA_RAND, why) || aka_input_need(in, o, AKA_AUTN, why))
		return -1;
	if (aka_answer_compute(&s->engine, a, &w, &s->key, in->rand, in->autn, why)) {
		if (a->is_synchronisation_failure)
			aka_result_add(r, "auts", a->auts, 6 + s->key.mac_len);
		return refuse_op(s, o, in, why);
	}
	if (o->snn && check_separation(s, a->amf, why))
		return -1;
	aka_result_add(r, "res", a->res, s->key.res_len);
	aka_result_add(r, "ck", a->ck, s->key.ck_len);
	aka_result_add(r, "ik", a->ik, s->key.ik_len);
	if (o->snn && add_res_star(s, o, in, r, why)) {
		r->items = 0;
		return -1;
	}
	aka_result_add(r, "sqn", a->sqn, 6);
	if (o->has_window)
		o->window = w;
	return 0;
}

/* With SQN_HE, what it becomes: TS 33.102 6.3.5. */
static int do_resync(struct aka_session *s, const struct aka_options *o, const struct aka_input *in,
		     struct aka_result *r, struct why *why)
{
	if (aka_input_need(in, o, AKA_RAND, why) || aka_input_need(in, o, AKA_AUTS, why) ||
	    aka_auts_compute(&s->engine, s->sqn_ms, &s->key, in->rand, in->auts, why))
		return -1;
	aka_result_add(r, "sqn_ms", s->sqn_ms, 6);
	if (!aka_has(in, AKA_SQN))
		return 0;
	sqn_octets(s->sqn_he, sqn_resynchronise(sqn_number(in->sqn), sqn_number(s->sqn_ms),
						o->window.ind_bits));
	aka_result_add(r, "sqn_he", s->sqn_he, 6);
	return 0;
}

static int do_opc(struct aka_session *s, const struct aka_options *o, struct aka_result *r)
{
	aka_result_add(r, aka_field_name(o, AKA_OPC), s->key.opc, aka_opc_len(&s->key));
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
