/* SPDX-License-Identifier: Apache-2.0 */
/* bootstrap-sign(1): the DRF's signed bootstrap (TR 33.812 B.2.3.3), made and verified. */
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/tool.h"
#include "dm/account.h"
#include "pki/key.h"
#include "sho/batch.h"

static const struct tool tool = {
	"bootstrap-sign",
	"bootstrap-sign --key KEY --cert F --tre-id ID --server-url U --server-cert F [--sho ID "
	"--sho-cert F] [--credentials F] [--napdef F] [--context mcim=URL] [--context m2m=URL] "
	"[--profile dm|cp] [--syncml] [--wbxml] [--push] [--netwpin F | --userpin F] [-o FILE]\n"
	"bootstrap-sign --napdef-only --napdef F --key KEY --cert F --tre-id ID [--profile dm|cp] "
	"[--syncml] [--wbxml] [--push] [--netwpin F | --userpin F] [-o FILE]\n"
	"bootstrap-sign --batch REQUESTS.jsonl --key KEY --cert F [--profile dm|cp] [--syncml] "
	"[--wbxml] [--push] [--resume] [-o FILE]\n"
	"bootstrap-sign --verify [--trust F [--signer ID]] [--netwpin F | --userpin F] [--at TIME] "
	"[-i FILE | --batch REQUESTS.jsonl [--resume]] [-o FILE]",
	"Makes the signed OMA DM or CP bootstrap for a TRE, or verifies one."};

static struct {
	const char *key, *cert, *trust, *signer, *at, *in, *out, *profile, *netwpin, *userpin,
		*batch;
	struct tool_list contexts;
	bool verify, resume;
} o;
static struct account account = {.contexts = o.contexts.item};
static struct carry carry;
static const struct tool_opt opts[] = {
	{"key", 0, TOOL_TEXT, &o.key, "KEY", "the current operator's key"},
	{"cert", 0, TOOL_TEXT, &o.cert, "F", "its certificate, Cert_SHO[i]"},
	{"tre-id", 0, TOOL_TEXT, &account.tre_id, "ID", "whom it is for"},
	{"server-url", 0, TOOL_TEXT, &account.url, "U", "the DPF that the M2ME shall contact"},
	{"server-cert", 0, TOOL_TEXT, &account.server_cert, "F", "its certificate, Cert_SHO[i+1]"},
	{"sho", 0, TOOL_TEXT, &account.sho, "ID", "the new operator"},
	{"sho-cert", 0, TOOL_TEXT, &account.sho_cert, "F",
	 "its certificate, where the DPF is another's"},
	{"credentials", 0, TOOL_TEXT, &account.credentials, "F",
	 "PuK_TRE(username/password, nonce_A)"},
	{"napdef", 0, TOOL_TEXT, &account.napdef, "F", "the access point, JSON"},
	{"napdef-only", 0, TOOL_FLAG, &account.is_napdef_only, NULL,
	 "connectivity alone (B.2.2.2)"},
	{"context", 0, TOOL_LIST, &o.contexts, "mcim=URL|m2m=URL", "a context of B.2.3.3 NOTE 1"},
	{"syncml", 0, TOOL_FLAG, &carry.is_syncml, NULL, "in a SyncML package"},
	{"profile", 0, TOOL_TEXT, &o.profile, "dm|cp",
	 "an OMA DM tree (default), or OMA CP around it"},
	{"wbxml", 0, TOOL_FLAG, &carry.is_wbxml, NULL, "the package or OMA CP document in WBXML"},
	{"push", 0, TOOL_FLAG, &carry.is_push, NULL, "that in a WSP push, as SMS carries it"},
	{"netwpin", 0, TOOL_TEXT, &o.netwpin, "F", "secure push under the IMSI in this file"},
	{"userpin", 0, TOOL_TEXT, &o.userpin, "F", "secure push under the PIN in this file"},
	{"verify", 0, TOOL_FLAG, &o.verify, NULL, "verify a bootstrap, and print what it says"},
	LEDGER_OPTIONS(&o.batch, &o.resume),
	{"trust", 0, TOOL_TEXT, &o.trust, "F", "certificates that may have signed it"},
	{"signer", 0, TOOL_TEXT, &o.signer, "ID", "the operator that is expected"},
	{"at", 0, TOOL_TEXT, &o.at, "TIME", "the time, instead of the clock's"},
	{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
	{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
	{0}};
static int worst;

static int make(struct buf *out, struct why *why)
{
	AUTO(EVP_PKEY) *key = key_load(o.key, why);
	AUTO(X509) *cert = key ? cert_load(o.cert, why) : NULL;
	BOOTSTRAP(b);
	BUF(document);

	return !cert || account_load(&b, &account, why) ||
			       bootstrap_make(&document, &b, key, cert, why) ||
			       carry_pack(out, &carry, &b, &document, why)
		       ? -1
		       : 0;
}

static int act(struct why *why)
{
	const struct sho_papers papers = {
		.key = o.key, .cert = o.cert, .trust = o.trust, .at = o.at};
	struct ledger l = {.in = o.batch, .out = o.out, .resume = o.resume, .report = tool_fail};
	BUF(out);

	if (o.batch && o.verify)
		return sho_batch_tell(&l, &papers, o.signer, &carry, &worst, why);
	if (o.batch)
		return sho_batch_bootstrap(&l, &papers, &carry, &worst, why);
	return (o.verify ? carry_tell_file(&out, &carry, o.in, o.trust, o.signer, o.at, why)
			 : make(&out, why)) ||
			       outfile_put(o.out, OUTFILE_PUBLIC, out.bytes, out.len, why)
		       ? -1
		       : 0;
}

static int run(struct why *why)
{
	const char *file = o.netwpin ? o.netwpin : o.userpin;
	SECRET(push_key) pin = {0};
	int rc;

	if (carry_complete(&carry, o.profile, file, why) ||
	    (file && push_key_load(&pin, o.netwpin ? PUSH_NETWPIN : PUSH_USERPIN, file, why)))
		return -1;
	carry.pin = file ? &pin : NULL;
	rc = act(why);
	carry.pin = NULL;
	return rc;
}

int main(int argc, char **argv)
{
	struct why why = {0};

	secmem_init();
	tool_options_alone(&tool, opts, argc, argv);
	if (o.netwpin && o.userpin)
		tool_usage("--netwpin or --userpin, not both");
	if (o.verify && !o.trust && (o.signer || (!o.netwpin && !o.userpin)))
		tool_usage("--trust is wanted");
	if (!o.verify && (!o.key || !o.cert || !account.tre_id == !o.batch))
		tool_usage("--key, --cert, and --tre-id or --batch are wanted");
	if (o.batch ? account.url || account.server_cert || account.sho || account.sho_cert ||
			      account.credentials || account.napdef || account.is_napdef_only ||
			      o.contexts.len || o.in
		    : o.resume)
		tool_usage("--batch: each request says it; --resume goes with it");
	return run(&why) ? tool_fail(&why) : worst;
}
