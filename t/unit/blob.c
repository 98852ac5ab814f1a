/* SPDX-License-Identifier: Apache-2.0 */
/* mcim/protect: a blob with any single octet changed, or cut behind any, is one and the same
 * refusal: each format, suite and key transport. mcim/blob: what an MCIM must have. */
#include "mcim/blob.h"
#include "base/rng.h"
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

/* Our key wrap against OpenSSL's own, which opens it. */
static void test_key_wrap(void)
{
	const uint8_t header[KEYBLOCK_HEADER] = {0};
	struct why why = {0};
	KEYBLOCK_KIT(kit);

	for (unsigned i = 0; i < 100; i++) {
		const size_t len = i % 2 ? 48 : 64;
		uint8_t secret[KEYBLOCK_SECRET_MAX], opened[KEYBLOCK_SECRET_MAX] = {0};
		BUF(block);

		OK(!rng_bytes(secret, sizeof(secret), &why));
		OK(!keyblock_seal(&kit, &block, key, header, ID, secret, len, &why));
		OK((int)block.len == keyblock_size(key, len));
		OK(!keyblock_open(opened, len, key, (unsigned)keyblock_transport(key), header, ID,
				  block.bytes, block.len, &why));
		OK(memcmp(opened, secret, len) == 0);
		block.bytes[block.len - 1] ^= 1;
		memset(opened, 0, len);
		OK(!keyblock_open(opened, len, key, (unsigned)keyblock_transport(key), header, ID,
				  block.bytes, block.len, &why));
		OK(opened[0] == 0 && memcmp(opened, opened + 1, len - 1) == 0);
	}
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
	test_key_wrap();
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

/* What is encoded is what asn1c's encoder would give (its decoder takes no other), at each edge of
 * a length's and of a number's form. */
static void test_der(void)
{
	static const size_t lens[] = {0,   1,   127,   128,   129,   255,
				      256, 257, 32767, 32768, 65535, 65536};
	static uint8_t octets[65536];
	struct why why = {0};

	for (size_t i = 0; i < sizeof(lens) / sizeof(*lens); i++)
		for (size_t files = 0; files < 3; files++) {
			MCIM_BLOB(m);
			MCIM_BLOB(back);
			BUF(der);

			if (files > 0)
				OK(!mcim_blob_set(&m, 0x6f07, octets, 9, &why));
			if (files > 1)
				OK(!mcim_blob_set(&m, MCIM_AKAKEY, octets, lens[i], &why));
			OK(!mcim_blob_set_code(&m, octets, lens[i], &why));
			OK(!mcim_blob_encode(&der, &m, &why));
			OK(!mcim_blob_decode(&back, der.bytes, der.len, &why));
			OK(back.files == files && back.code_len == lens[i]);
			OK(files < 2 || mcim_blob_file(&back, MCIM_AKAKEY)->len == lens[i]);
		}
}

int main(void)
{
	test_complete();
	test_der();
	if (!getenv("TESTDATA"))
		return 0;
	test_key("tre");
	test_key("rsa");
	return 0;
}
