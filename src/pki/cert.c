/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/cert.h"

#include "pki/key.h"

#include <openssl/pem.h>
#include <string.h>

static const struct {
	const char *oid;
	unsigned role;
} role_oids[] = {
	{CERT_ROLE_ARC ".1", CERT_TRE},         {CERT_ROLE_ARC ".2", CERT_DRF},
	{CERT_ROLE_ARC ".3", CERT_DPF},         {CERT_ROLE_ARC ".4", CERT_MCIM},
	{CERT_ROLE_ARC ".5", CERT_ATTESTATION}, {CERT_ROLE_ARC ".6", CERT_MAKER},
};

X509_STACK *cert_alone(X509 *cert, struct why *why)
{
	AUTO(X509_STACK) *alone = sk_X509_new_null();

	if (!alone || !X509_add_cert(alone, cert, X509_ADD_FLAG_UP_REF)) {
		why_sys(why, "out of memory");
		return NULL;
	}
	return STEAL(alone);
}

int cert_pem(struct buf *b, const X509 *cert, struct why *why)
{
	AUTO(BIO) *out = BIO_new(BIO_s_mem());
	char *text;
	long len;

	if (!out || PEM_write_bio_X509(out, (X509 *)cert) != 1)
		return ossl_why(why, "certificate");
	len = BIO_get_mem_data(out, &text);
	return buf_add(b, text, (size_t)len, why);
}

int cert_der(struct buf *b, const X509 *cert, struct why *why)
{
	unsigned char *der = NULL;
	const int len = i2d_X509(cert, &der);
	int rc;

	if (len < 0)
		return ossl_why(why, "certificate");
	rc = buf_add(b, der, (size_t)len, why);
	OPENSSL_free(der);
	return rc;
}

int cert_sha256(uint8_t md[static 32], const X509 *cert, struct why *why)
{
	unsigned len = 32;

	return X509_digest(cert, EVP_sha256(), md, &len) == 1 ? 0 : ossl_why(why, "certificate");
}

unsigned cert_roles(const X509 *cert)
{
	EXTENDED_KEY_USAGE *usage = X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
	unsigned roles = 0;

	for (int i = 0; usage && i < sk_ASN1_OBJECT_num(usage); i++) {
		char oid[80];

		OBJ_obj2txt(oid, sizeof(oid), sk_ASN1_OBJECT_value(usage, i), 1);
		for (size_t j = 0; j < sizeof(role_oids) / sizeof(*role_oids); j++)
			if (strcmp(oid, role_oids[j].oid) == 0)
				roles |= role_oids[j].role;
	}
	EXTENDED_KEY_USAGE_free(usage);
	return roles;
}

const char *cert_role_oid(enum cert_role role)
{
	size_t i = 0;

	while (role_oids[i].role != role)
		i++;
	return role_oids[i].oid;
}

static int check_times(const X509 *cert, int64_t at, struct why *why)
{
	time_t t = (time_t)at;

	if (X509_cmp_time(X509_get0_notBefore(cert), &t) != -1) /* 0: it is no time */
		return why_refuse(why, "not-yet-valid",
				  "the certificate is not valid yet (RFC 5280 6.1.3)");
	if (X509_cmp_time(X509_get0_notAfter(cert), &t) != 1)
		return why_refuse(why, "expired", "the certificate has expired (RFC 5280 6.1.3)");
	return 0;
}

static bool is_pinned(X509 *cert, const X509_STACK *trust)
{
	for (int i = 0; i < sk_X509_num(trust); i++)
		if (X509_cmp(cert, sk_X509_value(trust, i)) == 0)
			return true;
	return false;
}

/* A hash older than SHA-256 anywhere in the path, or a key that is none of ours. */
static bool is_weak(const X509 *cert)
{
	int md = NID_undef;

	X509_get_signature_info((X509 *)cert, &md, NULL, NULL, NULL);
	return (md != NID_sha256 && md != NID_sha384 && md != NID_sha512) ||
	       !key_alg(X509_get0_pubkey(cert));
}

static int check_path(X509 *cert, const struct cert_policy *policy, struct why *why)
{
	AUTO(X509_STORE) *store = X509_STORE_new();
	AUTO(X509_STORE_CTX) *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;
	int rc, error;

	for (int i = 0; store && i < sk_X509_num(policy->trust); i++)
		if (X509_check_ca(sk_X509_value(policy->trust, i)) == 1 &&
		    X509_STORE_add_cert(store, sk_X509_value(policy->trust, i)) != 1)
			return ossl_why(why, "chain");
	if (!store || !ctx || X509_STORE_CTX_init(ctx, store, cert, policy->chain) != 1)
		return ossl_why(why, "chain");
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_time(param, (time_t)policy->at);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
	X509_VERIFY_PARAM_set_depth(param, 4);
	rc = X509_verify_cert(ctx);
	error = X509_STORE_CTX_get_error(ctx);
	ossl_why(NULL, "chain");
	if (rc == 1) {
		X509_STACK *path = X509_STORE_CTX_get0_chain(ctx);

		for (int i = 0; i < sk_X509_num(path); i++)
			if (is_weak(sk_X509_value(path, i)))
				return why_refuse(
					why, "untrusted-chain",
					"a hash or key in the chain is too weak (RFC 5280 6.1)");
		return 0;
	}
	if (error == X509_V_ERR_CERT_HAS_EXPIRED)
		return why_refuse(why, "expired",
				  "a certificate of the chain has expired (RFC 5280 6.1.3)");
	if (error == X509_V_ERR_CERT_NOT_YET_VALID)
		return why_refuse(why, "not-yet-valid",
				  "a certificate of the chain is not valid yet (RFC 5280 6.1.3)");
	return why_refuse(why, "untrusted-chain",
			  "the certificate does not lead to a trusted one: %s (RFC 5280 6.1)",
			  X509_verify_cert_error_string(error));
}

int cert_has_role(const X509 *cert, unsigned roles, struct why *why)
{
	return cert_roles(cert) & roles
		       ? 0
		       : why_refuse(
				 why, "wrong-usage",
				 "the certificate has not the role for this (RFC 5280 4.2.1.12)");
}

static int check_name(const X509 *cert, const struct cert_policy *policy, struct why *why)
{
	char name[TRE_ID_TEXT];

	if (cert_name(name, cert, why))
		return -1;
	if (policy->name && strcmp(name, policy->name) != 0)
		return why_refuse(why, policy->name_reason ? policy->name_reason : "wrong-name",
				  "the certificate is %s's, and %s is expected (RFC 5280 4.1.2.6)",
				  name, policy->name);
	return 0;
}

int cert_check(X509 *cert, const struct cert_policy *policy, struct why *why)
{
	const bool pinned = is_pinned(cert, policy->trust);

	if (pinned && is_weak(cert))
		return why_refuse(why, "untrusted-chain",
				  "the certificate's hash or key is too weak (RFC 5280 6.1)");
	/* RFC 5280 4.2; in a path OpenSSL looks itself */
	if (pinned && (X509_get_extension_flags(cert) & EXFLAG_CRITICAL))
		return why_refuse(why, "untrusted-chain",
				  "the certificate has a critical extension that is not known (RFC "
				  "5280 4.2)");
	if (!pinned && check_path(cert, policy, why))
		return -1;
	if (check_times(cert, policy->at, why))
		return -1;
	if (!(X509_get_extension_flags(cert) & EXFLAG_KUSAGE) ||
	    !(X509_get_key_usage(cert) &
	      (policy->for_encryption ? KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT
				      : KU_DIGITAL_SIGNATURE)))
		return why_refuse(why, "wrong-usage",
				  "the certificate is not one for %s (RFC 5280 4.2.1.3)",
				  policy->for_encryption ? "encryption" : "signatures");
	if (policy->roles && cert_has_role(cert, policy->roles, why))
		return -1;
	return check_name(cert, policy, why);
}

int cert_ocsp_url(struct buf *b, X509 *cert, struct why *why)
{
	STACK_OF(OPENSSL_STRING) *urls = X509_get1_ocsp(cert);
	int rc = 0;

	if (urls && sk_OPENSSL_STRING_num(urls) > 0) {
		const char *url = sk_OPENSSL_STRING_value(urls, 0);

		rc = buf_add(b, url, strlen(url), why);
	}
	X509_email_free(urls);
	return rc;
}
