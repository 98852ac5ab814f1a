/* SPDX-License-Identifier: Apache-2.0 */
/* mcimobj-make(1): the signed MCIMobj (TR 33.812 B.2.3.4 step 7). */
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "base/when.h"
#include "dm/napdef.h"
#include "dm/syncml.h"
#include "pki/key.h"
#include "sho/provision.h"

static const struct tool tool = {
	"mcimobj-make",
	"mcimobj-make --key KEY --cert F --mcim FILE --result RESULT --result-trust F "
	"[--authorization NOTE] [--token FILE] [--napdef F] [--register DB] [--syncml [--wbxml]] "
	"[--at TIME] [-o FILE]",
	"Makes the MCIMobj: the protected MCIM, nonce_B and the token, signed by the operator."};

static struct {
	const char *key, *cert, *mcim, *result, *result_trust, *token, *napdef, *db, *at, *out;
	const char *authorization;
	bool syncml, wbxml;
} o;

/* A part that is a file, taken in so far as one was named. */
static int take(int (*part)(struct sho_provision *p, const struct buf *text, X509 *dpf,
			    struct why *why),
		struct sho_provision *p, const char *path, X509 *dpf, struct why *why)
{
	BUF(text);

	if (!path)
		return 0;
	return slurp(&text, path, SLURP_DOCUMENT, why) || part(p, &text, dpf, why) ? -1 : 0;
}

static int take_result(struct sho_provision *p, struct why *why)
{
	BUF(text);

	p->trust = cert_load_all(o.result_trust, why);
	return !p->trust || slurp(&text, o.result, SLURP_DOCUMENT, why) ||
			       sho_take_result(p, &text, why)
		       ? -1
		       : 0;
}

static int spend(struct sho_provision *p, struct why *why)
{
	AUTO(REG) *r = reg_open(o.db, why);

	return r ? sho_spend(p, r, why) : -1;
}

static int make(struct buf *document, struct sho_provision *p, struct why *why)
{
	AUTO(EVP_PKEY) *key = key_load(o.key, why);
	AUTO(X509) *cert = key ? cert_load(o.cert, why) : NULL;
	struct mcimobj *m = &p->object;

	return !cert || when_at(&p->at, o.at, why) || take_result(p, why) ||
			       slurp(&m->blob, o.mcim, SLURP_DOCUMENT, why) ||
			       take(sho_take_authorization, p, o.authorization, cert, why) ||
			       take(sho_take_token, p, o.token, cert, why) ||
			       (o.napdef && (!(m->napdef = json_load(o.napdef, why)) ||
					     napdef_check(m->napdef, why))) ||
			       mcimobj_make(document, m, key, cert, why) || (o.db && spend(p, why))
		       ? -1
		       : 0;
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
	const struct buf *result = o.syncml ? &package : &document;

	if (make(&document, &p, why) ||
	    (o.syncml && syncml_pack(&package, &s, document.bytes, document.len, o.wbxml, why)))
		return -1;
	return outfile_put(o.out, OUTFILE_PUBLIC, result->bytes, result->len, why);
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
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	struct why why = {0};

	secmem_init();
	tool_options_alone(&tool, opts, argc, argv);
	if (!o.key || !o.cert || !o.mcim || !o.result || !o.result_trust)
		tool_usage("--key, --cert, --mcim, --result and --result-trust are wanted");
	if (o.wbxml && !o.syncml)
		tool_usage("--wbxml goes with --syncml");
	return run(&why) ? tool_fail(&why) : TOOL_OK;
}
