/* SPDX-License-Identifier: Apache-2.0 */
/* tuak(1): f1 to f5*, vectors, the card's side and resynchronisation (TS 35.231, TS 33.102). */
#include "aka/aka_run.h"
#include "aka/constants.h"
#include "base/num.h"
#include "base/secmem.h"
#include "base/tool.h"

static const struct tool tool = {
	"tuak",
	"tuak [all|av|usim|resync|opc] [--k K] [--top TOP|--topc TOPC] [--rand R] [--sqn S] "
	"[--amf A] [--autn A] [--auts A] [--window FILE] [OPTIONS] [-o FILE]\n"
	"tuak all|av|usim|resync|opc [--csv|--tsv] [--jobs N] [OPTIONS] [-i FILE] [-o FILE]",
	"TUAK and AKA: vectors on the network's side, answers on the card's."};

#define ITERATIONS_MAX 255

static struct aka_request q;
static struct {
	const char *mac_bits, *res_bits, *ck_bits, *ik_bits, *iterations;
} o;

static const struct tool_opt opts[] = {
	{"k", 0, TOOL_TEXT, &q.lab[AKA_K], "K",
	 "the subscriber key, 32 or 64 hex digits (a lab's: ps shows it)"},
	{"top", 0, TOOL_TEXT, &q.lab[AKA_OP], "TOP", "the operator's TOP, 64 hex digits, the same"},
	{"topc", 0, TOOL_TEXT, &q.lab[AKA_OPC], "TOPC", "TOPc, the same"},
	AKA_CHALLENGE_OPTIONS(q),
	{"autn", 0, TOOL_TEXT, &q.lab[AKA_AUTN], "A", "AUTN, in hex"},
	{"auts", 0, TOOL_TEXT, &q.lab[AKA_AUTS], "A", "AUTS, in hex"},
	AKA_WINDOW_OPTIONS(q),
	{"mac-bits", 0, TOOL_TEXT, &o.mac_bits, "N", "length of MAC: 64, 128 or 256 (64)"},
	{"res-bits", 0, TOOL_TEXT, &o.res_bits, "N", "length of RES: 32, 64, 128 or 256 (64)"},
	{"ck-bits", 0, TOOL_TEXT, &o.ck_bits, "N", "length of CK: 128 or 256 (128)"},
	{"ik-bits", 0, TOOL_TEXT, &o.ik_bits, "N", "length of IK: 128 or 256 (128)"},
	{"iterations", 0, TOOL_TEXT, &o.iterations, "N", "of Keccak, 1 to 255 (1)"},
	AKA_STREAM_OPTIONS(q),
	{0}};

static int take_lengths(struct why *why)
{
	static const unsigned mac[] = {64, 128, 256, 0}, res[] = {32, 64, 128, 256, 0};
	static const unsigned key[] = {128, 256, 0};
	uint64_t iterations = 1;

	if (aka_parse_bits(&q.o.key.mac_len, o.mac_bits, mac, "--mac-bits", why) ||
	    aka_parse_bits(&q.o.key.res_len, o.res_bits, res, "--res-bits", why) ||
	    aka_parse_bits(&q.o.key.ck_len, o.ck_bits, key, "--ck-bits", why) ||
	    aka_parse_bits(&q.o.key.ik_len, o.ik_bits, key, "--ik-bits", why) ||
	    (o.iterations &&
	     num_parse(&iterations, o.iterations, 1, ITERATIONS_MAX, "--iterations", why)))
		return -1;
	q.o.key.iterations = (unsigned)iterations;
	return 0;
}

int main(int argc, char **argv)
{
	struct why why = {0};
	int first;

	secmem_init_bare();
	aka_options_init(&q.o, AKA_TUAK);
	first = tool_options(&tool, opts, argc, argv);
	if (argc - first > 1)
		tool_usage("one act at a time, got '%s' too", argv[first + 1]);
	if (aka_settle(&q, argv[first], &why) || take_lengths(&why))
		return tool_fail(&why);
	return aka_run(&q);
}
