/* SPDX-License-Identifier: Apache-2.0 */
/* auc-av(1): authentication vectors of subscribers in a register (TS 33.102 6.3.2). */
#include "base/secmem.h"
#include "base/tool.h"
#include "sho/vectors.h"

#include <string.h>

static const struct tool tool = {
	"auc-av",
	"auc-av --register DB [--count N] [--ind IND] [--resync RAND:AUTS] "
	"[--eps MCC-MNC | --5g SNN] [--apn NAME] [--audit FILE] [--recipient CERT] [-o FILE] "
	"IMSI...|-",
	"Makes authentication vectors; the SQN is durable before a vector is told."};

static const char *db, *resync;
static struct sho_vectors_order order;
static const struct tool_opt opts[] = {
	{"register", 0, TOOL_TEXT, &db, "DB", "the register of the subscribers"},
	{"count", 0, TOOL_TEXT, &order.count, "N", "so many vectors for each IMSI (1)"},
	{"ind", 0, TOOL_TEXT, &order.ind, "IND", "this slot of the SQN (the next one)"},
	{"resync", 0, TOOL_TEXT, &resync, "RAND:AUTS", "resynchronise first"},
	{"eps", 0, TOOL_TEXT, &order.eps, "MCC-MNC", "K_ASME for this serving network"},
	{"5g", 0, TOOL_TEXT, &order.snn, "SNN", "XRES* and K_AUSF for this serving network"},
	{"apn", 0, TOOL_TEXT, &order.apn, "NAME", "for this access point"},
	{"audit", 0, TOOL_TEXT, &order.audit, "FILE", "append a line for each vector"},
	{"recipient", 0, TOOL_TEXT, &order.recipient, "CERT",
	 "seal the vectors for this certificate"},
	{"output", 'o', TOOL_TEXT, &order.out, "FILE", "write this instead of stdout"},
	{0}};

static int run(int argc, char **argv)
{
	struct why why = {0};
	SHO_VECTORS(v);

	if (sho_vectors_open(&v, &order, db, tool_fail, &why))
		return tool_fail(&why);
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "-") == 0 ? sho_vectors_stdin(&v, &why)
					      : sho_vectors_one(&v, argv[i], resync, &why))
			return tool_fail(&why);
	return sho_vectors_close(&v, &why) ? tool_fail(&why) : v.worst;
}

int main(int argc, char **argv)
{
	int first;

	secmem_init();
	first = tool_options(&tool, opts, argc, argv);
	if (!db || first == argc)
		tool_usage("--register and an IMSI are wanted");
	if (resync && (argc - first != 1 || strcmp(argv[first], "-") == 0))
		tool_usage("--resync is for one IMSI");
	return run(argc - first, argv + first);
}
