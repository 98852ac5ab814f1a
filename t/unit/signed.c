/* SPDX-License-Identifier: Apache-2.0 */
/* dm: a signed document with any single octet changed, or cut anywhere, does not open, or says just
 * what it said: blanks and the XML declaration are not under the signature, and say nothing. */
#include "base/slurp.h"
#include "dm/m2meobj.h"
#include "dm/mcimobj.h"
#include "pki/cert.h"

#include "ok.h"

#include <stdio.h>
#include <string.h>

static X509_STACK *trust; /* the signer, once it is known */

/* Whom we trust is who signed it: the certificate is not under the signature. */
static bool is_signer(X509 *cert)
{
	struct why why = {0};

	if (!trust)
		OK((trust = cert_alone(cert, &why)));
	return X509_cmp(cert, sk_X509_value(trust, 0)) == 0;
}

/* What the document says, as text; false where it does not open. */
static bool says_bootstrap(struct buf *text, const struct buf *doc)
{
	struct why why = {0};
	AUTO(X509) *signer = NULL;
	AUTO(json_t) *o = NULL;
	BOOTSTRAP(b);

	if (bootstrap_open(&b, buf_text(doc), doc->len, NULL, &signer, &why) || !is_signer(signer))
		return false;
	OK((o = bootstrap_to_json(&b, &why)) && json_append(text, o, &why) == 0);
	return true;
}

static bool says_m2meobj(struct buf *text, const struct buf *doc)
{
	struct why why = {0};
	AUTO(X509) *signer = NULL;
	uint8_t evidence[32];
	M2MEOBJ(o);

	if (m2meobj_open(&o, &signer, evidence, buf_text(doc), doc->len, &why) ||
	    !is_signer(signer))
		return false;
	OK(json_append(text, o.tre_info, &why) == 0);
	OK(buf_add(text, o.nonce_a, sizeof(o.nonce_a), &why) == 0);
	OK(buf_add(text, o.nonce_b, sizeof(o.nonce_b), &why) == 0);
	OK(buf_add(text, o.proof, sizeof(o.proof), &why) == 0);
	OK(buf_add(text, o.username, strlen(o.username), &why) == 0);
	return true;
}

static bool says_mcimobj(struct buf *text, const struct buf *doc)
{
	struct why why = {0};
	AUTO(X509) *signer = NULL;
	MCIMOBJ(o);

	if (mcimobj_open(&o, buf_text(doc), doc->len, NULL, &signer, &why) || !is_signer(signer))
		return false;
	OK(buf_add(text, o.tre_id, strlen(o.tre_id), &why) == 0);
	OK(buf_add(text, o.nonce_b, sizeof(o.nonce_b), &why) == 0);
	OK(buf_add(text, o.blob.bytes, o.blob.len, &why) == 0);
	OK(buf_add(text, o.token.bytes, o.token.len, &why) == 0);
	return true;
}

/* Refused, or the same words. */
static void try_one(bool (*says)(struct buf *, const struct buf *), const struct buf *doc,
		    const struct buf *want, size_t *tolerated)
{
	BUF(text);

	if (!says(&text, doc))
		return;
	OK(text.len == want->len && memcmp(text.bytes, want->bytes, want->len) == 0);
	(*tolerated)++;
}

static void try_all(const char *name, bool (*says)(struct buf *, const struct buf *))
{
	struct why why = {0};
	size_t tolerated = 0, len;
	char path[300];
	BUF(doc);
	BUF(want);

	snprintf(path, sizeof(path), "%s/fuzz/%s/signed", getenv("TESTDATA"), name);
	OK(slurp(&doc, path, SLURP_DOCUMENT, &why) == 0 && says(&want, &doc));
	for (size_t i = 0; i < doc.len; i++) {
		const uint8_t good = doc.bytes[i];

		doc.bytes[i] = good ^ 1;
		try_one(says, &doc, &want, &tolerated);
		doc.bytes[i] = good;
	}
	/* the XML declaration, the blank behind it and the end of the last line */
	OK(tolerated < 40);
	len = doc.len;
	for (doc.len = 0; doc.len + 1 < len; doc.len++)
		try_one(says, &doc, &want, &tolerated);
	OK(tolerated < 40);
	doc.len = len;
	x509_stack_free(trust);
	trust = NULL;
}

int main(void)
{
	if (!getenv("TESTDATA"))
		return 0;
	try_all("bootstrap", says_bootstrap);
	try_all("m2meobj", says_m2meobj);
	try_all("mcimobj", says_mcimobj);
	return 0;
}
