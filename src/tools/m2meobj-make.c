/* SPDX-License-Identifier: Apache-2.0 */
/* m2meobj-make(1): the signed M2MEobj of a TRE (TR 33.812 B.2.3.4 step 5). */
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/tool.h"
#include "dm/m2meobj.h"
#include "dm/syncml.h"
#include "tre/tre.h"

static const struct tool tool = {
	"m2meobj-make", "m2meobj-make --tre STATE [--device DIR] [--syncml [--wbxml]] [-o FILE]",
	"Makes the M2MEobj: TRE_info, nonce_A and a new nonce_B, signed with PrK_TRE."};

static struct {
	const char *tre, *device, *out;
	bool syncml, wbxml;
} o;

static int run(void)
{
	struct why why = {0};
	AUTO(TRE) *t = tre_open(o.tre, o.device, &why);
	M2MEOBJ(object);
	BUF(document);
	BUF(url);
	BUF(package);

	if (!t || tre_m2meobj(t, &document, &object, &url, &why))
		return tool_fail(&why);
	if (o.syncml) {
		const struct syncml s = {
			.source = json_string_value(json_object_get(object.tre_info, "tre_id")),
			.target = buf_text(&url),
			.cred_name = object.username,
			.cred = object.proof,
			.cred_len = sizeof(object.proof),
			.loc_uri = "./M2ME"};

		if (syncml_pack(&package, &s, document.bytes, document.len, o.wbxml, &why))
			return tool_fail(&why);
	}
	return outfile_put(o.out, OUTFILE_PUBLIC, o.syncml ? package.bytes : document.bytes,
			   o.syncml ? package.len : document.len, &why)
		       ? tool_fail(&why)
		       : TOOL_OK;
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"tre", 0, TOOL_TEXT, &o.tre, "STATE", "folder of the TRE's sealed state"},
		{"device", 0, TOOL_TEXT, &o.device, "DIR",
		 "folder of the device's key (STATE.device)"},
		{"syncml", 0, TOOL_FLAG, &o.syncml, NULL,
		 "in a SyncML package, with the client's credentials"},
		{"wbxml", 0, TOOL_FLAG, &o.wbxml, NULL, "that package in WBXML"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};

	secmem_init();
	tool_options_alone(&tool, opts, argc, argv);
	if (!o.tre)
		tool_usage("--tre is wanted");
	if (o.wbxml && !o.syncml)
		tool_usage("--wbxml goes with --syncml");
	return run();
}
