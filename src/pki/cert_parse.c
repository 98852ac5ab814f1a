/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates out of octets and files. An operator's stands in each document of a batch, and
 * OpenSSL's decoder takes twice as long as a verification (3.0): the last few are kept. */
#include "pki/cert.h"

#include "base/slurp.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CERTS 64
#define KEPT 8
#define KEPT_LEN ((size_t)8 * 1024) /* octets; a longer one is not worth it */

struct kept {
	void *bytes;
	size_t len;
	X509 *cert;
};
static struct kept kept[KEPT]; /* that of the last use first */
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;

static void put_first(struct kept k, size_t at)
{
	memmove(kept + 1, kept, at * sizeof(*kept));
	kept[0] = k;
}

static X509 *recall(const void *bytes, size_t len)
{
	X509 *cert = NULL;

	pthread_mutex_lock(&kept_lock);
	for (size_t i = 0; !cert && i < KEPT; i++)
		if (kept[i].cert && kept[i].len == len && memcmp(kept[i].bytes, bytes, len) == 0) {
			put_first(kept[i], i);
			cert = kept[0].cert;
			X509_up_ref(cert);
		}
	pthread_mutex_unlock(&kept_lock);
	return cert;
}

/* Where memory is short it is not kept. */
static void keep(const void *bytes, size_t len, X509 *cert)
{
	struct kept k = {.len = len, .cert = cert}, last;

	if (len > KEPT_LEN || !(k.bytes = malloc(len)))
		return;
	memcpy(k.bytes, bytes, len);
	X509_up_ref(cert);
	pthread_mutex_lock(&kept_lock);
	last = kept[KEPT - 1];
	put_first(k, KEPT - 1);
	pthread_mutex_unlock(&kept_lock);
	free(last.bytes);
	X509_free(last.cert);
}

static X509 *parse(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	AUTO(X509) *cert = NULL;
	AUTO(BIO) *in = NULL;

	if (len == 0 || len > SLURP_DOCUMENT)
		return NULL;
	if (*p == 0x30) {
		cert = d2i_X509(NULL, &p, (long)len);
		return p == (const unsigned char *)bytes + len ? STEAL(cert) : NULL;
	}
	in = BIO_new_mem_buf(bytes, (int)len);
	return in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
}

X509 *cert_parse(const void *bytes, size_t len, const char *what, struct why *why)
{
	X509 *cert = recall(bytes, len);

	if (cert)
		return cert;
	cert = parse(bytes, len);
	if (cert) {
		keep(bytes, len, cert);
		return cert;
	}
	ossl_why(NULL, what);
	why_input(why, "%s: want an X.509 certificate", what);
	return NULL;
}

X509 *cert_parse_der(const void *bytes, size_t len, const char *what, struct why *why)
{
	if (len && *(const unsigned char *)bytes == 0x30)
		return cert_parse(bytes, len, what, why);
	why_input(why, "%s: want an X.509 certificate in DER", what);
	return NULL;
}

X509 *cert_load(const char *path, struct why *why)
{
	BUF(text);

	if (slurp(&text, path, SLURP_DOCUMENT, why))
		return NULL;
	return cert_parse(buf_text(&text), text.len, slurp_name(path), why);
}

X509_STACK *cert_load_all(const char *path, struct why *why)
{
	BUF(text);
	AUTO(X509_STACK) *all = sk_X509_new_null();
	AUTO(BIO) *in = NULL;
	bool is_end;

	if (slurp(&text, path, SLURP_DOCUMENT, why))
		return NULL;
	in = BIO_new_mem_buf(buf_text(&text), (int)text.len);
	for (X509 *cert; all && in && (cert = PEM_read_bio_X509(in, NULL, NULL, NULL));)
		if (sk_X509_num(all) == MAX_CERTS || !sk_X509_push(all, cert)) {
			X509_free(cert);
			why_input(why, "%s: more than %d certificates", slurp_name(path),
				  MAX_CERTS);
			return NULL;
		}
	/* the end of the file counts as an error there, but a certificate that is none is no end */
	is_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
	ossl_why(NULL, "certificates");
	if (all && in && !is_end) {
		why_input(why, "%s: certificate %d is none", slurp_name(path),
			  sk_X509_num(all) + 1);
		return NULL;
	}
	if (!all || sk_X509_num(all) == 0) {
		why_input(why, "%s: want certificates in PEM", slurp_name(path));
		return NULL;
	}
	return STEAL(all);
}
