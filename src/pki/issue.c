/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/issue.h"

#include "base/rng.h"
#include "pki/cert.h"
#include "pki/key.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define SERIAL_LEN 16
#define URL_CHARS                                                                         \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?[]@!$&'()*" \
	"+=%"

static const struct {
	const char *name;
	enum cert_role role;
} roles_by_name[] = {
	{"drf", CERT_DRF},     {"dpf", CERT_DPF},
	{"mcim", CERT_MCIM},   {"attestation", CERT_ATTESTATION},
	{"maker", CERT_MAKER},
};
#define ROLES (sizeof(roles_by_name) / sizeof(*roles_by_name))

int issue_roles(unsigned *roles, const char *list, struct why *why)
{
	*roles = 0;
	for (const char *p = list;; p++) {
		const size_t len = strcspn(p, ",");
		size_t i = 0;

		while (i < ROLES && (strlen(roles_by_name[i].name) != len ||
				     strncmp(p, roles_by_name[i].name, len) != 0))
			i++;
		if (i == ROLES)
			return why_usage(
				why,
				"--role: want drf, dpf, mcim, attestation or maker, got '%.*s'",
				(int)(len < 40 ? len : 40), p);
		*roles |= roles_by_name[i].role;
		p += len;
		if (!*p)
			return 0;
	}
}

static int check_spec(const struct issue *spec, struct why *why)
{
	const size_t len = strlen(spec->name);

	if (spec->kind != ISSUE_CA && tre_id_check(spec->name, "name", NULL) &&
	    party_check(spec->name, "name", why))
		return -1;
	for (size_t i = 0; i < len; i++)
		if (spec->name[i] < ' ' || spec->name[i] > '~')
			return why_usage(why, "--name: want printable ASCII");
	if (len == 0 || len >= TRE_ID_TEXT)
		return why_usage(why, "--name: want 1 to 64 characters, got %zu", len);
	if (spec->ocsp_url && (strncmp(spec->ocsp_url, "http://", 7) != 0 ||
			       spec->ocsp_url[strspn(spec->ocsp_url, URL_CHARS)]))
		return why_usage(why, "--ocsp-url: want an address such as http://host:port/");
	return 0;
}

static int add_ext(X509 *cert, X509 *issuer, int nid, const char *value, struct why *why)
{
	X509V3_CTX ctx;
	AUTO(X509_EXTENSION) *ext = NULL;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	X509V3_set_ctx_nodb(&ctx);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	if (!ext || X509_add_ext(cert, ext, -1) != 1)
		return ossl_why(why, "certificate");
	return 0;
}

/* RFC 5280 4.2.1.3, RFC 8813: what an RSA key and what an EC key does with an envelope. */
static const char *key_usage(enum issue_kind kind, EVP_PKEY *key)
{
	const bool rsa = EVP_PKEY_is_a(key, "RSA");

	switch (kind) {
	case ISSUE_CA: return "critical,digitalSignature,keyCertSign,cRLSign";
	case ISSUE_SIGN: return "critical,digitalSignature";
	case ISSUE_ENCRYPT: return rsa ? "critical,keyEncipherment" : "critical,keyAgreement";
	default: break;
	}
	return rsa ? "critical,digitalSignature,keyEncipherment"
		   : "critical,digitalSignature,keyAgreement";
}

static int add_roles(X509 *cert, X509 *issuer, unsigned roles, struct why *why)
{
	char list[6 * 64] = "";
	size_t n = 0;

	for (unsigned role = CERT_TRE; role <= CERT_MAKER; role <<= 1)
		if (roles & role)
			n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s", n ? "," : "",
					      cert_role_oid(role));
	return n ? add_ext(cert, issuer, NID_ext_key_usage, list, why) : 0;
}

static int add_exts(X509 *cert, const struct issue *spec, EVP_PKEY *key, struct why *why)
{
	X509 *issuer = spec->ca_cert ? spec->ca_cert : cert;
	char ocsp[512];

	if (add_ext(cert, issuer, NID_basic_constraints,
		    spec->kind == ISSUE_CA ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE",
		    why) ||
	    add_ext(cert, issuer, NID_key_usage, key_usage(spec->kind, key), why) ||
	    add_ext(cert, issuer, NID_subject_key_identifier, "hash", why) ||
	    add_ext(cert, issuer, NID_authority_key_identifier, "keyid:always", why) ||
	    add_roles(cert, issuer, spec->roles, why))
		return -1;
	if (!spec->ocsp_url)
		return 0;
	if (snprintf(ocsp, sizeof(ocsp), "OCSP;URI:%s", spec->ocsp_url) >= (int)sizeof(ocsp))
		return why_usage(why, "--ocsp-url: this is too long");
	return add_ext(cert, issuer, NID_info_access, ocsp, why);
}

static int set_serial(X509 *cert, struct why *why)
{
	uint8_t serial[SERIAL_LEN];
	AUTO(BIGNUM) *n = NULL;

	if (rng_bytes(serial, sizeof(serial), why))
		return -1;
	n = BN_bin2bn(serial, sizeof(serial), NULL);
	if (!n || !BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)))
		return ossl_why(why, "serial number");
	return 0;
}

static int set_times(X509 *cert, const struct issue *spec, struct why *why)
{
	time_t from = (time_t)spec->not_before;

	if (!X509_time_adj_ex(X509_getm_notBefore(cert), 0, 0, &from) ||
	    !X509_time_adj_ex(X509_getm_notAfter(cert), (int)spec->days, 0, &from))
		return ossl_why(why, "time of validity");
	return 0;
}

static int fill(X509 *cert, const struct issue *spec, EVP_PKEY *key, struct why *why)
{
	X509_NAME *subject = X509_get_subject_name(cert);

	if (X509_set_version(cert, X509_VERSION_3) != 1 ||
	    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
				       (const unsigned char *)spec->name, -1, -1, 0) != 1 ||
	    X509_set_issuer_name(cert, spec->ca_cert ? X509_get_subject_name(spec->ca_cert)
						     : subject) != 1 ||
	    X509_set_pubkey(cert, key) != 1)
		return ossl_why(why, "certificate");
	return set_serial(cert, why) || set_times(cert, spec, why) || add_exts(cert, spec, key, why)
		       ? -1
		       : 0;
}

X509 *issue_cert(const struct issue *spec, EVP_PKEY *key, struct why *why)
{
	AUTO(X509) *cert = X509_new();
	AUTO(EVP_MD_CTX) *signer = NULL;

	if (check_spec(spec, why))
		return NULL;
	if (!cert || !key_alg(spec->ca_key)) {
		why_input(why, "this kind of key signs nothing here");
		return NULL;
	}
	if (fill(cert, spec, key, why))
		return NULL;
	signer = key_signer(spec->ca_key, why);
	if (!signer)
		return NULL;
	if (X509_sign_ctx(cert, signer) <= 0) {
		ossl_why(why, "certificate");
		return NULL;
	}
	return STEAL(cert);
}

int issue_load_ca(EVP_PKEY **key, X509 **cert, const char *key_uri, const char *cert_path,
		  struct why *why)
{
	*cert = cert_load(cert_path, why);
	*key = *cert ? key_load(key_uri, why) : NULL;
	if (!*key)
		return -1;
	if (key_matches(*key, *cert, why))
		return why_in(why, "%s", key_uri);
	if (X509_check_ca(*cert) != 1 || !(X509_get_key_usage(*cert) & KU_KEY_CERT_SIGN))
		return why_refuse(why, "bad-certificate",
				  "%s: this is no CA's certificate (RFC 5280 4.2.1.9)", cert_path);
	return 0;
}
