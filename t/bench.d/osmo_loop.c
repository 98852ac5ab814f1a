/* SPDX-License-Identifier: Apache-2.0 */
/* The peer of `milenage av --tsv`: libosmocore's own vectors for lines of k, opc, rand, sqn, as a C
 * programmer writes it in an afternoon (getline, osmo_hexparse, printf). */
#include <osmocom/core/utils.h>
#include <osmocom/crypt/auth.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void hex(const char *name, const uint8_t *bytes, size_t len, const char *end)
{
	(void)name;
	for (size_t i = 0; i < len; i++)
		printf("%02x", bytes[i]);
	fputs(end, stdout);
}

int main(void)
{
	struct osmo_sub_auth_data aud = {.type = OSMO_AUTH_TYPE_UMTS, .algo = OSMO_AUTH_ALG_MILENAGE};
	char *line = NULL;
	size_t room = 0;

	if (getline(&line, &room, stdin) < 0)
		return 1;
	while (getline(&line, &room, stdin) > 0) {
		char k[33], opc[33], rand_hex[33], sqn[13];
		struct osmo_auth_vector v = {0};
		uint8_t rand[16];

		if (sscanf(line, "%32[0-9a-f]\t%32[0-9a-f]\t%32[0-9a-f]\t%12[0-9a-f]", k, opc, rand_hex,
			   sqn) != 4)
			return 1;
		osmo_hexparse(k, aud.u.umts.k, 16);
		osmo_hexparse(opc, aud.u.umts.opc, 16);
		osmo_hexparse(rand_hex, rand, 16);
		aud.u.umts.amf[0] = 0x80;
		aud.u.umts.sqn = strtoull(sqn, NULL, 16) - 1;
		aud.u.umts.ind_bitlen = 0;
		if (osmo_auth_gen_vec(&v, &aud, rand) < 0)
			return 1;
		hex("rand", v.rand, 16, "\t");
		hex("autn", v.autn, 16, "\t");
		hex("res", v.res, v.res_len, "\t");
		hex("ck", v.ck, 16, "\t");
		hex("ik", v.ik, 16, "\n");
	}
	free(line);
	return 0;
}
