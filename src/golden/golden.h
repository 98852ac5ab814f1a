/* SPDX-License-Identifier: Apache-2.0 */
/* A build for golden files alone: randomness that repeats and a clock that stands still, so that a
 * whole procedure gives the same octets again. Never installed; nothing that it makes is secret. */
#ifndef GOLDEN_GOLDEN_H
#define GOLDEN_GOLDEN_H

#include <stdint.h>

#define GOLDEN_NOTE "golden build: its keys are known, and its clock stands still"

/* First of all: OpenSSL's randomness becomes AES-256-CTR under SHA-256(tool | $M2M_SEED), and
 * stderr says GOLDEN_NOTE. */
void golden_start(const char *tool);

/* 2026-01-01T00:00:00Z, always. */
int64_t golden_now(void);

#endif
