/* SPDX-License-Identifier: Apache-2.0 */
/* aka/keccak against TS 35.232 ($SPECS/ts35232-keccak.tsv: set, in, out). */
#include "aka/keccak.h"

#include "base/hex.h"
#include "ok.h"

#include <string.h>

int main(void)
{
	const char *specs = getenv("SPECS");
	char path[4096], line[2048];
	int rows = 0;
	FILE *f;

	OK(specs);
	snprintf(path, sizeof(path), "%s/ts35232-keccak.tsv", specs);
	f = fopen(path, "r");
	OK(f && fgets(line, sizeof(line), f));
	while (fgets(line, sizeof(line), f)) {
		uint8_t state[KECCAK_STATE], want[KECCAK_STATE];
		char *save = NULL;
		const char *in, *out;

		strtok_r(line, "\t\n", &save);
		in = strtok_r(NULL, "\t\n", &save);
		out = strtok_r(NULL, "\t\n", &save);
		OK(hex_decode(state, sizeof(state), in, "in", NULL) == 0);
		OK(hex_decode(want, sizeof(want), out, "out", NULL) == 0);
		keccak_f1600(state, 1);
		OK(memcmp(state, want, sizeof(state)) == 0);
		rows++;
	}
	fclose(f);
	OK(rows == 6);
	return 0;
}
