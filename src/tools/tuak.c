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
	{"rand", 0, TOOL_TEXT, &q.lab[AKA_RAND], "R", "RAND, 32 hex digits"},
	{"sqn", 0, TOOL_TEXT, &q.lab[AKA_SQN], "S",
	 "SQN, 12 hex digits; usim: the highest that was accepted; resync: SQN_HE"},
	{"amf", 0, TOOL_TEXT, &q.lab[AKA_AMF], "A", "AMF, 4 hex digits (8000)"},
	{"autn", 0, TOOL_TEXT, &q.lab[AKA_AUTN], "A", "AUTN, in hex"},
	{"auts", 0, TOOL_TEXT, &q.lab[AKA_AUTS], "A", "AUTS, in hex"},
	{"window", 0, TOOL_TEXT, &q.window, "FILE", "usim: the card's SQN array, kept in a file"},
	{"ind-bits", 0, TOOL_TEXT, &q.given.ind_bits, "N",
	 "usim, resync: length of IND, 0 to 5 (5)"},
	{"delta", 0, TOOL_TEXT, &q.given.delta, "N",
	 "usim: how far SEQ may jump; 0: any (268435456)"},
	{"limit", 0, TOOL_TEXT, &q.given.limit, "N",
	 "usim: L, the age that SEQ may have; 0: any (0)"},
	{"mac-bits", 0, TOOL_TEXT, &o.mac_bits, "N", "length of MAC: 64, 128 or 256 (64)"},
	{"res-bits", 0, TOOL_TEXT, &o.res_bits, "N", "length of RES: 32, 64, 128 or 256 (64)"},
	{"ck-bits", 0, TOOL_TEXT, &o.ck_bits, "N", "length of CK: 128 or 256 (128)"},
	{"ik-bits", 0, TOOL_TEXT, &o.ik_bits, "N", "length of IK: 128 or 256 (128)"},
	{"iterations", 0, TOOL_TEXT, &o.iterations, "N", "of Keccak, 1 to 255 (1)"},
	{"eps", 0, TOOL_TEXT, &q.given.eps, "MCC-MNC", "av: K_ASME for this network (TS 33.401)"},
	{"5g", 0, TOOL_TEXT, &q.o.snn, "SNN",
	 "av: RES* and K_AUSF for this serving network name (TS 33.501); usim: RES*"},
	{"csv", 0, TOOL_FLAG, &q.given.csv, NULL, "records in and out as CSV with a header line"},
	{"tsv", 0, TOOL_FLAG, &q.given.tsv, NULL, "the same with tabs"},
	{"jobs", 0, TOOL_TEXT, &q.given.jobs, "N", "threads (the cores); results keep their order"},
	{"input", 'i', TOOL_TEXT, &q.in, "FILE", "read this instead of stdin"},
	{"output", 'o', TOOL_TEXT, &q.out, "FILE", "write this instead of stdout"},
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
