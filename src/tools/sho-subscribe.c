/* SPDX-License-Identifier: Apache-2.0 */
/* sho-subscribe(1): steps 1 and 2 of TR 33.812 B.2.3.2 at the new operator. */
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "base/when.h"
#include "pcid/e212.h"
#include "pki/key.h"
#include "sho/batch.h"

static const struct tool tool = {
	"sho-subscribe",
	"sho-subscribe --register DB --name ID --key KEY --cert F --tre-cert F --trust F --token F "
	"--current-sho ID --plmn MCC-MNC [--drf ID] [--tre-enc-cert F] [--server-url U] [--knetver "
	"F] [--op FILE] [--keep-imsi PCID] [--mcim-out F | --by-rules] [--at TIME] [-o "
	"REGISTRATION]\n"
	"sho-subscribe --batch ORDERS.jsonl --register DB --name ID --key KEY --cert F --trust F "
	"--plmn MCC-MNC [--current-sho ID] [--drf ID] [--server-url U] [--op FILE] [--at TIME] "
	"[--resume] [-o FILE]",
	"Makes the subscription of an M2ME at the new operator, and its registration at the "
	"current one."};

static struct {
	const char *db, *name, *key, *cert, *tre_cert, *trust, *token, *current, *plmn, *url, *op;
	const char *knetver, *keep, *drf, *enc_cert, *mcim_out, *at, *out, *batch;
	bool resume, by_rules;
} o;

/* What the operator has, and what is the same for all. */
static int load(struct sho_order *w, struct why *why)
{
	w->name = o.name;
	w->current = o.current;
	w->drf = o.drf;
	w->url = o.url;
	w->has_op = o.op != NULL;
	w->by_rules = o.by_rules;
	w->keep = o.keep;
	if (plmn_parse(&w->plmn, o.plmn, "--plmn", why))
		return -1;
	e212_warn(&w->plmn, "--plmn");
	return when_at(&w->at, o.at, why) || !(w->key = key_load(o.key, why)) ||
			       !(w->cert = cert_load(o.cert, why)) ||
			       (o.op && slurp_hex(w->op, sizeof(w->op), o.op, "OP", why)) ||
			       !(w->trust = cert_load_all(o.trust, why))
		       ? -1
		       : 0;
}

/* B.2.2.1 NOTE 4: without a second pair, the one certificate is for encryption too. */
static int load_one(struct sho_order *w, struct why *why)
{
	w->has_knetver = o.knetver != NULL;
	return !(w->tre_cert = cert_load(o.tre_cert, why)) ||
			       !(w->enc_cert =
					 cert_load(o.enc_cert ? o.enc_cert : o.tre_cert, why)) ||
			       slurp(&w->token, o.token, SLURP_DOCUMENT, why) ||
			       (o.knetver && lines_load(&w->knetver, o.knetver, why))
		       ? -1
		       : 0;
}

static int run(int *worst, struct why *why)
{
	SHO_ORDER(w);
	AUTO(REG) *r = NULL;
	struct ledger l = {.in = o.batch, .out = o.out, .resume = o.resume, .report = tool_fail};

	if (load(&w, why) || (!o.batch && (load_one(&w, why) || sho_order_check(&w, why))) ||
	    !(r = reg_open(o.db, why)))
		return -1;
	l.r = r;
	l.at = w.at;
	if (o.batch)
		return sho_batch_subscribe(&l, &w, worst, why);
	return sho_subscribe_to(&w, r, o.mcim_out, o.out, why);
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"register", 0, TOOL_TEXT, &o.db, "DB", "the new operator's register"},
		{"name", 0, TOOL_TEXT, &o.name, "ID", "its identity"},
		{"key", 0, TOOL_TEXT, &o.key, "KEY", "its key"},
		{"cert", 0, TOOL_TEXT, &o.cert, "F", "its certificate, Cert_SHO[i+1]"},
		{"tre-cert", 0, TOOL_TEXT, &o.tre_cert, "F", "Cert_TRE, from the delivery note"},
		{"tre-enc-cert", 0, TOOL_TEXT, &o.enc_cert, "F",
		 "the TRE's second certificate, for encryption (B.2.2.1 NOTE 4)"},
		{"trust", 0, TOOL_TEXT, &o.trust, "F", "Cert_PVA"},
		{"token", 0, TOOL_TEXT, &o.token, "F", "the authorization token"},
		{"current-sho", 0, TOOL_TEXT, &o.current, "ID", "SHO_id of the current operator"},
		{"drf", 0, TOOL_TEXT, &o.drf, "ID", "register there, where the RO hosts the DRF"},
		{"plmn", 0, TOOL_TEXT, &o.plmn, "MCC-MNC", "of the new IMSI"},
		{"server-url", 0, TOOL_TEXT, &o.url, "U", "its DPF (https://dpf.NAME/)"},
		{"knetver", 0, TOOL_TEXT, &o.knetver, "F", "K_NetVer in hex, a line each"},
		{"op", 0, TOOL_TEXT, &o.op, "FILE", "OP in hex (without it OPc is random)"},
		{"keep-imsi", 0, TOOL_TEXT, &o.keep, "PCID", "it stays the IMSI, with its K"},
		{"mcim-out", 0, TOOL_TEXT, &o.mcim_out, "F", "MCIM.json, for mcim-wrap(1)"},
		{"by-rules", 0, TOOL_FLAG, &o.by_rules, NULL, "the DPF makes the MCIM"},
		{"at", 0, TOOL_TEXT, &o.at, "TIME", "the time, instead of the clock's"},
		LEDGER_OPTIONS(&o.batch, &o.resume),
		{"output", 'o', TOOL_TEXT, &o.out, "REGISTRATION", "write this instead of stdout"},
		{0}};
	struct why why = {0};
	int worst = TOOL_OK;

	secmem_init();
	tool_options_alone(&tool, opts, argc, argv);
	if (!o.db || !o.name || !o.key || !o.cert || !o.trust || !o.plmn)
		tool_usage("--register, --name, --key, --cert, --trust and --plmn are wanted");
	if (o.by_rules && (o.batch || o.mcim_out || o.op || o.knetver || o.keep))
		tool_usage("--by-rules: the rules say what is in the MCIM");
	if (o.batch ? o.keep || o.tre_cert || o.token || o.enc_cert || o.knetver || o.mcim_out
		    : !o.tre_cert || !o.token || !o.current || o.resume)
		tool_usage("--batch, or --tre-cert, --token and --current-sho are wanted");
	return run(&worst, &why) ? tool_fail(&why) : worst;
}
