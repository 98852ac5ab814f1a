/* SPDX-License-Identifier: Apache-2.0 */
/* What the DPF tells of an MCIM that it made: the SHO's part of TR 33.812 5.1.3.4.3, B.3. */
#include "aka/sqn.h"
#include "base/num.h"
#include "base/slurp.h"
#include "base/when.h"
#include "pki/envelope.h"
#include "pki/key.h"
#include "pki/note.h"
#include "register/publish.h"
#include "sho/rules.h"

#include <string.h>

static const char *text_of(const json_t *o, const char *field)
{
	const char *text = json_string_value(json_object_get(o, field));

	return text ? text : "";
}

/* The IMSI: of the SHO's network, and one of the numbers that it gave out of its hand. */
static bool is_ours(const struct rules *r, const char *imsi)
{
	const size_t mnc = strlen(r->plmn.mnc);
	uint64_t msin;

	return strlen(imsi) == 15 && strncmp(imsi, r->plmn.mcc, 3) == 0 &&
	       strncmp(imsi + 3, r->plmn.mnc, mnc) == 0 &&
	       num_parse(&msin, imsi + 3 + mnc, r->first, r->last, "imsi", NULL) == 0;
}

/* A subscriber as reg_subscribe makes it, and nothing besides: no counter that is ahead, no other
 * restrictions, no card. */
static int check_record(const struct rules *r, const json_t *record, struct why *why)
{
	static const struct {
		const char *field, *text;
	} want[] = {{"alg", "milenage"},
		    {"amf", "8000"},
		    {"sqn", "000000000000"},
		    {"status", "active"}};
	static const char *const fields[] = {"imsi", "alg",      "k",      "opc",    "amf",
					     "sqn",  "ind_bits", "status", "tre_id", NULL};

	uint64_t ind_bits;

	if (!is_ours(r, text_of(record, "imsi")))
		return why_refuse(why, "beyond-rules",
				  "the IMSI is none that the rules give out (TR 33.812 5.1.3.4.3)");
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++)
		if (strcmp(text_of(record, want[i].field), want[i].text) != 0)
			return why_refuse(why, "beyond-rules",
					  "%s is not what the rules make (TR 33.812 5.1.3.4.3)",
					  want[i].field);
	if (json_number(&ind_bits, record, "ind_bits", SQN_IND_BITS, SQN_IND_BITS, SQN_IND_BITS,
			NULL))
		return why_refuse(why, "beyond-rules",
				  "ind_bits is not what the rules make (TR 33.812 5.1.3.4.3)");
	if (json_only(record, fields, NULL))
		return why_refuse(why, "beyond-rules",
				  "the record has more than the rules make (TR 33.812 5.1.3.4.3)");
	if (!*text_of(record, "k") || !*text_of(record, "opc"))
		return why_input(why, "want k and opc");
	return strcmp(text_of(record, "tre_id"), text_of(r->authorization, "tre_id")) == 0
		       ? 0
		       : why_refuse(why, "wrong-tre",
				    "the credentials are for another TRE (TR 33.812 5.1.3.4.3)");
}

static int check_new(struct reg *reg, const char *imsi, struct why *why)
{
	AUTO(json_t) *old = NULL;
	const int known = reg_get(reg, REG_SUBSCRIBERS, "imsi", imsi, &old, why);

	return known <= 0 ? known
			  : why_refuse(why, "double-imsi",
				       "%s is a subscriber's already (TR 33.812 5.1.3.4.3)", imsi);
}

static int enter_discovery(const struct rules *r, struct reg *reg, const json_t *said,
			   struct why *why)
{
	AUTO(json_t) *d = json_object();

	return json_put_text(d, "pcid", text_of(said, "imsi"), why) ||
			       json_put_text(d, "tre_id", text_of(said, "tre_id"), why) ||
			       json_put_text(d, "sho", text_of(r->authorization, "iss"), why) ||
			       json_put_text(d, "status", "subscribing", why) ||
			       reg_put(reg, REG_DISCOVERY, d, why)
		       ? -1
		       : 0;
}

/* In the caller's transaction. */
static int enter(struct rules *r, struct reg *reg, const json_t *record, struct buf *out,
		 struct why *why)
{
	AUTO(json_t) *said = json_object();

	if (check_record(r, record, why) || check_new(reg, text_of(record, "imsi"), why) ||
	    reg_once(reg, "rules", text_of(r->authorization, "jti"), (int64_t)r->expires,
		     "note-replayed", why) ||
	    reg_put(reg, REG_SUBSCRIBERS, record, why))
		return -1;
	return json_put_text(said, "imsi", text_of(record, "imsi"), why) ||
			       json_put_text(said, "tre_id", text_of(record, "tre_id"), why) ||
			       enter_discovery(r, reg, said, why) ||
			       json_append_line(out, said, why)
		       ? -1
		       : 0;
}

/* ---- by paths ---- */

static int load(struct rules *r, const struct rules_order *o, struct why *why)
{
	AUTO(X509_STACK) *trust = cert_load_all(o->trust, why);
	int64_t at;

	return !trust || when_at(&at, o->at, why) ||
			       rules_open(r, o->authorization, trust, o->to, at, why)
		       ? -1
		       : 0;
}

/* The authorization is one, and so is the record that was told under it. */
static int question(struct question *q, const char *act, const struct rules *r,
		    const json_t *record, struct why *why)
{
	BUF(text);

	q->about = text_of(r->authorization, "tre_id");
	q->at = when_now();
	q->expires = (int64_t)r->expires;
	return buf_add(&text, act, strlen(act), why) || json_append(&text, r->authorization, why) ||
			       (record && json_append(&text, record, why)) ||
			       ossl_sha256(q->sha256, text.bytes, text.len, why)
		       ? -1
		       : 0;
}

struct making {
	struct rules r;
	struct buf blob, sealed;
};

static void making_free(struct making *m)
{
	rules_free(&m->r);
	buf_free(&m->blob);
	buf_free(&m->sealed);
}

/* It may be done again: what the try before made is dropped. */
static int make(struct reg *reg, void *ctx, struct why *why)
{
	struct making *m = ctx;

	buf_clear(&m->blob);
	buf_clear(&m->sealed);
	return rules_make(&m->r, reg, &m->blob, &m->sealed, why);
}

int rules_order_make(const struct rules_order *o, struct why *why)
{
	__attribute__((cleanup(making_free))) struct making m = {0};
	struct publication results[] = {
		{.path = o->credentials, .mode = OUTFILE_PUBLIC, .bytes = &m.sealed},
		{.path = o->out, .mode = OUTFILE_PUBLIC, .bytes = &m.blob}};
	struct question q = {0};
	AUTO(REG) *reg = NULL;

	return load(&m.r, o, why) || !(reg = reg_open(o->db, why)) ||
			       question(&q, "make", &m.r, NULL, why) ||
			       reg_publish_again(reg, &q, make, &m, results, 2, why)
		       ? -1
		       : 0;
}

struct taking {
	struct rules r;
	json_t *record;
	struct buf out;
};

static void taking_free(struct taking *t)
{
	rules_free(&t->r);
	json_decref(t->record);
	buf_free(&t->out);
}

static int take(struct reg *reg, void *ctx, struct why *why)
{
	struct taking *t = ctx;

	buf_clear(&t->out);
	return enter(&t->r, reg, t->record, &t->out, why);
}

static json_t *open_record(const struct rules_order *o, struct why *why)
{
	AUTO(EVP_PKEY) *key = key_load(o->key, why);
	BUF(sealed);
	BUF(line);

	return key && slurp(&sealed, o->credentials, SLURP_DOCUMENT, why) == 0 &&
			       envelope_open(&line, key, NULL, sealed.bytes, sealed.len, why) == 0
		       ? json_parse(buf_text(&line), line.len, slurp_name(o->credentials), why)
		       : NULL;
}

int rules_order_take(const struct rules_order *o, struct why *why)
{
	__attribute__((cleanup(taking_free))) struct taking t = {0};
	struct publication result = {.path = o->out, .mode = OUTFILE_PUBLIC, .bytes = &t.out};
	struct question q = {0};
	AUTO(REG) *reg = NULL;

	return load(&t.r, o, why) || !(t.record = open_record(o, why)) ||
			       !(reg = reg_open(o->db, why)) ||
			       question(&q, "take", &t.r, t.record, why) ||
			       reg_publish_again(reg, &q, take, &t, &result, 1, why)
		       ? -1
		       : 0;
}
