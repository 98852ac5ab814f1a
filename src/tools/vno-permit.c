/* SPDX-License-Identifier: Apache-2.0 */
/* vno-permit(1): what the network lets an IMSI do (TR 33.812 5.2.5.3). */
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/tool.h"
#include "pcid/plmn.h"
#include "register/permit.h"

static const struct tool tool = {
	"vno-permit",
	"vno-permit --register DB [--service NAME] [--place MCC-MNC-LAC-CI] [--end-point "
	"HOST:PORT] [--apn NAME] [-o FILE] IMSI",
	"Tells whether a subscriber's restrictions let a service, a place, an end point pass."};

static struct permit_asked asked;
static const char *db, *out;

static int run(struct why *why)
{
	AUTO(REG) *r = NULL;
	BUF(line);

	return imsi_check(asked.imsi, "IMSI", why) || !(r = reg_open(db, why)) ||
			       reg_permit(r, &asked, &line, why) ||
			       outfile_put(out, OUTFILE_PUBLIC, line.bytes, line.len, why)
		       ? -1
		       : 0;
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"register", 0, TOOL_TEXT, &db, "DB", "the register with the subscriber"},
		{"service", 0, TOOL_TEXT, &asked.service, "NAME", "ps-data, an APN, speech-t11"},
		{"place", 0, TOOL_TEXT, &asked.place, "MCC-MNC-LAC-CI", "network, area and cell"},
		{"end-point", 0, TOOL_TEXT, &asked.end_point, "HOST:PORT", "whom it talks to"},
		{"apn", 0, TOOL_TEXT, &asked.apn, "NAME", "the access point"},
		{"output", 'o', TOOL_TEXT, &out, "FILE", "write this instead of stdout"},
		{0}};
	struct why why = {0};
	int first;

	secmem_init();
	first = tool_options(&tool, opts, argc, argv);
	if (!db || argc - first != 1)
		tool_usage("--register and one IMSI are wanted");
	asked.imsi = argv[first];
	return run(&why) ? tool_fail(&why) : TOOL_OK;
}
