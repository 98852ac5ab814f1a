/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "dm/signed.h"
#include "pki/jws.h"
#include "pki/key.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NAMES 8

static struct {
	char name[8];
	EVP_PKEY *key;
	X509 *cert;
	X509_STACK *stack;
	struct cert_policy policy;
} kept[NAMES];

static void load(size_t i, const char *name)
{
	struct why why = {0};
	char path[256];

	snprintf(kept[i].name, sizeof(kept[i].name), "%s", name);
	snprintf(path, sizeof(path), FUZZ_KEYS "/%s.key", name);
	kept[i].key = key_load(path, &why);
	snprintf(path, sizeof(path), FUZZ_KEYS "/%s.pem", name);
	kept[i].cert = cert_load(path, &why);
	kept[i].stack = sk_X509_new_null();
	if (!kept[i].key || !kept[i].cert || sk_X509_push(kept[i].stack, kept[i].cert) != 1) {
		fprintf(stderr, "%s: %s\n", path, why.text);
		exit(1);
	}
}

static size_t find(const char *name)
{
	size_t i = 0;

	while (i < NAMES && kept[i].key && strcmp(kept[i].name, name) != 0)
		i++;
	MUST(i < NAMES);
	if (!kept[i].key)
		load(i, name);
	return i;
}

EVP_PKEY *fuzz_key(const char *name)
{
	return kept[find(name)].key;
}

X509 *fuzz_cert(const char *name)
{
	return kept[find(name)].cert;
}

const struct cert_policy *fuzz_policy(const char *trust, unsigned roles)
{
	const size_t i = find(trust);

	kept[i].policy =
		(struct cert_policy){.trust = kept[i].stack, .roles = roles, .at = FUZZ_AT};
	return &kept[i].policy;
}

const char *fuzz_file(const uint8_t *bytes, size_t len)
{
	static char path[32];
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	MUST(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, bytes, len, 0) == (ssize_t)len);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

int fuzz_sign_xml(struct buf *out, const uint8_t *bytes, size_t len, const char *path,
		  const char *name)
{
	AUTO(xmlDoc) *doc = xml_parse(bytes, len, "input", NULL);

	return doc ? signed_close(out, doc, path, fuzz_key(name), fuzz_cert(name), NULL) : -1;
}

int fuzz_sign_jws(struct buf *out, const uint8_t *bytes, size_t len, const char *typ,
		  const char *name)
{
	AUTO(json_t) *payload = json_parse(bytes, len, "input", NULL);

	return payload ? jws_make(out, typ, payload, fuzz_key(name), fuzz_cert(name), NULL) : -1;
}
