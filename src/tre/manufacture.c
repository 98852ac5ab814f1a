/* SPDX-License-Identifier: Apache-2.0 */
/* The TRE before it is sold: TR 33.812 B.2.2.1. */
#include "base/hex.h"
#include "base/lines.h"
#include "pcid/plmn.h"
#include "pki/csr.h"
#include "pki/key.h"
#include "tre/acts.h"
#include "tre/state.h"

#include <string.h>

static int put_pin(struct tre *t, const char *pin, struct why *why)
{
	json_t *o = json_object();

	return json_put(t->s, "pin", o, why) || tre_pin_set(o, pin, why) ? -1 : 0;
}

int tre_init(const char *state, const char *device, const char *tre_id, const char *pin_file,
	     const char *policy_file, struct why *why)
{
	AUTO(TRE) *t = NULL;
	AUTO(json_t) *policy = NULL;
	BUF(pin);

	if (tre_id_check(tre_id, "--tre-id", why) ||
	    (pin_file && tre_pin_read(&pin, pin_file, why)) ||
	    !(policy = tre_policy_read(policy_file, why)))
		return -1;
	t = tre_create(state, device, why);
	if (!t || json_put_text(t->s, "tre_id", tre_id, why) ||
	    json_put(t->s, "policy", STEAL(policy), why) ||
	    (pin_file && put_pin(t, buf_text(&pin), why)) ||
	    json_put(t->s, "mcims", json_array(), why) ||
	    json_put(t->s, "anchors", json_array(), why) ||
	    json_put(t->s, "seen", json_array(), why) || tre_note(t, "init", NULL, why))
		return -1;
	return tre_save(t, why);
}

/* Whoever did not get the request asks again: for the key that is inside, which stays. */
static int request_again(const struct tre *t, const char *alg, struct buf *csr, struct why *why)
{
	AUTO(EVP_PKEY) *key = key_stored(tre_text(t->s, "prk"), why);

	if (!key || key_alg_check(alg, why))
		return -1;
	if (alg && strcmp(alg, key_alg(key)) != 0)
		return why_refuse(why, "file-exists",
				  "the TRE has a key, of %s: a private key is not overwritten "
				  "without --force (TR 33.812 B.2.2.1)",
				  key_alg(key));
	return csr_make(csr, key, tre_own_id(t), why);
}

int tre_keygen(struct tre *t, const char *alg, bool force, struct buf *csr, struct why *why)
{
	AUTO(EVP_PKEY) *key = NULL;
	BUF(pem);

	if (*tre_text(t->s, "cert_pem"))
		return why_refuse(why, "wrong-state",
				  "the TRE is personalized already (TR 33.812 B.2.2.1)");
	if (*tre_text(t->s, "prk") && !force)
		return request_again(t, alg, csr, why);
	key = key_generate(alg, why);
	if (!key || key_pem(&pem, key, why) || json_put_text(t->s, "prk", buf_text(&pem), why) ||
	    csr_make(csr, key, tre_own_id(t), why) || tre_note(t, "keygen", NULL, why))
		return -1;
	return tre_save(t, why);
}

/* A certificate that is this TRE's, for the key that is meant. */
static int put_cert(struct tre *t, const char *file, const char *key_field, const char *cert_field,
		    struct why *why)
{
	AUTO(X509) *cert = cert_load(file, why);
	AUTO(EVP_PKEY) *key = NULL;
	const char *pem = tre_text(t->s, key_field);
	char name[TRE_ID_TEXT];
	BUF(text);

	if (!cert || cert_name(name, cert, why))
		return -1;
	if (!*pem)
		return why_refuse(why, "wrong-state", "the TRE has no key yet (TR 33.812 B.2.2.1)");
	key = key_stored(pem, why);
	if (!key || key_matches(key, cert, why))
		return -1;
	if (strcmp(name, tre_own_id(t)) != 0)
		return why_refuse(why, "wrong-tre", "the certificate is %s's (TR 33.812 B.2.2.1)",
				  name);
	if (!(cert_roles(cert) & CERT_TRE))
		return why_refuse(why, "wrong-usage",
				  "the certificate has not the role of a TRE (m2m-files(5))");
	return cert_pem(&text, cert, why) || json_put_text(t->s, cert_field, buf_text(&text), why)
		       ? -1
		       : 0;
}

/* A key in a token stays there: the state has its URI. */
static int put_key(struct tre *t, const char *file, const char *field, struct why *why)
{
	AUTO(EVP_PKEY) *key = key_load(file, why);
	BUF(pem);

	if (!key)
		return -1;
	if (key_is_token(file))
		return json_put_text(t->s, field, file, why);
	return key_pem(&pem, key, why) || json_put_text(t->s, field, buf_text(&pem), why) ? -1 : 0;
}

/* The PCID's credential; its window starts at 0. */
static int put_access(struct tre *t, const char *file, struct why *why)
{
	AUTO(json_t) *o = json_load(file, why);

	if (!o)
		return -1;
	if (tre_access_set(t, o, why) == 0)
		return 0;
	return why->status == TOOL_NO ? -1 : why_in(why, "%s", file);
}

static int put_operator(struct tre *t, const char *file, char sho[TRE_ID_TEXT], struct why *why)
{
	AUTO(X509) *cert = cert_load(file, why);
	BUF(pem);

	if (!cert || cert_name(sho, cert, why))
		return -1;
	if (!(cert_roles(cert) & CERT_DRF))
		return why_refuse(why, "wrong-usage",
				  "%s may not send a bootstrap: its certificate has not the role "
				  "(TR 33.812 B.2.2.1)",
				  sho);
	if (cert_pem(&pem, cert, why) || json_put_text(t->s, "factory_sho", sho, why) ||
	    json_put_text(t->s, "factory_cert_pem", buf_text(&pem), why))
		return -1;
	return tre_anchor_add(t, cert, sho, "current", true, false, why);
}

struct knetver_key {
	uint8_t octets[32];
	char text[65];
};
DEFINE_WIPE(knetver_key)

static int put_knetver(struct tre *t, const char *file, struct why *why)
{
	json_t *list = json_array();
	SECRET(knetver_key) key;
	LINES(keys);

	if (json_put(t->s, "knetver", list, why) || lines_load(&keys, file, why))
		return -1;
	for (const char *line; (line = lines_next(&keys));) {
		if (hex_decode(key.octets, 32, line, "knetver", why))
			return why_in(why, "%s:%zu", file, keys.line);
		hex_encode(key.text, key.octets, 32);
		if (json_array_append_new(list, json_string(key.text)))
			return why_sys(why, "out of memory");
	}
	if (json_array_size(list) == 0 || json_array_size(list) > 16)
		return why_input(why, "%s: want 1 to 16 keys, a line each", file);
	return 0;
}

static int put_note(struct tre *t, const char *sho, struct buf *out, struct why *why)
{
	AUTO(json_t) *o = json_object();
	const char *enc = tre_text(t->s, "enc_cert_pem");
	json_t *knetver = json_object_get(t->s, "knetver");

	return json_put_text(o, "tre_id", tre_own_id(t), why) ||
			       json_put_text(o, "cert_pem", tre_text(t->s, "cert_pem"), why) ||
			       (*enc && json_put_text(o, "enc_cert_pem", enc, why)) ||
			       (*sho && json_put_text(o, "sho", sho, why)) ||
			       json_put_text(o, "pcid",
					     tre_text(json_object_get(t->s, "access"), "imsi"),
					     why) ||
			       (knetver && json_put(o, "knetver", json_incref(knetver), why)) ||
			       json_append_line(out, o, why)
		       ? -1
		       : 0;
}

int tre_personalize(struct tre *t, const struct tre_personal *p, struct buf *delivery_note,
		    struct why *why)
{
	char sho[TRE_ID_TEXT] = "";

	if (*tre_text(t->s, "cert_pem"))
		return why_refuse(why, "wrong-state",
				  "the TRE is personalized already (TR 33.812 B.2.2.1)");
	if ((p->key && put_key(t, p->key, "prk", why)) ||
	    (p->enc_key && put_key(t, p->enc_key, "enc_prk", why)) ||
	    put_cert(t, p->cert, "prk", "cert_pem", why) ||
	    (p->enc_cert && put_cert(t, p->enc_cert, "enc_prk", "enc_cert_pem", why)) ||
	    (p->credential && put_access(t, p->credential, why)) ||
	    (p->operator_cert && put_operator(t, p->operator_cert, sho, why)) ||
	    (p->knetver && put_knetver(t, p->knetver, why)) ||
	    put_note(t, sho, delivery_note, why) || tre_note(t, "personalize", NULL, why))
		return -1;
	return tre_save(t, why);
}

/* The TRE has no anchor of the PVA: what it can see is that the issuer has not changed. */
static int renews(const X509 *next, const X509 *now, struct why *why)
{
	const ASN1_OCTET_STRING *a = X509_get0_authority_key_id((X509 *)(uintptr_t)now);
	const ASN1_OCTET_STRING *b = X509_get0_authority_key_id((X509 *)(uintptr_t)next);

	if (X509_NAME_cmp(X509_get_issuer_name(now), X509_get_issuer_name(next)) || !a != !b ||
	    (a && ASN1_OCTET_STRING_cmp(a, b)))
		return why_refuse(why, "untrusted-chain",
				  "another issuer than Cert_TRE's (TR 33.812 5.1.3.5.8)");
	if (ASN1_TIME_compare(X509_get0_notBefore(next), X509_get0_notBefore(now)) < 0 ||
	    ASN1_TIME_compare(X509_get0_notAfter(next), X509_get0_notAfter(now)) < 0)
		return why_refuse(why, "wrong-state",
				  "it is older than the Cert_TRE that is there (TR 33.812 "
				  "5.1.3.5.8)");
	return 0;
}

int tre_certify(struct tre *t, const char *file, const struct tre_who *who, struct why *why)
{
	AUTO(X509) *now = NULL;
	AUTO(X509) *next = NULL;

	if (!*tre_text(t->s, "cert_pem"))
		return why_refuse(why, "wrong-state",
				  "the TRE is not personalized yet (TR 33.812 B.2.2.1)");
	if (tre_user_check(t, who, "certify", why))
		return -1;
	now = tre_cert(t, why);
	if (!now || put_cert(t, file, "prk", "cert_pem", why))
		return -1;
	next = tre_cert(t, why);
	if (!next || renews(next, now, why) || tre_note(t, "certify", NULL, why))
		return -1;
	return tre_save(t, why);
}
