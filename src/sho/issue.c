/* SPDX-License-Identifier: Apache-2.0 */
#include "sho/issue.h"

#include "base/hex.h"
#include "base/num.h"
#include "base/ossl.h"
#include "base/party.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "pcid/e212.h"
#include "pki/cert.h"
#include "pki/envelope.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COUNT_MAX 100000000
#define SHARE_MAX 1000
#define PART 10000 /* credentials a transaction, or TRE_ids */

void sho_issue_free(struct sho_issue *i)
{
	transport_free(i->batch);
	run_free(&i->run);
	tre_ids_free(&i->tre_ids);
	buf_free(&i->plain);
	audit_free(&i->audit);
	X509_free(i->recipient);
	OPENSSL_cleanse(i, sizeof(*i));
}

static int check_words(const struct sho_issue_order *o, struct why *why)
{
	if (o->alg && strcmp(o->alg, "milenage") != 0 && strcmp(o->alg, "tuak") != 0)
		return why_usage(why, "--alg: want milenage or tuak");
	if (o->transport_key && (o->recipient || (o->format && strcmp(o->format, "jsonl") != 0)))
		return why_usage(why, "--transport-key: without --recipient, and as jsonl alone");
	if ((o->transport_form || o->transport_index) && !o->transport_key)
		return why_usage(why, "--transport-form and --transport-index go with "
				      "--transport-key");
	if (o->msin && (o->first || o->last))
		return why_usage(why, "--msin in the place of --first and --last");
	if (o->resume && !o->run)
		return why_usage(why, "--resume wants --run");
	if (o->run && o->dry_run)
		return why_usage(why, "--dry-run goes without --run");
	return o->run ? party_check(o->run, "--run", why) : 0;
}

/* Which numbers, and in which pool they are counted: a part of a PLMN's has one of its own. */
static int load_numbers(struct issue *i, const struct sho_issue_order *o, struct why *why)
{
	char plmn[PLMN_TEXT], text[IMSI_TEXT];
	size_t digits;

	if (plmn_parse(&i->plmn, o->plmn, "--plmn", why))
		return -1;
	e212_warn(&i->plmn, "--plmn");
	plmn_format(plmn, &i->plmn);
	digits = 15 - 3 - strlen(i->plmn.mnc);
	if (o->msin && (strlen(o->msin) != digits || o->msin[strspn(o->msin, "0123456789#")]))
		return why_input(why, "--msin: want %zu digits or #, got '%.24s'", digits, o->msin);
	snprintf(text, sizeof(text), "%s%s%.*s", i->plmn.mcc, i->plmn.mnc, (int)digits,
		 o->msin ? o->msin : "##########");
	if (template_parse(&i->imsi, text, 15, 15, false, "--msin", why))
		return -1;
	i->first = o->msin ? 0 : 1;
	i->last = i->imsi.size - 1;
	i->from_first = o->first && !o->last;
	i->whole = !o->msin && !o->first && !o->last;
	if ((o->first && num_parse(&i->first, o->first, 0, i->imsi.size - 1, "--first", why)) ||
	    (o->last && num_parse(&i->last, o->last, i->first, i->imsi.size - 1, "--last", why)))
		return -1;
	snprintf(i->pool, sizeof(i->pool), "%s", plmn);
	if (o->msin)
		snprintf(i->pool, sizeof(i->pool), "%s/%s", plmn, o->msin);
	else if (o->last)
		snprintf(i->pool, sizeof(i->pool), "%s/%" PRIu64 "-%" PRIu64, plmn, i->first,
			 i->last);
	return 0;
}

static int load_iccid(struct issue *i, const struct sho_issue_order *o, struct why *why)
{
	if (!o->iccid)
		return 0;
	snprintf(i->iccid_pool, sizeof(i->iccid_pool), "iccid/%.20s", o->iccid);
	return template_parse(&i->iccid, o->iccid, 18, 20, true, "--iccid", why);
}

static int load_tre_ids(struct sho_issue *i, const struct sho_issue_order *o, struct why *why)
{
	i->has_ids = o->tre_ids != NULL;
	return o->tre_ids
		       ? tre_ids_open(&i->tre_ids, o->tre_ids, i->issue.count * i->issue.share, why)
		       : 0;
}

int sho_issue_ids(struct sho_issue *i, uint64_t from, uint64_t n, struct why *why)
{
	if (!i->has_ids)
		return 0;
	if (tre_ids_take(&i->tre_ids, from * i->issue.share, (size_t)(n * i->issue.share), why))
		return -1;
	i->issue.tre_ids = i->tre_ids.id;
	return 0;
}

static int load_sealing(struct sho_issue *i, const struct sho_issue_order *o, struct why *why)
{
	i->has_key = o->transport_key != NULL;
	if ((o->transport_key && transport_key_load(&i->key, o->transport_key, why)) ||
	    (o->transport_form &&
	     transport_form_parse(&i->transport_form, o->transport_form, why)) ||
	    (o->transport_index && num_parse(&i->transport_index, o->transport_index, 1, UINT32_MAX,
					     "--transport-index", why)) ||
	    (o->recipient && !(i->recipient = cert_load(o->recipient, why))))
		return -1;
	if (i->transport_form == TRANSPORT_ECB)
		tool_warn("aes-ecb: the same K looks the same, and a row can be put together of "
			  "others; only who has the transport key sees that");
	return 0;
}

/* What a core network's form cannot hold is found before a number is taken. */
static int check_form(const struct sho_issue *i, const struct sho_issue_order *o, struct why *why)
{
	if (i->form <= EXPORT_CSV)
		return 0;
	if (i->issue.alg == AKA_TUAK)
		return why_input(why, "%s holds Milenage credentials alone", o->format);
	return o->no_key ? why_refuse(why, "subscriber-waiting",
				      "%s holds no subscriber without a key (TR 33.812 5.3.1.2)",
				      o->format)
			 : 0;
}

static int part(struct buf *b, const char *text, struct why *why)
{
	return buf_print(b, why, "%s\n", text ? text : "");
}

static int sign_ids(struct sho_issue *i, EVP_MD_CTX *sha256, struct why *why)
{
	const uint64_t all = i->issue.count;

	for (uint64_t n = 0, size; n < all; n += size) {
		size = all - n < i->run.part_size ? all - n : i->run.part_size;
		if (sho_issue_ids(i, n, size, why))
			return -1;
		for (uint64_t k = 0; k < size * i->issue.share; k++)
			if (EVP_DigestUpdate(sha256, i->tre_ids.id[k], strlen(i->tre_ids.id[k])) !=
				    1 ||
			    EVP_DigestUpdate(sha256, "\n", 1) != 1)
				return ossl_why(why, "SHA-256");
	}
	return 0;
}

/* What a run that goes on must have in common with the one that was begun. */
static int sign_order(struct sho_issue *i, const struct sho_issue_order *o, struct why *why)
{
	AUTO(EVP_MD_CTX) *sha256 = EVP_MD_CTX_new();
	uint8_t md[32];
	BUF(text);

	if (part(&text, o->plmn, why) || part(&text, o->count, why) || part(&text, o->first, why) ||
	    part(&text, o->last, why) || part(&text, o->msin, why) || part(&text, o->iccid, why) ||
	    part(&text, o->share, why) || part(&text, o->alg, why) ||
	    part(&text, o->no_key ? "" : "k", why) ||
	    (o->op && buf_add(&text, i->op, sizeof(i->op), why)))
		return -1;
	if (!sha256 || EVP_DigestInit_ex2(sha256, EVP_sha256(), NULL) != 1 ||
	    EVP_DigestUpdate(sha256, text.bytes, text.len) != 1)
		return ossl_why(why, "SHA-256");
	if (i->has_ids && sign_ids(i, sha256, why))
		return -1;
	if (EVP_DigestFinal_ex(sha256, md, NULL) != 1)
		return ossl_why(why, "SHA-256");
	hex_encode(i->run.order, md, sizeof(md));
	return 0;
}

int sho_issue_load(struct sho_issue *i, const struct sho_issue_order *o, struct why *why)
{
	struct issue *s = &i->issue;

	s->alg = o->alg && strcmp(o->alg, "tuak") == 0 ? AKA_TUAK : AKA_MILENAGE;
	if (check_words(o, why) || load_numbers(s, o, why) || load_iccid(s, o, why) ||
	    num_parse(&s->count, o->count, 1, COUNT_MAX, "--count", why) ||
	    num_parse(&s->share, o->share ? o->share : "1", 1, SHARE_MAX, "--share", why) ||
	    export_parse(&i->form, o->format ? o->format : "jsonl", why) || check_form(i, o, why) ||
	    load_tre_ids(i, o, why) ||
	    (o->op && slurp_hex(i->op, s->alg == AKA_TUAK ? 32 : 16, o->op, "OP", why)) ||
	    load_sealing(i, o, why))
		return -1;
	s->op = o->op ? i->op : NULL;
	s->with_key = !o->no_key;
	i->run = (struct run){
		.name = o->run, .issue = s, .part_size = s->share < PART ? PART / s->share : 1};
	i->resume = o->resume;
	i->audits = o->audit;
	i->progress = o->progress;
	return o->run ? sign_order(i, o, why) : 0;
}

static int try_parts(struct sho_issue *i, struct reg *r, struct buf *lines, json_t *pcids,
		     struct why *why)
{
	const uint64_t all = i->issue.count;

	for (uint64_t n = 0, size; n < all; n += size) {
		size = all - n < i->run.part_size ? all - n : i->run.part_size;
		buf_clear(lines);
		if (sho_issue_ids(i, n, size, why) ||
		    reg_issue(r, &i->issue, n, size, lines, pcids, why))
			return -1;
	}
	return 0;
}

int sho_issue_try(struct buf *out, struct sho_issue *i, const char *db, struct why *why)
{
	const bool is_there = strstr(db, "://") || access(db, F_OK) == 0;
	AUTO(REG) *r = is_there ? reg_open(db, why) : NULL;
	AUTO(json_t) *o = json_object();
	AUTO(json_t) *pcids = json_array();
	BUF(lines);

	if (is_there &&
	    (!r || reg_begin(r, why) || reg_issue_room(r, &i->issue, i->issue.count, why) ||
	     try_parts(i, r, &lines, pcids, why)))
		return -1;
	if (is_there)
		reg_rollback(r);
	else if (i->issue.last - i->issue.first + 1 < i->issue.count)
		return why_input(why, "the numbers of %s are used up", i->issue.pool);
	return json_put_bool(o, "dry_run", true, why) ||
			       json_put_number(o, "count", i->issue.count, why) ||
			       json_put_text(o, "pool", i->issue.pool, why) ||
			       json_put_bool(o, "new_register", !is_there, why) ||
			       (is_there && json_put(o, "pcids", STEAL(pcids), why)) ||
			       json_append_line(out, o, why)
		       ? -1
		       : 0;
}
