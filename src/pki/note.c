/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/note.h"

#include "base/hex.h"
#include "base/rng.h"

#include <stdio.h>
#include <string.h>

#define JTI_LEN 16

/* The TRE's words carry its own role, all others an operator's, results a PVA's. */
static const struct {
	const char *type;
	unsigned roles;
} types[] = {
	{"registration", CERT_DRF | CERT_MCIM},
	{"session", CERT_DRF | CERT_DPF},
	{"validation-request", CERT_DPF | CERT_MCIM},
	{"authorization", CERT_MCIM},
	{"status", CERT_TRE | CERT_DPF},
	{"discard", CERT_TRE},
	{"ack", CERT_MCIM | CERT_DRF},
	{"consent-request", CERT_TRE},
	{"consent", CERT_MCIM | CERT_DRF},
	{"completion", CERT_MCIM | CERT_DRF},
	{"subscribing", CERT_MCIM},
	{"reprovision", CERT_MCIM | CERT_DRF},
	{"command", CERT_MCIM},
	{"activate", CERT_DRF | CERT_MCIM},
	{"release", CERT_DRF | CERT_MCIM},
	{"handover", CERT_MCIM},
	{"deletion", CERT_MCIM},
	{"result", CERT_ATTESTATION},
	{"renewal", CERT_TRE},
	{"tamper", CERT_TRE},
	{"certificate-request", CERT_TRE},
	{"firmware", CERT_MAKER},
	{"policy", CERT_MAKER},
	{"access", CERT_DRF | CERT_DPF},
};

unsigned note_roles(const char *type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(types[i].type, type) == 0)
			return types[i].roles;
	return 0;
}

static int put_claims(json_t *o, const struct note_spec *spec, X509 *cert, struct why *why)
{
	char iss[TRE_ID_TEXT];
	uint8_t jti[JTI_LEN], about[32];

	if (cert_name(iss, cert, why) || rng_bytes(jti, sizeof(jti), why) ||
	    json_put_text(o, "iss", iss, why) || json_put_text(o, "aud", spec->to, why) ||
	    json_put_hex(o, "jti", jti, sizeof(jti), why) ||
	    json_put_number(o, "iat", (uint64_t)spec->at, why) ||
	    json_put_number(
		    o, "exp",
		    (uint64_t)(spec->at + (spec->lifetime ? spec->lifetime : NOTE_LIFETIME)), why))
		return -1;
	if (!spec->about)
		return 0;
	return ossl_sha256(about, spec->about, spec->about_len, why) ||
			       json_put_hex(o, "about", about, sizeof(about), why)
		       ? -1
		       : 0;
}

int note_make(struct buf *b, const struct note_spec *spec, EVP_PKEY *key, X509 *cert,
	      struct why *why)
{
	AUTO(json_t) *o = json_object();
	char typ[64];
	const char *field;
	json_t *value;

	if (put_claims(o, spec, cert, why))
		return -1;
	json_object_foreach ((json_t *)spec->fields, field, value) {
		static const char *const own[] = {"iss", "aud",   "jti", "iat",
						  "exp", "about", "nbf", "sub"};

		for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
			if (strcmp(field, own[i]) == 0)
				return why_input(why, "%s: this field is the note's own", field);
		if (json_object_set(o, field, value))
			return why_sys(why, "out of memory");
	}
	snprintf(typ, sizeof(typ), "m2m-%s", spec->type);
	return jws_make(b, typ, o, key, cert, why);
}

static int check_times(const json_t *o, int64_t at, struct why *why)
{
	uint64_t iat, nbf = 0, exp;

	if (jws_number(&iat, o, "iat", why) ||
	    (json_object_get(o, "nbf") && jws_number(&nbf, o, "nbf", why)) ||
	    jws_number(&exp, o, "exp", why))
		return -1;
	if ((int64_t)iat > at + NOTE_SKEW || (int64_t)nbf > at + NOTE_SKEW)
		return why_refuse(why, "not-yet-valid",
				  "the note is of a time to come (RFC 7519 4.1.5, 4.1.6)");
	if ((int64_t)exp <= at)
		return why_refuse(why, "note-expired", "the note has expired (RFC 7519 4.1.4)");
	return 0;
}

int note_about(const json_t *o, const uint8_t *about, size_t len, struct why *why)
{
	uint8_t want[32], got[32];

	if (!json_object_get(o, "about"))
		return why_refuse(why, "wrong-subject",
				  "the note does not say what it is about (m2m-files 5)");
	if (json_hex(got, sizeof(got), o, "about", why) || ossl_sha256(want, about, len, why))
		return -1;
	if (CRYPTO_memcmp(want, got, sizeof(want)) != 0)
		return why_refuse(why, "wrong-subject",
				  "the note is about another message (m2m-files 5)");
	return 0;
}

static int check_claims(const json_t *o, const struct note_check *check, X509 *cert,
			struct why *why)
{
	char name[TRE_ID_TEXT];
	uint8_t jti[JTI_LEN];
	const char *iss = json_text(o, "iss", why);
	const char *aud = iss ? json_text(o, "aud", why) : NULL;

	if (!aud || cert_name(name, cert, why) || json_hex(jti, sizeof(jti), o, "jti", why))
		return -1;
	if (strcmp(iss, name) != 0)
		return why_refuse(
			why, "wrong-name",
			"the note says that it is %.64s's, and %s signed it (RFC 7519 4.1.1)", iss,
			name);
	if (check->to && strcmp(aud, check->to) != 0)
		return why_refuse(why, "wrong-recipient",
				  "the note is for %.64s, and not for %s (RFC 7519 4.1.3)", aud,
				  check->to);
	return check_times(o, check->policy->at, why) ||
			       (check->about && note_about(o, check->about, check->about_len, why))
		       ? -1
		       : 0;
}

json_t *note_open(const char *text, size_t len, const struct note_check *check, X509 **signer,
		  struct why *why)
{
	JWS(j);
	struct cert_policy policy = *check->policy;
	char typ[64];

	if (!policy.roles)
		policy.roles = note_roles(check->type);
	snprintf(typ, sizeof(typ), "m2m-%s", check->type);
	if (jws_open(&j, typ, text, len, why) || cert_check(j.cert, &policy, why) ||
	    check_claims(j.payload, check, j.cert, why))
		return NULL;
	if (signer)
		*signer = STEAL(j.cert);
	return STEAL(j.payload);
}
