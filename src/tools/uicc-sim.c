/* SPDX-License-Identifier: Apache-2.0 */
/* uicc-sim(1): a UICC with a USIM, a command at a time, or APDU by APDU. */
#include "base/hex.h"
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "uicc/card.h"
#include "uicc/sms.h"

#include <stdio.h>
#include <string.h>

static const struct tool tool = {
	"uicc-sim",
	"uicc-sim --state DIR [--device DIR] init --iccid N\n"
	"uicc-sim --state DIR [--device DIR] personalize --credential F [--pairs F] [--common-keys "
	"F] [--pairing F] [--pin F]\n"
	"uicc-sim --state DIR [--device DIR] attach --identity [--pairing F]\n"
	"uicc-sim --state DIR [--device DIR] attach --rand HEX --autn HEX [--pairing F]\n"
	"uicc-sim --state DIR [--device DIR] ota [--form packet|ud|tpdu] [--pairing F] [-i PACKET] "
	"[-o RESPONSE]\n"
	"uicc-sim --state DIR [--device DIR] info\n"
	"uicc-sim --state DIR [--device DIR] apdu",
	"A UICC with a USIM: files, AKA, OTA, a list of K/OTA-key pairs."};

static struct {
	const char *state, *device, *iccid, *rand, *autn, *form, *pairing, *in, *out;
	bool identity;
	struct card_personal personal;
} o;

static const struct tool_opt common[] = {
	{"state", 0, TOOL_TEXT, &o.state, "DIR", "folder of the sealed state"},
	{"device", 0, TOOL_TEXT, &o.device, "DIR", "folder of its key and counter (DIR.device)"},
	{0}};

#define PAIRING                                                    \
	{                                                          \
		"pairing", 0, TOOL_TEXT, &o.pairing, "F",          \
			"the M2ME's secret for the secure channel" \
	}
static const struct tool_opt init_opts[] = {
	{"iccid", 0, TOOL_TEXT, &o.iccid, "N", "18 to 20 digits"}, {0}};
static const struct tool_opt personalize_opts[] = {
	{"credential", 0, TOOL_TEXT, &o.personal.credential, "F", "imsi, k, opc, ota_keys: JSON"},
	{"pairs", 0, TOOL_TEXT, &o.personal.pairs, "F", "K/OTA-key pairs, JSON Lines"},
	{"common-keys", 0, TOOL_TEXT, &o.personal.keyset, "F", "an OTA key set beside them"},
	{"pairing", 0, TOOL_TEXT, &o.personal.pairing, "F", "pair with the M2ME of this secret"},
	{"pin", 0, TOOL_TEXT, &o.personal.pin, "F", "PIN, 4 to 8 digits"},
	{0}};
static const struct tool_opt attach_opts[] = {
	{"identity", 0, TOOL_FLAG, &o.identity, NULL, "the IMSI to present"},
	{"rand", 0, TOOL_TEXT, &o.rand, "HEX", "RAND"},
	{"autn", 0, TOOL_TEXT, &o.autn, "HEX", "AUTN"},
	PAIRING,
	{0}};
static const struct tool_opt ota_opts[] = {
	{"form", 0, TOOL_TEXT, &o.form, "FORM", "packet (default), ud or tpdu"},
	PAIRING,
	{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
	{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write the response here, not to stdout"},
	{0}};
static const struct tool_opt no_opts[] = {{0}};

static void options(const struct tool_opt *own, const void *wanted, int argc, char **argv)
{
	if (tool_options(&tool, own, argc, argv) != argc)
		tool_usage("%s: no operand is wanted", argv[0]);
	if (!o.state)
		tool_usage("--state is wanted");
	if (wanted && !*(const char *const *)wanted)
		tool_usage("--%s is wanted", own->name);
}

/* What a card tells, also with a refusal. */
static int tell(int rc, const struct buf *out, enum outfile_mode mode, struct why *why)
{
	struct why late = {0};

	if (out->len && (!rc || why->status == TOOL_NO) &&
	    outfile_put(o.out, mode, out->bytes, out->len, &late))
		return tool_fail(&late);
	return rc ? tool_fail(why) : TOOL_OK;
}

static int do_init(int argc, char **argv)
{
	struct why why = {0};
	CARD(c);

	options(init_opts, &o.iccid, argc, argv);
	return card_init(&c, o.state, o.device, o.iccid, &why) ? tool_fail(&why) : TOOL_OK;
}

static int do_personalize(int argc, char **argv)
{
	struct why why = {0};
	CARD(c);

	options(personalize_opts, &o.personal.credential, argc, argv);
	return card_open(&c, o.state, o.device, &why) || card_personalize(&c, &o.personal, &why)
		       ? tool_fail(&why)
		       : TOOL_OK;
}

static int attach(struct card *c, struct buf *out, struct why *why)
{
	uint8_t rand[16], autn[16];

	if (card_open(c, o.state, o.device, why) || card_pair(c, o.pairing, why))
		return -1;
	if (o.identity)
		return card_identity(c, out, why);
	return hex_decode(rand, 16, o.rand, "rand", why) ||
			       hex_decode(autn, 16, o.autn, "autn", why) ||
			       card_attach(c, rand, autn, out, why)
		       ? -1
		       : 0;
}

static int do_attach(int argc, char **argv)
{
	struct why why = {0};
	CARD(c);
	BUF(out);

	options(attach_opts, NULL, argc, argv);
	if (o.identity ? o.rand || o.autn : !o.rand || !o.autn)
		tool_usage("either --identity, or --rand and --autn are wanted");
	return tell(attach(&c, &out, &why), &out, o.identity ? OUTFILE_PUBLIC : OUTFILE_SECRET,
		    &why);
}

static int ota(struct card *c, struct buf *out, struct why *why)
{
	struct sms_spec sms = {.is_response = true, .originator = "12345"};
	struct ota_header h = {0};
	struct why late = {0};
	int rc;
	BUF(lines);
	BUF(packet);
	BUF(response);

	if ((o.form && sms_form_parse(&sms.form, o.form, why)) ||
	    slurp(&lines, o.in, SLURP_DOCUMENT, why) ||
	    (sms_join(&packet, sms.form, false, buf_text(&lines), why) &&
	     why_in(why, "%s", slurp_name(o.in))) ||
	    card_open(c, o.state, o.device, why) || card_pair(c, o.pairing, why))
		return -1;
	rc = card_remote(c, packet.bytes, packet.len, &h, &response, why);
	sms.submit = h.spi[1] & OTA_POR_SUBMIT || response.len > 137;
	if (response.len && sms_lines(out, &sms, response.bytes, response.len, &late))
		*why = late;
	return late.status ? -1 : rc;
}

static int do_ota(int argc, char **argv)
{
	struct why why = {0};
	CARD(c);
	BUF(out);

	options(ota_opts, NULL, argc, argv);
	return tell(ota(&c, &out, &why), &out, OUTFILE_PUBLIC, &why);
}

static int do_info(int argc, char **argv)
{
	struct why why = {0};
	CARD(c);
	BUF(out);

	options(no_opts, NULL, argc, argv);
	return tell(card_open(&c, o.state, o.device, &why) || card_info(&c, &out, &why) ? -1 : 0,
		    &out, OUTFILE_PUBLIC, &why);
}

/* A line of hex each way; `reset` is answered by the ATR. */
static int exchange(struct card *c, const char *line, struct why *why)
{
	BUF(apdu);
	BUF(answer);
	BUF(text);

	if (strcmp(line, "reset") == 0) {
		card_reset(c);
		puts("3b9f96801fc78031e073fe2113671100000000000001");
		return fflush(stdout) ? why_sys(why, "stdout: write error") : 0;
	}
	if (hex_decode_buf(&apdu, line, "APDU", why) ||
	    (apdu.len > 261 && why_input(why, "an APDU has 261 octets at most")) ||
	    card_apdu(c, apdu.bytes, apdu.len, &answer, why) ||
	    hex_append(&text, answer.bytes, answer.len, why))
		return -1;
	puts(buf_text(&text));
	return fflush(stdout) ? why_sys(why, "stdout: write error") : 0;
}

static int do_apdu(int argc, char **argv)
{
	struct why why = {0};
	char line[600];
	CARD(c);

	options(no_opts, NULL, argc, argv);
	if (card_open(&c, o.state, o.device, &why))
		return tool_fail(&why);
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (*line && exchange(&c, line, &why))
			return tool_fail(&why);
	}
	return tool_close_stdout(&why) ? tool_fail(&why) : TOOL_OK;
}

int main(int argc, char **argv)
{
	static const struct tool_verb verbs[] = {{"init", do_init},
						 {"personalize", do_personalize},
						 {"attach", do_attach},
						 {"ota", do_ota},
						 {"info", do_info},
						 {"apdu", do_apdu},
						 {0}};

	secmem_init();
	return tool_verbs(&tool, common, verbs, argc, argv);
}
