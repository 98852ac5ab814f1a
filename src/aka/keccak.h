/* SPDX-License-Identifier: Apache-2.0 */
/* The permutation Keccak-f[1600] (TS 35.231 clause 8; FIPS 202), which no library offers bare: TUAK
 * of two and more iterations needs it. */
#ifndef AKA_KECCAK_H
#define AKA_KECCAK_H

#include <stdint.h>

#define KECCAK_STATE 200 /* octets */

/* Permutes the state in place, n times; no branch and no index depends on it. */
void keccak_f1600(uint8_t state[static KECCAK_STATE], unsigned n);

#endif
