/* SPDX-License-Identifier: Apache-2.0 */
/* Key pairs and certificates by the thousand. OpenSSL makes one certificate of each length of name,
 * and the others differ from it in the serial number, the name, the key, the key's identifier and
 * the signature alone; those are put in where they stand. One mint a thread. */
#ifndef PKI_MINT_H
#define PKI_MINT_H

#include "base/buf.h"
#include "pki/issue.h"

#define MINT_SAMPLE 10000 /* one of so many is parsed and verified, and the first */
#define MINT_SERIAL 33    /* in hex, and the 0 octet */

struct mint;

/* For certificates as spec says, of this kind, by its CA (a self-signed one is not made here).
 * spec and its keys are borrowed; its name does not count. NULL: why. */
struct mint *mint_new(const struct issue *spec, enum issue_kind kind, const char *alg,
		      struct why *why);
void mint_free(struct mint *m); /* wipes */
typedef struct mint MINT;
DEFINE_AUTO(MINT, mint_free)

struct minted {
	struct buf cert;   /* DER */
	struct buf key;    /* PKCS #8, DER */
	struct buf public; /* 04|x|y, or the modulus of an RSA key */
	char serial[MINT_SERIAL];
};
void minted_free(struct minted *x); /* wipes */
#define MINTED(name) __attribute__((cleanup(minted_free))) struct minted name = {0}

/* A new pair for that name. A sample that does not verify is status 4. */
int mint_make(struct mint *m, struct minted *x, const char *name, struct why *why)
	__attribute__((warn_unused_result));

#endif
