/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/authority.h"

#include "base/num.h"
#include "base/outfile.h"
#include "base/slurp.h"
#include "base/when.h"
#include "pki/batch.h"
#include "pki/cert.h"
#include "pki/csr.h"
#include "pki/index.h"

#include <string.h>

#define BACKDATED 300 /* seconds: clocks differ */
#define DAYS_MAX 36500
#define DAYS_CA 3650
#define DAYS_PARTY 825
#define DAYS_CRL 30

static int need_pair(const struct authority_order *o, struct why *why)
{
	return why_need(why, o->files.key, "key-out") || why_need(why, o->files.cert, "cert-out") ||
			       pair_check(&o->files, why)
		       ? -1
		       : 0;
}

static int need_ca(const struct authority_order *o, struct why *why)
{
	return why_need(why, o->ca_key, "ca-key") || why_need(why, o->ca_cert, "ca-cert") ? -1 : 0;
}

static int get_days(uint64_t *days, const struct authority_order *o, uint64_t fallback,
		    struct why *why)
{
	*days = fallback;
	return o->days ? num_parse(days, o->days, 1, DAYS_MAX, "--days", why) : 0;
}

/* notBefore as asked, or a little ago. */
static int set_validity(struct issue *spec, const struct authority_order *o, uint64_t days,
			struct why *why)
{
	if (when_at(&spec->not_before, o->at, why) || get_days(&spec->days, o, days, why))
		return -1;
	spec->not_before -= o->at ? 0 : BACKDATED;
	return 0;
}

/* One pair, or two; entered in the index before its certificate is there. */
static int make(const struct issue *spec, struct authority_order *o, struct why *why)
{
	PAIR(p);
	BUF(rows);

	if (pair_make(&p, spec, o->alg, o->files.enc_key != NULL, why) ||
	    (o->index && (pair_rows(&rows, &p, why) || index_add(o->index, &rows, why))))
		return -1;
	return pair_write(&p, &o->files, spec->name, why);
}

/* A CA certifies nothing behind its own end. */
static int check_ca(X509 *cert, const struct authority_order *o, struct why *why)
{
	int64_t at;
	time_t when;

	if (when_at(&at, o->at, why))
		return -1;
	when = (time_t)at;
	return X509_cmp_time(X509_get0_notAfter(cert), &when) > 0
		       ? 0
		       : why_refuse(why, "expired", "%s: the CA has expired (RFC 5280 6.1.3)",
				    o->ca_cert);
}

/* By a CA: what it certifies is done with its key and certificate, which spec borrows. */
static int with_ca(struct issue *spec, struct authority_order *o,
		   int (*certify)(const struct issue *spec, struct authority_order *o,
				  struct why *why),
		   struct why *why)
{
	AUTO(EVP_PKEY) *key = NULL;
	AUTO(X509) *cert = NULL;

	if (issue_load_ca(&key, &cert, o->ca_key, o->ca_cert, why) || check_ca(cert, o, why))
		return -1;
	spec->ca_key = key;
	spec->ca_cert = cert;
	return certify(spec, o, why);
}

int authority_ca(struct authority_order *o, struct why *why)
{
	struct issue spec = {.kind = ISSUE_CA, .name = o->name};

	return why_need(why, o->name, "name") || need_pair(o, why) ||
			       set_validity(&spec, o, DAYS_CA, why) || make(&spec, o, why)
		       ? -1
		       : 0;
}

int authority_operator(struct authority_order *o, struct why *why)
{
	struct issue spec = {.kind = ISSUE_BOTH, .name = o->name, .ocsp_url = o->ocsp_url};
	const bool by_ca = o->ca_key || o->ca_cert;

	if (why_need(why, o->name, "name") || need_pair(o, why) || (by_ca && need_ca(o, why)) ||
	    issue_roles(&spec.roles, o->role ? o->role : "drf,dpf,mcim", why) ||
	    party_check(o->name, "--name", why) || set_validity(&spec, o, DAYS_PARTY, why))
		return -1;
	return by_ca ? with_ca(&spec, o, make, why) : make(&spec, o, why);
}

static int make_batch(const struct issue *spec, struct authority_order *o, struct why *why)
{
	const struct batch batch = {.path = o->batch,
				    .out = o->out || o->out_dir ? o->out : "-",
				    .folder = o->out_dir,
				    .index = o->index,
				    .alg = o->alg,
				    .spec = *spec,
				    .two = o->two_pairs,
				    .force = o->files.force,
				    .jobs = o->jobs,
				    .line_key = o->line_key,
				    .resume = o->resume,
				    .progress = o->progress};

	return batch_run(&batch, &o->worst, why);
}

static int check_batch(const struct authority_order *o, struct why *why)
{
	const struct pair_files *f = &o->files;

	if (o->tre_id || f->key || f->cert || f->enc_key || f->enc_cert || f->csr)
		return why_usage(why, "--batch goes with --out-dir or -o alone");
	return o->out_dir && o->out ? why_usage(why, "--out-dir or -o, not both") : 0;
}

static int check_tre(const struct authority_order *o, struct why *why)
{
	if (why_need(why, o->tre_id, "tre-id") || need_pair(o, why))
		return -1;
	if (o->out || o->out_dir || o->two_pairs || o->resume || o->progress || o->jobs ||
	    o->line_key)
		return why_usage(why,
				 "-o, --out-dir, --two-pairs, --jobs, --line-key, --resume and "
				 "--progress go with --batch alone");
	if (!o->files.enc_key != !o->files.enc_cert)
		return why_usage(why, "--enc-key-out and --enc-cert-out go together");
	return tre_id_check(o->tre_id, "--tre-id", why);
}

int authority_tre(struct authority_order *o, struct why *why)
{
	struct issue spec = {
		.kind = ISSUE_BOTH, .roles = CERT_TRE, .name = o->tre_id, .ocsp_url = o->ocsp_url};

	if (need_ca(o, why) || (o->batch ? check_batch(o, why) : check_tre(o, why)) ||
	    set_validity(&spec, o, DAYS_PARTY, why))
		return -1;
	return with_ca(&spec, o, o->batch ? make_batch : make, why);
}

/* Of a request its key counts, and the name only in so far as it must be the one that is wanted. */
static EVP_PKEY *open_csr(const struct authority_order *o, struct why *why)
{
	char name[TRE_ID_TEXT + 1];
	AUTO(EVP_PKEY) *key = NULL;
	BUF(text);

	if (tre_id_check(o->tre_id, "--tre-id", why) || slurp(&text, o->csr, SLURP_DOCUMENT, why))
		return NULL;
	key = csr_open(name, sizeof(name), buf_text(&text), text.len, why);
	if (!key) {
		why_in(why, "%s", slurp_name(o->csr));
		return NULL;
	}
	if (strcmp(name, o->tre_id) != 0) {
		why_refuse(why, "wrong-tre",
			   "the request is for another TRE than %s (TR 33.812 B.2.2.1)", o->tre_id);
		return NULL;
	}
	return STEAL(key);
}

static int sign(const struct issue *spec, struct authority_order *o, struct why *why)
{
	AUTO(EVP_PKEY) *key = open_csr(o, why);
	AUTO(X509) *cert = key ? issue_cert(spec, key, why) : NULL;
	BUF(rows);
	BUF(pem);

	if (!cert || cert_pem(&pem, cert, why) ||
	    (o->index && (index_row(&rows, cert, why) || index_add(o->index, &rows, why))))
		return -1;
	return outfile_put(o->out, OUTFILE_PUBLIC, pem.bytes, pem.len, why);
}

int authority_sign(struct authority_order *o, struct why *why)
{
	struct issue spec = {.roles = CERT_TRE, .name = o->tre_id, .ocsp_url = o->ocsp_url};

	if (why_need(why, o->csr, "csr") || why_need(why, o->tre_id, "tre-id") || need_ca(o, why))
		return -1;
	if (o->signing && o->encryption)
		return why_usage(why, "--signing and --encryption exclude each other");
	spec.kind = o->signing ? ISSUE_SIGN : o->encryption ? ISSUE_ENCRYPT : ISSUE_BOTH;
	return set_validity(&spec, o, DAYS_PARTY, why) || with_ca(&spec, o, sign, why) ? -1 : 0;
}

int authority_revoke(struct authority_order *o, struct why *why)
{
	AUTO(X509) *cert = NULL;
	int64_t at;

	return why_need(why, o->index, "index") || why_need(why, o->cert, "cert") ||
			       when_at(&at, o->at, why) || !(cert = cert_load(o->cert, why)) ||
			       index_revoke(o->index, cert, o->reason, at, why)
		       ? -1
		       : 0;
}

int authority_crl(struct authority_order *o, struct why *why)
{
	AUTO(EVP_PKEY) *key = NULL;
	AUTO(X509) *cert = NULL;
	uint64_t days;
	int64_t at;
	BUF(pem);

	if (why_need(why, o->index, "index") || need_ca(o, why) || when_at(&at, o->at, why) ||
	    get_days(&days, o, DAYS_CRL, why) ||
	    issue_load_ca(&key, &cert, o->ca_key, o->ca_cert, why) ||
	    crl_make(&pem, o->index, key, cert, at, days, why))
		return -1;
	return outfile_put(o->out, OUTFILE_PUBLIC, pem.bytes, pem.len, why);
}
