/* SPDX-License-Identifier: Apache-2.0 */
/* milenage(1): f1 to f5*, vectors, the card's side and resynchronisation (TS 35.206, TS 33.102). */
#include "aka/aka_run.h"
#include "aka/constants.h"
#include "base/secmem.h"
#include "base/tool.h"

static const struct tool tool = {
	"milenage",
	"milenage [all|av|usim|resync|opc] [--k K] [--op OP|--opc OPC] [--rand R] [--sqn S] "
	"[--amf A] [--autn A] [--auts A] [--window FILE] [OPTIONS] [-o FILE]\n"
	"milenage all|av|usim|resync|opc [--csv|--tsv] [--jobs N] [OPTIONS] [-i FILE] [-o FILE]",
	"Milenage and AKA: vectors on the network's side, answers on the card's."};

static struct aka_request q;
static struct {
	const char *r, *c, *res_bits;
} o;

static const struct tool_opt opts[] = {
	{"k", 0, TOOL_TEXT, &q.lab[AKA_K], "K",
	 "the subscriber key, 32 hex digits (a lab's: ps shows it)"},
	{"op", 0, TOOL_TEXT, &q.lab[AKA_OP], "OP", "the operator's OP, the same"},
	{"opc", 0, TOOL_TEXT, &q.lab[AKA_OPC], "OPC", "OPc, the same"},
	AKA_CHALLENGE_OPTIONS(q),
	{"autn", 0, TOOL_TEXT, &q.lab[AKA_AUTN], "A", "AUTN, 32 hex digits"},
	{"auts", 0, TOOL_TEXT, &q.lab[AKA_AUTS], "A", "AUTS, 28 hex digits"},
	AKA_WINDOW_OPTIONS(q),
	{"res-bits", 0, TOOL_TEXT, &o.res_bits, "N", "length of RES, 32 to 64 (64)"},
	{"r", 0, TOOL_TEXT, &o.r, "R1,...,R5", "an operator's own rotations, in bits"},
	{"c", 0, TOOL_TEXT, &o.c, "C1,...,C5", "an operator's own constants, in hex"},
	{"gsm", 0, TOOL_FLAG, &q.o.gsm, NULL, "all: SRES and Kc too (TS 55.205)"},
	AKA_STREAM_OPTIONS(q),
	{0}};

int main(int argc, char **argv)
{
	static const unsigned res[] = {32, 40, 48, 56, 64, 0};
	struct why why = {0};
	int first;

	secmem_init_bare();
	aka_options_init(&q.o, AKA_MILENAGE);
	first = tool_options(&tool, opts, argc, argv);
	if (argc - first > 1)
		tool_usage("one act at a time, got '%s' too", argv[first + 1]);
	if (aka_settle(&q, argv[first], &why) || (o.r && aka_parse_r(&q.o.key, o.r, &why)) ||
	    (o.c && aka_parse_c(&q.o.key, o.c, &why)) ||
	    aka_parse_bits(&q.o.key.res_len, o.res_bits, res, "--res-bits", &why))
		return tool_fail(&why);
	return aka_run(&q);
}
