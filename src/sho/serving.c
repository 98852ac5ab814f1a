/* SPDX-License-Identifier: Apache-2.0 */
#include "sho/serving.h"

#include "aka/autn.h"
#include "aka/kdf.h"
#include "base/hex.h"
#include "base/slurp.h"
#include "pki/envelope.h"
#include "pki/key.h"

#include <string.h>

#define RES_MIN 4

/* Each kind of vector by what the answer is compared with, which no other kind has. */
static const struct kind {
	const char *expected, *answer;
	const char *fields[7];
	const char *text;
} kinds[] = {{"kasme",
	      "res",
	      {"imsi", "rand", "autn", "xres", "kasme", NULL},
	      "RES is not XRES (TS 33.401 6.1.1)"},
	     {"xres",
	      "res",
	      {"imsi", "rand", "autn", "xres", "ck", "ik", NULL},
	      "RES is not XRES (TS 33.102 6.3.3)"},
	     {"xres_star",
	      "res_star",
	      {"imsi", "rand", "autn", "xres_star", "kausf", NULL},
	      "HRES* is not HXRES* (TS 33.501 6.1.3.2)"},
	     {"hxres_star",
	      "res_star",
	      {"imsi", "rand", "autn", "hxres_star", NULL},
	      "HRES* is not HXRES* (TS 33.501 6.1.3.2)"}};

static const struct kind *kind_of(const json_t *vector)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (json_object_get(vector, kinds[i].expected))
			return &kinds[i];
	return NULL;
}

json_t *serving_load(const char *path, const char *key_uri, struct why *why)
{
	AUTO(EVP_PKEY) *key = NULL;
	AUTO(json_t) *v = NULL;
	const struct kind *kind;
	BUF(in);
	BUF(text);

	if (slurp(&in, path, SLURP_DOCUMENT, why))
		return NULL;
	if (key_uri) {
		key = key_load(key_uri, why);
		if (!key || envelope_open(&text, key, NULL, in.bytes, in.len, why))
			return NULL;
	} else if (buf_add(&text, in.bytes, in.len, why)) {
		return NULL;
	}
	v = json_document(buf_text(&text), strcspn(buf_text(&text), "\n"), slurp_name(path), why);
	if (!v)
		return NULL;
	kind = kind_of(v);
	if (!kind)
		why_input(why, "want a vector with xres, xres_star or hxres_star");
	if (kind && json_only(v, kind->fields, why) == 0)
		return STEAL(v);
	why_in_file(why, slurp_name(path));
	return NULL;
}

/* Those fields of a vector, and more, which is taken over. */
static int put(struct buf *out, const json_t *from, const char *const fields[], json_t *more,
	       struct why *why)
{
	AUTO(json_t) *answer = more;
	AUTO(json_t) *line = json_object();

	for (size_t i = 0; fields[i]; i++) {
		const char *text;

		if (strcmp(fields[i], "imsi") == 0 && !json_object_get(from, "imsi"))
			continue; /* a vector of a lab has none */
		text = json_text(from, fields[i], why);
		if (!text || json_put_text(line, fields[i], text, why))
			return -1;
	}
	if (!answer || json_object_update(line, answer))
		return why_sys(why, "out of memory");
	return json_append_line(out, line, why);
}

int serving_challenge(struct buf *out, const json_t *vector, struct why *why)
{
	static const char *const fields[] = {"rand", "autn", NULL};

	return put(out, vector, fields, json_object(), why);
}

/* Octets of the answer, whose file is named where they are none. */
static int take(uint8_t *octets, size_t len, const json_t *answer, const char *field,
		const char *path, struct why *why)
{
	return json_hex(octets, len, answer, field, why) ? why_in_file(why, slurp_name(path)) : 0;
}

/* AUTS goes back as it is, with its RAND: the home network looks into it. */
static int pass_on(struct buf *out, const json_t *vector, const json_t *answer, const char *path,
		   struct why *why)
{
	static const char *const fields[] = {"imsi", "rand", NULL};
	const char *text = json_string_value(json_object_get(answer, "auts"));
	const size_t len = text ? strlen(text) / 2 : 0;
	uint8_t auts[AKA_AUTS_MAX];

	if (take(auts, len == 22 || len == 38 ? len : 14, answer, "auts", path, why))
		return -1;
	return put(out, vector, fields, json_pack("{s:s}", "auts", text), why);
}

/* RES or XRES, of any length that one may have; 0 where it is none. */
static size_t take_res(uint8_t res[static AKA_MAX], const json_t *o, const char *field,
		       struct why *why)
{
	const char *text = json_text(o, field, why);
	const size_t len = text ? strlen(text) / 2 : 0;

	if (text && (len < RES_MIN || len > AKA_MAX))
		why_input(why, "%s: want %d to %d octets in hex", field, RES_MIN, AKA_MAX);
	else if (text && json_hex(res, len, o, field, why) == 0)
		return len;
	return 0;
}

/* TS 33.102 6.3.3: whether RES is XRES. 1, 0, -1. A RES of another length is a wrong one. */
static int is_res(const json_t *vector, const json_t *answer, const char *path, struct why *why)
{
	uint8_t xres[AKA_MAX], res[AKA_MAX];
	const size_t want = take_res(xres, vector, "xres", why);
	const size_t len = want ? take_res(res, answer, "res", why) : 0;

	if (want && !len)
		return why_in_file(why, slurp_name(path));
	return want ? len == want && CRYPTO_memcmp(xres, res, len) == 0 : -1;
}

/* TS 33.501 6.1.3.2: whether HRES* is HXRES*, which the vector has or its XRES* gives. */
static int is_res_star(const json_t *vector, const json_t *answer, const char *path,
		       struct why *why)
{
	const bool has_hash = json_object_get(vector, "hxres_star");
	uint8_t rand[16], expected[16], res[16];

	if (json_hex(rand, 16, vector, "rand", why) ||
	    json_hex(expected, 16, vector, has_hash ? "hxres_star" : "xres_star", why) ||
	    take(res, 16, answer, "res_star", path, why) ||
	    (!has_hash && kdf_hres_star(expected, rand, expected, why)) ||
	    kdf_hres_star(res, rand, res, why))
		return -1;
	return CRYPTO_memcmp(expected, res, 16) == 0;
}

int serving_judge(struct buf *out, const json_t *vector, const char *path, struct why *why)
{
	static const char *const who[] = {"imsi", NULL};
	static const char *const fields[] = {"res", "res_star", "ck", "ik", "sqn", "auts", NULL};
	const struct kind *kind = kind_of(vector);
	AUTO(json_t) *answer = json_load(path, why);
	int right;

	if (!answer)
		return why_in_file(why, slurp_name(path));
	if (json_only(answer, fields, why))
		return why_in(why, "%s: want an answer with res, res_star or auts",
			      slurp_name(path));
	if (json_object_get(answer, "auts"))
		return pass_on(out, vector, answer, path, why);
	right = strcmp(kind->answer, "res") == 0 ? is_res(vector, answer, path, why)
						 : is_res_star(vector, answer, path, why);
	if (right == 0)
		return why_refuse(why, "res-mismatch", "%s", kind->text);
	return right < 0 ? -1 : put(out, vector, who, json_pack("{s:b}", "authenticated", 1), why);
}
