/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a packet's header, in octets and in words. */
#include "base/hex.h"
#include "uicc/packet.h"

#include <string.h>

static const char *const status_names[OTA_STATUS_COUNT] = {"por-ok",
							   "rc-cc-ds-failed",
							   "cntr-low",
							   "cntr-high",
							   "cntr-blocked",
							   "ciphering-error",
							   "unidentified-security-error",
							   "insufficient-memory",
							   "more-time",
							   "tar-unknown",
							   "insufficient-security-level",
							   "response-by-submit",
							   "response-by-ussd"};

const char *ota_status_name(unsigned status)
{
	return status < OTA_STATUS_COUNT ? status_names[status] : "unknown";
}

int ota_status_parse(unsigned *status, const char *name, struct why *why)
{
	for (unsigned i = 0; i < OTA_STATUS_COUNT; i++)
		if (strcmp(status_names[i], name) == 0) {
			*status = i;
			return 0;
		}
	return why_usage(why, "--status: no response status code has this name: '%.40s'", name);
}

int ota_header_check(const struct ota_header *h, struct why *why)
{
	if (h->spi[0] & 0xe0 || h->spi[1] & 0xc0 || (h->spi[1] & OTA_POR) == 3)
		return why_input(why, "SPI %02x%02x: reserved bits are set (TS 102 225 5.1.1)",
				 h->spi[0], h->spi[1]);
	if ((h->spi[0] & OTA_SPI_CHECK) == 3 || (h->spi[1] & OTA_POR_CHECK) == OTA_POR_CHECK)
		return why_refuse(why, "unsupported",
				  "a digital signature has no algorithm (TS 102 225 5.1.1)");
	return 0;
}

int ota_cntr_parse(uint64_t *cntr, const char *text, struct why *why)
{
	uint8_t octets[5];

	if (hex_decode(octets, sizeof(octets), text, "CNTR", why))
		return -1;
	*cntr = 0;
	for (size_t i = 0; i < sizeof(octets); i++)
		*cntr = *cntr << 8 | octets[i];
	return 0;
}

int ota_header_parse(struct ota_header *h, const char *spi, const char *kic, const char *kid,
		     const char *tar, struct why *why)
{
	return hex_decode(h->spi, 2, spi, "SPI", why) || hex_decode(&h->kic, 1, kic, "KIc", why) ||
			       hex_decode(&h->kid, 1, kid, "KID", why) ||
			       (tar && hex_decode(h->tar, 3, tar, "TAR", why)) ||
			       ota_header_check(h, why)
		       ? -1
		       : 0;
}

int ota_header_put(json_t *o, const struct ota_header *h, bool is_response, struct why *why)
{
	const uint8_t cntr[] = {(uint8_t)(h->cntr >> 32), (uint8_t)(h->cntr >> 24),
				(uint8_t)(h->cntr >> 16), (uint8_t)(h->cntr >> 8),
				(uint8_t)h->cntr};

	if (!is_response &&
	    (json_put_hex(o, "spi", h->spi, 2, why) || json_put_hex(o, "kic", &h->kic, 1, why) ||
	     json_put_hex(o, "kid", &h->kid, 1, why)))
		return -1;
	return json_put_hex(o, "tar", h->tar, 3, why) || json_put_hex(o, "cntr", cntr, 5, why) ||
			       (is_response &&
				json_put_text(o, "status", ota_status_name(h->status), why))
		       ? -1
		       : 0;
}

int ota_counter_check(uint8_t spi, uint64_t cntr, uint64_t last, struct why *why)
{
	const unsigned mode = spi >> 3 & 3U;

	if (mode < 2)
		return 0;
	if (last == OTA_CNTR_MAX)
		return why_refuse(why, "cntr-blocked",
				  "the counter has reached its end (TS 102 225 5.1.4)");
	if (cntr <= last)
		return why_refuse(why, "cntr-low",
				  "the counter was used before (TS 102 225 5.1.4)");
	if (mode == 3 && cntr != last + 1)
		return why_refuse(why, "cntr-high",
				  "the counter is not the next (TS 102 225 5.1.4)");
	return 0;
}
