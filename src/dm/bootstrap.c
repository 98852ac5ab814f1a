/* SPDX-License-Identifier: Apache-2.0 */
#include "dm/bootstrap.h"

#include "base/hex.h"
#include "dm/cp.h"
#include "dm/napdef.h"
#include "dm/signed.h"

#include <stdio.h>
#include <string.h>

#define X "M2ME/Bootstrap/"
#define SIGNATURE X "XMLsignatureID"

void bootstrap_free(struct bootstrap *b)
{
	X509_free(b->server_cert);
	X509_free(b->sho_cert);
	buf_free(&b->credentials);
	json_decref(b->napdef);
	*b = (struct bootstrap){0};
}

int bootstrap_url_check(const char *url, const char *what, struct why *why)
{
	const size_t len = strlen(url);
	bool ok = len > 8 && len < BOOTSTRAP_URL &&
		  (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0);

	for (size_t i = 0; ok && i < len; i++)
		ok = url[i] > 0x20 && url[i] < 0x7f && url[i] != '"' && url[i] != '<' &&
		     url[i] != '>';
	return ok ? 0
		  : why_input(why,
			      "%s: want an https:// or http:// URL of less than %d characters, got "
			      "%s",
			      what, BOOTSTRAP_URL, WHY_GOT(url));
}

static int add_cert(xmlDoc *doc, const char *path, const X509 *cert, struct why *why)
{
	BUF(der);

	if (!cert)
		return 0;
	return cert_der(&der, cert, why) || tnds_add_b64(doc, path, der.bytes, der.len, why) ? -1
											     : 0;
}

static int add_text(xmlDoc *doc, const char *path, const char *text, struct why *why)
{
	return *text && tnds_add(doc, path, "chr", text, NULL, why) ? -1 : 0;
}

/* The DM account of the new server: OMA-TS-DM_StdObj 5.3.1 (DMAcc). */
static int add_account(xmlDoc *doc, const struct bootstrap *b, struct why *why)
{
	if (bootstrap_url_check(b->server_url, "server URL", why))
		return -1;
	if (!b->server_cert)
		return why_input(why, "a bootstrap carries Cert_SHO[i+1] (TR 33.812 B.2.3.3)");
	return tnds_add(doc, "DMAcc/AppID", "chr", "w7", NULL, why) ||
			       tnds_add(doc, "DMAcc/ServerID", "chr", b->sho, NULL, why) ||
			       tnds_add(doc, "DMAcc/AppAddr/1/Addr", "chr", b->server_url, NULL,
					why) ||
			       tnds_add(doc, "DMAcc/AppAddr/1/AddrType", "chr", "URI", NULL, why) ||
			       add_cert(doc, X "CertSHO", b->server_cert, why) ||
			       add_cert(doc, X "CertSHOMCIM", b->sho_cert, why) ||
			       (b->credentials.len &&
				tnds_add_b64(doc, X "Credentials", b->credentials.bytes,
					     b->credentials.len, why)) ||
			       add_text(doc, X "Context/MCIM", b->mcim_context, why) ||
			       add_text(doc, X "Context/M2M", b->m2m_context, why)
		       ? -1
		       : 0;
}

int bootstrap_make(struct buf *out, const struct bootstrap *b, EVP_PKEY *key, X509 *cert,
		   struct why *why)
{
	AUTO(xmlDoc) *doc = cert_has_role(cert, CERT_DRF, why) ? NULL : tnds_new(why);

	if (!doc || tnds_add(doc, X "TREid", "chr", b->tre_id, NULL, why) ||
	    (b->is_napdef_only ? tnds_add_b64(doc, X "Nonce", b->nonce, NONCE_LEN, why)
			       : add_account(doc, b, why)) ||
	    napdef_to_tree(doc, b->napdef, why))
		return -1;
	return signed_close(out, doc, SIGNATURE, key, cert, why);
}

static int take_cert(X509 **cert, struct tnds *t, const char *path, bool is_wanted, struct why *why)
{
	BUF(der);

	if (tnds_b64(t, path, &der, is_wanted, why))
		return -1;
	if (der.len == 0 && !is_wanted)
		return 0;
	*cert = cert_parse_der(buf_text(&der), der.len, path, why);
	return *cert ? 0 : -1;
}

/* Who signs the bootstrap is not who it names: the new operator's name is its certificate's. */
static int check_operator(const struct bootstrap *b, struct why *why)
{
	char name[TRE_ID_TEXT];

	if (cert_name(name, b->sho_cert ? b->sho_cert : b->server_cert, why))
		return -1;
	return strcmp(name, b->sho) == 0
		       ? 0
		       : why_refuse(why, "wrong-operator",
				    "the bootstrap says %.64s, and its certificate is %s's (TR "
				    "33.812 B.2.3.3)",
				    b->sho, name);
}

static int take_account(struct bootstrap *b, struct tnds *t, struct why *why)
{
	char app[8], type[8];

	if (tnds_text(t, "DMAcc/AppID", app, sizeof(app), true, why) ||
	    tnds_text(t, "DMAcc/ServerID", b->sho, sizeof(b->sho), true, why) ||
	    tnds_text(t, "DMAcc/AppAddr/1/Addr", b->server_url, sizeof(b->server_url), true, why) ||
	    tnds_text(t, "DMAcc/AppAddr/1/AddrType", type, sizeof(type), true, why) ||
	    take_cert(&b->server_cert, t, X "CertSHO", true, why) ||
	    take_cert(&b->sho_cert, t, X "CertSHOMCIM", false, why) ||
	    tnds_b64(t, X "Credentials", &b->credentials, false, why) ||
	    tnds_text(t, X "Context/MCIM", b->mcim_context, sizeof(b->mcim_context), false, why) ||
	    tnds_text(t, X "Context/M2M", b->m2m_context, sizeof(b->m2m_context), false, why))
		return -1;
	if (strcmp(app, "w7") != 0 || strcmp(type, "URI") != 0)
		return why_input(why, "DMAcc: want AppID w7 and an address of type URI");
	return bootstrap_url_check(b->server_url, "server URL", why) ||
			       party_check(b->sho, "ServerID", why) || check_operator(b, why)
		       ? -1
		       : 0;
}

static int take(struct bootstrap *b, struct tnds *t, struct why *why)
{
	if (tnds_text(t, X "TREid", b->tre_id, sizeof(b->tre_id), true, why) ||
	    tre_id_check(b->tre_id, "TREid", why))
		return -1;
	b->is_napdef_only = !tnds_has(t, "DMAcc/AppID");
	if ((b->is_napdef_only ? tnds_octets(t, X "Nonce", b->nonce, NONCE_LEN, why)
			       : take_account(b, t, why)) ||
	    napdef_from_tree(&b->napdef, t, why))
		return -1;
	if (b->is_napdef_only && !b->napdef)
		return why_input(why, "the bootstrap has neither an account nor an access point");
	return tnds_done(t, why);
}

static int open_dm(struct bootstrap *b, const void *bytes, size_t len,
		   const struct cert_policy *policy, X509 **signer, struct why *why)
{
	struct tnds t;
	AUTO(xmlDoc) *doc = signed_open(&t, SIGNATURE, bytes, len, policy, signer, why);

	return doc && take(b, &t, why) == 0 ? 0 : -1;
}

/* The same in a provisioning document. */
static int open_cp(struct bootstrap *b, const void *bytes, size_t len,
		   const struct cert_policy *policy, X509 **signer, struct why *why)
{
	BUF(xml);
	BUF(document);

	return cp_text(&xml, bytes, len, why) || cp_unpack(&document, &xml, why) ||
			       open_dm(b, buf_text(&document), document.len, policy, signer, why) ||
			       cp_agrees(&xml, b, &document, why)
		       ? -1
		       : 0;
}

int bootstrap_open(struct bootstrap *b, const void *bytes, size_t len,
		   const struct cert_policy *policy, X509 **signer, struct why *why)
{
	return cp_is(bytes, len) ? open_cp(b, bytes, len, policy, signer, why)
				 : open_dm(b, bytes, len, policy, signer, why);
}

static int put_cert(json_t *o, const char *field, const X509 *cert, struct why *why)
{
	BUF(pem);

	if (!cert)
		return 0;
	return cert_pem(&pem, cert, why) || json_put_text(o, field, buf_text(&pem), why) ? -1 : 0;
}

json_t *bootstrap_to_json(const struct bootstrap *b, struct why *why)
{
	AUTO(json_t) *o = json_object();

	if (json_put_text(o, "tre_id", b->tre_id, why))
		return NULL;
	if (b->is_napdef_only && json_put_hex(o, "nonce", b->nonce, NONCE_LEN, why))
		return NULL;
	if (!b->is_napdef_only &&
	    (json_put_text(o, "sho", b->sho, why) ||
	     json_put_text(o, "server_url", b->server_url, why) ||
	     put_cert(o, "server_cert_pem", b->server_cert, why) ||
	     put_cert(o, "sho_cert_pem", b->sho_cert, why) ||
	     (b->credentials.len &&
	      json_put_b64(o, "credentials_b64", b->credentials.bytes, b->credentials.len, why))))
		return NULL;
	if ((*b->mcim_context && json_put_text(o, "mcim_context", b->mcim_context, why)) ||
	    (*b->m2m_context && json_put_text(o, "m2m_context", b->m2m_context, why)) ||
	    (b->napdef && json_put(o, "napdef", json_incref(b->napdef), why)))
		return NULL;
	return STEAL(o);
}

int bootstrap_credentials_encode(struct buf *b, const struct bootstrap_credentials *c,
				 struct why *why)
{
	AUTO(json_t) *o = json_object();

	return json_put_text(o, "username", c->username, why) ||
			       json_put_text(o, "password", c->password, why) ||
			       json_put_hex(o, "nonce_a", c->nonce_a, NONCE_LEN, why) ||
			       json_put_text(o, "server_url", c->server_url, why) ||
			       json_put_hex(o, "sho_cert_sha256", c->sho_cert_sha256, 32, why) ||
			       json_append(b, o, why)
		       ? -1
		       : 0;
}

int bootstrap_credentials_decode(struct bootstrap_credentials *c, const void *json, size_t len,
				 struct why *why)
{
	static const char *const fields[] = {"username",   "password",        "nonce_a",
					     "server_url", "sho_cert_sha256", NULL};
	AUTO(json_t) *o = json_parse(json, len, "credentials", why);
	const char *name, *password, *url;

	if (!o || json_only(o, fields, why) || !(name = json_text(o, "username", why)) ||
	    !(password = json_text(o, "password", why)) ||
	    !(url = json_text(o, "server_url", why)) ||
	    json_hex(c->nonce_a, NONCE_LEN, o, "nonce_a", why) ||
	    json_hex(c->sho_cert_sha256, 32, o, "sho_cert_sha256", why))
		return -1;
	if (!*name || strlen(name) >= sizeof(c->username) || strlen(password) < 16 ||
	    strlen(password) >= sizeof(c->password) || strlen(url) >= sizeof(c->server_url))
		return why_input(why, "credentials: username, password or URL has a wrong length");
	snprintf(c->username, sizeof(c->username), "%s", name);
	snprintf(c->password, sizeof(c->password), "%s", password);
	snprintf(c->server_url, sizeof(c->server_url), "%s", url);
	return 0;
}
