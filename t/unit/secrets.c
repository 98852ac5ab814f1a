/* SPDX-License-Identifier: Apache-2.0 */
/* secrets STATE DEVICE BLOB...: for tests alone, prints what no tool does: the TRE's private key,
 * its K and OPc, its passwords, and the PIK and PCK of blobs that were made for it; hex, a line
 * each. Without arguments it does nothing. */
#include "base/hex.h"
#include "base/slurp.h"
#include "mcim/keyblock.h"
#include "tre/state.h"

#include <stdio.h>
#include <string.h>

static void print(const void *bytes, size_t len)
{
	BUF(text);

	if (hex_append(&text, bytes, len, NULL) == 0)
		printf("%s\n", buf_text(&text));
}

static void print_member(const json_t *o, const char *field)
{
	if (*tre_text(o, field))
		printf("%s\n", tre_text(o, field));
}

static int print_key(EVP_PKEY *key)
{
	AUTO(BIGNUM) *d = NULL;
	uint8_t octets[512];

	if (EVP_PKEY_get_bn_param(key, EVP_PKEY_is_a(key, "EC") ? "priv" : "d", &d) != 1)
		return -1;
	print(octets, (size_t)BN_bn2bin(d, octets));
	return 0;
}

/* PIK and PCK, each by itself. */
static int print_blob(const struct tre *t, EVP_PKEY *key, const char *path)
{
	uint8_t secret[64] = {0};
	struct why why = {0};
	BUF(b);

	if (slurp(&b, path, SLURP_DOCUMENT, &why) || b.len < 300 || b.bytes[5] != 2 ||
	    keyblock_open(secret, 64, key, b.bytes[6], b.bytes, tre_own_id(t),
			  b.bytes + KEYBLOCK_HEADER, (size_t)b.bytes[8] << 8 | b.bytes[9], &why))
		return -1;
	print(secret, 32);
	print(secret + 32, 32);
	return 0;
}

int main(int argc, char **argv)
{
	struct why why = {0};
	AUTO(TRE) *t = argc > 2 ? tre_open(argv[1], argv[2], &why) : NULL;
	AUTO(EVP_PKEY) *key = NULL;
	json_t *m;
	size_t i;

	if (argc < 2)
		return 0;
	key = t ? tre_key(t, true, &why) : NULL;
	if (!key || print_key(key)) {
		fprintf(stderr, "%s\n", why.text);
		return 1;
	}
	print_member(json_object_get(t->s, "access"), "k");
	print_member(json_object_get(t->s, "access"), "opc");
	print_member(json_object_get(t->s, "bootstrap"), "password");
	json_array_foreach (json_object_get(t->s, "mcims"), i, m) {
		print_member(m, "k");
		print_member(m, "opc");
	}
	for (int a = 3; a < argc; a++)
		if (print_blob(t, key, argv[a])) {
			fprintf(stderr, "%s: no blob\n", argv[a]);
			return 1;
		}
	return 0;
}
