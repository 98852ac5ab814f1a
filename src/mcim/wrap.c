/* SPDX-License-Identifier: Apache-2.0 */
#include "mcim/wrap.h"

#include "mcim/blob.h"
#include "mcim/protect.h"
#include "pki/cert.h"

#include <string.h>

static int one_of(const char *word, const char *first, const char *second, const char *what,
		  struct why *why)
{
	if (strcmp(word, first) == 0)
		return 1;
	if (strcmp(word, second) == 0)
		return 2;
	return why_usage(why, "%s: want %s or %s, got '%.20s'", what, first, second, word);
}

static int check_recipient(const struct mcim_order *o, char name[static TRE_ID_TEXT],
			   struct why *why)
{
	if (cert_name(name, o->tre_cert, why) || tre_id_check(name, "TRE_id", why))
		return -1;
	if (o->tre_id && strcmp(o->tre_id, name) != 0)
		return why_refuse(why, "wrong-tre",
				  "the certificate is %s's, and not %.64s's (TR 33.812 B.2.3.2)",
				  name, o->tre_id);
	if (X509_get_extension_flags(o->tre_cert) & EXFLAG_KUSAGE &&
	    !(X509_get_key_usage(o->tre_cert) & (KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT)))
		return why_refuse(
			why, "wrong-usage",
			"the certificate is not one for encryption (TR 33.812 B.2.2.1 NOTE 4)");
	return 0;
}

/* TRE_id and the operator's certificate go into every MCIM; what stands there must agree. */
static int bind(struct mcim_blob *m, const struct mcim_order *o, const char *tre_id,
		struct why *why)
{
	const struct mcim_file *f = mcim_blob_file(m, MCIM_TRE_ID);
	uint8_t md[32];

	if (f && (f->len != strlen(tre_id) || memcmp(f->bytes, tre_id, f->len) != 0))
		return why_refuse(why, "wrong-tre",
				  "the description is for another TRE (TR 33.812 B.2.3.2)");
	if (mcim_blob_set(m, MCIM_TRE_ID, tre_id, strlen(tre_id), why))
		return -1;
	if (!o->operator_cert)
		return 0;
	f = mcim_blob_file(m, MCIM_OPERATOR);
	if (cert_sha256(md, o->operator_cert, why))
		return -1;
	if (f && (f->len != 32 || memcmp(f->bytes, md, 32) != 0))
		return why_refuse(why, "wrong-operator",
				  "the description is of another operator (TR 33.812 B.2.3.2)");
	return mcim_blob_set(m, MCIM_OPERATOR, md, 32, why);
}

/* The payload of the tag: an MCIMBLOB for mcim, update and access, else the input as it is. */
static int make_payload(struct buf *payload, enum mcim_tag tag, const struct mcim_order *o,
			const char *tre_id, const void *bytes, size_t len, const char *what,
			struct why *why)
{
	AUTO(json_t) *words = NULL;
	MCIM_BLOB(m);

	if (tag == MCIM_TAG_ALGORITHM)
		return buf_add(payload, bytes, len, why);
	words = json_parse(bytes, len, what, why);
	if (!words)
		return -1;
	if (tag == MCIM_TAG_BOOTSTRAP)
		return buf_add(payload, bytes, len, why);
	if (mcim_blob_from_json(&m, words, why) || bind(&m, o, tre_id, why) ||
	    (tag == MCIM_TAG_MCIM && mcim_blob_complete(&m, why)))
		return -1;
	return mcim_blob_encode(payload, &m, why);
}

int mcim_wrap(struct buf *blob, const struct mcim_order *o, const void *bytes, size_t len,
	      const char *what, struct why *why)
{
	struct mcim_target target = {.tre_cert = o->tre_cert};
	const enum mcim_tag tag = o->tag ? mcim_tag_parse(o->tag, why) : MCIM_TAG_MCIM;
	const int format =
		one_of(o->format ? o->format : "tr33812", "tr33812", "cms", "--format", why);
	const int suite =
		one_of(o->suite ? o->suite : "modern", "tr33812", "modern", "--suite", why);
	char name[TRE_ID_TEXT];
	BUF(payload);

	if (!tag || format < 0 || suite < 0 || check_recipient(o, name, why) ||
	    make_payload(&payload, tag, o, name, bytes, len, what, why))
		return -1;
	target.tre_id = name;
	target.format = (enum mcim_format)format;
	target.suite = (enum mcim_suite)suite;
	return mcim_protect(blob, &target, tag, payload.bytes, payload.len, why);
}

static X509 *cert_of(const json_t *record, const char *field, struct why *why)
{
	const char *pem = json_text(record, field, why);

	return pem ? cert_parse(pem, strlen(pem), field, why) : NULL;
}

int mcim_wrap_record(struct buf *out, const json_t *record, struct why *why)
{
	static const char *const fields[] = {
		"tre_id", "tre_cert_pem", "operator_cert_pem", "mcim", "format", "suite", "tag",
		NULL};
	AUTO(X509) *tre_cert = cert_of(record, "tre_cert_pem", why);
	AUTO(X509) *operator_cert = NULL;
	AUTO(json_t) *answer = json_object();
	struct mcim_order order = {.tre_cert = tre_cert};
	const json_t *mcim = json_object_get(record, "mcim");
	BUF(words);
	BUF(blob);

	if (!tre_cert || json_only(record, fields, why))
		return -1;
	if (json_object_get(record, "operator_cert_pem")) {
		operator_cert = cert_of(record, "operator_cert_pem", why);
		if (!operator_cert)
			return -1;
		order.operator_cert = operator_cert;
	}
	if (!json_is_object(mcim))
		return why_input(why, "mcim: want an object");
	if (json_text_opt(&order.tre_id, record, "tre_id", why) ||
	    json_text_opt(&order.format, record, "format", why) ||
	    json_text_opt(&order.suite, record, "suite", why) ||
	    json_text_opt(&order.tag, record, "tag", why) || json_append(&words, mcim, why) ||
	    mcim_wrap(&blob, &order, words.bytes, words.len, "mcim", why) ||
	    (order.tre_id && json_put_text(answer, "tre_id", order.tre_id, why)) ||
	    json_put_b64(answer, "blob_b64", blob.bytes, blob.len, why))
		return -1;
	return json_append_line(out, answer, why);
}

int mcim_code(struct buf *out, enum mcim_coding coding, const void *bytes, size_t len,
	      const char *what, struct why *why)
{
	AUTO(json_t) *words = NULL;
	AUTO(json_t) *canonical = NULL;
	MCIM_BLOB(m);

	if (len && *(const uint8_t *)bytes == 0x30) {
		if (mcim_blob_decode(&m, bytes, len, why))
			return why_in(why, "%s", what);
	} else {
		words = json_parse(bytes, len, what, why);
		if (!words || mcim_blob_from_json(&m, words, why))
			return -1;
	}
	if (coding == MCIM_CODING_DER)
		return mcim_blob_encode(out, &m, why);
	if (coding == MCIM_CODING_UPER)
		return mcim_blob_encode_uper(out, &m, why);
	canonical = mcim_blob_to_json(&m, why);
	return canonical ? json_append_line(out, canonical, why) : -1;
}
