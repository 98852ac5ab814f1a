/* SPDX-License-Identifier: Apache-2.0 */
/* mcim-wrap(1): an identity module in words to the protected blob of one TRE (TR 33.812 B.2.3.6).
 */
#include "base/hex.h"
#include "base/outfile.h"
#include "base/record.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "mcim/blob.h"
#include "mcim/protect.h"
#include "pki/cert.h"

#include <string.h>

static const struct tool tool = {
	"mcim-wrap",
	"mcim-wrap --tre-cert F [--tre-id ID] [--operator-cert F] [--format tr33812|cms] "
	"[--suite tr33812|modern] [--tag mcim|algorithm|update|bootstrap|access] [-i MCIM.json] "
	"[-o FILE]\n"
	"mcim-wrap --batch REQUESTS.jsonl [-o FILE]\n"
	"mcim-wrap --der-only | --uper-only | --json-only [-i MCIM.json] [-o FILE]",
	"Protects an MCIM for one TRE, or codes its description as DER or PER."};

static struct {
	const char *tre_cert, *tre_id, *operator_cert, *format, *suite, *tag, *batch, *in, *out;
	bool der, uper, json;
} o;

/* What one wrapping takes: from the options, or from a line of the batch. */
struct order {
	X509 *tre_cert, *operator_cert;
	const char *tre_id, *format, *suite, *tag;
};

static int one_of(const char *word, const char *first, const char *second, const char *what,
		  struct why *why)
{
	if (strcmp(word, first) == 0)
		return 1;
	if (strcmp(word, second) == 0)
		return 2;
	return why_usage(why, "%s: want %s or %s, got '%.20s'", what, first, second, word);
}

static int check_recipient(const struct order *r, char name[TRE_ID_TEXT], struct why *why)
{
	if (cert_name(name, r->tre_cert, why) || tre_id_check(name, "TRE_id", why))
		return -1;
	if (r->tre_id && strcmp(r->tre_id, name) != 0)
		return why_refuse(why, "wrong-tre",
				  "the certificate is %s's, and not %.64s's (TR 33.812 B.2.3.2)",
				  name, r->tre_id);
	if (X509_get_extension_flags(r->tre_cert) & EXFLAG_KUSAGE &&
	    !(X509_get_key_usage(r->tre_cert) & (KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT)))
		return why_refuse(
			why, "wrong-usage",
			"the certificate is not one for encryption (TR 33.812 B.2.2.1 NOTE 4)");
	return 0;
}

/* TRE_id and the operator's certificate go into every MCIM; what stands there must agree. */
static int bind(struct mcim_blob *m, const struct order *r, const char *tre_id, struct why *why)
{
	const struct mcim_file *f = mcim_blob_file(m, MCIM_TRE_ID);
	uint8_t md[32];

	if (f && (f->len != strlen(tre_id) || memcmp(f->bytes, tre_id, f->len) != 0))
		return why_refuse(why, "wrong-tre",
				  "the description is for another TRE (TR 33.812 B.2.3.2)");
	if (mcim_blob_set(m, MCIM_TRE_ID, tre_id, strlen(tre_id), why))
		return -1;
	if (!r->operator_cert)
		return 0;
	f = mcim_blob_file(m, MCIM_OPERATOR);
	if (cert_sha256(md, r->operator_cert, why))
		return -1;
	if (f && (f->len != 32 || memcmp(f->bytes, md, 32) != 0))
		return why_refuse(why, "wrong-operator",
				  "the description is of another operator (TR 33.812 B.2.3.2)");
	return mcim_blob_set(m, MCIM_OPERATOR, md, 32, why);
}

/* The payload of the tag: an MCIMBLOB for mcim, update and access, else the input as it is. */
static int make_payload(struct buf *payload, enum mcim_tag tag, const struct order *r,
			const char *tre_id, const void *bytes, size_t len, struct why *why)
{
	AUTO(json_t) *words = NULL;
	MCIM_BLOB(m);

	if (tag == MCIM_TAG_ALGORITHM)
		return buf_add(payload, bytes, len, why);
	words = json_parse(bytes, len, slurp_name(o.in), why);
	if (!words)
		return -1;
	if (tag == MCIM_TAG_BOOTSTRAP)
		return buf_add(payload, bytes, len, why);
	if (mcim_blob_from_json(&m, words, why) || bind(&m, r, tre_id, why) ||
	    (tag == MCIM_TAG_MCIM && mcim_blob_complete(&m, why)))
		return -1;
	return mcim_blob_encode(payload, &m, why);
}

static int wrap(struct buf *blob, const struct order *r, const void *bytes, size_t len,
		struct why *why)
{
	struct mcim_target target = {.tre_cert = r->tre_cert};
	const enum mcim_tag tag = r->tag ? mcim_tag_parse(r->tag, why) : MCIM_TAG_MCIM;
	const int format =
		one_of(r->format ? r->format : "tr33812", "tr33812", "cms", "--format", why);
	const int suite =
		one_of(r->suite ? r->suite : "modern", "tr33812", "modern", "--suite", why);
	char name[TRE_ID_TEXT];
	BUF(payload);

	if (!tag || format < 0 || suite < 0 || check_recipient(r, name, why) ||
	    make_payload(&payload, tag, r, name, bytes, len, why))
		return -1;
	target.tre_id = name;
	target.format = (enum mcim_format)format;
	target.suite = (enum mcim_suite)suite;
	return mcim_protect(blob, &target, tag, payload.bytes, payload.len, why);
}

static int run_one(struct buf *out, struct why *why)
{
	AUTO(X509) *tre_cert = cert_load(o.tre_cert, why);
	AUTO(X509) *operator_cert =
		tre_cert && o.operator_cert ? cert_load(o.operator_cert, why) : NULL;
	const struct order r = {tre_cert, operator_cert, o.tre_id, o.format, o.suite, o.tag};
	BUF(in);

	if (!tre_cert || (o.operator_cert && !operator_cert) ||
	    slurp(&in, o.in, SLURP_DOCUMENT, why))
		return -1;
	return wrap(out, &r, buf_text(&in), in.len, why);
}

/* The description's DER, PER or canonical JSON; DER is taken too. */
static int run_code(struct buf *out, struct why *why)
{
	AUTO(json_t) *words = NULL;
	MCIM_BLOB(m);
	BUF(in);

	if (slurp(&in, o.in, SLURP_DOCUMENT, why))
		return -1;
	if (in.len && in.bytes[0] == 0x30) {
		if (mcim_blob_decode(&m, in.bytes, in.len, why))
			return why_in(why, "%s", slurp_name(o.in));
	} else {
		words = json_parse(buf_text(&in), in.len, slurp_name(o.in), why);
		if (!words || mcim_blob_from_json(&m, words, why))
			return -1;
	}
	if (o.der)
		return mcim_blob_encode(out, &m, why);
	if (o.uper)
		return mcim_blob_encode_uper(out, &m, why);
	json_decref(words);
	words = mcim_blob_to_json(&m, why);
	return words ? json_append_line(out, words, why) : -1;
}

static X509 *cert_of(const json_t *record, const char *field, struct why *why)
{
	const char *pem = json_text(record, field, why);

	return pem ? cert_parse(pem, strlen(pem), field, why) : NULL;
}

static int wrap_record(struct buf *out, const json_t *record, struct why *why)
{
	static const char *const fields[] = {
		"tre_id", "tre_cert_pem", "operator_cert_pem", "mcim", "format", "suite", "tag",
		NULL};
	AUTO(X509) *tre_cert = cert_of(record, "tre_cert_pem", why);
	AUTO(X509) *operator_cert = NULL;
	AUTO(json_t) *answer = json_object();
	struct order r = {.tre_cert = tre_cert};
	const json_t *mcim = json_object_get(record, "mcim");
	BUF(words);
	BUF(blob);

	if (!tre_cert || json_only(record, fields, why))
		return -1;
	if (json_object_get(record, "operator_cert_pem")) {
		operator_cert = cert_of(record, "operator_cert_pem", why);
		if (!operator_cert)
			return -1;
		r.operator_cert = operator_cert;
	}
	if (!json_is_object(mcim))
		return why_input(why, "mcim: want an object");
	if (json_text_opt(&r.tre_id, record, "tre_id", why) ||
	    json_text_opt(&r.format, record, "format", why) ||
	    json_text_opt(&r.suite, record, "suite", why) ||
	    json_text_opt(&r.tag, record, "tag", why) || json_append(&words, mcim, why) ||
	    wrap(&blob, &r, words.bytes, words.len, why) ||
	    (r.tre_id && json_put_text(answer, "tre_id", r.tre_id, why)) ||
	    json_put_b64(answer, "blob_b64", blob.bytes, blob.len, why))
		return -1;
	return json_append_line(out, answer, why);
}

/* One bad record does not stop the rest; the status is that of the worst. */
static int run_batch(void)
{
	struct why why = {0};
	AUTO(RECORD_READER) *in = record_open(o.batch, RECORD_JSONL, &why);
	int worst = TOOL_OK, got = 0;
	BUF(out);

	if (!in)
		return tool_fail(&why);
	do {
		AUTO(json_t) *record = NULL;

		got = record_next(in, &record, &why);
		if (got == 1 && wrap_record(&out, record, &why))
			got = record_why(in, &why);
		if (got < 0 && tool_fail(&why) > worst)
			worst = why.status;
	} while (got && why.status != TOOL_SYS);
	if (worst != TOOL_OK && out.len == 0)
		return worst;
	return outfile_put(o.out, OUTFILE_PUBLIC, buf_text(&out), out.len, &why) ? tool_fail(&why)
										 : worst;
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"tre-cert", 0, TOOL_TEXT, &o.tre_cert, "F",
		 "Cert_TRE, whose key it is protected for"},
		{"tre-id", 0, TOOL_TEXT, &o.tre_id, "ID", "TRE_id that is expected in it"},
		{"operator-cert", 0, TOOL_TEXT, &o.operator_cert, "F",
		 "the operator's certificate, bound in"},
		{"format", 0, TOOL_TEXT, &o.format, "tr33812|cms", "form of the blob (tr33812)"},
		{"suite", 0, TOOL_TEXT, &o.suite, "tr33812|modern",
		 "algorithms of tr33812 (modern)"},
		{"tag", 0, TOOL_TEXT, &o.tag, "TAG",
		 "mcim (default), algorithm, update, bootstrap, access"},
		{"batch", 0, TOOL_TEXT, &o.batch, "REQUESTS.jsonl", "many, a record each"},
		{"der-only", 0, TOOL_FLAG, &o.der, NULL, "write the MCIMBLOB in DER, unprotected"},
		{"uper-only", 0, TOOL_FLAG, &o.uper, NULL, "write it in unaligned PER"},
		{"json-only", 0, TOOL_FLAG, &o.json, NULL,
		 "write the description in its canonical form"},
		{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	struct why why = {0};
	BUF(out);

	secmem_init();
	if (tool_options(&tool, opts, argc, argv) != argc)
		tool_usage("no operand is wanted");
	if ((o.tre_cert != NULL) + (o.batch != NULL) + o.der + o.uper + o.json != 1)
		tool_usage("one of --tre-cert, --batch, --der-only, --uper-only and --json-only is "
			   "wanted");
	if (o.batch)
		return run_batch();
	if (o.tre_cert ? run_one(&out, &why) : run_code(&out, &why))
		return tool_fail(&why);
	return outfile_put(o.out, o.tre_cert ? OUTFILE_PUBLIC : OUTFILE_SECRET, out.bytes, out.len,
			   &why)
		       ? tool_fail(&why)
		       : TOOL_OK;
}
