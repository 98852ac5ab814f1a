/* SPDX-License-Identifier: Apache-2.0 */
/* A CRL out of an index (RFC 5280 5). */
#include "pki/index.h"
#include "pki/key.h"

#include <openssl/pem.h>
#include <string.h>

static int set_reason(X509_REVOKED *entry, const char *reason, struct why *why)
{
	ASN1_ENUMERATED *code;
	long n = 0;
	int ok;

	while (index_reasons[n] && strcmp(index_reasons[n], reason) != 0)
		n++;
	if (!index_reasons[n])
		return why_input(why, "a reason is none of RFC 5280 5.3.1");
	if (n == 0)
		return 0; /* unspecified is said by leaving it out (RFC 5280 5.3.1) */
	code = ASN1_ENUMERATED_new();
	ok = code && ASN1_ENUMERATED_set(code, n) == 1 &&
	     X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, code, 0, 0) == 1;
	ASN1_ENUMERATED_free(code);
	return ok ? 0 : ossl_why(why, "CRL");
}

static int fill_entry(X509_REVOKED *entry, const char *serial, const char *when, struct why *why)
{
	AUTO(BIGNUM) *n = NULL;
	AUTO(ASN1_INTEGER) *number = NULL;
	AUTO(ASN1_TIME) *time = ASN1_TIME_new();
	const char *comma = strchr(when, ',');
	char text[32] = "";

	memcpy(text, when, comma && comma - when < 31 ? (size_t)(comma - when) : strnlen(when, 31));
	if (BN_hex2bn(&n, serial) != (int)strlen(serial) || !time ||
	    ASN1_TIME_set_string(time, text) != 1) {
		ossl_why(NULL, "CRL");
		return why_input(why, "a serial number or time of revocation is none");
	}
	number = BN_to_ASN1_INTEGER(n, NULL);
	if (!number || X509_REVOKED_set_serialNumber(entry, number) != 1 ||
	    X509_REVOKED_set_revocationDate(entry, time) != 1)
		return ossl_why(why, "CRL");
	return comma ? set_reason(entry, comma + 1, why) : 0;
}

static int add_entry(void *ctx, const char *serial, const char *when, struct why *why)
{
	X509_REVOKED *entry = X509_REVOKED_new();

	if (entry && !fill_entry(entry, serial, when, why)) {
		if (X509_CRL_add0_revoked(ctx, entry) == 1)
			return 0;
		ossl_why(why, "CRL");
	} else if (!entry) {
		ossl_why(why, "CRL");
	}
	X509_REVOKED_free(entry);
	return -1;
}

static int set_times(X509_CRL *crl, int64_t at, uint64_t days, struct why *why)
{
	time_t from = (time_t)at;
	AUTO(ASN1_TIME) *last = ASN1_TIME_set(NULL, from);
	AUTO(ASN1_TIME) *next = X509_time_adj_ex(NULL, (int)days, 0, &from);

	if (!last || !next || X509_CRL_set1_lastUpdate(crl, last) != 1 ||
	    X509_CRL_set1_nextUpdate(crl, next) != 1)
		return ossl_why(why, "CRL");
	return 0;
}

/* RFC 5280 5.2: the authority's key, and a number that grows: here the time, which is ours. */
static int add_exts(X509_CRL *crl, X509 *ca_cert, int64_t at, struct why *why)
{
	AUTO(ASN1_INTEGER) *number = ASN1_INTEGER_new();
	AUTO(X509_EXTENSION) *aki = NULL;
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, ca_cert, NULL, NULL, crl, 0);
	X509V3_set_ctx_nodb(&ctx);
	aki = X509V3_EXT_conf_nid(NULL, &ctx, NID_authority_key_identifier, "keyid:always");
	if (!aki || X509_CRL_add_ext(crl, aki, -1) != 1 || !number ||
	    ASN1_INTEGER_set_int64(number, at) != 1 ||
	    X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0) != 1)
		return ossl_why(why, "CRL");
	return 0;
}

int crl_make(struct buf *pem, const char *index, EVP_PKEY *ca_key, X509 *ca_cert, int64_t at,
	     uint64_t days, struct why *why)
{
	AUTO(X509_CRL) *crl = X509_CRL_new();
	AUTO(BIO) *out = BIO_new(BIO_s_mem());
	AUTO(EVP_MD_CTX) *signer = NULL;
	char *text;
	long len;

	if (!crl || !out || X509_CRL_set_version(crl, X509_CRL_VERSION_2) != 1 ||
	    X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca_cert)) != 1)
		return ossl_why(why, "CRL");
	if (set_times(crl, at, days, why) || add_exts(crl, ca_cert, at, why) ||
	    index_each_revoked(index, add_entry, crl, why))
		return -1;
	X509_CRL_sort(crl);
	signer = key_signer(ca_key, why);
	if (!signer)
		return -1;
	if (X509_CRL_sign_ctx(crl, signer) <= 0 || PEM_write_bio_X509_CRL(out, crl) != 1)
		return ossl_why(why, "CRL");
	len = BIO_get_mem_data(out, &text);
	return buf_add(pem, text, (size_t)len, why);
}
