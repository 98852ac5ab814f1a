/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of TS 102 221 11 and TS 31.102 7 at the card's interface. */
#include "uicc/inside.h"
#include "uicc/sms.h"

#include <string.h>

/* One command, taken apart: cases 1 to 4, short lengths. */
struct command {
	uint8_t cla, ins, p1, p2;
	const uint8_t *data;
	size_t lc;
	size_t le; /* 0: none given, or 256 */
};

static uint16_t parse(struct command *m, const uint8_t *apdu, size_t len)
{
	if (len < 4)
		return SW_LENGTH;
	*m = (struct command){apdu[0], apdu[1], apdu[2], apdu[3], NULL, 0, 0};
	if (len == 5)
		m->le = apdu[4];
	if (len <= 5)
		return SW_OK;
	m->lc = apdu[4];
	m->data = apdu + 5;
	if (len != 5 + m->lc && len != 6 + m->lc)
		return SW_LENGTH;
	if (len == 6 + m->lc)
		m->le = apdu[len - 1];
	return SW_OK;
}

/* One identifier after the other, from the MF, the current directory, or where one is known. */
static uint16_t walk(struct card *c, const struct command *m)
{
	uint16_t sw = SW_OK;

	if (!m->lc || m->lc % 2 || (m->p1 == 0 && m->lc != 2))
		return SW_LENGTH;
	if (m->p1 == 8)
		sw = files_select(c, DF_MF);
	for (size_t i = 0; i < m->lc && sw == SW_OK; i += 2)
		sw = files_select(c, (unsigned)m->data[i] << 8 | m->data[i + 1]);
	return sw;
}

/* What cannot be selected leaves selected what was. */
static uint16_t do_select(struct card *c, const struct command *m, struct buf *data)
{
	const unsigned df = c->df, ef = c->ef;
	/* AID of a USIM, TS 101 220: its beginning is enough */
	static const uint8_t usim[] = {0xa0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02};
	uint16_t sw = SW_OK;

	if (m->p1 == 4) { /* by DF name */
		if (m->lc < 5 || m->lc > 16 ||
		    memcmp(m->data, usim, m->lc < sizeof(usim) ? m->lc : sizeof(usim)) != 0)
			return SW_NO_FILE;
		sw = files_select(c, ADF_USIM);
	} else if (m->p1 == 0 || m->p1 == 8 || m->p1 == 9) { /* by identifier, or path */
		sw = walk(c, m);
	} else {
		return SW_P1P2;
	}
	if (sw != SW_OK) {
		c->df = df;
		c->ef = ef;
	}
	if (sw == SW_OK && (m->p2 & 0x0c) != 0x0c)
		return files_describe(c, data);
	return sw;
}

/* STATUS: of the current directory, whatever file of it is selected (TS 102 221 11.1.2). */
static uint16_t do_status(const struct card *c, const struct command *m, struct buf *data)
{
	const struct card directory = {.df = c->df};

	if (m->p2 == 0x0c)
		return SW_OK;
	return m->p2 ? SW_P1P2 : files_describe(&directory, data);
}

static uint16_t do_authenticate(struct card *c, const struct command *m, struct buf *data,
				struct why *why)
{
	SECRET(aka_key) key = {0};
	SECRET(aka_answer) a = {0};
	const uint8_t *parts[] = {a.res, a.ck, a.ik};
	const uint8_t failure[] = {0xdc, 14}; /* AUTN has 16 octets, so MAC has 8 */
	struct why own = {0};

	if (m->p2 != 0x81)
		return SW_P1P2;
	if (m->lc != 34 || m->data[0] != 16 || m->data[17] != 16)
		return SW_LENGTH;
	if (c->df != ADF_USIM)
		return SW_CONDITIONS;
	if (!files_pin_is_right(c)) /* TS 31.102 7.1.1.1 */
		return SW_SECURITY;
	if (card_authenticate(c, m->data + 1, m->data + 18, &key, &a, &own)) {
		if (a.is_synchronisation_failure)
			return buf_add(data, failure, 2, NULL) || buf_add(data, a.auts, 14, NULL)
				       ? SW_SYSTEM
				       : SW_OK;
		if (own.status != TOOL_NO)
			*why = own;
		return own.status == TOOL_NO ? SW_MAC : SW_SYSTEM;
	}
	if (buf_add(data, "\xdb", 1, NULL))
		return SW_SYSTEM;
	for (int i = 0; i < 3; i++) {
		const size_t lengths[] = {key.res_len, key.ck_len, key.ik_len};
		const uint8_t len = (uint8_t)lengths[i];

		if (buf_add(data, &len, 1, NULL) || buf_add(data, parts[i], len, NULL))
			return SW_SYSTEM;
	}
	return SW_OK;
}

/* VERIFY PIN, TS 102 221 11.1.9; the tries are written down before the PIN is looked at. */
static uint16_t do_verify(struct card *c, const struct command *m, struct why *why)
{
	const char *pin = json_string_value(json_object_get(c->s, "pin"));
	json_int_t tries = json_integer_value(json_object_get(c->s, "pin_tries"));
	uint8_t padded[8];

	if (!pin || m->p2 != 1)
		return SW_NO_REFERENCE;
	if (!m->lc)
		return (uint16_t)(SW_TRIES | tries);
	if (!tries)
		return SW_BLOCKED;
	if (m->lc != 8)
		return SW_LENGTH;
	memset(padded, 0xff, sizeof(padded));
	memcpy(padded, pin, strlen(pin));
	if (json_put_number(c->s, "pin_tries", (uint64_t)tries - 1, why) || card_save(c, why))
		return SW_SYSTEM;
	c->pin_is_right = CRYPTO_memcmp(padded, m->data, 8) == 0;
	if (!c->pin_is_right)
		return tries > 1 ? (uint16_t)(SW_TRIES | (tries - 1)) : SW_BLOCKED;
	c->is_changed = true;
	return json_put_number(c->s, "pin_tries", 3, why) ? SW_SYSTEM : SW_OK;
}

/* A BER-TLV object of the ENVELOPE: its value, NULL where it is none. */
static const uint8_t *find_tlv(const uint8_t *p, size_t len, uint8_t tag, size_t *value_len)
{
	while (len >= 2) {
		const size_t head = p[1] == 0x81 ? 3 : 2;
		size_t n;

		if (len < head || (head == 2 && p[1] > 0x7f))
			return NULL;
		n = p[head - 1];
		if (n > len - head)
			return NULL;
		*value_len = n;
		if ((p[0] & 0x7f) == tag)
			return p + head;
		p += head + n;
		len -= head + n;
	}
	return NULL;
}

/* ENVELOPE (SMS-PP DOWNLOAD), TS 31.111 7.1: the TPDU of one short message. */
static uint16_t do_envelope(struct card *c, const struct command *m, struct buf *data,
			    struct why *why)
{
	struct ota_header h = {0};
	struct why own = {0};
	size_t len = 0, inside = 0;
	const uint8_t *tpdu, *all = find_tlv(m->data, m->lc, 0x51, &len); /* D1 */
	BUF(response);

	tpdu = all ? find_tlv(all, len, 0x0b, &inside) : NULL;
	if (!tpdu)
		return SW_DATA;
	if (card_sms(c, SMS_TPDU, tpdu, inside, &h, &response, &own) < 0 && own.status > TOOL_NO) {
		if (own.status == TOOL_INPUT)
			return SW_DATA;
		*why = own;
		return SW_SYSTEM;
	}
	if (response.len && (buf_add(data, "\x02\x71\x00", 3, NULL) ||
			     buf_add(data, response.bytes, response.len, NULL)))
		return SW_SYSTEM;
	return own.status && !response.len ? SW_NO_CHANGE : SW_OK;
}

static uint16_t dispatch(struct card *c, const struct command *m, struct buf *data, struct why *why)
{
	const bool is_record = m->ins == 0xb2 || m->ins == 0xdc;
	const unsigned at = is_record ? m->p1 : (unsigned)m->p1 << 8 | m->p2;

	if (is_record && m->p2 != 4) /* absolute, of the selected file */
		return SW_P1P2;
	switch (m->ins) {
	case 0xa4: return do_select(c, m, data);
	case 0xb0:
	case 0xb2: return files_read(c, is_record, at, m->le, data);
	case 0xd6:
	case 0xdc: return m->lc ? files_write(c, is_record, at, m->data, m->lc) : SW_LENGTH;
	case 0xf2: return do_status(c, m, data);
	default: break;
	}
	if (c->is_remote)
		return SW_INS;
	switch (m->ins) {
	case 0x10: return SW_OK; /* TERMINAL PROFILE */
	case 0x20: return do_verify(c, m, why);
	case 0x73: return channel_manage(c, m->p1, m->data, m->lc, data);
	case 0x88: return do_authenticate(c, m, data, why);
	case 0xc2: return do_envelope(c, m, data, why);
	default: return SW_INS;
	}
}

/* What a card that is for another M2ME still does: be known, and be paired. */
static bool is_open(const struct card *c, const struct command *m)
{
	return !channel_is_wanted(c) || m->ins == 0xa4 || m->ins == 0x73 ||
	       (m->ins == 0xb0 && c->ef == 0x2fe2);
}

uint16_t apdu_run(struct card *c, const uint8_t *apdu, size_t len, struct buf *data,
		  struct why *why)
{
	struct command m;
	const uint16_t sw = parse(&m, apdu, len);

	if (sw != SW_OK)
		return sw;
	if (m.cla & 0x7f && m.cla != 0xa0)
		return SW_CLA;
	return is_open(c, &m) ? dispatch(c, &m, data, why) : SW_SECURITY;
}

static int put_answer(struct buf *answer, const struct buf *data, uint16_t sw, struct why *why)
{
	const uint8_t octets[] = {(uint8_t)(sw >> 8), (uint8_t)sw};

	return buf_add(answer, buf_text(data), data->len, why) || buf_add(answer, octets, 2, why)
		       ? -1
		       : 0;
}

/* GET RESPONSE, TS 102 221 11.1.17: so many octets, and the word that there are more. */
static int get_response(struct card *c, size_t le, struct buf *answer, struct why *why)
{
	const size_t all = c->response.len, n = le && le < all ? le : all;
	BUF(data);
	BUF(rest);

	if (!all)
		return put_answer(answer, &data, SW_P1P2, why);
	if (buf_add(&data, c->response.bytes, n, why) ||
	    buf_add(&rest, c->response.bytes + n, all - n, why))
		return -1;
	buf_clear(&c->response);
	return buf_add(&c->response, buf_text(&rest), rest.len, why) ||
			       put_answer(answer, &data,
					  rest.len ? (uint16_t)(0x6100 | (rest.len & 0xff)) : SW_OK,
					  why)
		       ? -1
		       : 0;
}

int card_apdu(struct card *c, const uint8_t *apdu, size_t len, struct buf *answer, struct why *why)
{
	struct why own = {0};
	uint16_t sw;
	BUF(data);

	if (len == 5 && apdu[1] == 0xc0)
		return get_response(c, apdu[4], answer, why);
	buf_clear(&c->response);
	sw = apdu_run(c, apdu, len, &data, &own);
	if (own.status || (c->is_changed && card_save(c, &own))) {
		*why = own;
		return -1;
	}
	/* a command with data and no Le: its answer is fetched by GET RESPONSE (T=0) */
	if (data.len && len > 5 && len == 5U + apdu[4] && sw == SW_OK) {
		sw = (uint16_t)(0x6100 | (data.len & 0xff));
		buf_free(&c->response);
		c->response = data;
		data = (struct buf){0};
	}
	return put_answer(answer, &data, sw, why);
}
