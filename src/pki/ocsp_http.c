/* SPDX-License-Identifier: Apache-2.0 */
/* An OCSP request and its way to the responder and back (RFC 6960 Appendix A.1). */
#include "base/rng.h"
#include "pki/revocation.h"

#include <openssl/http.h>
#include <stdbool.h>

#define CONNECT_SECONDS 5
#define ANSWER_SECONDS 10
#define ANSWER_MAX ((size_t)64 * 1024)

int ocsp_request(struct buf *der, X509 *cert, X509 *issuer, uint8_t nonce[static 32],
		 struct why *why)
{
	AUTO(OCSP_REQUEST) *req = OCSP_REQUEST_new();
	/* SHA-1 here names the issuer, and protects nothing: every responder knows it (RFC 5019) */
	AUTO(OCSP_CERTID) *id = OCSP_cert_to_id(EVP_sha1(), cert, issuer);
	unsigned char *bytes = NULL;
	int len, rc;

	if (rng_bytes(nonce, OCSP_NONCE, why))
		return -1;
	if (!req || !id || !OCSP_request_add0_id(req, id))
		return ossl_why(why, "OCSP request");
	id = NULL; /* req has it */
	if (OCSP_request_add1_nonce(req, nonce, OCSP_NONCE) != 1)
		return ossl_why(why, "OCSP request");
	len = i2d_OCSP_REQUEST(req, &bytes);
	if (len < 0)
		return ossl_why(why, "OCSP request");
	rc = buf_add(der, bytes, (size_t)len, why);
	OPENSSL_free(bytes);
	return rc;
}

/* A connection that is not waited for longer than CONNECT_SECONDS, or NULL. */
static BIO *connect_to(const char *host, const char *port)
{
	AUTO(BIO) *c = BIO_new_connect(host);

	if (!c || BIO_set_conn_port(c, port) != 1 || BIO_set_nbio(c, 1) != 1 ||
	    BIO_do_connect_retry(c, CONNECT_SECONDS, -1) <= 0)
		return NULL;
	return STEAL(c);
}

static int read_answer(struct buf *b, BIO *in, struct why *why)
{
	uint8_t part[4096];
	int n;

	while ((n = BIO_read(in, part, sizeof(part))) > 0)
		if (b->len > ANSWER_MAX || buf_add(b, part, (size_t)n, why))
			return b->len > ANSWER_MAX ? why_input(why, "OCSP: the answer is too long")
						   : -1;
	return 0;
}

static int transfer(struct buf *b, const char *host, const char *port, const char *path,
		    const struct buf *request, struct why *why)
{
	AUTO(BIO) *c = connect_to(host, port);
	AUTO(BIO) *body = BIO_new_mem_buf(request->bytes, (int)request->len);
	AUTO(BIO) *in = NULL;

	if (c && body)
		in = OSSL_HTTP_transfer(NULL, host, port, path, 0, NULL, NULL, c, NULL, NULL, NULL,
					0, NULL, "application/ocsp-request", body,
					"application/ocsp-response", 1, ANSWER_MAX, ANSWER_SECONDS,
					0);
	ossl_why(NULL, "OCSP");
	if (!c)
		return why_busy(why, "OCSP: no connection to %.100s, port %.5s", host, port);
	if (!in)
		return why_busy(why, "OCSP: no answer from %.100s, port %.5s, within %d s", host,
				port, ANSWER_SECONDS);
	return read_answer(b, in, why);
}

/* A blank or a line's end in it would write the request's head. */
static bool is_printable(const char *url)
{
	while (*url > 0x20 && *url < 0x7f)
		url++;
	return !*url;
}

int ocsp_send(struct buf *answer, const char *url, const struct buf *request, struct why *why)
{
	char *host = NULL, *port = NULL, *path = NULL;
	int tls = 0, rc;

	if (!is_printable(url) ||
	    OSSL_HTTP_parse_url(url, &tls, NULL, &host, &port, NULL, &path, NULL, NULL) != 1 ||
	    tls || !*host) {
		ossl_why(NULL, "OCSP");
		rc = why_input(why, "OCSP: want an address such as http://host:port/, got '%.100s'",
			       url);
	} else {
		rc = transfer(answer, host, port, path, request, why);
	}
	OPENSSL_free(host);
	OPENSSL_free(port);
	OPENSSL_free(path);
	return rc;
}
