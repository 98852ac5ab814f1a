/* SPDX-License-Identifier: Apache-2.0 */
/* A DER message for a reader: by the names of its fields, where OpenSSL knows what it is, and with
 * the octets of each. */
#include "base/ossl.h"
#include "chart/render.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

static int put_certificate(BIO *b, const uint8_t **at, long len)
{
	AUTO(X509) *o = d2i_X509(NULL, at, len);

	return o && X509_print(b, o) == 1;
}

static int put_request(BIO *b, const uint8_t **at, long len)
{
	AUTO(X509_REQ) *o = d2i_X509_REQ(NULL, at, len);

	return o && X509_REQ_print(b, o) == 1;
}

static int put_cms(BIO *b, const uint8_t **at, long len)
{
	AUTO(CMS_ContentInfo) *o = d2i_CMS_ContentInfo(NULL, at, len);

	return o && CMS_ContentInfo_print_ctx(b, o, 0, NULL) == 1;
}

static int put_ocsp_request(BIO *b, const uint8_t **at, long len)
{
	AUTO(OCSP_REQUEST) *o = d2i_OCSP_REQUEST(NULL, at, len);

	return o && OCSP_REQUEST_print(b, o, 0) == 1;
}

static int put_ocsp_response(BIO *b, const uint8_t **at, long len)
{
	AUTO(OCSP_RESPONSE) *o = d2i_OCSP_RESPONSE(NULL, at, len);

	return o && OCSP_RESPONSE_print(b, o, 0) == 1;
}

/* Appends what the one of them that takes all octets prints; nothing where none does. */
static int put_named(struct buf *out, const uint8_t *bytes, size_t len, struct why *why)
{
	static int (*const known[])(BIO * b, const uint8_t **at, long len) = {
		put_certificate, put_request, put_cms, put_ocsp_request, put_ocsp_response};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		AUTO(BIO) *b = BIO_new(BIO_s_mem());
		const uint8_t *at = bytes;
		char *text;

		if (!b || !known[i](b, &at, (long)len) || at != bytes + len)
			continue;
		const long n = BIO_get_mem_data(b, &text);

		return chart_escape(out, text, (size_t)n, why) || buf_print(out, why, "\n") ? -1
											    : 0;
	}
	return 0;
}

int chart_der(struct buf *out, const uint8_t *bytes, size_t len, struct why *why)
{
	AUTO(BIO) *b = BIO_new(BIO_s_mem());
	char *text;
	long n;
	int rc;

	if (!b || ASN1_parse_dump(b, bytes, (long)len, 1, 64) != 1) {
		ERR_clear_error();
		return 1;
	}
	n = BIO_get_mem_data(b, &text);
	rc = put_named(out, bytes, len, why);
	ERR_clear_error();
	return rc || buf_print(out, why, "DER: offset, depth, header octets, length, field\n") ||
			       chart_escape(out, text, (size_t)n, why)
		       ? -1
		       : 0;
}

int chart_pem(struct buf *out, const char *text, size_t len, struct why *why)
{
	AUTO(BIO) *b = BIO_new_mem_buf(text, (int)len);
	char *name = NULL, *header = NULL;
	uint8_t *bytes = NULL;
	long n;
	int rc = 1;

	if (b && PEM_read_bio(b, &name, &header, &bytes, &n) == 1)
		rc = chart_der(out, bytes, (size_t)n, why);
	ERR_clear_error();
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(bytes);
	return rc;
}
