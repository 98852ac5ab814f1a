/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/revocation.h"

#include "pki/cert.h"

#include <openssl/pem.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define CLAUSE "(TR 33.812 B.2.3.4 step 6)"

/* Seconds from at until t, or INT64_MIN where t is no time. */
static int64_t seconds_until(const ASN1_TIME *t, int64_t at)
{
	AUTO(ASN1_TIME) *from = ASN1_TIME_set(NULL, (time_t)at);
	int days, seconds;

	if (!t || !from || ASN1_TIME_diff(&days, &seconds, from, t) != 1)
		return INT64_MIN;
	return (int64_t)days * 86400 + seconds;
}

static int check_fresh(const ASN1_TIME *made, const ASN1_TIME *next, bool needs_next, int64_t at,
		       struct why *why)
{
	const int64_t age = seconds_until(made, at), left = seconds_until(next, at);

	if (age == INT64_MIN || age > OCSP_SKEW)
		return why_refuse(why, "revocation-stale",
				  "the answer about revocation is of a time to come " CLAUSE);
	if (next || needs_next ? left < 0 : age < -OCSP_MAX_AGE)
		return why_refuse(why, "revocation-stale",
				  "the answer about revocation is too old " CLAUSE);
	return 0;
}

static int revoked(struct why *why)
{
	return why_refuse(why, "revoked", "the certificate was revoked " CLAUSE);
}

static int check_issued(X509 *cert, X509 *issuer, struct why *why)
{
	const int rc = X509_check_issued(issuer, cert);

	ossl_why(NULL, "issuer");
	if (rc != X509_V_OK)
		return why_refuse(why, "revocation-unknown",
				  "this issuer has not issued the certificate " CLAUSE);
	return 0;
}

static bool is_weak_hash(int signature_nid)
{
	int md = NID_undef;

	OBJ_find_sigid_algs(signature_nid, &md, NULL);
	return md != NID_sha256 && md != NID_sha384 && md != NID_sha512;
}

/* RFC 6960 4.2.1: only `successful` has a body. */
static OCSP_BASICRESP *basic_of(const void *der, size_t len, struct why *why)
{
	const unsigned char *p = der;
	AUTO(OCSP_RESPONSE) *r = d2i_OCSP_RESPONSE(NULL, &p, (long)len);
	OCSP_BASICRESP *basic = NULL;
	const int status =
		r && p == (const unsigned char *)der + len ? OCSP_response_status(r) : -1;

	if (status == OCSP_RESPONSE_STATUS_SUCCESSFUL)
		basic = OCSP_response_get1_basic(r);
	ossl_why(NULL, "OCSP");
	if (status == OCSP_RESPONSE_STATUS_TRYLATER || status == OCSP_RESPONSE_STATUS_INTERNALERROR)
		why_busy(why, "OCSP: the responder says %s", OCSP_response_status_str(status));
	else if (status > 0)
		why_refuse(why, "revocation-unknown", "the responder says %s " CLAUSE,
			   OCSP_response_status_str(status));
	else if (!basic)
		why_input(why, "want an OCSP response in DER (RFC 6960 4.2.1)");
	return basic;
}

/* RFC 6960 4.2.2.2: signed by the issuer itself, or by whom it certified for OCSPSigning. */
static int check_signature(OCSP_BASICRESP *basic, X509 *issuer, int64_t at, struct why *why)
{
	AUTO(X509_STORE) *store = X509_STORE_new();
	STACK_OF(X509) *own = sk_X509_new_null(); /* borrows issuer */
	const X509_ALGOR *alg = OCSP_resp_get0_tbs_sigalg(basic);
	const ASN1_OBJECT *oid = NULL;
	int right = 0;

	X509_ALGOR_get0(&oid, NULL, NULL, alg);
	if (store && own && sk_X509_push(own, issuer) && X509_STORE_add_cert(store, issuer) == 1) {
		X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
		X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)at);
		right = !is_weak_hash(OBJ_obj2nid(oid)) &&
			OCSP_basic_verify(basic, own, store, 0) == 1;
	}
	sk_X509_free(own);
	ossl_why(NULL, "OCSP");
	if (!right)
		return why_refuse(why, "bad-signature",
				  "the OCSP response is not signed by the issuer or its responder "
				  "(RFC 6960 4.2.2.2)");
	return 0;
}

/* RFC 8954: the answer is to this request, and to no other. */
static int check_nonce(OCSP_BASICRESP *basic, const uint8_t *nonce, struct why *why)
{
	AUTO(OCSP_REQUEST) *req = OCSP_REQUEST_new();
	uint8_t copy[OCSP_NONCE];

	if (!nonce)
		return 0;
	memcpy(copy, nonce, sizeof(copy));
	if (!req || OCSP_request_add1_nonce(req, copy, sizeof(copy)) != 1)
		return ossl_why(why, "OCSP");
	if (OCSP_check_nonce(req, basic) != 1)
		return why_refuse(why, "nonce-unknown",
				  "the OCSP response has another nonce, or none (RFC 8954)");
	return 0;
}

/* RFC 6960 4.4: what is critical and not known spoils the answer. The nonce is known. */
static bool is_spoilt(const X509_EXTENSION *e)
{
	return X509_EXTENSION_get_critical(e) &&
	       OBJ_obj2nid(X509_EXTENSION_get_object((X509_EXTENSION *)e)) !=
		       NID_id_pkix_OCSP_Nonce;
}

static int check_exts(OCSP_BASICRESP *basic, struct why *why)
{
	bool spoilt = false;

	for (int i = 0; i < OCSP_BASICRESP_get_ext_count(basic); i++)
		spoilt = spoilt || is_spoilt(OCSP_BASICRESP_get_ext(basic, i));
	for (int i = 0; i < OCSP_resp_count(basic); i++) {
		OCSP_SINGLERESP *s = OCSP_resp_get0(basic, i);

		for (int j = 0; j < OCSP_SINGLERESP_get_ext_count(s); j++)
			spoilt = spoilt || is_spoilt(OCSP_SINGLERESP_get_ext(s, j));
	}
	return spoilt ? why_refuse(why, "revocation-unknown",
				   "the OCSP response has a critical extension (RFC 6960 4.4)")
		      : 0;
}

/* By whatever hash it names the issuer. */
static bool is_about(const OCSP_SINGLERESP *s, X509 *cert, X509 *issuer)
{
	OCSP_CERTID *said = (OCSP_CERTID *)OCSP_SINGLERESP_get0_id(s);
	ASN1_OBJECT *hash = NULL;
	const EVP_MD *md =
		OCSP_id_get0_info(NULL, &hash, NULL, NULL, said) ? EVP_get_digestbyobj(hash) : NULL;
	AUTO(OCSP_CERTID) *id = md ? OCSP_cert_to_id(md, cert, issuer) : NULL;

	return id && OCSP_id_cmp(id, said) == 0;
}

static int check_single(OCSP_SINGLERESP *s, int64_t at, struct why *why)
{
	ASN1_GENERALIZEDTIME *made = NULL, *next = NULL;
	const int status = OCSP_single_get0_status(s, NULL, NULL, &made, &next);

	if (status == V_OCSP_CERTSTATUS_REVOKED)
		return revoked(why);
	if (status != V_OCSP_CERTSTATUS_GOOD)
		return why_refuse(why, "revocation-unknown",
				  "the responder does not know the certificate " CLAUSE);
	return check_fresh(made, next, false, at, why);
}

/* Whatever else is said about the certificate, revoked is the last word; and all must be good. */
static int check_status(OCSP_BASICRESP *basic, X509 *cert, X509 *issuer, int64_t at,
			struct why *why)
{
	bool is_found = false, is_revoked = false;
	int rc = 0;

	for (int i = 0; i < OCSP_resp_count(basic) && !is_revoked; i++) {
		OCSP_SINGLERESP *s = OCSP_resp_get0(basic, i);

		if (!is_about(s, cert, issuer))
			continue;
		is_found = true;
		is_revoked = OCSP_single_get0_status(s, NULL, NULL, NULL, NULL) ==
			     V_OCSP_CERTSTATUS_REVOKED;
		rc = check_single(s, at, why) ? -1 : rc;
	}
	ossl_why(NULL, "OCSP");
	return is_found ? rc
			: why_refuse(why, "revocation-unknown",
				     "the OCSP response is about another certificate " CLAUSE);
}

int ocsp_check(const void *der, size_t len, X509 *cert, X509 *issuer, const uint8_t *nonce,
	       int64_t at, struct why *why)
{
	AUTO(OCSP_BASICRESP) *basic = basic_of(der, len, why);

	if (!basic || check_issued(cert, issuer, why) || check_signature(basic, issuer, at, why) ||
	    check_nonce(basic, nonce, why) || check_exts(basic, why))
		return -1;
	return check_status(basic, cert, issuer, at, why);
}

struct crl {
	X509_CRL *list;
	X509 *issuer; /* whose signature was found right; NULL: nobody asked yet */
};

void crl_free(CRL *crl)
{
	if (!crl)
		return;
	X509_CRL_free(crl->list);
	X509_free(crl->issuer);
	free(crl);
}

static X509_CRL *parse_pem(const void *bytes, size_t len, struct why *why)
{
	AUTO(BIO) *in = BIO_new_mem_buf(bytes, (int)len);
	AUTO(X509_CRL) *crl = in ? PEM_read_bio_X509_CRL(in, NULL, NULL, NULL) : NULL;
	AUTO(X509_CRL) *second = crl ? PEM_read_bio_X509_CRL(in, NULL, NULL, NULL) : NULL;

	if (second) { /* whoever put it there means both */
		why_input(why, "want one CRL, and there are more");
		return NULL;
	}
	return STEAL(crl);
}

static X509_CRL *parse_der(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	AUTO(X509_CRL) *crl = d2i_X509_CRL(NULL, &p, (long)len);

	return p == (const unsigned char *)bytes + len ? STEAL(crl) : NULL;
}

CRL *crl_read(const void *bytes, size_t len, struct why *why)
{
	AUTO(CRL) *crl = calloc(1, sizeof(*crl));
	struct why own = {0};

	if (!crl) {
		why_sys(why, "out of memory");
		return NULL;
	}
	if (len > 0 && len <= CRL_MAX)
		crl->list = *(const unsigned char *)bytes == 0x30 ? parse_der(bytes, len)
								  : parse_pem(bytes, len, &own);
	ossl_why(NULL, "CRL");
	if (!crl->list) {
		if (!own.status)
			why_input(&own, "want a CRL in PEM or DER (RFC 5280 5.1)");
		if (why)
			*why = own;
		return NULL;
	}
	return STEAL(crl);
}

/* No delta and no part, and nothing critical, for all that is critical is of those: of the list or
 * of any entry (RFC 5280 5.2, 5.3). */
static bool is_whole(X509_CRL *crl)
{
	const STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(crl);

	for (int i = 0; i < sk_X509_REVOKED_num(entries); i++)
		if (X509_REVOKED_get_ext_by_critical(sk_X509_REVOKED_value(entries, i), 1, -1) >= 0)
			return false;
	return X509_CRL_get_ext_by_critical(crl, 1, -1) < 0 &&
	       X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) < 0 &&
	       X509_CRL_get_ext_by_NID(crl, NID_issuing_distribution_point, -1) < 0;
}

static int check_crl_signature(X509_CRL *crl, X509 *issuer, struct why *why)
{
	int right;

	if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(issuer)) != 0)
		return why_refuse(why, "revocation-unknown",
				  "the CRL is another issuer's (RFC 5280 6.3.3)");
	right = (X509_get_key_usage(issuer) & KU_CRL_SIGN) &&
		!is_weak_hash(X509_CRL_get_signature_nid(crl)) &&
		X509_CRL_verify(crl, X509_get0_pubkey(issuer)) == 1;
	ossl_why(NULL, "CRL");
	if (!right)
		return why_refuse(why, "bad-signature",
				  "the CRL is not signed by the issuer (RFC 5280 6.3.3)");
	if (!is_whole(crl))
		return why_refuse(why, "revocation-unknown",
				  "the CRL does not speak for all certificates (RFC 5280 5.2)");
	return 0;
}

int crl_check(CRL *crl, X509 *cert, X509 *issuer, int64_t at, struct why *why)
{
	X509_CRL *list = crl->list;
	X509_REVOKED *entry = NULL;

	if (check_issued(cert, issuer, why))
		return -1;
	if (issuer != crl->issuer) {
		if (check_crl_signature(list, issuer, why))
			return -1;
		X509_up_ref(issuer);
		X509_free(crl->issuer);
		crl->issuer = issuer;
	}
	/* removeFromCRL too: it belongs in deltas, and a list that has it is none (RFC 5280 5.3.1)
	 */
	if (X509_CRL_get0_by_cert(list, &entry, cert) != 0)
		return revoked(why);
	return check_fresh(X509_CRL_get0_lastUpdate(list), X509_CRL_get0_nextUpdate(list), true, at,
			   why);
}
