/* SPDX-License-Identifier: Apache-2.0 */
/* Secured packets: TS 102 225 (V9.0.0) 5, in the form of TS 31.115 (V9.0.0) 4.2 for SMS-PP. */
#ifndef UICC_PACKET_H
#define UICC_PACKET_H

#include "uicc/keyset.h"

#define OTA_PACKET_MAX ((size_t)255 * 134) /* 255 concatenated SMS, TS 23.040 9.2.3.24.1 */

/* SPI's first octet, 5.1.1. */
enum {
	OTA_SPI_CHECK = 0x03, /* 0 none, 1 RC, 2 CC, 3 DS */
	OTA_SPI_CIPHER = 0x04,
	OTA_SPI_COUNTER = 0x18, /* 0 none, 1 there, 2 higher, 3 higher by one */
};
/* SPI's second octet, 5.1.1. */
enum {
	OTA_POR = 0x03,       /* 0 none, 1 always, 2 where there is an error */
	OTA_POR_CHECK = 0x0c, /* the same as above */
	OTA_POR_CIPHER = 0x10,
	OTA_POR_SUBMIT = 0x20, /* by SMS-SUBMIT, else SMS-DELIVER-REPORT */
};

/* Response status codes, 5.2. */
enum ota_status {
	OTA_POR_OK,
	OTA_CHECK_FAILED,
	OTA_CNTR_LOW,
	OTA_CNTR_HIGH,
	OTA_CNTR_BLOCKED,
	OTA_CIPHERING_ERROR,
	OTA_UNIDENTIFIED,
	OTA_NO_MEMORY,
	OTA_MORE_TIME,
	OTA_TAR_UNKNOWN,
	OTA_SECURITY_LOW,
	OTA_BY_SUBMIT,
	OTA_BY_USSD,
};
#define OTA_STATUS_COUNT 13
const char *ota_status_name(unsigned status); /* por-ok, cntr-low, ...; unknown */
int ota_status_parse(unsigned *status, const char *name, struct why *why)
	__attribute__((warn_unused_result));

/* What a command's header says. A response has tar and cntr; its security is SPI's second octet,
 * KIc and KID of the command that it answers. */
struct ota_header {
	uint8_t spi[2];
	uint8_t kic, kid;
	uint8_t tar[3];
	uint64_t cntr;
	unsigned status; /* of a response */
};

/* The header out of hex text; tar may be NULL. The counter: 10 hex digits. Status 3. */
int ota_header_parse(struct ota_header *h, const char *spi, const char *kic, const char *kid,
		     const char *tar, struct why *why) __attribute__((warn_unused_result));
int ota_cntr_parse(uint64_t *cntr, const char *text, struct why *why)
	__attribute__((warn_unused_result));
/* Sets spi, kic, kid (of a command), tar, cntr and status (of a response). */
int ota_header_put(json_t *o, const struct ota_header *h, bool is_response, struct why *why)
	__attribute__((warn_unused_result));

/* Status 3 for reserved bits; refused with `unsupported`: a digital signature, for
 * which no algorithm is defined. */
int ota_header_check(const struct ota_header *h, struct why *why)
	__attribute__((warn_unused_result));

/* Appends the packet from CPL (RPL) on. */
int ota_command_make(struct buf *out, const struct ota_header *h, const struct ota_keyset *k,
		     const uint8_t *data, size_t len, struct why *why)
	__attribute__((warn_unused_result));
int ota_response_make(struct buf *out, const struct ota_header *h, const struct ota_keyset *k,
		      const uint8_t *data, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* The header's clear part, so that a receiver finds the TAR and the key set. Status 3. */
int ota_command_peek(struct ota_header *h, const uint8_t *packet, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* Opens a packet, and appends its data where the check was right. The check is under the cipher
 * (TS 102 225 5.1), so deciphering comes first, and nothing of it leaves before the check. Refused:
 * `mac-mismatch` (CC), `crc-mismatch`, `ciphering-error` (a length that no cipher gives, a PCNTR
 * that cannot be), and those of ota_kic and ota_kid. h of a response: spi, kic and kid stand in
 * it, as in the command that it answers. */
int ota_command_open(struct buf *data, struct ota_header *h, const struct ota_keyset *k,
		     const uint8_t *packet, size_t len, struct why *why)
	__attribute__((warn_unused_result));
int ota_response_open(struct buf *data, struct ota_header *h, const struct ota_keyset *k,
		      const uint8_t *packet, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* The counter rules of SPI (5.1.4): last is the highest that was taken. Refused: `cntr-low`,
 * `cntr-high`, `cntr-blocked`. */
int ota_counter_check(uint8_t spi, uint64_t cntr, uint64_t last, struct why *why)
	__attribute__((warn_unused_result));

#endif
