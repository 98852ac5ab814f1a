/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/keccak.h"

#include <endian.h>
#include <openssl/crypto.h>
#include <string.h>

#define ROUNDS 24
#define LANES 25

static uint64_t rotate(uint64_t x, unsigned n)
{
	return n ? x << n | x >> (64 - n) : x;
}

/* FIPS 202 3.2.1. */
static void theta(uint64_t a[LANES])
{
	uint64_t c[5];

	for (int x = 0; x < 5; x++)
		c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
	for (int x = 0; x < 5; x++) {
		const uint64_t d = c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1);

		for (int y = 0; y < LANES; y += 5)
			a[x + y] ^= d;
	}
}

/* FIPS 202 3.2.2 and 3.2.3: along the orbit of lane (1, 0), t steps rotate by (t + 1)(t + 2) / 2.
 */
static void rho_pi(uint64_t a[LANES])
{
	uint64_t moved = a[1];
	unsigned x = 1, y = 0;

	for (unsigned t = 0; t < 24; t++) {
		const unsigned next = (2 * x + 3 * y) % 5;
		uint64_t kept;

		x = y;
		y = next;
		kept = a[x + 5 * y];
		a[x + 5 * y] = rotate(moved, (t + 1) * (t + 2) / 2 % 64);
		moved = kept;
	}
}

/* FIPS 202 3.2.4. */
static void chi(uint64_t a[LANES])
{
	for (int y = 0; y < LANES; y += 5) {
		uint64_t row[5];

		memcpy(row, a + y, sizeof(row));
		for (int x = 0; x < 5; x++)
			a[y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
	}
}

/* FIPS 202 3.2.5: the round constant, from the register x^8 + x^6 + x^5 + x^4 + 1. */
static uint64_t iota(unsigned *lfsr)
{
	uint64_t constant = 0;

	for (unsigned j = 0; j <= 6; j++) {
		if (*lfsr & 1)
			constant |= UINT64_C(1) << ((1U << j) - 1);
		*lfsr = *lfsr << 1;
		if (*lfsr & 0x100)
			*lfsr ^= 0x171;
	}
	return constant;
}

void keccak_f1600(uint8_t state[static KECCAK_STATE], unsigned n)
{
	uint64_t a[LANES];

	memcpy(a, state, sizeof(a));
	for (int i = 0; i < LANES; i++)
		a[i] = le64toh(a[i]);
	while (n--) {
		unsigned lfsr = 1;

		for (int round = 0; round < ROUNDS; round++) {
			theta(a);
			rho_pi(a);
			chi(a);
			a[0] ^= iota(&lfsr);
		}
	}
	for (int i = 0; i < LANES; i++)
		a[i] = htole64(a[i]);
	memcpy(state, a, sizeof(a));
	OPENSSL_cleanse(a, sizeof(a));
}
