/* SPDX-License-Identifier: Apache-2.0 */
/* tre-sim(1): the Trusted Environment of an M2ME, a command at a time. */
#include "base/hex.h"
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "base/when.h"
#include "pki/cert.h"
#include "tre/tre.h"

#include <string.h>

static const struct tool tool = {
	"tre-sim",
	"tre-sim --state DIR [--device DIR] init --tre-id ID [--pin FILE] [--policy F]\n"
	"tre-sim --state DIR [--device DIR] keygen [--alg ALG] --csr-out F\n"
	"tre-sim --state DIR [--device DIR] personalize [--key F] --cert F [--enc-key F --enc-cert "
	"F] "
	"--credential F [--operator-cert F] [--knetver F] [--delivery-note F]\n"
	"tre-sim --state DIR [--device DIR] boot [--components F]\n"
	"tre-sim --state DIR [--device DIR] info\n"
	"tre-sim --state DIR [--device DIR] list [--as ID]\n"
	"tre-sim --state DIR [--device DIR] audit [--verify]\n"
	"tre-sim --state DIR [--device DIR] attach --identity\n"
	"tre-sim --state DIR [--device DIR] attach --rand HEX --autn HEX\n"
	"tre-sim --state DIR [--device DIR] bootstrap [-i BOOTSTRAP] [--netwpin | --userpin F]\n"
	"tre-sim --state DIR [--device DIR] token --to ID --to-cert F [--pin FILE]\n"
	"tre-sim --state DIR [--device DIR] provision [-i MCIMOBJ] [-o STATUS]\n"
	"tre-sim --state DIR [--device DIR] provision --stage [-i MCIMOBJ] [-o STATUS]\n"
	"tre-sim --state DIR [--device DIR] provision --beside [-i MCIMOBJ] [-o STATUS]\n"
	"tre-sim --state DIR [--device DIR] provision --commit [--ack NOTE] [-o STATUS]\n"
	"tre-sim --state DIR [--device DIR] discard --operator ID [-o NOTICE]\n"
	"tre-sim --state DIR [--device DIR] select MCIM [--pin FILE]\n"
	"tre-sim --state DIR [--device DIR] deselect MCIM [--pin FILE]\n"
	"tre-sim --state DIR [--device DIR] revert [--at TIME]\n"
	"tre-sim --state DIR [--device DIR] pristine [--pin FILE | --order NOTE [--at TIME]]\n"
	"tre-sim --state DIR [--device DIR] renew [--at TIME] [-o REQUEST]\n"
	"tre-sim --state DIR [--device DIR] access [--at TIME] [-i NOTE] [-o STATUS]\n"
	"tre-sim --state DIR [--device DIR] command [--at TIME] [-i NOTE]",
	"The Trusted Environment (TRE) of an M2ME: keys, MCIMs and their life cycle, AKA."};

static struct {
	const char *state, *device, *tre_id, *pin, *policy, *alg, *components, *as, *rand, *autn;
	const char *in, *out, *to, *to_cert, *ack, *sho, *at, *mcim, *order;
	bool verify, identity, stage, commit, beside;
	struct tre_push push;
	struct tre_personal personal;
} o;

static const struct tool_opt common[] = {
	{"state", 0, TOOL_TEXT, &o.state, "DIR", "folder of the sealed state"},
	{"device", 0, TOOL_TEXT, &o.device, "DIR",
	 "folder of the device's key and counter (DIR.device)"},
	{0}};
static const struct tool_opt all[] = {
	{"tre-id", 0, TOOL_TEXT, &o.tre_id, "ID", "init: VENDOR;NUMBER"},
	{"pin", 0, TOOL_TEXT, &o.pin, "FILE", "the owner's PIN"},
	{"policy", 0, TOOL_TEXT, &o.policy, "F", "init: the TRE's security policy, JSON"},
	{"alg", 0, TOOL_TEXT, &o.alg, "ALG", "keygen: ec-p256 (default) to rsa-4096"},
	{"csr-out", 0, TOOL_TEXT, &o.out, "F", "keygen: the certificate signing request"},
	{"key", 0, TOOL_TEXT, &o.personal.key, "F",
	 "personalize: PrK_TRE, where it was made outside"},
	{"cert", 0, TOOL_TEXT, &o.personal.cert, "F", "personalize: Cert_TRE"},
	{"enc-key", 0, TOOL_TEXT, &o.personal.enc_key, "F",
	 "personalize: the second key, for encryption"},
	{"enc-cert", 0, TOOL_TEXT, &o.personal.enc_cert, "F", "personalize: its certificate"},
	{"credential", 0, TOOL_TEXT, &o.personal.credential, "F",
	 "personalize: {PCID, K}, a record"},
	{"operator-cert", 0, TOOL_TEXT, &o.personal.operator_cert, "F", "personalize: Cert_SHO[0]"},
	{"knetver", 0, TOOL_TEXT, &o.personal.knetver, "F",
	 "personalize: K_NetVer in hex, a line each"},
	{"delivery-note", 0, TOOL_TEXT, &o.out, "F", "personalize: what the owner gets, JSON"},
	{"components", 0, TOOL_TEXT, &o.components, "F", "boot: components to measure, JSON Lines"},
	{"as", 0, TOOL_TEXT, &o.as, "ID", "list: what this operator may see"},
	{"verify", 0, TOOL_FLAG, &o.verify, NULL, "audit: check the chain of hashes"},
	{"identity", 0, TOOL_FLAG, &o.identity, NULL, "attach: the IMSI or PCID to present"},
	{"rand", 0, TOOL_TEXT, &o.rand, "HEX", "attach: RAND"},
	{"autn", 0, TOOL_TEXT, &o.autn, "HEX", "attach: AUTN"},
	{"netwpin", 0, TOOL_FLAG, &o.push.netwpin, NULL,
	 "bootstrap: secure push under the IMSI in use"},
	{"userpin", 0, TOOL_TEXT, &o.push.userpin, "F",
	 "bootstrap: secure push under the PIN in this file"},
	{"to", 0, TOOL_TEXT, &o.to, "ID", "token: the new operator"},
	{"to-cert", 0, TOOL_TEXT, &o.to_cert, "F", "token: the new operator's certificate"},
	{"stage", 0, TOOL_FLAG, &o.stage, NULL, "provision: check and keep it, and change nothing"},
	{"commit", 0, TOOL_FLAG, &o.commit, NULL, "provision: install what is staged"},
	{"beside", 0, TOOL_FLAG, &o.beside, NULL,
	 "provision: install it, and leave the one in use selected"},
	{"ack", 0, TOOL_TEXT, &o.ack, "NOTE", "provision: the old operator's acknowledgement"},
	{"operator", 0, TOOL_TEXT, &o.sho, "ID", "discard: the old operator"},
	{"order", 0, TOOL_TEXT, &o.order, "NOTE", "pristine: the RO's order, instead of the PIN"},
	{"at", 0, TOOL_TEXT, &o.at, "TIME",
	 "pristine, revert, renew, access, command: the time, instead of the clock's"},
	{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
	{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
	{0}};

/* What an act needs of the command line is there when it is called; its answer goes to out. */
typedef int act(struct tre *t, struct buf *out, struct why *why);

static int keygen(struct tre *t, struct buf *out, struct why *why)
{
	return tre_keygen(t, o.alg, out, why);
}

static int personalize(struct tre *t, struct buf *out, struct why *why)
{
	if (tre_personalize(t, &o.personal, out, why))
		return -1;
	if (!o.out)
		buf_clear(out);
	return 0;
}

static int boot(struct tre *t, struct buf *out, struct why *why)
{
	return tre_boot(t, o.components, out, why);
}

static int list(struct tre *t, struct buf *out, struct why *why)
{
	return tre_list(t, o.as, out, why);
}

static int audit(struct tre *t, struct buf *out, struct why *why)
{
	return tre_audit(t, o.verify, out, why);
}

static int attach(struct tre *t, struct buf *out, struct why *why)
{
	uint8_t rand[16], autn[16];

	if (o.identity ? o.rand || o.autn : !o.rand || !o.autn)
		return why_usage(why, "either --identity, or --rand and --autn are wanted");
	if (o.identity)
		return tre_identity(t, out, why);
	return hex_decode(rand, 16, o.rand, "rand", why) ||
			       hex_decode(autn, 16, o.autn, "autn", why) ||
			       tre_attach(t, rand, autn, out, why)
		       ? -1
		       : 0;
}

static int bootstrap(struct tre *t, struct buf *out, struct why *why)
{
	BUF(in);

	if (o.push.netwpin && o.push.userpin)
		return why_usage(why, "--netwpin or --userpin, not both");
	return slurp(&in, o.in, SLURP_DOCUMENT, why) ||
			       tre_bootstrap(t, buf_text(&in), in.len, &o.push, out, why)
		       ? -1
		       : 0;
}

static int token(struct tre *t, struct buf *out, struct why *why)
{
	AUTO(X509) *cert = cert_load(o.to_cert, why);

	return cert ? tre_token(t, o.to, cert, o.pin, out, why) : -1;
}

static int provision(struct tre *t, struct buf *out, struct why *why)
{
	BUF(in);

	const enum tre_how how = o.stage ? TRE_STAGE : o.beside ? TRE_BESIDE : TRE_INSTALL;

	if (o.commit && (o.stage || o.in || o.beside))
		return why_usage(why, "--commit takes neither --stage nor --beside nor -i");
	if (o.stage && o.beside)
		return why_usage(why, "--stage or --beside, not both");
	if (o.ack && !o.commit)
		return why_usage(why, "--ack goes with --commit");
	if ((!o.commit || o.ack) && slurp(&in, o.commit ? o.ack : o.in, SLURP_DOCUMENT, why))
		return -1;
	return o.commit ? tre_commit(t, o.ack ? buf_text(&in) : NULL, in.len, out, why)
			: tre_stage(t, buf_text(&in), in.len, how, out, why);
}

static int discard(struct tre *t, struct buf *out, struct why *why)
{
	return tre_discard(t, o.sho, out, why);
}

static int choose(struct tre *t, struct buf *out, struct why *why)
{
	(void)out;
	return tre_select(t, o.mcim, true, o.pin, why);
}

static int deselect(struct tre *t, struct buf *out, struct why *why)
{
	(void)out;
	return tre_select(t, o.mcim, false, o.pin, why);
}

static int revert(struct tre *t, struct buf *out, struct why *why)
{
	int64_t at;

	return when_at(&at, o.at, why) || tre_revert(t, at, out, why) ? -1 : 0;
}

static int pristine(struct tre *t, struct buf *out, struct why *why)
{
	int64_t at;
	BUF(in);

	(void)out;
	if (o.pin && o.order)
		return why_usage(why, "--pin or --order, not both");
	if (!o.order)
		return tre_pristine(t, o.pin, why);
	return when_at(&at, o.at, why) || slurp(&in, o.order, SLURP_DOCUMENT, why) ||
			       tre_reprovision(t, buf_text(&in), in.len, at, why)
		       ? -1
		       : 0;
}

static int renew(struct tre *t, struct buf *out, struct why *why)
{
	int64_t at;

	return when_at(&at, o.at, why) || tre_renew(t, at, out, why) ? -1 : 0;
}

static int take_access(struct tre *t, struct buf *out, struct why *why)
{
	int64_t at;
	BUF(in);

	return when_at(&at, o.at, why) || slurp(&in, o.in, SLURP_DOCUMENT, why) ||
			       tre_access(t, buf_text(&in), in.len, at, out, why)
		       ? -1
		       : 0;
}

static int command(struct tre *t, struct buf *out, struct why *why)
{
	int64_t at;
	BUF(in);

	return when_at(&at, o.at, why) || slurp(&in, o.in, SLURP_DOCUMENT, why) ||
			       tre_command(t, buf_text(&in), in.len, at, out, why)
		       ? -1
		       : 0;
}

/* A command's options, those without which it is nothing first (`wanted` of them); a const char **
 * operand, where it has one; secret: what it tells is. */
static const struct verb {
	const char *name;
	act *act; /* NULL: init, for which there is no TRE yet */
	int wanted;
	bool has_operand, secret;
	const char *options[12];
} verbs[] = {
	{"init", NULL, 1, false, false, {"tre-id", "pin", "policy"}},
	{"keygen", keygen, 1, false, false, {"csr-out", "alg"}},
	{"personalize",
	 personalize,
	 2,
	 false,
	 true,
	 {"cert", "credential", "key", "enc-key", "enc-cert", "operator-cert", "knetver",
	  "delivery-note"}},
	{"boot", boot, 0, false, false, {"components"}},
	{"info", tre_info, 0, false, false, {NULL}},
	{"list", list, 0, false, false, {"as"}},
	{"audit", audit, 0, false, false, {"verify"}},
	{"attach", attach, 0, false, true, {"identity", "rand", "autn"}},
	{"bootstrap", bootstrap, 0, false, false, {"input", "netwpin", "userpin"}},
	{"token", token, 2, false, false, {"to", "to-cert", "pin"}},
	{"provision",
	 provision,
	 0,
	 false,
	 false,
	 {"input", "output", "stage", "beside", "commit", "ack"}},
	{"discard", discard, 1, false, false, {"operator", "output"}},
	{"select", choose, 0, true, false, {"pin"}},
	{"deselect", deselect, 0, true, false, {"pin"}},
	{"revert", revert, 0, false, false, {"at"}},
	{"pristine", pristine, 0, false, false, {"pin", "order", "at"}},
	{"renew", renew, 0, false, false, {"at", "output"}},
	{"access", take_access, 0, false, false, {"at", "input", "output"}},
	{"command", command, 0, false, false, {"at", "input"}},
};

static const struct tool_opt *option(const char *name)
{
	const struct tool_opt *p = all;

	while (strcmp(p->name, name) != 0)
		p++;
	return p;
}

/* Parses a command's options, its own alone. */
static void options(const struct verb *v, int argc, char **argv)
{
	struct tool_opt own[13] = {{0}};
	int first;

	for (size_t i = 0; v->options[i]; i++)
		own[i] = *option(v->options[i]);
	first = tool_options(&tool, own, argc, argv);
	if (!o.state)
		tool_usage("--state is wanted");
	if (argc - first != v->has_operand)
		tool_usage(v->has_operand ? "%s: one MCIM is wanted" : "%s: no operand is wanted",
			   v->name);
	if (v->has_operand)
		o.mcim = argv[first];
	for (int i = 0; i < v->wanted; i++)
		if (!own[i].value || !*(const char *const *)own[i].value)
			tool_usage("--%s is wanted", own[i].name);
}

/* Opens the TRE, acts, and writes what it tells: what a refusal has to tell a peer too. */
static int run(const struct verb *v)
{
	struct why why = {0}, late = {0};
	AUTO(TRE) *t = NULL;
	const enum outfile_mode mode = v->secret && !o.identity ? OUTFILE_SECRET : OUTFILE_PUBLIC;
	int rc = -1;
	BUF(out);

	if (!v->act)
		rc = tre_init(o.state, o.device, o.tre_id, o.pin, o.policy, &why);
	else if ((t = tre_open(o.state, o.device, &why)))
		rc = v->act(t, &out, &why);
	if (rc && out.len && why.status == TOOL_NO &&
	    outfile_put(o.out, mode, out.bytes, out.len, &late))
		return tool_fail(&late);
	if (rc || (out.len && outfile_put(o.out, mode, out.bytes, out.len, &why)))
		return tool_fail(&why);
	return TOOL_OK;
}

static int do_verb(int argc, char **argv)
{
	const struct verb *v = verbs;

	while (strcmp(v->name, *argv) != 0)
		v++;
	options(v, argc, argv);
	return run(v);
}

int main(int argc, char **argv)
{
	struct tool_verb table[sizeof(verbs) / sizeof(*verbs) + 1] = {{0}};

	secmem_init();
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		table[i] = (struct tool_verb){verbs[i].name, do_verb};
	return tool_verbs(&tool, common, table, argc, argv);
}
