/* SPDX-License-Identifier: Apache-2.0 */
/* OTA reception: TS 102 225 5 and TS 102 226 5, with the acknowledgement of TR 33.812 5.3. */
#include "base/hex.h"
#include "uicc/inside.h"
#include "uicc/script.h"

#include <string.h>

/* The key set that the octets name: of the pair in use, or a common one (5.3.2.3). Borrowed. */
static json_t *find_keyset(const struct card *c, unsigned index)
{
	const json_t *common = json_object_get(c->s, "keysets");
	json_t *own = json_object_get(card_pair_of(c, card_key_index(c)), "ota_keys");
	json_int_t have;

	for (size_t i = 0; i <= json_array_size(common); i++) {
		json_t *keys = i ? json_array_get(common, i - 1) : own;

		have = json_integer_value(json_object_get(keys, "index"));
		if (keys && (!have || have == (json_int_t)index))
			return keys;
	}
	return NULL;
}

static int load_keyset(const struct card *c, const struct ota_header *h, json_t **keys,
		       struct ota_keyset *k, struct why *why)
{
	const unsigned index = h->spi[0] & OTA_SPI_CHECK ? h->kid >> 4 : h->kic >> 4;

	*keys = find_keyset(c, index);
	if (!*keys)
		return why_refuse(why, "wrong-key-index",
				  "the card has no OTA key set %u in use (TS 102 225 5.1.2)",
				  index);
	return ota_keyset_parse(k, *keys, why);
}

static int check_target(const struct ota_header *h, struct why *why)
{
	uint8_t tar[3];

	if (hex_decode(tar, 3, CARD_TAR, "TAR", why))
		return -1;
	if (memcmp(tar, h->tar, 3) != 0)
		return why_refuse(why, "wrong-tar",
				  "no application has TAR %02x%02x%02x (TS 102 225 5.2)", h->tar[0],
				  h->tar[1], h->tar[2]);
	if ((h->spi[0] & OTA_SPI_CHECK) != 2 || (h->spi[0] & OTA_SPI_COUNTER) < 0x10)
		return why_refuse(why, "insufficient-security-level",
				  "a checksum and a counter that goes up are wanted (TS 102 225 "
				  "5.1.1)");
	return 0;
}

/* Each reason's response status code, TS 102 225 5.2. */
static unsigned status_of(const struct why *why)
{
	static const struct {
		const char *reason;
		enum ota_status status;
	} codes[] = {{"mac-mismatch", OTA_CHECK_FAILED},
		     {"crc-mismatch", OTA_CHECK_FAILED},
		     {"cntr-low", OTA_CNTR_LOW},
		     {"cntr-high", OTA_CNTR_HIGH},
		     {"cntr-blocked", OTA_CNTR_BLOCKED},
		     {"ciphering-error", OTA_CIPHERING_ERROR},
		     {"wrong-tar", OTA_TAR_UNKNOWN},
		     {"insufficient-security-level", OTA_SECURITY_LOW}};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (strcmp(codes[i].reason, why->reason) == 0)
			return codes[i].status;
	return OTA_UNIDENTIFIED;
}

static bool is_due(const struct ota_header *h, bool is_error)
{
	const unsigned por = h->spi[1] & OTA_POR;

	return por == 1 || (por == 2 && is_error);
}

/* The refusal stays why's; what answers a packet that proved nothing has no security, or it would
 * be a checksum under the card's keys for whoever asks. */
static int refuse(struct ota_header *h, const struct ota_keyset *k, bool is_genuine,
		  struct buf *response, struct why *why)
{
	struct why late = {0};

	if (why->status != TOOL_NO || !is_due(h, true))
		return -1;
	h->status = status_of(why);
	if (!is_genuine) {
		h->spi[1] &= (uint8_t) ~(OTA_POR_CHECK | OTA_POR_CIPHER);
		h->cntr = 0;
	}
	if (ota_response_make(response, h, k, NULL, 0, &late))
		*why = late;
	return -1;
}

static int run_one(struct card *c, struct script_answer *a, const uint8_t *apdu, size_t len,
		   bool is_action, struct why *why)
{
	uint16_t sw;
	BUF(data);

	if (is_action) { /* REFRESH alone, TS 102 226 5.2.1.4 */
		if (len < 5 || apdu[0] != 0x81 || apdu[3] != 0x01)
			return script_answered(a, NULL, 0, SW_DATA, why);
		c->wants_refresh = true;
		return 0;
	}
	sw = apdu_run(c, apdu, len, &data, why);
	return script_answered(a, data.bytes, data.len, sw, why);
}

/* The whole script, or (our choice) nothing of it: the first command that fails ends it. */
static int run_script(struct card *c, const struct buf *commands, struct buf *answer,
		      struct why *why)
{
	__attribute__((cleanup(script_answer_free))) struct script_answer a = {.sw = SW_OK};
	AUTO(json_t) *before = json_deep_copy(json_object_get(c->s, "staged"));
	struct script_reader r;
	const uint8_t *apdu;
	bool is_action;
	size_t len;
	int got;

	c->wants_refresh = false;
	if (!before)
		return why_sys(why, "out of memory");
	if (script_open(&r, commands->bytes, commands->len, why))
		got = -1;
	else
		do {
			got = script_next(&r, &apdu, &len, &is_action, why);
			if (got > 0 && run_one(c, &a, apdu, len, is_action, why))
				return -1;
		} while (got > 0 && a.sw >> 8 == 0x90);
	if (got < 0 && script_answered(&a, NULL, 0, SW_LENGTH, why))
		return -1;
	if (script_answer_close(answer, &a, r.is_expanded, why))
		return -1;
	if (a.sw == SW_OK)
		return c->wants_refresh ? card_activate(c, why) : 0;
	json_object_clear(json_object_get(c->s, "staged"));
	if (json_object_update(json_object_get(c->s, "staged"), before))
		return why_sys(why, "out of memory");
	return why_refuse(why, "command-failed",
			  "command %u of the script ended with %04x "
			  "(TS 102 221 10.2.1)%s",
			  a.executed, a.sw,
			  a.sw == SW_EXHAUSTED ? ": the list of K/OTA-key pairs is exhausted "
						 "(TR 33.812 5.3.2.2 step 9)"
					       : "");
}

/* The session of the terminal stays what it was. */
static int run_apart(struct card *c, const struct ota_header *h, const struct buf *commands,
		     struct buf *answer, struct why *why)
{
	const unsigned df = c->df, ef = c->ef;
	int rc;

	c->df = DF_MF;
	c->ef = 0;
	c->is_remote = true;
	c->is_ciphered = h->spi[0] & OTA_SPI_CIPHER;
	rc = run_script(c, commands, answer, why);
	c->is_remote = c->is_ciphered = false;
	c->df = df;
	c->ef = ef;
	return rc;
}

/* Everything of a genuine packet is one save: its counter, and what it did. */
static int execute(struct card *c, struct ota_header *h, const struct ota_keyset *k, json_t *keys,
		   const struct buf *commands, struct buf *response, struct why *why)
{
	const uint8_t cntr[] = {(uint8_t)(h->cntr >> 32), (uint8_t)(h->cntr >> 24),
				(uint8_t)(h->cntr >> 16), (uint8_t)(h->cntr >> 8),
				(uint8_t)h->cntr};
	AUTO(json_t) *kept = json_incref(keys); /* REFRESH may change what is in use */
	struct why late = {0};
	int rc;
	BUF(answer);

	if (json_put_hex(kept, "cntr", cntr, sizeof(cntr), why))
		return -1;
	rc = run_apart(c, h, commands, &answer, why);
	if (rc && why->status != TOOL_NO)
		return -1;
	if ((is_due(h, rc != 0) &&
	     ota_response_make(response, h, k, answer.bytes, answer.len, &late)) ||
	    card_save(c, &late)) {
		buf_clear(response);
		*why = late;
		return -1;
	}
	return rc;
}

int card_remote(struct card *c, const uint8_t *packet, size_t len, struct ota_header *h,
		struct buf *response, struct why *why)
{
	SECRET(ota_keyset) k = {0};
	json_t *keys = NULL;
	BUF(commands);

	if (channel_is_wanted(c))
		return channel_refuse(why);
	if (ota_command_peek(h, packet, len, why))
		return -1;
	if (check_target(h, why) || load_keyset(c, h, &keys, &k, why) ||
	    ota_command_open(&commands, h, &k, packet, len, why))
		return refuse(h, &k, false, response, why);
	if (ota_counter_check(h->spi[0], h->cntr, k.cntr, why))
		return refuse(h, &k, true, response, why);
	return execute(c, h, &k, keys, &commands, response, why);
}
