/* SPDX-License-Identifier: Apache-2.0 */
/* ota-wrap(1): secured packets of TS 102 225 for SMS-PP (TS 31.115). */
#include "base/hex.h"
#include "base/num.h"
#include "base/outfile.h"
#include "base/record.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "base/when.h"
#include "ota/batch.h"
#include "uicc/packet.h"
#include "uicc/script.h"
#include "uicc/sms.h"

static const struct tool tool = {
	"ota-wrap",
	"ota-wrap (--register DB --iccid N | --keyset F --cntr HEX) --spi HEX --kic HEX --kid HEX "
	"--tar HEX [--form packet|ud|tpdu] [--reference N] [--originator DIGITS] [--at TIME] "
	"[--allow-weak] [--expanded] (--script F | [--imsi IMSI] [--k-index N] [--refresh] | -i "
	"COMMANDS) [-o PACKET]\n"
	"ota-wrap --register DB --batch LIST --plmn MCC-MNC --spi HEX --kic HEX --kid HEX --tar "
	"HEX "
	"[--form packet|ud|tpdu] [--reference N] [--originator DIGITS] [--at TIME] [--allow-weak] "
	"[--expanded] [--k-index N] [--refresh] [-o FILE]\n"
	"ota-wrap --response --keyset F --cntr HEX --spi HEX --kic HEX --kid HEX --tar HEX "
	"[--status NAME] [--form packet|ud|tpdu] [--reference N] [--originator DIGITS] "
	"[--allow-weak] [-i DATA] [-o PACKET]",
	"Wraps commands for a UICC, or its answer, in a secured packet."};

static struct {
	const char *db, *iccid, *keyset, *cntr, *spi, *kic, *kid, *tar, *form, *reference;
	const char *originator, *at, *script, *imsi, *index, *status, *in, *out, *batch, *plmn;
	bool response, weak, expanded, refresh;
} o;

/* The commands in words, or the octets in hex as they are. */
static int load_data(struct buf *data, struct why *why)
{
	uint64_t index = 0;
	SCRIPT(s);

	s.is_expanded = o.expanded || o.refresh;
	if (!o.script && !o.imsi && !o.index && !o.refresh)
		return slurp_hex_buf(data, o.in, "secured data", why);
	if (o.index && num_parse(&index, o.index, 1, 255, "--k-index", why))
		return -1;
	return (o.script && script_load(&s, o.script, why)) ||
			       (o.imsi && script_imsi(&s, o.imsi, why)) ||
			       (o.index && script_key_index(&s, (unsigned)index, why)) ||
			       (o.refresh && script_line(&s, "refresh", why)) ||
			       script_close(data, &s, why)
		       ? -1
		       : 0;
}

/* From the register, the counter is taken, durably, before a packet is made with it. */
static int load_keys(struct ota_keyset *k, struct ota_header *h, struct why *why)
{
	AUTO(REG) *r = NULL;

	if (o.keyset ? ota_keyset_load(k, o.keyset, why) || ota_cntr_parse(&h->cntr, o.cntr, why)
		     : !(r = reg_open(o.db, why)) || reg_begin(r, why) ||
			       ota_next(r, o.iccid, k, h, why) || reg_commit(r, why))
		return -1;
	k->weak = o.weak;
	return 0;
}

static int load_header(struct ota_header *h, struct sms_spec *sms, struct why *why)
{
	uint64_t reference = 0;

	sms->is_response = o.response;
	sms->originator = o.originator ? o.originator : "12345";
	if (ota_header_parse(h, o.spi, o.kic, o.kid, o.tar, why) ||
	    (o.status && ota_status_parse(&h->status, o.status, why)) ||
	    (o.form && sms_form_parse(&sms->form, o.form, why)) || when_at(&sms->at, o.at, why) ||
	    (o.reference && num_parse(&reference, o.reference, 0, 255, "--reference", why)))
		return -1;
	sms->reference = (uint8_t)reference;
	sms->submit = h->spi[1] & OTA_POR_SUBMIT;
	return 0;
}

static int run(struct why *why)
{
	struct sms_spec sms = {0};
	struct ota_header h = {0};
	SECRET(ota_keyset) k = {0};
	BUF(data);
	BUF(packet);
	BUF(lines);

	if (load_header(&h, &sms, why) || load_data(&data, why) || load_keys(&k, &h, why))
		return -1;
	if (o.response ? ota_response_make(&packet, &h, &k, data.bytes, data.len, why)
		       : ota_command_make(&packet, &h, &k, data.bytes, data.len, why))
		return -1;
	return sms_lines(&lines, &sms, packet.bytes, packet.len, why) ||
			       outfile_put(o.out, OUTFILE_PUBLIC, lines.bytes, lines.len, why)
		       ? -1
		       : 0;
}

static int start_batch(struct ota_batch *b, struct reg *r, struct why *why)
{
	uint64_t index = 0;

	b->is_expanded = o.expanded;
	b->refresh = o.refresh;
	b->weak = o.weak;
	if (load_header(&b->header, &b->sms, why) ||
	    (o.index && num_parse(&index, o.index, 1, 255, "--k-index", why)) ||
	    ota_batch_start(b, r, o.plmn, why))
		return -1;
	b->key_index = (unsigned)index;
	return reg_begin(r, why);
}

/* One bad line does not stop the rest; all counters are durable before a packet is told, and a run
 * that is broken off has changed nothing. */
static int run_batch(void)
{
	__attribute__((cleanup(ota_batch_free))) struct ota_batch b = {0};
	struct why why = {0};
	AUTO(REG) *r = reg_open(o.db, &why);
	AUTO(RECORD_READER) *in = r ? record_open(o.batch, RECORD_JSONL, &why) : NULL;
	int worst = TOOL_OK, got;
	BUF(out);

	if (!in || start_batch(&b, r, &why))
		return tool_fail(&why);
	do {
		AUTO(json_t) *line = NULL;

		got = record_next(in, &line, &why);
		if (got == 1 && ota_batch_line(&b, r, line, &out, &why))
			got = record_why(in, &why);
		if (got < 0 && tool_fail(&why) > worst)
			worst = why.status;
	} while (got && why.status != TOOL_SYS);
	if (worst >= TOOL_SYS || (worst && !out.len))
		return worst;
	return reg_commit(r, &why) ||
			       outfile_put(o.out, OUTFILE_PUBLIC, buf_text(&out), out.len, &why)
		       ? tool_fail(&why)
		       : worst;
}

static void check(int operands)
{
	if (operands)
		tool_usage("no operand is wanted");
	if (!o.spi || !o.kic || !o.kid || !o.tar)
		tool_usage("--spi, --kic, --kid and --tar are wanted");
	if (o.batch ? !o.db || !o.plmn || o.iccid || o.keyset || o.cntr || o.script || o.imsi ||
			      o.in || o.response
		    : !!o.plmn)
		tool_usage("--batch goes with --register and --plmn, and names cards and IMSIs");
	if (o.batch)
		return;
	if (o.keyset ? o.db || o.iccid || !o.cntr : !o.db || !o.iccid || o.cntr || o.response)
		tool_usage("either --register and --iccid, or --keyset and --cntr, are wanted");
	if (!!o.script + (o.imsi || o.index || o.refresh) + !!o.in > 1)
		tool_usage("either --script, or --imsi, --k-index and --refresh, or -i");
	if (o.response && (o.script || o.imsi || o.index || o.refresh || o.expanded))
		tool_usage("--response takes its data by -i");
	if (o.status && !o.response)
		tool_usage("--status goes with --response");
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"register", 0, TOOL_TEXT, &o.db, "DB", "the register with the card's OTA keys"},
		{"iccid", 0, TOOL_TEXT, &o.iccid, "N", "the card"},
		{"keyset", 0, TOOL_TEXT, &o.keyset, "F", "a key set, JSON"},
		{"cntr", 0, TOOL_TEXT, &o.cntr, "HEX", "the counter, 10 hex digits"},
		{"batch", 0, TOOL_TEXT, &o.batch, "LIST", "cards and IMSIs, JSON Lines"},
		{"plmn", 0, TOOL_TEXT, &o.plmn, "MCC-MNC", "of the IMSIs in the list"},
		{"spi", 0, TOOL_TEXT, &o.spi, "HEX", "the security parameters, 4 hex digits"},
		{"kic", 0, TOOL_TEXT, &o.kic, "HEX", "key and algorithm for ciphering, 2 digits"},
		{"kid", 0, TOOL_TEXT, &o.kid, "HEX", "the same for the checksum"},
		{"tar", 0, TOOL_TEXT, &o.tar, "HEX", "the application, 6 hex digits"},
		{"form", 0, TOOL_TEXT, &o.form, "FORM", "packet (default), ud or tpdu"},
		{"reference", 0, TOOL_TEXT, &o.reference, "N", "of concatenated SMS (0)"},
		{"originator", 0, TOOL_TEXT, &o.originator, "DIGITS", "TP-OA, or TP-DA (12345)"},
		{"at", 0, TOOL_TEXT, &o.at, "TIME", "TP-SCTS, instead of the clock's"},
		{"allow-weak", 0, TOOL_FLAG, &o.weak, NULL, "single DES, ECB and repeated keys"},
		{"expanded", 0, TOOL_FLAG, &o.expanded, NULL, "the expanded form of TS 102 226"},
		{"script", 0, TOOL_TEXT, &o.script, "F", "commands in words, one a line"},
		{"imsi", 0, TOOL_TEXT, &o.imsi, "IMSI", "short for writing EF_IMSI"},
		{"k-index", 0, TOOL_TEXT, &o.index, "N", "short for the next K/OTA-key pair"},
		{"refresh", 0, TOOL_FLAG, &o.refresh, NULL, "REFRESH as the last act (expanded)"},
		{"response", 0, TOOL_FLAG, &o.response, NULL, "a response packet"},
		{"status", 0, TOOL_TEXT, &o.status, "NAME", "its status (por-ok)"},
		{"input", 'i', TOOL_TEXT, &o.in, "FILE", "octets in hex, instead of stdin's"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	struct why why = {0};

	secmem_init();
	check(argc - tool_options(&tool, opts, argc, argv));
	if (o.batch)
		return run_batch();
	return run(&why) ? tool_fail(&why) : TOOL_OK;
}
