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
	"tre-sim --state DIR [--device DIR] bootstrap [-i BOOTSTRAP]\n"
	"tre-sim --state DIR [--device DIR] token --to ID --to-cert F [--pin FILE]\n"
	"tre-sim --state DIR [--device DIR] provision [-i MCIMOBJ] [-o STATUS]\n"
	"tre-sim --state DIR [--device DIR] provision --stage [-i MCIMOBJ] [-o STATUS]\n"
	"tre-sim --state DIR [--device DIR] provision --commit [--ack NOTE] [-o STATUS]\n"
	"tre-sim --state DIR [--device DIR] discard --operator ID [-o NOTICE]\n"
	"tre-sim --state DIR [--device DIR] select MCIM [--pin FILE]\n"
	"tre-sim --state DIR [--device DIR] deselect MCIM [--pin FILE]\n"
	"tre-sim --state DIR [--device DIR] revert\n"
	"tre-sim --state DIR [--device DIR] pristine [--pin FILE]\n"
	"tre-sim --state DIR [--device DIR] renew [-o REQUEST]\n"
	"tre-sim --state DIR [--device DIR] command [--at TIME] [-i NOTE]",
	"The Trusted Environment (TRE) of an M2ME: keys, MCIMs and their life cycle, AKA."};

static struct {
	const char *state, *device, *tre_id, *pin, *policy, *alg, *csr_out, *components, *as, *rand,
		*autn;
	const char *in, *out, *to, *to_cert, *ack, *sho, *at, *delivery_note;
	bool verify, identity, stage, commit;
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
	{"csr-out", 0, TOOL_TEXT, &o.csr_out, "F", "keygen: the certificate signing request"},
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
	{"delivery-note", 0, TOOL_TEXT, &o.delivery_note, "F",
	 "personalize: what the owner gets, JSON"},
	{"components", 0, TOOL_TEXT, &o.components, "F", "boot: components to measure, JSON Lines"},
	{"as", 0, TOOL_TEXT, &o.as, "ID", "list: what this operator may see"},
	{"verify", 0, TOOL_FLAG, &o.verify, NULL, "audit: check the chain of hashes"},
	{"identity", 0, TOOL_FLAG, &o.identity, NULL, "attach: the IMSI or PCID to present"},
	{"rand", 0, TOOL_TEXT, &o.rand, "HEX", "attach: RAND"},
	{"autn", 0, TOOL_TEXT, &o.autn, "HEX", "attach: AUTN"},
	{"to", 0, TOOL_TEXT, &o.to, "ID", "token: the new operator"},
	{"to-cert", 0, TOOL_TEXT, &o.to_cert, "F", "token: the new operator's certificate"},
	{"stage", 0, TOOL_FLAG, &o.stage, NULL, "provision: check and keep it, and change nothing"},
	{"commit", 0, TOOL_FLAG, &o.commit, NULL, "provision: install what is staged"},
	{"ack", 0, TOOL_TEXT, &o.ack, "NOTE", "provision: the old operator's acknowledgement"},
	{"operator", 0, TOOL_TEXT, &o.sho, "ID", "discard: the old operator"},
	{"at", 0, TOOL_TEXT, &o.at, "TIME", "command: the time, instead of the clock's"},
	{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
	{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
	{0}};

/* Parses a verb's options; its operands are left in argv from the result on. */
static int options(int argc, char **argv, int operands)
{
	const int first = tool_options(&tool, all, argc, argv);

	if (!o.state)
		tool_usage("--state is wanted");
	if (argc - first != operands)
		tool_usage(operands ? "an MCIM is wanted" : "no operand is wanted, got '%s'",
			   argv[first]);
	return first;
}

static void want(const char *value, const char *option)
{
	if (!value)
		tool_usage("%s is wanted", option);
}

typedef int act(struct tre *t, struct buf *out, char **operand, struct why *why);

/* Opens the TRE, acts, and writes what it tells: what a refusal has to tell a peer too. */
static int run(act *a, char **operand, enum outfile_mode mode)
{
	struct why why = {0}, late = {0};
	AUTO(TRE) *t = tre_open(o.state, o.device, &why);
	BUF(out);
	const int rc = t ? a(t, &out, operand, &why) : -1;

	if (rc == 0)
		return outfile_put(o.out, mode, buf_text(&out), out.len, &why) ? tool_fail(&why)
									       : TOOL_OK;
	if (out.len && why.status == TOOL_NO && outfile_put(o.out, mode, out.bytes, out.len, &late))
		return tool_fail(&late);
	return tool_fail(&why);
}

static int do_init(int argc, char **argv)
{
	struct why why = {0};

	options(argc, argv, 0);
	want(o.tre_id, "--tre-id");
	return tre_init(o.state, o.device, o.tre_id, o.pin, o.policy, &why) ? tool_fail(&why)
									    : TOOL_OK;
}

static int keygen(struct tre *t, struct buf *out, char **operand, struct why *why)
{
	(void)operand;
	return tre_keygen(t, o.alg, out, why);
}

static int do_keygen(int argc, char **argv)
{
	options(argc, argv, 0);
	want(o.csr_out, "--csr-out");
	o.out = o.csr_out;
	return run(keygen, NULL, OUTFILE_PUBLIC);
}

static int personalize(struct tre *t, struct buf *out, char **operand, struct why *why)
{
	(void)operand;
	if (tre_personalize(t, &o.personal, out, why))
		return -1;
	if (!o.delivery_note)
		buf_clear(out);
	return 0;
}

static int do_personalize(int argc, char **argv)
{
	options(argc, argv, 0);
	want(o.personal.cert, "--cert");
	want(o.personal.credential, "--credential");
	o.out = o.delivery_note;
	return run(personalize, NULL, OUTFILE_PUBLIC);
}

static int boot(struct tre *t, struct buf *out, char **operand, struct why *why)
{
	(void)operand;
	return tre_boot(t, o.components, out, why);
}

static int do_boot(int argc, char **argv)
{
	options(argc, argv, 0);
	return run(boot, NULL, OUTFILE_PUBLIC);
}

static int info(struct tre *t, struct buf *out, char **operand, struct why *why)
{
	(void)operand;
	return tre_info(t, out, why);
}

static int do_info(int argc, char **argv)
{
	options(argc, argv, 0);
	return run(info, NULL, OUTFILE_PUBLIC);
}

static int list(struct tre *t, struct buf *out, char **operand, struct why *why)
{
	(void)operand;
	return tre_list(t, o.as, out, why);
}

static int do_list(int argc, char **argv)
{
	options(argc, argv, 0);
	return run(list, NULL, OUTFILE_PUBLIC);
}

static int audit(struct tre *t, struct buf *out, char **operand, struct why *why)
{
	(void)operand;
	return tre_audit(t, o.verify, out, why);
}

static int do_audit(int argc, char **argv)
{
	options(argc, argv, 0);
	return run(audit, NULL, OUTFILE_PUBLIC);
}

static int attach(struct tre *t, struct buf *out, char **operand, struct why *why)
{
	uint8_t rand[16], autn[16];

	(void)operand;
	if (o.identity)
		return tre_identity(t, out, why);
	if (hex_decode(rand, 16, o.rand, "rand", why) || hex_decode(autn, 16, o.autn, "autn", why))
		return -1;
	return tre_attach(t, rand, autn, out, why);
}

static int do_attach(int argc, char **argv)
{
	options(argc, argv, 0);
	if (o.identity ? o.rand || o.autn : !o.rand || !o.autn)
		tool_usage("either --identity, or --rand and --autn are wanted");
	return run(attach, NULL, o.identity ? OUTFILE_PUBLIC : OUTFILE_SECRET);
}

static int bootstrap(struct tre *t, struct buf *out, char **operand, struct why *why)
{
	BUF(in);

	(void)operand;
	return slurp(&in, o.in, SLURP_DOCUMENT, why) ||
			       tre_bootstrap(t, buf_text(&in), in.len, out, why)
		       ? -1
		       : 0;
}

static int do_bootstrap(int argc, char **argv)
{
	options(argc, argv, 0);
	return run(bootstrap, NULL, OUTFILE_PUBLIC);
}

static int token(struct tre *t, struct buf *out, char **operand, struct why *why)
{
	AUTO(X509) *cert = cert_load(o.to_cert, why);

	(void)operand;
	return cert ? tre_token(t, o.to, cert, o.pin, out, why) : -1;
}

static int do_token(int argc, char **argv)
{
	options(argc, argv, 0);
	want(o.to, "--to");
	want(o.to_cert, "--to-cert");
	return run(token, NULL, OUTFILE_PUBLIC);
}

static int provision(struct tre *t, struct buf *out, char **operand, struct why *why)
{
	BUF(in);

	(void)operand;
	if (o.commit)
		return (o.ack && slurp(&in, o.ack, SLURP_DOCUMENT, why)) ||
				       tre_commit(t, o.ack ? buf_text(&in) : NULL, in.len, out, why)
			       ? -1
			       : 0;
	return slurp(&in, o.in, SLURP_DOCUMENT, why) ||
			       tre_stage(t, buf_text(&in), in.len, !o.stage, out, why)
		       ? -1
		       : 0;
}

static int do_provision(int argc, char **argv)
{
	options(argc, argv, 0);
	if (o.commit && (o.stage || o.in))
		tool_usage("--commit takes neither --stage nor -i");
	if (o.ack && !o.commit)
		tool_usage("--ack goes with --commit");
	return run(provision, NULL, OUTFILE_PUBLIC);
}

static int discard(struct tre *t, struct buf *out, char **operand, struct why *why)
{
	(void)operand;
	return tre_discard(t, o.sho, out, why);
}

static int do_discard(int argc, char **argv)
{
	options(argc, argv, 0);
	want(o.sho, "--operator");
	return run(discard, NULL, OUTFILE_PUBLIC);
}

static int choose(struct tre *t, struct buf *out, char **operand, struct why *why)
{
	(void)out;
	return tre_select(t, *operand, true, o.pin, why);
}

static int do_select(int argc, char **argv)
{
	return run(choose, argv + options(argc, argv, 1), OUTFILE_PUBLIC);
}

static int deselect(struct tre *t, struct buf *out, char **operand, struct why *why)
{
	(void)out;
	return tre_select(t, *operand, false, o.pin, why);
}

static int do_deselect(int argc, char **argv)
{
	return run(deselect, argv + options(argc, argv, 1), OUTFILE_PUBLIC);
}

static int revert(struct tre *t, struct buf *out, char **operand, struct why *why)
{
	(void)operand;
	return tre_revert(t, out, why);
}

static int do_revert(int argc, char **argv)
{
	options(argc, argv, 0);
	return run(revert, NULL, OUTFILE_PUBLIC);
}

static int pristine(struct tre *t, struct buf *out, char **operand, struct why *why)
{
	(void)out;
	(void)operand;
	return tre_pristine(t, o.pin, why);
}

static int do_pristine(int argc, char **argv)
{
	options(argc, argv, 0);
	return run(pristine, NULL, OUTFILE_PUBLIC);
}

static int renew(struct tre *t, struct buf *out, char **operand, struct why *why)
{
	(void)operand;
	return tre_renew(t, out, why);
}

static int do_renew(int argc, char **argv)
{
	options(argc, argv, 0);
	return run(renew, NULL, OUTFILE_PUBLIC);
}

static int command(struct tre *t, struct buf *out, char **operand, struct why *why)
{
	int64_t at;
	BUF(in);

	(void)operand;
	return when_at(&at, o.at, why) || slurp(&in, o.in, SLURP_DOCUMENT, why) ||
			       tre_command(t, buf_text(&in), in.len, at, out, why)
		       ? -1
		       : 0;
}

static int do_command(int argc, char **argv)
{
	options(argc, argv, 0);
	return run(command, NULL, OUTFILE_PUBLIC);
}

int main(int argc, char **argv)
{
	static const struct tool_verb verbs[] = {{"init", do_init},
						 {"keygen", do_keygen},
						 {"personalize", do_personalize},
						 {"boot", do_boot},
						 {"info", do_info},
						 {"list", do_list},
						 {"audit", do_audit},
						 {"attach", do_attach},
						 {"bootstrap", do_bootstrap},
						 {"token", do_token},
						 {"provision", do_provision},
						 {"discard", do_discard},
						 {"select", do_select},
						 {"deselect", do_deselect},
						 {"revert", do_revert},
						 {"pristine", do_pristine},
						 {"renew", do_renew},
						 {"command", do_command},
						 {NULL, NULL}};

	secmem_init();
	return tool_verbs(&tool, common, verbs, argc, argv);
}
