/* SPDX-License-Identifier: Apache-2.0 */
/* mcimobj-make(1): the signed MCIMobj (TR 33.812 B.2.3.4 step 7). */
#include "base/secmem.h"
#include "base/tool.h"
#include "base/when.h"
#include "dm/syncml.h"
#include "pki/key.h"
#include "sho/batch.h"

static const struct tool tool = {
	"mcimobj-make",
	"mcimobj-make --key KEY --cert F --mcim FILE --result RESULT --result-trust F "
	"[--authorization NOTE] [--token FILE] [--napdef F] [--register DB] [--syncml [--wbxml]] "
	"[--at TIME] [-o FILE]\n"
	"mcimobj-make --batch REQUESTS.jsonl --key KEY --cert F --result-trust F [--register DB] "
	"[--at TIME] [--resume] [-o FILE]",
	"Makes the MCIMobj: the protected MCIM, nonce_B and the token, signed by the operator."};

static struct {
	const char *key, *cert, *mcim, *result, *result_trust, *token, *napdef, *db, *at, *out;
	const char *authorization, *batch;
	bool syncml, wbxml, resume;
} o;

static int make(struct buf *document, struct sho_provision *p, struct why *why)
{
	const struct sho_parts parts = {o.mcim,          o.result, o.result_trust,
					o.authorization, o.token,  o.napdef};
	AUTO(EVP_PKEY) *key = key_load(o.key, why);
	AUTO(X509) *cert = key ? cert_load(o.cert, why) : NULL;

	return !cert || when_at(&p->at, o.at, why) || sho_provision_load(p, &parts, cert, why) ||
			       mcimobj_make(document, &p->object, key, cert, why)
		       ? -1
		       : 0;
}

static int run_batch(int *worst, struct why *why)
{
	const struct sho_papers papers = {o.key, o.cert, o.result_trust, o.db, o.at};
	struct ledger l = {.in = o.batch, .out = o.out, .resume = o.resume, .report = tool_fail};

	return sho_batch_provision(&l, &papers, worst, why);
}

static int run(struct why *why)
{
	SHO_PROVISION(p);
	const struct syncml s = {.source = "dpf",
				 .target = p.object.tre_id,
				 .loc_uri = "./MCIM",
				 .is_replace = true};
	BUF(document);
	BUF(package);
	struct publication result = {
		.path = o.out, .mode = OUTFILE_PUBLIC, .bytes = o.syncml ? &package : &document};
	AUTO(REG) *r = NULL;

	if (make(&document, &p, why) ||
	    (o.syncml && syncml_pack(&package, &s, document.bytes, document.len, o.wbxml, why)))
		return -1;
	return (o.db && !(r = reg_open(o.db, why))) || sho_spend(&p, r, &result,
								 o.wbxml    ? "wbxml"
								 : o.syncml ? "syncml"
									    : "bare",
								 why)
		       ? -1
		       : 0;
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"key", 0, TOOL_TEXT, &o.key, "KEY", "the new operator's key"},
		{"cert", 0, TOOL_TEXT, &o.cert, "F", "its certificate, Cert_SHO[i+1]"},
		{"mcim", 0, TOOL_TEXT, &o.mcim, "FILE", "the protected MCIM of mcim-wrap(1)"},
		{"result", 0, TOOL_TEXT, &o.result, "RESULT", "the signed result of pva-verify(1)"},
		{"result-trust", 0, TOOL_TEXT, &o.result_trust, "F",
		 "who may have signed the result, and the authorization"},
		{"authorization", 0, TOOL_TEXT, &o.authorization, "NOTE",
		 "the SHO's word that this DPF may provision the MCIM"},
		{"token", 0, TOOL_TEXT, &o.token, "FILE", "the owner's authorization token"},
		{"napdef", 0, TOOL_TEXT, &o.napdef, "F", "access point of the new network, JSON"},
		{"register", 0, TOOL_TEXT, &o.db, "DB",
		 "nonce_B is spent there, and the authorization"},
		{"syncml", 0, TOOL_FLAG, &o.syncml, NULL, "in a SyncML package"},
		{"wbxml", 0, TOOL_FLAG, &o.wbxml, NULL, "that package in WBXML"},
		{"at", 0, TOOL_TEXT, &o.at, "TIME", "the time, instead of the clock's"},
		LEDGER_OPTIONS(&o.batch, &o.resume),
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	struct why why = {0};
	int worst = TOOL_OK;

	secmem_init();
	tool_options_alone(&tool, opts, argc, argv);
	if (!o.key || !o.cert || !o.result_trust || (!o.batch && (!o.mcim || !o.result)))
		tool_usage("--key, --cert, --result-trust, and --mcim and --result or --batch are "
			   "wanted");
	if (o.wbxml && !o.syncml)
		tool_usage("--wbxml goes with --syncml");
	if (o.batch ? o.mcim || o.result || o.authorization || o.token || o.napdef || o.syncml
		    : o.resume)
		tool_usage("--batch: each request says it; --resume goes with it");
	return (o.batch ? run_batch(&worst, &why) : run(&why)) ? tool_fail(&why) : worst;
}
