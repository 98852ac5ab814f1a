/* SPDX-License-Identifier: Apache-2.0 */
/* The connectionless push that carries a bootstrap over SMS (WSP, OMA-WAP-TS-ProvCont 1.1,
 * OMA-TS-DM_Bootstrap 1.2), and the MAC of its security methods: "secure push" of TR 33.812
 * B.2.2.1 NOTE 2. */
#ifndef DM_PUSH_H
#define DM_PUSH_H

#include "base/auto.h"
#include "base/buf.h"

/* Content types, WSP well-known numbers. */
enum push_type {
	PUSH_CP = 0x36, /* application/vnd.wap.connectivity-wbxml */
	PUSH_DM = 0x42  /* application/vnd.syncml.dm+wbxml */
};

enum push_sec { PUSH_NETWPIN = 0, PUSH_USERPIN = 1 };

/* The shared secret: the octets of EF_IMSI in use, without their length octet (NETWPIN), or the
 * PIN's digits in ASCII (USERPIN). */
struct push_key {
	enum push_sec sec;
	uint8_t octets[32];
	size_t len;
};
DEFINE_WIPE(push_key)

int push_key_set(struct push_key *k, enum push_sec sec, const char *digits, struct why *why)
	__attribute__((warn_unused_result));
/* From a file that holds the IMSI or the PIN. */
int push_key_load(struct push_key *k, enum push_sec sec, const char *path, struct why *why)
	__attribute__((warn_unused_result));
const char *push_sec_name(enum push_sec sec); /* netwpin, userpin */

/* Appends a Push PDU with the WBXML body; with a key, its SEC and MAC (HMAC-SHA-1 over the body,
 * upper-case hex). */
int push_pack(struct buf *out, enum push_type type, const struct push_key *k, const void *body,
	      size_t len, struct why *why) __attribute__((warn_unused_result));

/* Appends the body; what is no push is its own. With a key there must be a push, with a MAC of that
 * method, and right: refused with `mac-mismatch`; without one a MAC is not looked at. */
int push_open(struct buf *body, const struct push_key *k, const void *bytes, size_t len,
	      struct why *why) __attribute__((warn_unused_result));

#endif
