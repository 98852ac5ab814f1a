/* SPDX-License-Identifier: Apache-2.0 */
/* The one file that touches what asn1c generates from MCIMProtocol.asn1 (TR 33.812 B.2.6). */
#include "mcim/blob.h"

#include "mcim/ef.h"

#include "mcim/asn1_alloc.h"

#include <MCIMBLOB.h>
#include <stdlib.h>
#include <string.h>

#define BLOB_MAX ((size_t)256 * 1024)

void mcim_blob_free(struct mcim_blob *m)
{
	for (size_t i = 0; i < m->files; i++) {
		OPENSSL_cleanse(m->file[i].bytes, m->file[i].len);
		free(m->file[i].bytes);
	}
	free(m->code);
	*m = (struct mcim_blob){0};
}

const struct mcim_file *mcim_blob_file(const struct mcim_blob *m, unsigned efid)
{
	for (size_t i = 0; i < m->files; i++)
		if (m->file[i].efid == efid)
			return &m->file[i];
	return NULL;
}

int mcim_blob_set(struct mcim_blob *m, unsigned efid, const void *bytes, size_t len,
		  struct why *why)
{
	size_t i = 0;
	uint8_t *copy = malloc(len + 1);

	if (!copy)
		return why_sys(why, "out of memory");
	memcpy(copy, bytes, len);
	while (i < m->files && m->file[i].efid < efid)
		i++;
	if (i < m->files && m->file[i].efid == efid) {
		OPENSSL_cleanse(m->file[i].bytes, m->file[i].len);
		free(m->file[i].bytes);
	} else {
		if (m->files == MCIM_FILES) {
			OPENSSL_cleanse(copy, len);
			free(copy);
			return why_input(why, "more than %d files", MCIM_FILES);
		}
		memmove(&m->file[i + 1], &m->file[i], (m->files - i) * sizeof(*m->file));
		m->files++;
	}
	m->file[i] = (struct mcim_file){(uint16_t)efid, copy, len};
	return 0;
}

int mcim_blob_set_code(struct mcim_blob *m, const void *bytes, size_t len, struct why *why)
{
	uint8_t *copy;

	if (len > MCIM_CODE_MAX)
		return why_input(why, "the code package is longer than %zu octets", MCIM_CODE_MAX);
	copy = malloc(len + 1);
	if (!copy)
		return why_sys(why, "out of memory");
	memcpy(copy, bytes, len);
	free(m->code);
	m->code = copy;
	m->code_len = len;
	return 0;
}

static void free_tree(MCIMBLOB_t *t)
{
	if (t)
		ASN_STRUCT_FREE(asn_DEF_MCIMBLOB, t);
}
DEFINE_AUTO(MCIMBLOB_t, free_tree)

/* A small INTEGER as DER writes it; asn_INTEGER2long would wrap 2^64+28423 into an EFID. */
static int small(const INTEGER_t *n, unsigned long max, unsigned long *v)
{
	*v = 0;
	if (n->size < 1 || n->size > 4 || n->buf[0] & 0x80 ||
	    (n->size > 1 && n->buf[0] == 0 && !(n->buf[1] & 0x80)))
		return -1;
	for (int i = 0; i < n->size; i++)
		*v = *v << 8 | n->buf[i];
	return *v <= max ? 0 : -1;
}

static int take_file(struct mcim_blob *m, const EFDATA_t *f, struct why *why)
{
	unsigned long efid;

	if (small(&f->efid, 0xffff, &efid))
		return why_input(why, "MCIMBLOB: an efid that is none (TR 33.812 B.2.6)");
	if (mcim_blob_file(m, (unsigned)efid))
		return why_input(why, "MCIMBLOB: efid %lu stands twice", efid);
	if ((efid < 1 || efid > 9) && !ef_is_file((unsigned)efid))
		return why_input(why, "MCIMBLOB: efid %lu is none that is known", efid);
	return mcim_blob_set(m, (unsigned)efid, f->efbytes.buf, (size_t)f->efbytes.size, why);
}

static int take_tree(struct mcim_blob *m, const MCIMBLOB_t *t, struct why *why)
{
	unsigned long n;

	if (small(&t->version, 0, &n))
		return why_input(why, "MCIMBLOB: want version v1(0)");
	for (int i = 0; i < t->effields.list.count; i++)
		if (take_file(m, t->effields.list.array[i], why))
			return -1;
	if (t->code) {
		const OCTET_STRING_t *code = &t->code->swcodeBinary;

		if (small(&t->code->swcodeLength, MCIM_CODE_MAX, &n) || n != (size_t)code->size)
			return why_input(why, "MCIMBLOB: swcodeLength is not that of swcodeBinary");
		return mcim_blob_set_code(m, code->buf, n, why);
	}
	return 0;
}

static int sink(const void *bytes, size_t len, void *b)
{
	return buf_add(b, bytes, len, NULL);
}

int mcim_blob_decode(struct mcim_blob *m, const void *der, size_t len, struct why *why)
{
	AUTO(MCIMBLOB_t) *t = NULL;
	asn_codec_ctx_t ctx = {.max_stack_size = 32768};
	asn_dec_rval_t got;
	BUF(again);

	if (len == 0 || len > BLOB_MAX)
		return why_input(why, "MCIMBLOB: want 1 to %zu octets of DER", BLOB_MAX);
	got = ber_decode(&ctx, &asn_DEF_MCIMBLOB, (void **)&t, der, len);
	if (got.code != RC_OK || got.consumed != len)
		return why_input(why, "MCIMBLOB: not DER of TR 33.812 B.2.6");
	/* BER, constructed strings and non-minimal numbers come out otherwise */
	if (der_encode(&asn_DEF_MCIMBLOB, t, sink, &again).encoded < 0 || again.len != len ||
	    CRYPTO_memcmp(again.bytes, der, len) != 0)
		return why_input(why, "MCIMBLOB: not DER of TR 33.812 B.2.6");
	return take_tree(m, t, why);
}

static MCIMBLOB_t *make_tree(const struct mcim_blob *m)
{
	AUTO(MCIMBLOB_t) *t = asn1_calloc(1, sizeof(*t));

	if (!t || asn_long2INTEGER(&t->version, 0))
		return NULL;
	for (size_t i = 0; i < m->files; i++) {
		EFDATA_t *f = asn1_calloc(1, sizeof(*f));

		if (!f || ASN_SEQUENCE_ADD(&t->effields.list, f)) {
			asn1_free(f);
			return NULL;
		}
		if (asn_long2INTEGER(&f->efid, m->file[i].efid) ||
		    OCTET_STRING_fromBuf(&f->efbytes, (const char *)m->file[i].bytes,
					 (int)m->file[i].len))
			return NULL;
	}
	if (m->code) {
		t->code = asn1_calloc(1, sizeof(*t->code));
		if (!t->code || asn_long2INTEGER(&t->code->swcodeLength, (long)m->code_len) ||
		    OCTET_STRING_fromBuf(&t->code->swcodeBinary, (const char *)m->code,
					 (int)m->code_len))
			return NULL;
	}
	return STEAL(t);
}

int mcim_blob_encode_uper(struct buf *b, const struct mcim_blob *m, struct why *why)
{
	AUTO(MCIMBLOB_t) *t = make_tree(m);

	if (!t || uper_encode(&asn_DEF_MCIMBLOB, t, sink, b).encoded < 0)
		return why_sys(why, "MCIMBLOB: cannot be encoded");
	return 0;
}

/* Whether the file that says who the subscriber is says it. */
static int check_identity(const struct mcim_file *f, bool isim, struct why *why)
{
	AUTO(json_t) *words = ef_words(ef_kind_find(f->efid, isim), f->bytes, f->len);

	return words ? 0
		     : why_input(why, "%s",
				 isim ? "the MCIM's IMPI is none (TS 31.103 4.2.2)"
				      : "the MCIM's IMSI is none (TS 31.102 4.2.2)");
}

bool mcim_blob_is_isim(const struct mcim_blob *m)
{
	const struct mcim_file *f = mcim_blob_file(m, MCIM_APPLICATION);

	return f && f->len == 1 && f->bytes[0] == 2;
}

static bool is_one_or_two(const struct mcim_file *f)
{
	return f->len == 1 && (f->bytes[0] == 1 || f->bytes[0] == 2);
}

int mcim_blob_complete(const struct mcim_blob *m, struct why *why)
{
	const struct mcim_file *k = mcim_blob_file(m, MCIM_AKAKEY);
	const struct mcim_file *alg = mcim_blob_file(m, MCIM_ALGORITHM);
	const struct mcim_file *opc = mcim_blob_file(m, MCIM_OPC);
	const struct mcim_file *app = mcim_blob_file(m, MCIM_APPLICATION);
	const bool isim = mcim_blob_is_isim(m);

	if (!k || !mcim_blob_file(m, isim ? MCIM_IMPI : MCIM_IMSI))
		return why_input(why, "the MCIM has no %s and is never installed (TR 33.812 B.2.4)",
				 !k     ? "akakey"
				 : isim ? "IMPI"
					: "IMSI");
	if (!alg || !opc || !app)
		return why_input(why, "the MCIM lacks its algorithm, OPc or application");
	if (!is_one_or_two(alg) || !is_one_or_two(app))
		return why_input(why, "the MCIM's algorithm or application is none (m2m-files(5))");
	if (alg->bytes[0] == 1 ? k->len != 16 || opc->len != 16
			       : (k->len != 16 && k->len != 32) || opc->len != 32)
		return why_input(why, "akakey and OPc have not the lengths of the algorithm");
	return check_identity(mcim_blob_file(m, isim ? MCIM_IMPI : MCIM_IMSI), isim, why);
}
