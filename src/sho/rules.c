/* SPDX-License-Identifier: Apache-2.0 */
#include "sho/rules.h"

#include "base/slurp.h"
#include "mcim/wrap.h"
#include "pki/envelope.h"
#include "pki/note.h"
#include "register/subscriber.h"
#include "sho/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void rules_free(struct rules *r)
{
	json_decref(r->authorization);
	json_decref(r->mcim);
	X509_free(r->sho);
	X509_free(r->tre);
	*r = (struct rules){0};
}

bool rules_in(const json_t *authorization)
{
	return json_object_get(authorization, "rules_b64") != NULL;
}

static const char *tre_id_of(const struct rules *r)
{
	return json_string_value(json_object_get(r->authorization, "tre_id"));
}

static const char *jti_of(const json_t *authorization)
{
	return json_string_value(json_object_get(authorization, "jti"));
}

/* ---- what the SHO said ---- */

/* What identifies a subscriber is made, and the rest may stand in the rules. */
static int read_files(struct rules *r, const json_t *rules, struct why *why)
{
	static const char *const made[] = {"application", "imsi", "k",   "opc",
					   "topc",        "alg",  "aka", NULL};
	json_t *mcim = json_object_get(rules, "mcim");

	if (!mcim)
		return 0;
	if (!json_is_object(mcim))
		return why_input(why, "rules: mcim: want an object");
	for (size_t i = 0; made[i]; i++)
		if (json_object_get(mcim, made[i]))
			return why_input(why, "rules: mcim: %s is made, and not said", made[i]);
	r->mcim = json_incref(mcim);
	return 0;
}

static int read_rules(struct rules *r, const json_t *rules, struct why *why)
{
	static const char *const fields[] = {"plmn", "first", "last", "mcim", NULL};
	const char *plmn = json_text(rules, "plmn", why);
	uint64_t most = 1;
	char text[PLMN_TEXT];

	if (!plmn || json_only(rules, fields, why) ||
	    plmn_parse(&r->plmn, plmn, "rules: plmn", why))
		return -1;
	for (size_t i = 3 + strlen(r->plmn.mnc); i < 15; i++)
		most *= 10;
	if (json_number(&r->last, rules, "last", 1, most - 1, 0, why) ||
	    json_number(&r->first, rules, "first", 1, r->last, 0, why))
		return -1;
	if (!r->first || !r->last)
		return why_input(why, "rules: want first and last, from 1 on");
	plmn_format(text, &r->plmn);
	snprintf(r->pool, sizeof(r->pool), "%s/%" PRIu64 "-%" PRIu64, text, r->first, r->last);
	return read_files(r, rules, why);
}

/* The SHO says for which TRE, and by which certificate that is known. */
static int read_tre(struct rules *r, struct why *why)
{
	const char *id = json_text(r->authorization, "tre_id", why);
	const char *pem = id ? json_text(r->authorization, "tre_cert_pem", why) : NULL;
	char name[TRE_ID_TEXT];

	if (!pem || !(r->tre = cert_parse(pem, strlen(pem), "tre_cert_pem", why)) ||
	    cert_name(name, r->tre, why))
		return -1;
	return strcmp(name, id) == 0
		       ? 0
		       : why_refuse(why, "wrong-tre",
				    "the certificate is %s's (TR 33.812 5.1.3.4.3)", name);
}

int rules_open(struct rules *r, const char *note, X509_STACK *trust, const char *to, int64_t at,
	       struct why *why)
{
	const struct cert_policy policy = {.trust = trust, .at = at};
	const struct note_check check = {"authorization", to, &policy, NULL, 0};
	AUTO(json_t) *rules = NULL;
	BUF(text);
	BUF(octets);

	if (slurp(&text, note, JWS_MAX, why) ||
	    !(r->authorization = note_open(buf_text(&text), text.len, &check, &r->sho, why)) ||
	    json_b64(&octets, r->authorization, "rules_b64", why) ||
	    !(rules = json_parse(buf_text(&octets), octets.len, "rules", why)) ||
	    read_rules(r, rules, why) || read_tre(r, why))
		return why_in(why, "%s", slurp_name(note));
	return json_number(&r->expires, r->authorization, "exp", 0, INT64_MAX / 2, 0, why);
}

/* ---- the DPF ---- */

static int wrap(struct rules *r, const json_t *subscriber, struct buf *blob, struct why *why)
{
	AUTO(json_t) *words = sho_mcim_words(subscriber, &r->plmn, why);
	uint8_t sho[32];
	const struct mcim_order order = {
		.tre_cert = r->tre, .operator_sha256 = sho, .tre_id = tre_id_of(r)};
	KEYBLOCK_KIT(kit);

	if (!words || cert_sha256(sho, r->sho, why))
		return -1;
	if (r->mcim && json_object_update(words, r->mcim))
		return why_sys(why, "out of memory");
	return mcim_wrap_words(&kit, blob, &order, words, why);
}

static int remember(struct rules *r, struct reg *reg, const struct buf *blob, struct why *why)
{
	AUTO(json_t) *made = json_object();
	uint8_t md[32];

	return ossl_sha256(md, blob->bytes, blob->len, why) ||
			       json_put_hex(made, "sha256", md, sizeof(md), why) ||
			       reg_offer(reg, "made-by-rules", jti_of(r->authorization),
					 tre_id_of(r), made, (int64_t)r->expires, why)
		       ? -1
		       : 0;
}

int rules_make(struct rules *r, struct reg *reg, struct buf *blob, struct buf *sealed,
	       struct why *why)
{
	const struct subscription s = {.plmn = &r->plmn,
				       .first = r->first,
				       .alg = "milenage",
				       .tre_id = tre_id_of(r),
				       .with_key = true,
				       .last = r->last,
				       .pool = r->pool,
				       .is_told = true};
	AUTO(json_t) *subscriber = NULL;
	BUF(line);

	return reg_once(reg, "rules", jti_of(r->authorization), (int64_t)r->expires,
			"note-replayed", why) ||
			       reg_subscribe(reg, &s, &subscriber, why) ||
			       wrap(r, subscriber, blob, why) || remember(r, reg, blob, why) ||
			       json_append_line(&line, subscriber, why) ||
			       envelope_seal(sealed, r->sho, line.bytes, line.len, why)
		       ? -1
		       : 0;
}

int rules_made(struct reg *reg, const json_t *authorization, const struct buf *blob,
	       struct why *why)
{
	AUTO(json_t) *made = NULL;
	uint8_t want[32], got[32];
	const int known = reg_recall(reg, "made-by-rules", jti_of(authorization), &made, why);

	if (known < 0)
		return -1;
	if (known && (json_hex(want, sizeof(want), made, "sha256", why) ||
		      ossl_sha256(got, blob->bytes, blob->len, why)))
		return -1;
	return known && CRYPTO_memcmp(want, got, sizeof(want)) == 0
		       ? 0
		       : why_refuse(why, "wrong-subject",
				    "the MCIM was not made by this authorization's rules (TR "
				    "33.812 5.1.3.4.3)");
}
