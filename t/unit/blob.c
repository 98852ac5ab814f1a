/* SPDX-License-Identifier: Apache-2.0 */
/* mcim/protect: a blob with any single octet changed, or cut behind any, is one and the same
 * refusal: each format, suite and key transport. mcim/blob: what an MCIM must have. */
#include "mcim/blob.h"
#include "base/hex.h"
#include "base/slurp.h"
#include "mcim/keyblock.h"
#include "mcim/protect.h"
#include "pki/cert.h"
#include "pki/key.h"

#include "ok.h"

#include <stdio.h>
#include <string.h>

#define ID "ACME;0001"

static EVP_PKEY *key;
static X509 *cert;

static void refused(const uint8_t *blob, size_t len, const char *name)
{
	struct why why = {0};
	enum mcim_tag tag;
	BUF(payload);

	if (mcim_unprotect(&payload, &tag, key, ID, blob, len, &why) == -1 && payload.len == 0 &&
	    why.status == TOOL_NO && strcmp(why.reason, "mac-mismatch") == 0 &&
	    strcmp(why.text, "the blob does not open (TR 33.812 B.2.3.6)") == 0)
		return;
	fprintf(stderr, "%s: status %d, %s: %s\n", name, why.status, why.reason, why.text);
	exit(1);
}

static void try_all(struct buf *blob, const char *name)
{
	struct why why = {0};
	enum mcim_tag tag;
	BUF(payload);

	OK(mcim_unprotect(&payload, &tag, key, ID, blob->bytes, blob->len, &why) == 0);
	OK(tag == MCIM_TAG_MCIM && payload.len == 20);
	for (size_t i = 0; i < blob->len; i++) {
		const uint8_t good = blob->bytes[i];

		refused(blob->bytes, i, name);
		blob->bytes[i] = good ^ 1;
		refused(blob->bytes, blob->len, name);
		blob->bytes[i] = good ^ 0xff;
		refused(blob->bytes, blob->len, name);
		blob->bytes[i] = good;
	}
	OK(mcim_unprotect(&payload, &tag, key, ID, blob->bytes, blob->len, &why) == 0);
	OK(buf_add(blob, "", 1, &why) == 0);
	refused(blob->bytes, blob->len, name);
}

static void seal(struct buf *blob, enum mcim_format format, enum mcim_suite suite)
{
	const struct mcim_target target = {
		.tre_cert = cert, .tre_id = ID, .format = format, .suite = suite};
	struct why why = {0};
	KEYBLOCK_KIT(kit);

	OK(mcim_protect(&kit, blob, &target, MCIM_TAG_MCIM, "twenty octets of it.", 20, &why) == 0);
}

static void test_key(const char *name)
{
	char path[300];
	struct why why = {0};

	snprintf(path, sizeof(path), "%s/fuzz/keys/%s.key", getenv("TESTDATA"), name);
	OK((key = key_load(path, &why)));
	snprintf(path, sizeof(path), "%s/fuzz/keys/%s.pem", getenv("TESTDATA"), name);
	OK((cert = cert_load(path, &why)));
	for (int suite = MCIM_SUITE_TR33812; suite <= MCIM_SUITE_MODERN; suite++) {
		BUF(blob);

		seal(&blob, MCIM_FORMAT_TR33812, (enum mcim_suite)suite);
		try_all(&blob, name);
	}
	{
		BUF(blob);

		seal(&blob, MCIM_FORMAT_CMS, MCIM_SUITE_MODERN);
		try_all(&blob, name);
	}
	EVP_PKEY_free(key);
	X509_free(cert);
}

static int takes(const char *alg, size_t alg_len, const char *app)
{
	static const uint8_t octets[32] = {0},
			     imsi[9] = {8, 9, 0x10, 0x10, 0x10, 0x32, 0x54, 0x76, 0x98};
	struct why why = {0};
	MCIM_BLOB(m);

	OK(!mcim_blob_set(&m, MCIM_AKAKEY, octets, 16, &why) &&
	   !mcim_blob_set(&m, MCIM_ALGORITHM, alg, alg_len, &why) &&
	   !mcim_blob_set(&m, MCIM_OPC, octets, 32, &why) &&
	   !mcim_blob_set(&m, MCIM_APPLICATION, app, 1, &why) &&
	   !mcim_blob_set(&m, MCIM_IMSI, imsi, 9, &why));
	return mcim_blob_complete(&m, &why) == 0;
}

/* A TUAK USIM is whole; one of no or another algorithm, or of another application, is not. */
static void test_complete(void)
{
	OK(takes("\2", 1, "\1"));
	OK(!takes("", 0, "\1") && !takes("\3", 1, "\1") && !takes("\2\2", 2, "\1"));
	OK(!takes("\2", 1, "\3") && !takes("\2", 1, ""));
}

int main(void)
{
	test_complete();
	if (!getenv("TESTDATA"))
		return 0;
	test_key("tre");
	test_key("rsa");
	return 0;
}
