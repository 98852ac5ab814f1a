/* SPDX-License-Identifier: Apache-2.0 */
/* For the files of register/transport.h alone. */
#ifndef REGISTER_TRANSPORT_INSIDE_H
#define REGISTER_TRANSPORT_INSIDE_H

#include "base/json.h"
#include "base/ossl.h"
#include "register/transport.h"

#define TRANSPORT_BATCH 16
#define TRANSPORT_MAC 32
#define TRANSPORT_ROW_MAC 16
#define TRANSPORT_KCV 3
#define TRANSPORT_TAG 16

struct transport {
	struct transport_key key;
	enum transport_form form;
	uint8_t batch[TRANSPORT_BATCH];
	uint8_t row_key[32], mac_key[32];
	uint8_t tk[TRANSPORT_KCV];
	EVP_MAC_CTX *mac;     /* of all lines up to here */
	EVP_MAC_CTX *cmac[2]; /* for keys of 16 and of 32 octets */
	EVP_CIPHER_CTX *cipher;
	uint64_t rows;
	bool is_open;   /* a batch was begun, and its trailer is to come */
	bool is_headed; /* it started with a header */
};

extern const char *const transport_forms[]; /* ends with NULL */
extern const char *const transport_secrets[];

/* Keys of the batch whose number stands in it, and its MAC started. */
int transport_keys(struct transport *t, struct why *why) __attribute__((warn_unused_result));
int transport_count(struct transport *t, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));
int transport_mac(uint8_t mac[static TRANSPORT_MAC], struct transport *t, struct why *why)
	__attribute__((warn_unused_result));

/* The key check value of K, if there is one: 1, 0, -1. */
int transport_kcv(struct transport *t, uint8_t kcv[static TRANSPORT_KCV], const json_t *o,
		  struct why *why) __attribute__((warn_unused_result));

int transport_check_value(struct transport *t, uint8_t kcv[static TRANSPORT_KCV],
			  const uint8_t *key, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* The quick way of a row, as transport_rows and transport_line do it: 1; 0 where it is not simple,
 * or not right, and nothing is done yet; -1. */
int transport_seal_flat(struct transport *t, struct buf *out, const char *line, size_t len,
			struct why *why) __attribute__((warn_unused_result));
int transport_open_flat(struct transport *t, struct buf *out, const char *line, size_t len,
			struct why *why) __attribute__((warn_unused_result));

/* AES-256-GCM of row t->rows, in place, the tag behind it. clear: what it is bound to. */
int transport_gcm(struct transport *t, bool seal, const void *clear, size_t clear_len,
		  uint8_t *bytes, size_t len, struct why *why) __attribute__((warn_unused_result));
/* One secret by RFC 3394 or AES-ECB; out has room for 8 octets more. Returns the length, or -1. */
int transport_wrap(struct transport *t, bool seal, uint8_t *out, const uint8_t *in, size_t len,
		   struct why *why) __attribute__((warn_unused_result));
/* HMAC over batch | row (4) | text, cut. */
int transport_row_mac(uint8_t mac[static TRANSPORT_ROW_MAC], const struct transport *t,
		      const void *text, size_t len, struct why *why)
	__attribute__((warn_unused_result));
void transport_row_octets(uint8_t *out, size_t len, uint64_t row);

/* How much of a row's line stands before the named field: what it is bound to. 0: not there. */
size_t transport_clear(const char *line, size_t len, const char *field);

#endif
