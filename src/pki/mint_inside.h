/* SPDX-License-Identifier: Apache-2.0 */
/* For the files of pki/mint.h alone. */
#ifndef PKI_MINT_INSIDE_H
#define PKI_MINT_INSIDE_H

#include "base/party.h"
#include "base/rng.h"
#include "pki/mint.h"

#include <stdbool.h>

#define MINT_SERIAL_LEN 16

/* What is to be signed, for names of one length, and where in it the parts stand that differ. */
struct mint_form {
	struct buf tbs;
	size_t serial, name, key_id;
	size_t bits, bits_len; /* the key's BIT STRING, whose SHA-1 is the identifier */
	size_t public;         /* in it, the point or the modulus */
};

struct mint {
	struct issue spec;
	struct mint_form form[TRE_ID_TEXT]; /* by the length of the name */
	struct buf alg_id;                  /* of the signature, DER */
	struct buf pkcs8;                   /* of an EC key, whose parts are put in */
	size_t private_at, private_len, public_at;
	size_t public_len;
	bool is_ec;
	EVP_PKEY_CTX *keygen, *sign;
	EVP_MD_CTX *md, *id_md; /* of what is signed; SHA-1, of the key (RFC 5280 4.2.1.2) */
	struct rng_pool serials;
	uint64_t made;
};

/* The form for names of that length, made on first use; NULL: why. */
const struct mint_form *mint_form(struct mint *m, size_t name_len, struct why *why);

/* PKCS #8 of an EC key as the form of all on its curve. */
int mint_pkcs8_form(struct mint *m, EVP_PKEY *sample, struct why *why)
	__attribute__((warn_unused_result));

/* The public octets and PKCS #8 of a new key. */
int mint_key_octets(struct mint *m, struct minted *x, EVP_PKEY *key, struct why *why)
	__attribute__((warn_unused_result));

#endif
