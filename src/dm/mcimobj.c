/* SPDX-License-Identifier: Apache-2.0 */
#include "dm/mcimobj.h"

#include "dm/napdef.h"
#include "dm/signed.h"
#include "mcim/protect.h"

#include <stdio.h>
#include <string.h>

#define X "M2ME/Prov/"
#define SIGNATURE X "XMLsignatureID"

void mcimobj_free(struct mcimobj *o)
{
	json_decref(o->napdef);
	buf_free(&o->blob);
	buf_free(&o->token);
	*o = (struct mcimobj){0};
}

/* The leaves of B.2.5 that repeat what the blob says. */
struct repeated {
	char encryption[32], encryption_len[8], integrity[32], integrity_len[8];
};

static int repeat(struct repeated *r, struct mcim_protection *p, const struct buf *blob,
		  struct why *why)
{
	if (mcim_protection_read(p, blob->bytes, blob->len, why))
		return -1;
	snprintf(r->encryption, sizeof(r->encryption), "%s", p->encryption);
	snprintf(r->encryption_len, sizeof(r->encryption_len), "%u", p->encryption_bits);
	snprintf(r->integrity, sizeof(r->integrity), "%s", p->integrity);
	snprintf(r->integrity_len, sizeof(r->integrity_len), "%u", p->integrity_bits);
	return 0;
}

int mcimobj_make(struct buf *out, const struct mcimobj *o, EVP_PKEY *key, X509 *cert,
		 struct why *why)
{
	AUTO(xmlDoc) *doc = tnds_new(why);
	struct repeated r;
	struct mcim_protection p;

	if (!doc || repeat(&r, &p, &o->blob, why) ||
	    tnds_add(doc, X "TREid", "chr", o->tre_id, NULL, why) ||
	    tnds_add(doc, X "MCIM/Encryptionalgorithm", "chr", r.encryption, NULL, why) ||
	    tnds_add(doc, X "MCIM/Encryptionkeylength", "chr", r.encryption_len, NULL, why) ||
	    tnds_add(doc, X "MCIM/Integrityprotectionalgorithm", "chr", r.integrity, NULL, why) ||
	    tnds_add(doc, X "MCIM/Integrityprotectionkeylength", "chr", r.integrity_len, NULL,
		     why) ||
	    tnds_add_b64(doc, X "MCIM/Initializationvector", p.iv, p.iv_len, why) ||
	    tnds_add_b64(doc, X "MCIM/Blob", o->blob.bytes, o->blob.len, why) ||
	    tnds_add_b64(doc, X "NonceB", o->nonce_b, NONCE_LEN, why) ||
	    (o->token.len &&
	     tnds_add(doc, X "Authorizationtoken", "chr", buf_text(&o->token), NULL, why)) ||
	    napdef_to_tree(doc, o->napdef, why))
		return -1;
	return signed_close(out, doc, SIGNATURE, key, cert, why);
}

static int agrees(struct tnds *t, const char *path, const char *want, struct why *why)
{
	char text[32];

	if (tnds_text(t, path, text, sizeof(text), true, why))
		return -1;
	return strcmp(text, want) == 0
		       ? 0
		       : why_input(why, "%s: says %s, and the blob %s (TR 33.812 B.2.5)", path,
				   text, want);
}

static int read_mcim(struct mcimobj *o, struct tnds *t, struct why *why)
{
	struct repeated r;
	struct mcim_protection p;
	BUF(iv);

	if (tnds_b64(t, X "MCIM/Blob", &o->blob, true, why) || repeat(&r, &p, &o->blob, why) ||
	    agrees(t, X "MCIM/Encryptionalgorithm", r.encryption, why) ||
	    agrees(t, X "MCIM/Encryptionkeylength", r.encryption_len, why) ||
	    agrees(t, X "MCIM/Integrityprotectionalgorithm", r.integrity, why) ||
	    agrees(t, X "MCIM/Integrityprotectionkeylength", r.integrity_len, why) ||
	    tnds_b64(t, X "MCIM/Initializationvector", &iv, true, why))
		return -1;
	if (iv.len != p.iv_len || (iv.len && memcmp(iv.bytes, p.iv, iv.len) != 0))
		return why_input(why, "%s: not that of the blob (TR 33.812 B.2.5)",
				 X "MCIM/Initializationvector");
	return 0;
}

static int read_object(struct mcimobj *o, struct tnds *t, struct why *why)
{
	char token[8192];

	if (tnds_text(t, X "TREid", o->tre_id, sizeof(o->tre_id), true, why) ||
	    read_mcim(o, t, why) || tnds_octets(t, X "NonceB", o->nonce_b, NONCE_LEN, why) ||
	    tnds_text(t, X "Authorizationtoken", token, sizeof(token), false, why) ||
	    napdef_from_tree(&o->napdef, t, why) || tnds_done(t, why) ||
	    tre_id_check(o->tre_id, "TREid", why) || buf_add(&o->token, token, strlen(token), why))
		return -1;
	return 0;
}

int mcimobj_open(struct mcimobj *o, const void *bytes, size_t len, const struct cert_policy *policy,
		 X509 **signer, struct why *why)
{
	struct tnds t;
	AUTO(xmlDoc) *doc = signed_open(&t, SIGNATURE, bytes, len, policy, signer, why);

	return doc && read_object(o, &t, why) == 0 ? 0 : -1;
}
