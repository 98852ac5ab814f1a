/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/secret.h"

#include "base/hex.h"
#include "base/num.h"
#include "base/outfile.h"
#include "base/rng.h"

int secret_make(const char *path, const char *bits, bool force, struct why *why)
{
	uint64_t n;
	BUF(octets);
	BUF(text);

	if (num_parse(&n, bits, 32, 65536, "--bits", why))
		return -1;
	if (n % 8)
		return why_usage(why, "--bits: want a multiple of 8");
	if (buf_reserve(&octets, n / 8, why) || rng_key(octets.bytes, n / 8, why))
		return -1;
	octets.len = n / 8;
	if (hex_append(&text, octets.bytes, octets.len, why) || buf_add(&text, "\n", 1, why))
		return -1;
	return outfile_put(path, force ? OUTFILE_SECRET : OUTFILE_NEW_KEY, text.bytes, text.len,
			   why);
}
