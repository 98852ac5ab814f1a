/* SPDX-License-Identifier: Apache-2.0 */
#include "uicc/card.h"

#include "base/hex.h"
#include "base/slurp.h"
#include "pcid/plmn.h"
#include "uicc/inside.h"
#include "uicc/script.h"

#include <stdio.h>
#include <string.h>

#define MAGIC "UICC"

/* T=0 and T=15, TS 102 221 6.3. */
const uint8_t card_atr[] = {0x3b, 0x9f, 0x96, 0x80, 0x1f, 0xc7, 0x80, 0x31, 0xe0, 0x73, 0xfe,
			    0x21, 0x13, 0x67, 0x11, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xc9};
const size_t card_atr_len = sizeof(card_atr);

void card_close(struct card *c)
{
	json_decref(c->s);
	buf_free(&c->response);
	sealed_close(&c->sealed);
	OPENSSL_cleanse(c->nonces, sizeof(c->nonces));
	c->s = NULL;
}

void card_reset(struct card *c)
{
	c->df = DF_MF;
	c->ef = 0;
	c->pin_is_right = c->is_remote = c->is_ciphered = c->is_paired = c->wants_refresh = false;
	buf_clear(&c->response);
	OPENSSL_cleanse(c->nonces, sizeof(c->nonces));
}

int card_save(struct card *c, struct why *why)
{
	BUF(text);

	if (json_append(&text, c->s, why) ||
	    (c->keep ? c->keep(c->keeper, c, &text, why)
		     : sealed_save(&c->sealed, text.bytes, text.len, why)))
		return -1;
	c->is_changed = false;
	return 0;
}

int card_open(struct card *c, const char *state, const char *device, struct why *why)
{
	BUF(text);

	if (sealed_open(&c->sealed, state, device, MAGIC, &text, why))
		return -1;
	c->s = json_parse(text.bytes, text.len, "card", why);
	card_reset(c);
	return c->s ? 0 : -1;
}

int card_make(struct card *c, const char *iccid, struct why *why)
{
	json_t *files = json_object();
	uint8_t ef[10];

	c->s = json_object();
	if (json_put(c->s, "files", files, why) || iccid_encode(ef, iccid, why) ||
	    files_init(files, why) || json_put_text(c->s, "iccid", iccid, why) ||
	    json_put(c->s, "staged", json_object(), why) ||
	    json_put(c->s, "pairs", json_array(), why) ||
	    json_put(c->s, "keysets", json_array(), why) ||
	    files_put(c, DF_MF, 0x2fe2, ef, sizeof(ef), why))
		return -1;
	card_reset(c);
	return 0;
}

int card_init(struct card *c, const char *state, const char *device, const char *iccid,
	      struct why *why)
{
	return card_make(c, iccid, why) || sealed_create(&c->sealed, state, device, MAGIC, why) ||
			       card_save(c, why)
		       ? -1
		       : 0;
}

/* ---- what the card is ---- */

static const char *file_text(const struct card *c, unsigned df, unsigned ef)
{
	char name[10];

	snprintf(name, sizeof(name), "%04x%04x", df & 0xffff, ef & 0xffff);
	return json_string_value(json_object_get(json_object_get(c->s, "files"), name));
}

unsigned card_key_index(const struct card *c)
{
	const char *text = file_text(c, ADF_USIM, UICC_EF_KEY_INDEX);
	uint8_t index = 0;

	return text && hex_decode(&index, 1, text, "index", NULL) == 0 ? index : 0;
}

json_t *card_pair_of(const struct card *c, unsigned index)
{
	const json_t *pairs = json_object_get(c->s, "pairs");

	for (size_t i = 0; i < json_array_size(pairs); i++) {
		json_t *pair = json_array_get(pairs, i);

		if (json_integer_value(json_object_get(pair, "index")) == (json_int_t)index)
			return pair;
	}
	return NULL;
}

static int imsi_of(const struct card *c, char imsi[static IMSI_TEXT], struct why *why)
{
	const char *text = file_text(c, ADF_USIM, EF_IMSI);
	uint8_t ef[9];

	if (!text || hex_decode(ef, sizeof(ef), text, "EF_IMSI", why) ||
	    imsi_decode(imsi, ef, sizeof(ef), why))
		return why_refuse(why, "wrong-state", "the card has no IMSI (TR 33.812 5.2.2)");
	return 0;
}

int card_identity(const struct card *c, struct buf *out, struct why *why)
{
	AUTO(json_t) *o = json_object();
	char imsi[IMSI_TEXT];

	return imsi_of(c, imsi, why) || json_put_text(o, "imsi", imsi, why) ||
			       json_append_line(out, o, why)
		       ? -1
		       : 0;
}

int card_info(const struct card *c, struct buf *out, struct why *why)
{
	AUTO(json_t) *o = json_object();
	const unsigned index = card_key_index(c);
	struct why none = {0};
	char imsi[IMSI_TEXT];
	unsigned left = 0;

	while (card_pair_of(c, index + left + 1))
		left++;
	if (json_put(o, "iccid", json_incref(json_object_get(c->s, "iccid")), why) ||
	    (!imsi_of(c, imsi, &none) && json_put_text(o, "imsi", imsi, why)) ||
	    json_put_number(o, "index", index, why) || json_put_number(o, "left", left, why) ||
	    json_put_bool(o, "staged", json_object_size(json_object_get(c->s, "staged")) > 0,
			  why) ||
	    json_put_bool(o, "paired", json_object_get(c->s, "pairing") != NULL, why))
		return -1;
	left = (unsigned)json_array_size(json_object_get(c->s, "parts"));
	return (left && json_put_number(o, "waiting", left, why)) || json_append_line(out, o, why)
		       ? -1
		       : 0;
}

/* ---- REFRESH ---- */

/* A K that came by OTA (5.3.1.2 step 6): its sequence numbers begin anew. */
static int take_key(struct card *c, const char *text, struct why *why)
{
	json_t *pair = card_pair_of(c, card_key_index(c));
	char half[33] = {0};
	int rc;

	if (!pair || strlen(text) != 64)
		return why_sys(why, "the staged key is none");
	memcpy(half, text, 32);
	rc = json_put_text(pair, "k", half, why) || json_put_text(pair, "opc", text + 32, why);
	OPENSSL_cleanse(half, sizeof(half));
	json_object_del(pair, "seq");
	return rc ? -1 : 0;
}

/* What belongs to the subscription that was: TS 31.102 4.2.17, 4.2.23, 4.2.3, 4.2.4. */
static int forget_location(json_t *files, struct why *why)
{
	static const char *const names[] = {"7fff6f7e", "7fff6f73", "7fff6f08", "7fff6f09"};
	static const char *const fresh[] = {"ffffffff", "ffffffff", "07", "07"};
	static const size_t sizes[] = {22, 28, 66, 66};

	for (int i = 0; i < 4; i++) {
		char text[67];

		memset(text, 'f', sizeof(text));
		text[sizes[i]] = '\0';
		memcpy(text, fresh[i], strlen(fresh[i]));
		if (i < 2)
			memcpy(text + sizes[i] - 2, "01", 2); /* not updated */
		if (json_put_text(files, names[i], text, why))
			return -1;
	}
	return 0;
}

int card_activate(struct card *c, struct why *why)
{
	json_t *staged = json_object_get(c->s, "staged"), *files = json_object_get(c->s, "files");
	const bool is_new = json_object_get(staged, "7fff6f07") != NULL;
	AUTO(json_t) *key = json_incref(json_object_get(staged, "7fff6ff2"));

	json_object_del(staged, "7fff6ff2");
	if (json_object_update(files, staged) || (is_new && forget_location(files, why)) ||
	    (key && take_key(c, json_string_value(key), why)))
		return why_sys(why, "out of memory");
	json_object_clear(staged);
	c->is_changed = true;
	return 0;
}
