/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/jws.h"

#include "base/hex.h"
#include "pki/cert.h"
#include "pki/key.h"

#include <string.h>

void jws_free(struct jws *j)
{
	json_decref(j->payload);
	X509_free(j->cert);
	*j = (struct jws){0};
}

/* RFC 7518 3.1: the key decides, and never the header (RFC 8725 3.1). */
static const char *alg_of(const EVP_PKEY *key)
{
	const char *alg = key_alg(key);

	if (!alg)
		return NULL;
	return strcmp(alg, "ec-p256") == 0   ? "ES256"
	       : strcmp(alg, "ec-p384") == 0 ? "ES384"
					     : "RS256";
}

static int append_part(struct buf *b, const json_t *o, struct why *why)
{
	BUF(text);

	return json_append(&text, o, why) || b64_append(b, true, text.bytes, text.len, why) ? -1
											    : 0;
}

static json_t *header(const char *typ, EVP_PKEY *key, X509 *cert, struct why *why)
{
	AUTO(json_t) *h = json_object();
	AUTO(json_t) *chain = json_array();
	const char *alg = alg_of(key);
	BUF(der);
	BUF(text);

	if (!alg) {
		why_input(why, "this kind of key signs nothing here");
		return NULL;
	}
	if (cert_der(&der, cert, why) || b64_append(&text, false, der.bytes, der.len, why) ||
	    json_put_text(h, "alg", alg, why) || json_put_text(h, "typ", typ, why) ||
	    json_array_append_new(chain, json_string(buf_text(&text))) ||
	    json_put(h, "x5c", STEAL(chain), why))
		return NULL;
	return STEAL(h);
}

int jws_make(struct buf *b, const char *typ, const json_t *payload, EVP_PKEY *key, X509 *cert,
	     struct why *why)
{
	AUTO(json_t) *h = header(typ, key, cert, why);
	BUF(text);
	BUF(sig);

	if (!h || append_part(&text, h, why) || buf_add(&text, ".", 1, why) ||
	    append_part(&text, payload, why) || key_sign(&sig, key, text.bytes, text.len, why) ||
	    buf_add(&text, ".", 1, why) || b64_append(&text, true, sig.bytes, sig.len, why))
		return -1;
	return buf_add(b, text.bytes, text.len, why);
}

static json_t *part(const char *text, size_t len, const char *what, struct why *why)
{
	BUF(json);

	if (b64_decode(&json, true, false, text, len, what, why))
		return NULL;
	return json_parse(buf_text(&json), json.len, what, why);
}

/* The one certificate of x5c. */
static X509 *signer(const json_t *h, struct why *why)
{
	const json_t *chain = json_object_get(h, "x5c");
	const char *text = json_string_value(json_array_get(chain, 0));
	BUF(der);

	if (json_array_size(chain) != 1 || !text) {
		why_input(why, "JWS header: want one certificate in x5c");
		return NULL;
	}
	if (b64_decode(&der, false, false, text, strlen(text), "x5c", why))
		return NULL;
	if (der.len == 0 || der.bytes[0] != 0x30) {
		why_input(why, "JWS header: want DER in x5c (RFC 7515 4.1.6)");
		return NULL;
	}
	return cert_parse_der(der.bytes, der.len, "x5c", why);
}

static int check_header(const json_t *h, const char *typ, const X509 *cert, struct why *why)
{
	static const char *const fields[] = {"alg", "typ", "x5c", NULL};
	const char *alg = json_text(h, "alg", why);
	const char *got = alg ? json_text(h, "typ", why) : NULL;
	const char *want = alg_of(X509_get0_pubkey(cert));

	if (!got || json_only(h, fields, why))
		return -1;
	if (!want || strcmp(alg, want) != 0)
		return why_input(why, "JWS header: alg is not that of the key");
	if (strcmp(got, typ) != 0)
		return why_refuse(why, "wrong-type",
				  "want a note of type %s, got '%.40s' (RFC 8725 3.11)", typ, got);
	return 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

int jws_open(struct jws *j, const char *typ, const char *text, size_t len, struct why *why)
{
	AUTO(json_t) *h = NULL;
	const char *dot, *dot2;
	BUF(sig);

	for (; len && is_space(text[len - 1]); len--)
		;
	for (; len && is_space(*text); len--)
		text++;
	dot = memchr(text, '.', len);
	dot2 = dot ? memchr(dot + 1, '.', len - (size_t)(dot + 1 - text)) : NULL;
	if (!dot2 || len > JWS_MAX)
		return why_input(why, "want a JWS of three parts, of %zu characters at most",
				 JWS_MAX);
	h = part(text, (size_t)(dot - text), "JWS header", why);
	j->cert = h ? signer(h, why) : NULL;
	if (!j->cert || check_header(h, typ, j->cert, why) ||
	    b64_decode(&sig, true, false, dot2 + 1, len - (size_t)(dot2 + 1 - text),
		       "JWS signature", why) ||
	    key_verify(X509_get0_pubkey(j->cert), sig.bytes, sig.len, text, (size_t)(dot2 - text),
		       why))
		return -1;
	j->payload = part(dot + 1, (size_t)(dot2 - dot - 1), "JWS payload", why);
	return j->payload ? 0 : -1;
}

int jws_number(uint64_t *n, const json_t *payload, const char *claim, struct why *why)
{
	const json_t *v = json_object_get(payload, claim);

	if (!json_is_integer(v) || json_integer_value(v) < 0 ||
	    json_integer_value(v) > INT64_MAX / 2)
		return why_input(why, "%s: want a whole number, and no text (RFC 7519 2)", claim);
	*n = (uint64_t)json_integer_value(v);
	return 0;
}
