/* SPDX-License-Identifier: Apache-2.0 */
/* m2m-keygen(1): keys and certificates of the PVA, the operators and the TREs (TR 33.812 B.2.2.1).
 */
#include "base/hex.h"
#include "base/num.h"
#include "base/outfile.h"
#include "base/rng.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "base/when.h"
#include "pki/batch.h"
#include "pki/cert.h"
#include "pki/csr.h"
#include "pki/index.h"
#include "pki/pair.h"

#include <string.h>

#define BACKDATED 300 /* seconds: clocks differ */
#define DAYS_MAX 36500

static const struct tool tool = {
	"m2m-keygen",
	"m2m-keygen ca --name NAME --key-out FILE --cert-out FILE [--alg ALG] [--days N] "
	"[--at TIME] [--force]\n"
	"m2m-keygen operator --name ID --key-out FILE --cert-out FILE [--role ROLES] "
	"[--ca-key KEY --ca-cert FILE] [--alg ALG] [--days N] [--ocsp-url URL] [--index FILE] "
	"[--at TIME] [--force]\n"
	"m2m-keygen tre --tre-id ID --key-out FILE --cert-out FILE --ca-key KEY --ca-cert FILE "
	"[--enc-key-out FILE --enc-cert-out FILE] [--csr-out FILE] [--alg ALG] [--days N] "
	"[--ocsp-url URL] [--index FILE] [--at TIME] [--force]\n"
	"m2m-keygen tre --batch FILE --ca-key KEY --ca-cert FILE (--out-dir DIR | -o FILE) "
	"[--two-pairs] [--alg ALG] [--days N] [--ocsp-url URL] [--index FILE] [--at TIME] "
	"[--force]\n"
	"m2m-keygen sign --csr FILE --tre-id ID --ca-key KEY --ca-cert FILE "
	"[--signing | --encryption] [--days N] [--ocsp-url URL] [--index FILE] [--at TIME] "
	"[-o FILE]\n"
	"m2m-keygen revoke --index FILE --cert FILE [--reason REASON] [--at TIME]\n"
	"m2m-keygen crl --index FILE --ca-key KEY --ca-cert FILE [--days N] [--at TIME] "
	"[-o FILE]\n"
	"m2m-keygen secret --bits N -o FILE [--force]",
	"Makes keys, certificates and secrets, and revokes certificates.",
};

enum verb { CA = 1, OPERATOR = 2, TRE = 4, SIGN = 8, REVOKE = 16, CRL = 32, SECRET_ = 64 };

static struct {
	const char *name, *tre_id, *alg, *days, *at, *role, *ca_key, *ca_cert, *ocsp_url, *index;
	const char *batch, *out_dir, *out, *csr, *cert, *reason, *bits;
	struct pair_files files;
	bool two_pairs, signing, encryption;
} a;

static const struct {
	unsigned verbs;
	struct tool_opt opt;
} options[] = {
	{CA | OPERATOR, {"name", 0, TOOL_TEXT, &a.name, "NAME", "common name: the party"}},
	{TRE | SIGN, {"tre-id", 0, TOOL_TEXT, &a.tre_id, "ID", "common name: VENDOR;NUMBER"}},
	{TRE, {"batch", 0, TOOL_TEXT, &a.batch, "FILE", "TRE_ids, one a line"}},
	{TRE, {"out-dir", 0, TOOL_TEXT, &a.out_dir, "DIR", "a batch's files, some an equipment"}},
	{TRE, {"two-pairs", 0, TOOL_FLAG, &a.two_pairs, NULL, "a second pair for envelopes"}},
	{CA | OPERATOR | TRE,
	 {"key-out", 0, TOOL_TEXT, &a.files.key, "FILE", "private key, PEM, 0600"}},
	{CA | OPERATOR | TRE,
	 {"cert-out", 0, TOOL_TEXT, &a.files.cert, "FILE", "certificate, PEM"}},
	{TRE, {"enc-key-out", 0, TOOL_TEXT, &a.files.enc_key, "FILE", "the second pair's key"}},
	{TRE, {"enc-cert-out", 0, TOOL_TEXT, &a.files.enc_cert, "FILE", "its certificate"}},
	{TRE, {"csr-out", 0, TOOL_TEXT, &a.files.csr, "FILE", "signing request, PKCS #10"}},
	{SIGN, {"csr", 0, TOOL_TEXT, &a.csr, "FILE", "signing request, PKCS #10"}},
	{SIGN, {"signing", 0, TOOL_FLAG, &a.signing, NULL, "for signatures alone"}},
	{SIGN, {"encryption", 0, TOOL_FLAG, &a.encryption, NULL, "for envelopes alone"}},
	{OPERATOR, {"role", 0, TOOL_TEXT, &a.role, "ROLES", "of drf,dpf,mcim,attestation"}},
	{OPERATOR | TRE | SIGN | CRL,
	 {"ca-key", 0, TOOL_TEXT, &a.ca_key, "KEY", "the issuer's private key"}},
	{OPERATOR | TRE | SIGN | CRL,
	 {"ca-cert", 0, TOOL_TEXT, &a.ca_cert, "FILE", "the issuer's certificate"}},
	{CA | OPERATOR | TRE,
	 {"alg", 0, TOOL_TEXT, &a.alg, "ALG", "ec-p256, ec-p384, rsa-2048, rsa-3072, rsa-4096"}},
	{OPERATOR | TRE | SIGN,
	 {"ocsp-url", 0, TOOL_TEXT, &a.ocsp_url, "URL", "responder's address"}},
	{OPERATOR | TRE | SIGN | REVOKE | CRL,
	 {"index", 0, TOOL_TEXT, &a.index, "FILE", "what was certified, for openssl-ocsp(1)"}},
	{REVOKE, {"cert", 0, TOOL_TEXT, &a.cert, "FILE", "certificate to revoke"}},
	{REVOKE, {"reason", 0, TOOL_TEXT, &a.reason, "REASON", "such as keyCompromise"}},
	{CA | OPERATOR | TRE | SIGN | CRL, {"days", 0, TOOL_TEXT, &a.days, "N", "validity"}},
	{CA | OPERATOR | TRE | SIGN | REVOKE | CRL,
	 {"at", 0, TOOL_TEXT, &a.at, "TIME", "instead of now; RFC 3339"}},
	{SECRET_, {"bits", 0, TOOL_TEXT, &a.bits, "N", "length, a multiple of 8"}},
	{TRE | SIGN | CRL | SECRET_, {"output", 'o', TOOL_TEXT, &a.out, "FILE", "result"}},
	{CA | OPERATOR | TRE | SECRET_,
	 {"force", 0, TOOL_FLAG, &a.files.force, NULL, "overwrite a private key"}},
};

/* The options of this verb alone, so that another's is an unknown one. */
static void read_options(enum verb verb, int argc, char **argv)
{
	struct tool_opt own[sizeof(options) / sizeof(*options) + 1] = {{0}};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (options[i].verbs & (unsigned)verb)
			own[n++] = options[i].opt;
	if (tool_options(&tool, own, argc, argv) != argc)
		tool_usage("'%s' is one word too many", argv[argc - 1]);
}

static void need(const char *value, const char *option)
{
	if (!value)
		tool_usage("--%s is missing", option);
}

static void need_ca(void)
{
	need(a.ca_key, "ca-key");
	need(a.ca_cert, "ca-cert");
}

/* notBefore as asked, or a little ago. */
static int set_validity(struct issue *spec, uint64_t days, struct why *why)
{
	if (when_at(&spec->not_before, a.at, why) ||
	    (a.days && num_parse(&days, a.days, 1, DAYS_MAX, "--days", why)))
		return -1;
	spec->not_before -= a.at ? 0 : BACKDATED;
	spec->days = days;
	return 0;
}

/* One pair, or two; entered in the index before its certificate is there. */
static int make(const struct issue *spec, struct why *why)
{
	PAIR(p);
	BUF(rows);

	if (pair_make(&p, spec, a.alg, a.files.enc_key != NULL, why) ||
	    (a.index && (pair_rows(&rows, &p, why) || index_add(a.index, &rows, why))))
		return -1;
	return pair_write(&p, &a.files, spec->name, why);
}

static int run_ca(int argc, char **argv)
{
	struct issue spec = {.kind = ISSUE_CA};
	struct why why = {0};

	read_options(CA, argc, argv);
	need(a.name, "name");
	need(a.files.key, "key-out");
	need(a.files.cert, "cert-out");
	spec.name = a.name;
	return set_validity(&spec, 3650, &why) || make(&spec, &why) ? tool_fail(&why) : TOOL_OK;
}

static int run_operator(int argc, char **argv)
{
	AUTO(EVP_PKEY) *ca_key = NULL;
	AUTO(X509) *ca_cert = NULL;
	struct issue spec = {.kind = ISSUE_BOTH};
	struct why why = {0};

	read_options(OPERATOR, argc, argv);
	need(a.name, "name");
	need(a.files.key, "key-out");
	need(a.files.cert, "cert-out");
	if (a.ca_key || a.ca_cert)
		need_ca();
	spec.name = a.name;
	spec.ocsp_url = a.ocsp_url;
	if (issue_roles(&spec.roles, a.role ? a.role : "drf,dpf,mcim", &why) ||
	    party_check(a.name, "--name", &why) || set_validity(&spec, 825, &why) ||
	    (a.ca_key && issue_load_ca(&ca_key, &ca_cert, a.ca_key, a.ca_cert, &why)))
		return tool_fail(&why);
	spec.ca_key = ca_key;
	spec.ca_cert = ca_cert;
	return make(&spec, &why) ? tool_fail(&why) : TOOL_OK;
}

static int make_batch(const struct issue *spec, struct why *why)
{
	const struct batch batch = {a.batch, a.out, a.out_dir,   a.index,
				    a.alg,   *spec, a.two_pairs, a.files.force};
	int status;

	return batch_run(&batch, &status, why) ? tool_fail(why) : status;
}

static void check_tre_options(void)
{
	need_ca();
	if (a.batch) {
		if (a.tre_id || a.files.key || a.files.cert || a.files.enc_key ||
		    a.files.enc_cert || a.files.csr)
			tool_usage("--batch goes with --out-dir or -o alone");
		if (!a.out_dir == !a.out)
			tool_usage("--batch wants one of --out-dir and -o");
		return;
	}
	need(a.tre_id, "tre-id");
	need(a.files.key, "key-out");
	need(a.files.cert, "cert-out");
	if (a.out || a.out_dir || a.two_pairs)
		tool_usage("-o, --out-dir and --two-pairs go with --batch alone");
	if (!a.files.enc_key != !a.files.enc_cert)
		tool_usage("--enc-key-out and --enc-cert-out go together");
}

static int run_tre(int argc, char **argv)
{
	AUTO(EVP_PKEY) *ca_key = NULL;
	AUTO(X509) *ca_cert = NULL;
	struct issue spec = {.kind = ISSUE_BOTH, .roles = CERT_TRE};
	struct why why = {0};

	read_options(TRE, argc, argv);
	check_tre_options();
	spec.name = a.tre_id;
	spec.ocsp_url = a.ocsp_url;
	if ((a.tre_id && tre_id_check(a.tre_id, "--tre-id", &why)) ||
	    set_validity(&spec, 825, &why) ||
	    issue_load_ca(&ca_key, &ca_cert, a.ca_key, a.ca_cert, &why))
		return tool_fail(&why);
	spec.ca_key = ca_key;
	spec.ca_cert = ca_cert;
	if (a.batch)
		return make_batch(&spec, &why);
	return make(&spec, &why) ? tool_fail(&why) : TOOL_OK;
}

/* Of a request its key counts, and the name only in so far as it must be the one that is wanted. */
static EVP_PKEY *open_csr(struct why *why)
{
	char name[TRE_ID_TEXT + 1];
	AUTO(EVP_PKEY) *key = NULL;
	BUF(text);

	if (tre_id_check(a.tre_id, "--tre-id", why) || slurp(&text, a.csr, SLURP_DOCUMENT, why))
		return NULL;
	key = csr_open(name, sizeof(name), buf_text(&text), text.len, why);
	if (!key) {
		why_in(why, "%s", slurp_name(a.csr));
		return NULL;
	}
	if (strcmp(name, a.tre_id) != 0) {
		why_refuse(why, "wrong-tre",
			   "the request is for another TRE than %s (TR 33.812 B.2.2.1)", a.tre_id);
		return NULL;
	}
	return STEAL(key);
}

static int sign(struct issue *spec, struct why *why)
{
	AUTO(EVP_PKEY) *key = open_csr(why);
	AUTO(X509) *cert = key ? issue_cert(spec, key, why) : NULL;
	BUF(rows);
	BUF(pem);

	if (!cert || cert_pem(&pem, cert, why) ||
	    (a.index && (index_row(&rows, cert, why) || index_add(a.index, &rows, why))))
		return -1;
	return outfile_put(a.out, OUTFILE_PUBLIC, pem.bytes, pem.len, why);
}

static int run_sign(int argc, char **argv)
{
	AUTO(EVP_PKEY) *ca_key = NULL;
	AUTO(X509) *ca_cert = NULL;
	struct issue spec = {.roles = CERT_TRE};
	struct why why = {0};

	read_options(SIGN, argc, argv);
	need(a.csr, "csr");
	need(a.tre_id, "tre-id");
	need_ca();
	if (a.signing && a.encryption)
		tool_usage("--signing and --encryption exclude each other");
	spec.kind = a.signing ? ISSUE_SIGN : a.encryption ? ISSUE_ENCRYPT : ISSUE_BOTH;
	spec.name = a.tre_id;
	spec.ocsp_url = a.ocsp_url;
	if (set_validity(&spec, 825, &why) ||
	    issue_load_ca(&ca_key, &ca_cert, a.ca_key, a.ca_cert, &why))
		return tool_fail(&why);
	spec.ca_key = ca_key;
	spec.ca_cert = ca_cert;
	return sign(&spec, &why) ? tool_fail(&why) : TOOL_OK;
}

static int run_revoke(int argc, char **argv)
{
	AUTO(X509) *cert = NULL;
	struct why why = {0};
	int64_t at;

	read_options(REVOKE, argc, argv);
	need(a.index, "index");
	need(a.cert, "cert");
	cert = when_at(&at, a.at, &why) ? NULL : cert_load(a.cert, &why);
	return !cert || index_revoke(a.index, cert, a.reason, at, &why) ? tool_fail(&why) : TOOL_OK;
}

static int run_crl(int argc, char **argv)
{
	AUTO(EVP_PKEY) *ca_key = NULL;
	AUTO(X509) *ca_cert = NULL;
	uint64_t days = 30;
	struct why why = {0};
	int64_t at;
	BUF(pem);

	read_options(CRL, argc, argv);
	need(a.index, "index");
	need_ca();
	if (when_at(&at, a.at, &why) ||
	    (a.days && num_parse(&days, a.days, 1, DAYS_MAX, "--days", &why)) ||
	    issue_load_ca(&ca_key, &ca_cert, a.ca_key, a.ca_cert, &why) ||
	    crl_make(&pem, a.index, ca_key, ca_cert, at, days, &why) ||
	    outfile_put(a.out, OUTFILE_PUBLIC, pem.bytes, pem.len, &why))
		return tool_fail(&why);
	return TOOL_OK;
}

/* Random octets in hex and a newline. */
static int make_secret(uint64_t bits, struct why *why)
{
	BUF(octets);
	BUF(text);

	if (buf_reserve(&octets, bits / 8, why) || rng_key(octets.bytes, bits / 8, why))
		return -1;
	octets.len = bits / 8;
	if (hex_append(&text, octets.bytes, octets.len, why) || buf_add(&text, "\n", 1, why))
		return -1;
	return outfile_put(a.out, a.files.force ? OUTFILE_SECRET : OUTFILE_NEW_KEY, text.bytes,
			   text.len, why);
}

static int run_secret(int argc, char **argv)
{
	struct why why = {0};
	uint64_t bits;

	read_options(SECRET_, argc, argv);
	need(a.bits, "bits");
	need(a.out, "output");
	if (num_parse(&bits, a.bits, 32, 65536, "--bits", &why))
		return tool_fail(&why);
	if (bits % 8)
		tool_usage("--bits: want a multiple of 8");
	return make_secret(bits, &why) ? tool_fail(&why) : TOOL_OK;
}

int main(int argc, char *argv[])
{
	static const struct tool_verb verbs[] = {{"ca", run_ca},         {"operator", run_operator},
						 {"tre", run_tre},       {"sign", run_sign},
						 {"revoke", run_revoke}, {"crl", run_crl},
						 {"secret", run_secret}, {0}};

	secmem_init();
	return tool_verbs(&tool, NULL, verbs, argc, argv);
}
