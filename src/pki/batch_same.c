/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a run that broke off was begun with this order: a file has one kind of records. */
#include "base/json.h"
#include "pki/batch_inside.h"
#include "pki/cert.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_ocsp(X509 *cert, const char *url)
{
	STACK_OF(OPENSSL_STRING) *all = X509_get1_ocsp(cert);
	const char *has = sk_OPENSSL_STRING_value(all, 0);
	const bool is_same = url ? has && strcmp(has, url) == 0 : !has;

	X509_email_free(all);
	return is_same;
}

/* Of that CA, for so long, and with a key of that kind: the bits tell EC and RSA apart. */
static bool is_cert(const struct batch *b, const char *pem)
{
	const char *alg = b->alg ? b->alg : "ec-p256";
	AUTO(X509) *cert = cert_parse(pem, strlen(pem), "cert_pem", NULL);
	int days, seconds;

	return cert && X509_verify(cert, X509_get0_pubkey(b->spec.ca_cert)) == 1 &&
	       EVP_PKEY_get_bits(X509_get0_pubkey(cert)) ==
		       strtol(alg + strcspn(alg, "0123456789"), NULL, 10) &&
	       is_ocsp(cert, b->spec.ocsp_url) &&
	       ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(cert),
			      X509_get0_notAfter(cert)) &&
	       (uint64_t)days == b->spec.days;
}

/* In the clear, or under that line key. */
static bool is_key(const struct buf *line_key, const char *pem)
{
	AUTO(BIO) *in = BIO_new_mem_buf(pem, -1);
	AUTO(EVP_PKEY) *key = NULL;

	if (!strstr(pem, "ENCRYPTED") != !line_key->len)
		return false;
	key = in ? PEM_read_bio_PrivateKey(in, NULL, NULL, (void *)buf_text(line_key)) : NULL;
	ossl_why(NULL, "key_pem");
	return key;
}

/* What stands in such a record, or such files. */
struct made {
	const char *cert, *key;
	bool has_two;
};

static int check(const struct batch_part *p, const struct made *m, const char *what,
		 struct why *why)
{
	if (m->cert && m->key && is_cert(p->b, m->cert) && is_key(&p->line_key, m->key) &&
	    m->has_two == p->b->two)
		return 0;
	return why_refuse(why, "run-differs",
			  "%s was begun with other options, another CA or another line key "
			  "(TR 33.812 B.2.2.1)",
			  what);
}

int batch_same(const struct batch_part *p, const char *line, struct why *why)
{
	AUTO(json_t) *o = json_parse(line, strlen(line), "record", NULL);
	const struct made made = {o ? json_text(o, "cert_pem", NULL) : NULL,
				  o ? json_text(o, "key_pem", NULL) : NULL,
				  json_object_get(o, "enc_cert_pem") != NULL};
	char what[200];

	snprintf(what, sizeof(what), "%s.part", p->b->out);
	return check(p, &made, what, why);
}

int batch_same_files(const struct batch_part *p, const char *tre_id, struct why *why)
{
	struct made made = {0};
	BUF(cert);
	BUF(key);

	if (batch_read_files(p->b, tre_id, &cert, &key, &made.has_two, why))
		return -1;
	made.cert = buf_text(&cert);
	made.key = buf_text(&key);
	return check(p, &made, p->b->folder, why);
}
