/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hex.h"
#include "base/stream.h"
#include "mcim/wrap.h"
#include "pki/cert.h"
#include "pki/key.h"

#include <stdlib.h>
#include <string.h>

/* A thread's own. One operator's certificate stands in record after record: its digest is kept. */
struct mcim_wrapper {
	struct keyblock_kit kit;
	struct key_raw puk;
	char *operator_pem;
	uint8_t operator_sha256[32];
};

struct mcim_wrapper *mcim_wrapper_new(struct why *why)
{
	struct mcim_wrapper *w = calloc(1, sizeof(*w));

	if (!w)
		why_sys(why, "out of memory");
	return w;
}

void mcim_wrapper_free(struct mcim_wrapper *w)
{
	if (!w)
		return;
	keyblock_kit_end(&w->kit);
	key_raw_end(&w->puk);
	free(w->operator_pem);
	free(w);
}

static int take_operator(struct mcim_wrapper *w, struct mcim_order *o, const json_t *record,
			 struct why *why)
{
	AUTO(X509) *cert = NULL;
	const char *pem;

	if (json_text_opt(&pem, record, "operator_cert_pem", why))
		return -1;
	if (!pem)
		return 0;
	o->operator_sha256 = w->operator_sha256;
	if (w->operator_pem && strcmp(w->operator_pem, pem) == 0)
		return 0;
	cert = cert_parse(pem, strlen(pem), "operator_cert_pem", why);
	free(w->operator_pem);
	w->operator_pem = NULL;
	if (!cert || cert_has_role(cert, CERT_MCIM | CERT_DPF, why) ||
	    cert_sha256(w->operator_sha256, cert, why))
		return -1;
	w->operator_pem = strdup(pem);
	return w->operator_pem ? 0 : why_sys(why, "out of memory");
}

/* Cert_TRE, or PuK_TRE as it stands beside it in the factory's lines: then nothing is decoded. */
static int take_recipient(X509 **cert, struct mcim_wrapper *w, struct mcim_order *o,
			  const json_t *record, struct why *why)
{
	static const char *const forms[] = {"tre_cert_pem", "point", "modulus"};
	const char *texts[3];
	unsigned given = 0, form = 0;
	BUF(octets);

	for (unsigned i = 0; i < 3; i++) {
		if (json_text_opt(&texts[i], record, forms[i], why))
			return -1;
		given += texts[i] != NULL;
		form = texts[i] ? i : form;
	}
	if (given != 1)
		return why_input(why, "want one of tre_cert_pem, point and modulus");
	if (form == 0) {
		*cert = cert_parse(texts[0], strlen(texts[0]), "tre_cert_pem", why);
		o->tre_cert = *cert;
		return *cert ? 0 : -1;
	}
	if (hex_decode_buf(&octets, texts[form], forms[form], why))
		return -1;
	if (key_from_raw(&w->puk, octets.bytes, octets.len, why) ||
	    EVP_PKEY_is_a(w->puk.key, "RSA") != (form == 2))
		return why_input(why, "%s: want %s", forms[form],
				 form == 1 ? "an uncompressed point of P-256 or P-384, on the curve"
					   : "an RSA modulus of 2048, 3072 or 4096 bits");
	o->tre_key = w->puk.key;
	return 0;
}

static int answer(struct buf *out, const char *tre_id, const struct buf *blob, struct why *why)
{
	if (buf_print(out, why, "{\"tre_id\":\"%s\",\"blob_b64\":\"", tre_id) ||
	    b64_append(out, false, blob->bytes, blob->len, why))
		return -1;
	return buf_print(out, why, "\"}\n");
}

int mcim_wrap_record(struct mcim_wrapper *w, struct buf *out, const json_t *record, struct why *why)
{
	static const char *const fields[] = {
		"tre_id", "tre_cert_pem", "point", "modulus", "operator_cert_pem",
		"mcim",   "format",       "suite", "tag",     NULL};
	AUTO(X509) *cert = NULL;
	struct mcim_order o = {0};
	char name[TRE_ID_TEXT];
	const json_t *mcim = json_object_get(record, "mcim");
	BUF(blob);

	if (json_only(record, fields, why) || take_recipient(&cert, w, &o, record, why) ||
	    take_operator(w, &o, record, why))
		return -1;
	if (!json_is_object(mcim))
		return why_input(why, "mcim: want an object");
	if (json_text_opt(&o.tre_id, record, "tre_id", why) ||
	    json_text_opt(&o.format, record, "format", why) ||
	    json_text_opt(&o.suite, record, "suite", why) ||
	    json_text_opt(&o.tag, record, "tag", why) ||
	    mcim_wrap_words(&w->kit, &blob, &o, mcim, why) ||
	    (!o.tre_id && cert_name(name, cert, why)))
		return -1;
	return answer(out, o.tre_id ? o.tre_id : name, &blob, why);
}

static void *start(void *shared, struct why *why)
{
	(void)shared;
	return mcim_wrapper_new(why);
}

static void end(void *state)
{
	mcim_wrapper_free(state);
}

static int do_line(void *state, char *line, size_t len, struct buf *out, struct why *why)
{
	AUTO(json_t) *record = json_parse(line, len, JSON_RECORD, why);

	return record ? mcim_wrap_record(state, out, record, why) : -1;
}

int mcim_wrap_batch(const char *in, const char *out, unsigned jobs, int *worst, struct why *why)
{
	OUTFILE(file);
	const struct stream s = {
		.in = in, .out = &file, .jobs = jobs, .start = start, .end = end, .line = do_line};
	bool results;

	if (outfile_open(&file, out, OUTFILE_PUBLIC, why) || stream_run(&s, worst, &results, why))
		return -1;
	return !results && *worst != TOOL_OK ? 0 : outfile_close(&file, why);
}
