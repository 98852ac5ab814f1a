/* SPDX-License-Identifier: Apache-2.0 */
#include "dm/m2meobj.h"

#include "dm/signed.h"
#include "dm/syncml.h"

#include <openssl/core_names.h>
#include <string.h>

#define X "M2ME/"
#define SIGNATURE X "TRE/XMLsignatureID"
#define APP_ID "m2m-3gpp-mcim"

void m2meobj_free(struct m2meobj *o)
{
	json_decref(o->tre_info);
	*o = (struct m2meobj){0};
}

int m2meobj_prove(struct m2meobj *o, const char *password, const char *tre_id, struct why *why)
{
	AUTO(EVP_MAC) *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	AUTO(EVP_MAC_CTX) *ctx = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
	char sha256[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha256, 0),
		OSSL_PARAM_construct_end()};
	size_t len = 0;

	if (!ctx ||
	    EVP_MAC_init(ctx, (const unsigned char *)password, strlen(password), params) != 1 ||
	    EVP_MAC_update(ctx, o->nonce_a, NONCE_LEN) != 1 ||
	    EVP_MAC_update(ctx, o->nonce_b, NONCE_LEN) != 1 ||
	    EVP_MAC_update(ctx, (const unsigned char *)tre_id, strlen(tre_id)) != 1 ||
	    EVP_MAC_final(ctx, o->proof, &len, sizeof(o->proof)) != 1)
		return ossl_why(why, "HMAC");
	return 0;
}

int m2meobj_make(struct buf *out, const struct m2meobj *o, EVP_PKEY *key, X509 *cert,
		 struct why *why)
{
	AUTO(xmlDoc) *doc = tnds_new(why);
	BUF(info);

	if (!doc || json_append(&info, o->tre_info, why) ||
	    tnds_add(doc, X "AppID", "chr", APP_ID, NULL, why) ||
	    tnds_add(doc, X "Name", "chr", "M2MEobj", NULL, why) ||
	    tnds_add(doc, X "TRE/TREinfo", "chr", buf_text(&info), NULL, why) ||
	    tnds_add_b64(doc, X "TRE/NonceA", o->nonce_a, NONCE_LEN, why) ||
	    tnds_add_b64(doc, X "TRE/NonceB", o->nonce_b, NONCE_LEN, why) ||
	    tnds_add(doc, X "Ext/Client/Username", "chr", o->username, NULL, why) ||
	    tnds_add_b64(doc, X "Ext/Client/Proof", o->proof, sizeof(o->proof), why))
		return -1;
	return signed_close(out, doc, SIGNATURE, key, cert, why);
}

static int expect(struct tnds *t, const char *path, const char *want, struct why *why)
{
	char text[64];

	if (tnds_text(t, path, text, sizeof(text), true, why))
		return -1;
	return strcmp(text, want) == 0 ? 0 : why_input(why, "%s: want %s", path, want);
}

static int read_object(struct m2meobj *o, struct tnds *t, struct why *why)
{
	char info[16384];

	if (expect(t, X "AppID", APP_ID, why) || expect(t, X "Name", "M2MEobj", why) ||
	    tnds_text(t, X "TRE/TREinfo", info, sizeof(info), true, why) ||
	    tnds_octets(t, X "TRE/NonceA", o->nonce_a, NONCE_LEN, why) ||
	    tnds_octets(t, X "TRE/NonceB", o->nonce_b, NONCE_LEN, why) ||
	    tnds_text(t, X "Ext/Client/Username", o->username, sizeof(o->username), true, why) ||
	    tnds_octets(t, X "Ext/Client/Proof", o->proof, sizeof(o->proof), why) ||
	    tnds_done(t, why))
		return -1;
	o->tre_info = json_parse(info, strlen(info), "TREinfo", why);
	return o->tre_info ? 0 : -1;
}

int m2meobj_open(struct m2meobj *o, X509 **signer, uint8_t evidence_sha256[static 32],
		 const void *bytes, size_t len, struct why *why)
{
	AUTO(xmlDoc) *doc = NULL;
	AUTO(X509) *cert = NULL;
	struct tnds t;
	BUF(inner);

	if (syncml_is_package(bytes, len)) {
		if (syncml_unpack(&inner, NULL, bytes, len, why))
			return -1;
		bytes = buf_text(&inner);
		len = inner.len;
	}
	if (ossl_sha256(evidence_sha256, bytes, len, why))
		return -1;
	doc = signed_open(&t, SIGNATURE, bytes, len, NULL, &cert, why);
	if (!doc || read_object(o, &t, why))
		return -1;
	*signer = STEAL(cert);
	return 0;
}
