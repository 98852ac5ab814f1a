/* SPDX-License-Identifier: Apache-2.0 */
/* pva-verify(1): the appraisal of an M2MEobj or a TRE's certificate (TR 33.812 B.2.3.4 step 6). */
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "base/when.h"
#include "sho/batch.h"

static const struct tool tool = {
	"pva-verify",
	"pva-verify --trust F [--register DB | --nonce-a-file F] [--tre-id ID] [--reference F] "
	"[--ocsp URL | --ocsp-response F | --crl F] [--ocsp-request-out F] [--ocsp-response-out F] "
	"[--cert-out F] [--require CHECK,...] [--at TIME] [--sign-key KEY --sign-cert F] [--to ID] "
	"[-i M2MEOBJ] "
	"[-o RESULT]\n"
	"pva-verify --trust F --cert TRE_CERT [--tre-id ID] [--ocsp URL | --ocsp-response F | "
	"--crl F] "
	"[--require CHECK,...] [--at TIME] [--sign-key KEY --sign-cert F] [--to ID] [-o RESULT]\n"
	"pva-verify --trust F --batch REQUESTS.jsonl [--register DB] [--reference F] [--ocsp URL | "
	"--crl F] [--require CHECK,...] [--at TIME] [--sign-key KEY --sign-cert F] [--to ID] "
	"[--resume] [-o FILE]",
	"Appraises a platform: chain, revocation, signature, nonces, credentials, measurements."};

static struct pva_papers papers;
static struct {
	const char *tre_id, *request_out, *response_out, *cert_out, *require, *at, *sign_key,
		*sign_cert, *to;
	const char *in, *out, *cert, *batch;
	bool resume;
} o;
static const struct tool_opt opts[] = {
	{"trust", 0, TOOL_TEXT, &papers.trust, "F",
	 "Cert_PVA: certificates that TREs are trusted by"},
	{"register", 0, TOOL_TEXT, &papers.db, "DB", "nonce_A is looked up and spent there"},
	{"nonce-a-file", 0, TOOL_TEXT, &papers.offered, "F",
	 "nonce_A, username and password, JSON"},
	{"tre-id", 0, TOOL_TEXT, &o.tre_id, "ID", "the TRE that is expected"},
	{"reference", 0, TOOL_TEXT, &papers.reference, "F",
	 "measurements that are expected, JSON Lines"},
	{"ocsp", 0, TOOL_TEXT, &papers.ocsp, "URL",
	 "ask this responder; `cert`: the certificate's"},
	{"ocsp-response", 0, TOOL_TEXT, &papers.answer, "F", "an answer that somebody got"},
	{"crl", 0, TOOL_TEXT, &papers.crl, "F", "a revocation list instead"},
	{"ocsp-request-out", 0, TOOL_TEXT, &o.request_out, "F",
	 "keep what the responder was asked"},
	{"ocsp-response-out", 0, TOOL_TEXT, &o.response_out, "F", "keep what it answered"},
	{"cert-out", 0, TOOL_TEXT, &o.cert_out, "F",
	 "keep the certificate of the M2MEobj, once its chain and signature were right"},
	{"require", 0, TOOL_TEXT, &o.require, "CHECK,...", "checks that must be made, and pass"},
	{"at", 0, TOOL_TEXT, &o.at, "TIME", "the time, instead of the clock's"},
	{"sign-key", 0, TOOL_TEXT, &o.sign_key, "KEY", "sign the result"},
	{"sign-cert", 0, TOOL_TEXT, &o.sign_cert, "F", "its certificate, of the role attestation"},
	{"to", 0, TOOL_TEXT, &o.to, "ID", "whom the result is for (the signer)"},
	{"cert", 0, TOOL_TEXT, &o.cert, "TRE_CERT", "appraise a certificate alone"},
	LEDGER_OPTIONS(&o.batch, &o.resume),
	{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
	{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
	{0}};

static int show(struct pva_case *c, struct why *why)
{
	X509 *cert = o.cert ? cert_load(o.cert, why) : NULL;
	BUF(in);

	if (o.cert)
		return cert ? pva_show_certificate(c, cert, why) : -1;
	return slurp(&in, o.in, SLURP_DOCUMENT, why) || pva_show_m2meobj(c, &in, why) ? -1 : 0;
}

static int keep_certificate(const struct pva_case *c, struct why *why)
{
	BUF(pem);

	return cert_pem(&pem, c->cert, why) ||
			       outfile_put(o.cert_out, OUTFILE_PUBLIC, pem.bytes, pem.len, why)
		       ? -1
		       : 0;
}

static int verify(struct pva_case *c, struct why *why)
{
	const int rc = pva_examine(c, why);

	if (pva_revocation_keep(&c->revocation, o.request_out, o.response_out, why) || rc)
		return -1;
	return o.cert_out && !c->appraisal.first.status ? keep_certificate(c, why) : 0;
}

static int run_batch(const struct pva_case *c, unsigned require, struct why *why)
{
	const struct sho_papers by = {.key = o.sign_key, .cert = o.sign_cert, .db = papers.db};
	struct ledger l = {.in = o.batch, .out = o.out, .resume = o.resume, .report = tool_fail};
	int worst = TOOL_OK;

	return sho_batch_validate(&l, &by, c, require, o.to, &worst, why) ? tool_fail(why) : worst;
}

static int run(void)
{
	PVA_CASE(c);
	RESULT_SIGNER(signer);
	struct why why = {0}, verdict = {0};
	unsigned require = o.cert ? 1U << PVA_CHAIN : 1U << PVA_SIGNATURE | 1U << PVA_CHAIN;

	c.tre_id = o.tre_id;
	if ((o.require && pva_checks_parse(&require, o.require, &why)) ||
	    when_at(&c.at, o.at, &why) || pva_case_load(&c, &papers, &why))
		return tool_fail(&why);
	if (o.batch)
		return run_batch(&c, o.require ? require : 0, &why);
	c.require = require;
	if (result_signer_load(&signer, o.sign_key, o.sign_cert, c.at, &why) || show(&c, &why) ||
	    verify(&c, &why) || pva_tell(&c, &signer, o.to, o.out, &verdict, &why))
		return tool_fail(&why);
	return c.result.verdict ? TOOL_OK : tool_fail(&verdict);
}

int main(int argc, char **argv)
{
	secmem_init();
	tool_options_alone(&tool, opts, argc, argv);
	if (!papers.trust)
		tool_usage("--trust is wanted");
	if (!o.sign_key != !o.sign_cert)
		tool_usage("--sign-key and --sign-cert go together");
	if (o.cert && o.cert_out)
		tool_usage("--cert-out is of an M2MEobj");
	if (o.batch ? papers.offered || papers.answer || o.cert || o.cert_out || o.tre_id || o.in ||
			      o.request_out || o.response_out
		    : o.resume)
		tool_usage("--batch: each request says it; --resume goes with it");
	if ((papers.db && papers.offered) ||
	    (papers.ocsp != NULL) + (papers.answer != NULL) + (papers.crl != NULL) > 1)
		tool_usage("one source of nonces, and one of revocation");
	return run();
}
