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
	if (!o->tre_cert) {
		if (!o->tre_id)
			return why_input(why, "tre_id: missing, and no certificate names the TRE");
		if (tre_id_check(o->tre_id, "tre_id", why))
			return -1;
		memcpy(name, o->tre_id, strlen(o->tre_id) + 1);
		return 0;
	}
	if (cert_name(name, o->tre_cert, why))
		return -1;
	if (tre_id_check(name, "name in the certificate", why))
		return why_in(why, "want Cert_TRE");
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

	if (f && (f->len != strlen(tre_id) || memcmp(f->bytes, tre_id, f->len) != 0))
		return why_refuse(why, "wrong-tre",
				  "the description is for another TRE (TR 33.812 B.2.3.2)");
	if (mcim_blob_set(m, MCIM_TRE_ID, tre_id, strlen(tre_id), why))
		return -1;
	if (!o->operator_sha256)
		return 0;
	f = mcim_blob_file(m, MCIM_OPERATOR);
	if (f && (f->len != 32 || memcmp(f->bytes, o->operator_sha256, 32) != 0))
		return why_refuse(why, "wrong-operator",
				  "the description is of another operator (TR 33.812 B.2.3.2)");
	return mcim_blob_set(m, MCIM_OPERATOR, o->operator_sha256, 32, why);
}

/* The order's words, understood. */
struct plan {
	enum mcim_tag tag;
	struct mcim_target target;
	char name[TRE_ID_TEXT];
};

static int make_plan(struct plan *p, const struct mcim_order *o, struct why *why)
{
	const int format =
		one_of(o->format ? o->format : "tr33812", "tr33812", "cms", "--format", why);
	const int suite =
		one_of(o->suite ? o->suite : "modern", "tr33812", "modern", "--suite", why);

	p->tag = o->tag ? mcim_tag_parse(o->tag, why) : MCIM_TAG_MCIM;
	if (!p->tag || format < 0 || suite < 0 || check_recipient(o, p->name, why))
		return -1;
	p->target = (struct mcim_target){o->tre_cert, o->tre_key, p->name, (enum mcim_format)format,
					 (enum mcim_suite)suite};
	return 0;
}

/* What is to be installed: a USIM where the words name no application. */
static int whole(struct mcim_blob *m, struct why *why)
{
	static const uint8_t usim = 1;

	if (!mcim_blob_file(m, MCIM_APPLICATION) &&
	    mcim_blob_set(m, MCIM_APPLICATION, &usim, sizeof(usim), why))
		return -1;
	return mcim_blob_complete(m, why);
}

/* The payload of mcim, update and access: an MCIMBLOB. */
static int encode(struct buf *payload, const struct plan *p, const struct mcim_order *o,
		  const json_t *words, struct why *why)
{
	MCIM_BLOB(m);

	if (mcim_blob_from_json(&m, words, why) || bind(&m, o, p->name, why) ||
	    (p->tag != MCIM_TAG_UPDATE && whole(&m, why)))
		return -1;
	return mcim_blob_encode(payload, &m, why);
}

int mcim_wrap(struct keyblock_kit *kit, struct buf *blob, const struct mcim_order *o,
	      const void *bytes, size_t len, const char *what, struct why *why)
{
	AUTO(json_t) *words = NULL;
	struct plan p;
	BUF(payload);

	if (make_plan(&p, o, why))
		return -1;
	if (p.tag != MCIM_TAG_ALGORITHM) {
		words = json_document(bytes, len, what, why);
		if (!words)
			return -1;
	}
	if (p.tag == MCIM_TAG_ALGORITHM || p.tag == MCIM_TAG_BOOTSTRAP)
		return mcim_protect(kit, blob, &p.target, p.tag, bytes, len, why);
	if (encode(&payload, &p, o, words, why))
		return why_in_file(why, what);
	return mcim_protect(kit, blob, &p.target, p.tag, payload.bytes, payload.len, why);
}

int mcim_wrap_words(struct keyblock_kit *kit, struct buf *blob, const struct mcim_order *o,
		    const json_t *words, struct why *why)
{
	struct plan p;
	BUF(payload);

	if (make_plan(&p, o, why))
		return -1;
	if (p.tag == MCIM_TAG_ALGORITHM || p.tag == MCIM_TAG_BOOTSTRAP
		    ? json_append(&payload, words, why)
		    : encode(&payload, &p, o, words, why))
		return -1;
	return mcim_protect(kit, blob, &p.target, p.tag, payload.bytes, payload.len, why);
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
		words = json_document(bytes, len, what, why);
		if (!words || mcim_blob_from_json(&m, words, why))
			return why_in_file(why, what);
	}
	if (coding == MCIM_CODING_DER)
		return mcim_blob_encode(out, &m, why);
	if (coding == MCIM_CODING_UPER)
		return mcim_blob_encode_uper(out, &m, why);
	canonical = mcim_blob_to_json(&m, why);
	return canonical ? json_append_line(out, canonical, why) : why_in_file(why, what);
}
