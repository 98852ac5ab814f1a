/* SPDX-License-Identifier: Apache-2.0 */
/* mcim-unwrap(1): opens a protected blob with PrK_TRE (TR 33.812 B.2.3.6). */
#include "base/outfile.h"
#include "base/party.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "mcim/blob.h"
#include "mcim/protect.h"
#include "pki/key.h"

#include <string.h>

static const struct tool tool = {
	"mcim-unwrap", "mcim-unwrap --key KEY [--tre-id ID] [-i FILE] [-o FILE] [--der]",
	"Opens the blob that mcim-wrap(1) made, and prints the description."};

static struct {
	const char *key, *tre_id, *in, *out;
	bool der;
} o;

static int check_tre_id(const struct mcim_blob *m, struct why *why)
{
	const struct mcim_file *f = mcim_blob_file(m, MCIM_TRE_ID);

	if (!o.tre_id ||
	    (f && f->len == strlen(o.tre_id) && memcmp(f->bytes, o.tre_id, f->len) == 0))
		return 0;
	return why_refuse(why, "wrong-tre", "the MCIM is for another TRE (TR 33.812 B.2.3.6)");
}

static int describe(struct buf *out, const struct buf *payload, struct why *why)
{
	AUTO(json_t) *words = NULL;
	MCIM_BLOB(m);

	if (mcim_blob_decode(&m, payload->bytes, payload->len, why) || check_tre_id(&m, why))
		return -1;
	if (o.der)
		return buf_add(out, payload->bytes, payload->len, why);
	words = mcim_blob_to_json(&m, why);
	return words ? json_append_line(out, words, why) : -1;
}

static int run(void)
{
	struct why why = {0};
	AUTO(EVP_PKEY) *key = key_load(o.key, &why);
	enum mcim_tag tag;
	int rc;
	BUF(in);
	BUF(payload);
	BUF(out);

	if (!key || (o.tre_id && tre_id_check(o.tre_id, "--tre-id", &why)) ||
	    slurp(&in, o.in, SLURP_LARGE, &why))
		return tool_fail(&why);
	if (in.len >= 4 && memcmp(in.bytes, "MCIM", 4) == 0 && !o.tre_id) {
		why_usage(&why, "--tre-id is wanted: the MAC of this format covers TRE_id");
		return tool_fail(&why);
	}
	if (mcim_unprotect(&payload, &tag, key, o.tre_id ? o.tre_id : "", buf_text(&in), in.len,
			   &why))
		return tool_fail(&why);
	rc = tag == MCIM_TAG_ALGORITHM || tag == MCIM_TAG_BOOTSTRAP
		     ? buf_add(&out, payload.bytes, payload.len, &why)
		     : describe(&out, &payload, &why);
	return rc || outfile_put(o.out, OUTFILE_SECRET, buf_text(&out), out.len, &why)
		       ? tool_fail(&why)
		       : TOOL_OK;
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"key", 0, TOOL_TEXT, &o.key, "KEY", "PrK_TRE: a PEM file or store URI"},
		{"tre-id", 0, TOOL_TEXT, &o.tre_id, "ID", "TRE_id, which the MAC covers"},
		{"der", 0, TOOL_FLAG, &o.der, NULL,
		 "write the MCIMBLOB instead of its description"},
		{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};

	secmem_init();
	tool_options_alone(&tool, opts, argc, argv);
	if (!o.key)
		tool_usage("--key is wanted");
	return run();
}
