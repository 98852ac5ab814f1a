/* SPDX-License-Identifier: Apache-2.0 */
/* ota-unwrap(1): opens secured packets of TS 102 225. */
#include "base/hex.h"
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "uicc/packet.h"
#include "uicc/script.h"
#include "uicc/sms.h"

#include <string.h>

static const struct tool tool = {
	"ota-unwrap",
	"ota-unwrap --keyset F [--tar HEX] [--form packet|ud|tpdu] [--allow-weak] [-i PACKET] [-o "
	"FILE]\n"
	"ota-unwrap --response --keyset F --spi HEX --kic HEX --kid HEX [--tar HEX] [--cntr HEX] "
	"[--form packet|ud|tpdu] [--allow-weak] [-i PACKET] [-o FILE]",
	"Opens a secured packet, and tells what is in it."};

static struct {
	const char *keyset, *spi, *kic, *kid, *tar, *cntr, *form, *in, *out;
	bool response, weak;
} o;

/* What the command was, so that its answer is its own. */
static int check_answers(const struct ota_header *h, struct why *why)
{
	uint8_t tar[3];
	uint64_t cntr = h->cntr;

	if (o.tar && hex_decode(tar, 3, o.tar, "--tar", why))
		return -1;
	if (o.tar && memcmp(tar, h->tar, 3) != 0)
		return why_refuse(why, "wrong-tar",
				  "the packet is for another application (TS 102 225 5.1)");
	if (o.cntr && ota_cntr_parse(&cntr, o.cntr, why))
		return -1;
	return cntr == h->cntr ? 0
			       : why_refuse(why, "cntr-mismatch",
					    "this answers another command (TS 102 225 5.2)");
}

static int print(struct buf *out, const struct ota_header *h, const struct buf *data,
		 struct why *why)
{
	AUTO(json_t) *r = json_object();
	AUTO(json_t) *answer = o.response ? script_answer_read(data->bytes, data->len) : NULL;

	return ota_header_put(r, h, o.response, why) ||
			       json_put_hex(r, "data", data->bytes, data->len, why) ||
			       (answer && json_object_update(r, answer)) ||
			       json_append_line(out, r, why)
		       ? -1
		       : 0;
}

static int open_packet(struct ota_header *h, struct buf *data, struct why *why)
{
	enum sms_form form = SMS_PACKET;
	SECRET(ota_keyset) k = {0};
	BUF(lines);
	BUF(packet);

	if ((o.form && sms_form_parse(&form, o.form, why)) || ota_keyset_load(&k, o.keyset, why) ||
	    (o.response && ota_header_parse(h, o.spi, o.kic, o.kid, NULL, why)) ||
	    slurp(&lines, o.in, SLURP_DOCUMENT, why) ||
	    (sms_join(&packet, form, o.response, buf_text(&lines), why) &&
	     why_in(why, "%s", slurp_name(o.in))))
		return -1;
	k.weak = o.weak;
	if (o.response)
		return ota_response_open(data, h, &k, packet.bytes, packet.len, why);
	return ota_command_open(data, h, &k, packet.bytes, packet.len, why) ||
			       ota_counter_check(h->spi[0], h->cntr, k.cntr, why)
		       ? -1
		       : 0;
}

static int run(struct why *why)
{
	struct ota_header h = {0};
	BUF(data);
	BUF(out);

	return open_packet(&h, &data, why) || check_answers(&h, why) ||
			       print(&out, &h, &data, why) ||
			       outfile_put(o.out, OUTFILE_PUBLIC, out.bytes, out.len, why)
		       ? -1
		       : 0;
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"keyset", 0, TOOL_TEXT, &o.keyset, "F",
		 "the key set, JSON, with the last counter"},
		{"response", 0, TOOL_FLAG, &o.response, NULL, "the packet is a response"},
		{"spi", 0, TOOL_TEXT, &o.spi, "HEX", "of the command that it answers"},
		{"kic", 0, TOOL_TEXT, &o.kic, "HEX", "the same"},
		{"kid", 0, TOOL_TEXT, &o.kid, "HEX", "the same"},
		{"tar", 0, TOOL_TEXT, &o.tar, "HEX", "the application that it must be for, or of"},
		{"cntr", 0, TOOL_TEXT, &o.cntr, "HEX", "the counter that the command had"},
		{"form", 0, TOOL_TEXT, &o.form, "FORM", "packet (default), ud or tpdu"},
		{"allow-weak", 0, TOOL_FLAG, &o.weak, NULL, "single DES, ECB and repeated keys"},
		{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	struct why why = {0};

	secmem_init();
	if (tool_options(&tool, opts, argc, argv) != argc)
		tool_usage("no operand is wanted");
	if (!o.keyset)
		tool_usage("--keyset is wanted");
	if (o.response ? !o.spi || !o.kic || !o.kid : o.spi || o.kic || o.kid || o.cntr)
		tool_usage(o.response ? "--response wants --spi, --kic and --kid"
				      : "--spi, --kic, --kid and --cntr go with --response");
	return run(&why) ? tool_fail(&why) : TOOL_OK;
}
