/* SPDX-License-Identifier: Apache-2.0 */
/* m2m-keygen(1): keys and certificates of PVA, operators and TREs (TR 33.812 B.2.2.1). */
#include "base/secmem.h"
#include "base/tool.h"
#include "pki/authority.h"
#include "pki/secret.h"

#include <string.h>

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
	"m2m-keygen tre --batch FILE --ca-key KEY --ca-cert FILE [--out-dir DIR | -o FILE] "
	"[--two-pairs] [--line-key FILE] [--jobs N] [--resume] [--progress] [--alg ALG] "
	"[--days N] [--ocsp-url URL] [--index FILE] [--at TIME] [--force]\n"
	"m2m-keygen sign --csr FILE --tre-id ID --ca-key KEY --ca-cert FILE "
	"[--signing | --encryption] [--days N] [--ocsp-url URL] [--index FILE] [--at TIME] "
	"[-o FILE]\n"
	"m2m-keygen revoke --index FILE --cert FILE [--reason REASON] [--at TIME]\n"
	"m2m-keygen crl --index FILE --ca-key KEY --ca-cert FILE [--days N] [--at TIME] "
	"[-o FILE]\n"
	"m2m-keygen secret --bits N -o FILE [--force]",
	"Makes keys, certificates and secrets, and revokes certificates.",
};

static struct authority_order a;
static const char *bits;
static const struct tool_opt all[] = {
	{"name", 0, TOOL_TEXT, &a.name, "NAME", "common name: the party"},
	{"tre-id", 0, TOOL_TEXT, &a.tre_id, "ID", "common name: VENDOR;NUMBER"},
	{"batch", 0, TOOL_TEXT, &a.batch, "FILE", "TRE_ids, one a line"},
	{"out-dir", 0, TOOL_TEXT, &a.out_dir, "DIR", "a batch's files, some an equipment"},
	{"two-pairs", 0, TOOL_FLAG, &a.two_pairs, NULL, "a second pair for envelopes"},
	{"line-key", 0, TOOL_TEXT, &a.line_key, "FILE", "encrypt private keys under this secret"},
	{"jobs", 0, TOOL_TEXT, &a.jobs, "N", "threads (the cores)"},
	{"resume", 0, TOOL_FLAG, &a.resume, NULL, "go on with a batch that broke off"},
	{"progress", 0, TOOL_FLAG, &a.progress, NULL, "on stderr: how far, how fast"},
	{"key-out", 0, TOOL_TEXT, &a.files.key, "FILE", "private key, PEM, 0600"},
	{"cert-out", 0, TOOL_TEXT, &a.files.cert, "FILE", "certificate, PEM"},
	{"enc-key-out", 0, TOOL_TEXT, &a.files.enc_key, "FILE", "the second pair's key"},
	{"enc-cert-out", 0, TOOL_TEXT, &a.files.enc_cert, "FILE", "its certificate"},
	{"csr-out", 0, TOOL_TEXT, &a.files.csr, "FILE", "signing request, PKCS #10"},
	{"csr", 0, TOOL_TEXT, &a.csr, "FILE", "signing request, PKCS #10"},
	{"signing", 0, TOOL_FLAG, &a.signing, NULL, "for signatures alone"},
	{"encryption", 0, TOOL_FLAG, &a.encryption, NULL, "for envelopes alone"},
	{"role", 0, TOOL_TEXT, &a.role, "ROLES", "of drf,dpf,mcim,attestation,maker"},
	{"ca-key", 0, TOOL_TEXT, &a.ca_key, "KEY", "the issuer's private key"},
	{"ca-cert", 0, TOOL_TEXT, &a.ca_cert, "FILE", "the issuer's certificate"},
	{"alg", 0, TOOL_TEXT, &a.alg, "ALG", "ec-p256, ec-p384, rsa-2048, rsa-3072, rsa-4096"},
	{"ocsp-url", 0, TOOL_TEXT, &a.ocsp_url, "URL", "responder's address"},
	{"index", 0, TOOL_TEXT, &a.index, "FILE", "what was certified, for openssl-ocsp(1)"},
	{"cert", 0, TOOL_TEXT, &a.cert, "FILE", "certificate to revoke"},
	{"reason", 0, TOOL_TEXT, &a.reason, "REASON", "such as keyCompromise"},
	{"days", 0, TOOL_TEXT, &a.days, "N", "validity"},
	{"at", 0, TOOL_TEXT, &a.at, "TIME", "instead of now; RFC 3339"},
	{"bits", 0, TOOL_TEXT, &bits, "N", "length, a multiple of 8"},
	{"output", 'o', TOOL_TEXT, &a.out, "FILE", "result"},
	{"force", 0, TOOL_FLAG, &a.files.force, NULL, "overwrite a private key"},
	{0}};

static int secret(struct authority_order *o, struct why *why)
{
	return why_need(why, bits, "bits") || why_need(why, o->out, "output") ||
			       secret_make(o->out, bits, o->files.force, why)
		       ? -1
		       : 0;
}

static const struct command {
	const char *name;
	int (*act)(struct authority_order *o, struct why *why);
	const char *options[23]; /* NULL at the end */
} commands[] = {
	{"ca", authority_ca, {"name", "key-out", "cert-out", "alg", "days", "at", "force"}},
	{"operator",
	 authority_operator,
	 {"name", "key-out", "cert-out", "role", "ca-key", "ca-cert", "alg", "ocsp-url", "index",
	  "days", "at", "force"}},
	{"tre", authority_tre, {"tre-id",      "batch",        "out-dir",  "two-pairs", "line-key",
				"jobs",        "resume",       "progress", "key-out",   "cert-out",
				"enc-key-out", "enc-cert-out", "csr-out",  "ca-key",    "ca-cert",
				"alg",         "ocsp-url",     "index",    "days",      "at",
				"output",      "force"}},
	{"sign",
	 authority_sign,
	 {"tre-id", "csr", "signing", "encryption", "ca-key", "ca-cert", "ocsp-url", "index",
	  "days", "at", "output"}},
	{"revoke", authority_revoke, {"index", "cert", "reason", "at"}},
	{"crl", authority_crl, {"ca-key", "ca-cert", "index", "days", "at", "output"}},
	{"secret", secret, {"bits", "output", "force"}},
};

static int run(int argc, char **argv)
{
	const struct command *c = commands;
	struct why why = {0};

	while (strcmp(c->name, *argv) != 0)
		c++;
	if (tool_options_of(&tool, all, c->options, argc, argv) != argc)
		tool_usage("'%s' is one word too many", argv[argc - 1]);
	return c->act(&a, &why) ? tool_fail(&why) : a.worst;
}

int main(int argc, char *argv[])
{
	static const struct tool_verb verbs[] = {
		{"ca", run},     {"operator", run}, {"tre", run},    {"sign", run},
		{"revoke", run}, {"crl", run},      {"secret", run}, {0}};

	secmem_init();
	return tool_verbs(&tool, NULL, verbs, argc, argv);
}
