/* SPDX-License-Identifier: Apache-2.0 */
/* vno-auth(1): the serving network's part of AKA (TS 33.102 6.3.3, 6.3.5). */
#include "base/hex.h"
#include "base/outfile.h"
#include "base/record.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "pki/envelope.h"
#include "pki/key.h"

#include <string.h>

static const struct tool tool = {"vno-auth",
				 "vno-auth --av FILE [--key KEY] [-i RESPONSE] [-o FILE]",
				 "Gives the challenge out of a vector, or compares RES with XRES."};

static struct {
	const char *av, *key, *in, *out;
} o;

/* The first vector of the file, sealed or not. */
static json_t *load_vector(struct why *why)
{
	static const char *const fields[] = {"imsi", "rand", "autn", "xres", "ck", "ik", NULL};
	AUTO(EVP_PKEY) *key = NULL;
	AUTO(json_t) *v = NULL;
	BUF(in);
	BUF(text);

	if (slurp(&in, o.av, SLURP_DOCUMENT, why))
		return NULL;
	if (o.key) {
		key = key_load(o.key, why);
		if (!key || envelope_open(&text, key, NULL, in.bytes, in.len, why))
			return NULL;
	} else if (buf_add(&text, in.bytes, in.len, why)) {
		return NULL;
	}
	v = json_parse(buf_text(&text), strcspn(buf_text(&text), "\n"), o.av, why);
	return v && json_only(v, fields, why) == 0 ? STEAL(v) : NULL;
}

static int put(struct buf *out, const json_t *from, const char *const fields[], json_t *more,
	       struct why *why)
{
	AUTO(json_t) *answer = more ? more : json_object();
	AUTO(json_t) *line = json_object();

	for (size_t i = 0; fields[i]; i++) {
		const char *text = json_text(from, fields[i], why);

		if (!text || json_put_text(line, fields[i], text, why))
			return -1;
	}
	if (json_object_update(line, answer))
		return why_sys(why, "out of memory");
	return json_append_line(out, line, why);
}

static int compare(struct buf *out, const json_t *v, struct why *why)
{
	static const char *const who[] = {"imsi", NULL}, *const resync[] = {"imsi", "rand", NULL};
	static const char *const fields[] = {"res", "ck", "ik", "auts", NULL};
	AUTO(json_t) *response = NULL;
	uint8_t xres[8], res[8], auts[14];
	const char *text;
	size_t len;

	response = json_load(o.in, why);
	if (!response || json_only(response, fields, why))
		return -1;
	if (json_object_get(response, "auts")) {
		text = json_text(response, "auts", why);
		if (!text || hex_decode(auts, 14, text, "auts", why))
			return -1;
		return put(out, v, resync, json_pack("{s:s}", "auts", text), why);
	}
	text = json_text(v, "xres", why);
	len = text ? strlen(text) / 2 : 0;
	if (len < 4 || len > 8)
		return text ? why_input(why, "xres: want 4 to 8 octets") : -1;
	if (json_hex(xres, len, v, "xres", why) || json_hex(res, len, response, "res", why))
		return -1;
	if (CRYPTO_memcmp(xres, res, len) != 0)
		return why_refuse(why, "res-mismatch", "RES is not XRES (TS 33.102 6.3.3)");
	return put(out, v, who, json_pack("{s:b}", "authenticated", 1), why);
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"av", 0, TOOL_TEXT, &o.av, "FILE", "the vector, of auc-av(1)"},
		{"key", 0, TOOL_TEXT, &o.key, "KEY", "open the sealed vector with this key"},
		{"input", 'i', TOOL_TEXT, &o.in, "RESPONSE",
		 "the answer of the M2ME: res, or auts"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	static const char *const challenge[] = {"rand", "autn", NULL};
	struct why why = {0};
	AUTO(json_t) *v = NULL;
	BUF(out);

	secmem_init();
	tool_options_alone(&tool, opts, argc, argv);
	if (!o.av)
		tool_usage("--av is wanted");
	v = load_vector(&why);
	if (!v || (o.in ? compare(&out, v, &why) : put(&out, v, challenge, NULL, &why)))
		return tool_fail(&why);
	return outfile_put(o.out, OUTFILE_PUBLIC, out.bytes, out.len, &why) ? tool_fail(&why)
									    : TOOL_OK;
}
