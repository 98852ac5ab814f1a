/* SPDX-License-Identifier: Apache-2.0 */
#include "uicc/packet.h"

#include "uicc/crypt.h"

#include <string.h>

#define COMMAND_CNTR 10 /* octets before CNTR: CPL, CHL, SPI, KIc, KID, TAR */
#define RESPONSE_CNTR 6 /* RPL, RHL, TAR */

/* One packet's security, of a command or a response. */
struct protection {
	enum ota_alg cipher, check;
	bool is_ciphered, is_checked;
	size_t check_len;
	size_t cntr;      /* where CNTR stands */
	size_t fixed;     /* octets from CNTR to the check */
	const char *lead; /* what the check covers before the packet */
	size_t lead_len;
};

static int protection(struct protection *p, const struct ota_header *h, bool is_response,
		      const struct ota_keyset *k, struct why *why)
{
	const unsigned kind = is_response ? h->spi[1] >> 2 & 3U : h->spi[0] & 3U;

	*p = (struct protection){.lead = "\x02\x71"};
	p->is_ciphered = is_response ? h->spi[1] & OTA_POR_CIPHER : h->spi[0] & OTA_SPI_CIPHER;
	p->is_checked = kind != 0;
	p->cntr = is_response ? RESPONSE_CNTR : COMMAND_CNTR;
	p->fixed = is_response ? 7 : 6;
	p->lead_len = is_response ? 3 : 0; /* UDHL, RPI, its length: TS 31.115 4.4 */
	if (kind == 3)
		return why_refuse(why, "unsupported",
				  "a digital signature has no algorithm (TS 102 225 5.1.1)");
	if (p->is_ciphered && ota_kic(&p->cipher, h->kic, k, why))
		return -1;
	if (p->is_checked && ota_kid(&p->check, h->kid, kind == 1, k, why))
		return -1;
	p->check_len = p->is_checked ? ota_check_len(p->check, k) : 0;
	return 0;
}

/* The check of a packet in the clear: everything but the check itself, the padding too. */
static int check(uint8_t out[static OTA_CHECK_MAX], const struct protection *p,
		 const struct ota_keyset *k, const uint8_t *packet, size_t len, struct why *why)
{
	const size_t at = p->cntr + p->fixed;
	BUF(covered);

	return buf_add(&covered, p->lead, p->lead_len, why) || buf_add(&covered, packet, at, why) ||
			       buf_add(&covered, packet + at + p->check_len,
				       len - at - p->check_len, why) ||
			       ota_check(out, p->check, k, covered.bytes, covered.len, why)
		       ? -1
		       : 0;
}

static void put_cntr(uint8_t *p, uint64_t cntr)
{
	for (int i = 0; i < 5; i++)
		p[i] = (uint8_t)(cntr >> (32 - 8 * i));
}

static uint64_t get_cntr(const uint8_t *p)
{
	uint64_t cntr = 0;

	for (int i = 0; i < 5; i++)
		cntr = cntr << 8 | p[i];
	return cntr;
}

/* The caller has reserved OTA_PACKET_MAX, and written what stands from SPI or TAR to CNTR. */
static int make(struct buf *out, const struct protection *p, const struct ota_header *h,
		const struct ota_keyset *k, const uint8_t *data, size_t len, struct why *why)
{
	const size_t clear = p->fixed + p->check_len + len;
	const size_t block = p->is_ciphered ? ota_block(p->cipher) : 1;
	const size_t padding = (block - clear % block) % block;
	const size_t total = p->cntr + clear + padding;
	uint8_t *packet;

	if (total > OTA_PACKET_MAX)
		return why_input(why, "%zu octets are more than 255 SMS can carry (TS 23.040)",
				 len);
	if (buf_reserve(out, total, why))
		return -1;
	packet = out->bytes + out->len;
	memset(packet + p->cntr, 0, total - p->cntr + 1);
	packet[0] = (uint8_t)((total - 2) >> 8);
	packet[1] = (uint8_t)(total - 2);
	packet[2] = (uint8_t)(p->cntr - 3 + p->fixed + p->check_len);
	put_cntr(packet + p->cntr, h->cntr);
	packet[p->cntr + 5] = (uint8_t)padding;
	if (p->fixed == 7)
		packet[p->cntr + 6] = (uint8_t)h->status;
	if (len)
		memcpy(packet + p->cntr + p->fixed + p->check_len, data, len);
	if (p->is_checked) {
		uint8_t sum[OTA_CHECK_MAX];

		if (check(sum, p, k, packet, total, why))
			return -1;
		memcpy(packet + p->cntr + p->fixed, sum, p->check_len);
	}
	if (p->is_ciphered &&
	    ota_cipher(true, p->cipher, k, packet + p->cntr, total - p->cntr, why))
		return -1;
	out->len += total;
	return 0;
}

int ota_command_make(struct buf *out, const struct ota_header *h, const struct ota_keyset *k,
		     const uint8_t *data, size_t len, struct why *why)
{
	struct protection p;
	uint8_t *head;

	if (ota_header_check(h, why) || protection(&p, h, false, k, why) ||
	    buf_reserve(out, OTA_PACKET_MAX, why))
		return -1;
	head = out->bytes + out->len;
	memcpy(head + 3, h->spi, 2);
	head[5] = h->kic;
	head[6] = h->kid;
	memcpy(head + 7, h->tar, 3);
	return make(out, &p, h, k, data, len, why);
}

int ota_response_make(struct buf *out, const struct ota_header *h, const struct ota_keyset *k,
		      const uint8_t *data, size_t len, struct why *why)
{
	struct protection p;

	if (ota_header_check(h, why) || protection(&p, h, true, k, why) ||
	    buf_reserve(out, OTA_PACKET_MAX, why))
		return -1;
	memcpy(out->bytes + out->len + 3, h->tar, 3);
	return make(out, &p, h, k, data, len, why);
}

int ota_command_peek(struct ota_header *h, const uint8_t *packet, size_t len, struct why *why)
{
	*h = (struct ota_header){0};
	if (len < COMMAND_CNTR + 6)
		return why_input(why,
				 "a command packet has 16 octets at least, got %zu "
				 "(TS 102 225 5.1)",
				 len);
	memcpy(h->spi, packet + 3, 2);
	h->kic = packet[5];
	h->kid = packet[6];
	memcpy(h->tar, packet + 7, 3);
	return 0;
}

/* Lengths: what CPL and CHL say is what is there, and a block cipher's multiple. */
static int check_lengths(const struct protection *p, const uint8_t *packet, size_t len,
			 struct why *why)
{
	const size_t header = p->cntr + p->fixed + p->check_len;

	if (len < p->cntr + p->fixed || len > OTA_PACKET_MAX)
		return why_input(why, "a packet of %zu octets is none (TS 102 225 5)", len);
	if (((size_t)packet[0] << 8 | packet[1]) != len - 2)
		return why_input(why, "%s is %u, and %zu octets follow (TS 102 225 5)",
				 p->fixed == 7 ? "RPL" : "CPL", packet[0] << 8 | packet[1],
				 len - 2);
	if (packet[2] != header - 3 || len < header)
		return why_input(why, "%s is %u, and the header has %zu octets (TS 102 225 5)",
				 p->fixed == 7 ? "RHL" : "CHL", packet[2], header - 3);
	if (p->is_ciphered && (len - p->cntr) % ota_block(p->cipher))
		return why_refuse(why, "ciphering-error",
				  "%zu octets are no whole blocks (TS 102 225 5.1.2)",
				  len - p->cntr);
	return 0;
}

static int verify(const struct protection *p, const struct ota_keyset *k, const uint8_t *packet,
		  size_t len, struct why *why)
{
	uint8_t sum[OTA_CHECK_MAX];

	if (!p->is_checked)
		return 0;
	if (check(sum, p, k, packet, len, why))
		return -1;
	if (CRYPTO_memcmp(sum, packet + p->cntr + p->fixed, p->check_len) == 0)
		return 0;
	return p->check >= OTA_CRC16
		       ? why_refuse(why, "crc-mismatch",
				    "the redundancy check is wrong (TS 102 225 5.1.3)")
		       : why_refuse(why, "mac-mismatch",
				    "the cryptographic checksum is wrong (TS 102 225 5.1.3)");
}

static int open_packet(struct buf *data, struct ota_header *h, const struct protection *p,
		       const struct ota_keyset *k, const uint8_t *packet, size_t len,
		       struct why *why)
{
	const size_t header = p->cntr + p->fixed + p->check_len;
	size_t padding;
	BUF(clear);

	if (check_lengths(p, packet, len, why) || buf_add(&clear, packet, len, why) ||
	    (p->is_ciphered &&
	     ota_cipher(false, p->cipher, k, clear.bytes + p->cntr, len - p->cntr, why)) ||
	    verify(p, k, clear.bytes, len, why))
		return -1;
	padding = clear.bytes[p->cntr + 5];
	if (padding > len - header || padding >= (p->is_ciphered ? ota_block(p->cipher) : 1))
		return why_refuse(why, "ciphering-error", "PCNTR is %zu (TS 102 225 5.1)", padding);
	h->cntr = get_cntr(clear.bytes + p->cntr);
	if (p->fixed == 7)
		h->status = clear.bytes[p->cntr + 6];
	return buf_add(data, clear.bytes + header, len - header - padding, why);
}

int ota_command_open(struct buf *data, struct ota_header *h, const struct ota_keyset *k,
		     const uint8_t *packet, size_t len, struct why *why)
{
	struct protection p;

	return ota_command_peek(h, packet, len, why) || ota_header_check(h, why) ||
			       protection(&p, h, false, k, why) ||
			       open_packet(data, h, &p, k, packet, len, why)
		       ? -1
		       : 0;
}

/* A card that could not verify the command answers without security, and so can anybody: what it
 * says is told, and not to be trusted. */
static int check_secured(const struct protection *p, const uint8_t *packet, size_t len,
			 struct why *why)
{
	const size_t bare = p->cntr + p->fixed;

	if ((!p->is_checked && !p->is_ciphered) || len != bare || packet[2] != bare - 3)
		return 0;
	return why_refuse(why, "insufficient-security-level",
			  "the response has no security, and says %s (TS 102 225 5.2)",
			  ota_status_name(packet[len - 1]));
}

int ota_response_open(struct buf *data, struct ota_header *h, const struct ota_keyset *k,
		      const uint8_t *packet, size_t len, struct why *why)
{
	struct protection p;

	if (ota_header_check(h, why) || protection(&p, h, true, k, why) ||
	    check_secured(&p, packet, len, why) || open_packet(data, h, &p, k, packet, len, why))
		return -1;
	memcpy(h->tar, packet + 3, 3);
	return 0;
}
