/* SPDX-License-Identifier: Apache-2.0 */
/* What goes into a card before it is delivered: TR 33.812 5.2.2, 5.3.1.2 step 1, 5.3.2.2 step 2. */
#include "base/hex.h"
#include "base/record.h"
#include "base/slurp.h"
#include "pcid/plmn.h"
#include "uicc/inside.h"

#include <string.h>

static const char *const pair_fields[] = {"index", "k",        "opc",      "topc", "alg",
					  "seq",   "ota_keys", "ind_bits", NULL};

/* A pair as it stands in the card; an OTA key set that is none is found now. */
static int add_pair(struct card *c, const json_t *from, unsigned index, struct why *why)
{
	json_t *keys = json_object_get(from, "ota_keys");
	AUTO(json_t) *pair = json_object();
	SECRET(ota_keyset) k = {0};
	SECRET(aka_key) a = {0};
	struct sqn_window w;

	if (card_pair_parse(&a, &w, from, why) || (keys && ota_keyset_parse(&k, keys, why)))
		return -1;
	if (card_pair_of(c, index))
		return why_input(why, "index %u comes twice (TR 33.812 5.3.2)", index);
	for (size_t i = 0; pair_fields[i]; i++) {
		json_t *value = json_object_get(from, pair_fields[i]);

		if (value && json_put(pair, pair_fields[i], json_deep_copy(value), why))
			return -1;
	}
	return json_put_number(pair, "index", index, why) ||
			       json_array_append(json_object_get(c->s, "pairs"), pair)
		       ? -1
		       : 0;
}

static int check_iccid(const struct card *c, const json_t *o, struct why *why)
{
	const char *iccid;

	if (json_text_opt(&iccid, o, "iccid", why))
		return -1;
	return !iccid || strcmp(iccid, json_string_value(json_object_get(c->s, "iccid"))) == 0
		       ? 0
		       : why_refuse(why, "wrong-uicc",
				    "this is for the card %.20s (TR 33.812 5.3.2)", iccid);
}

static int put_pair(struct card *c, const json_t *o, struct why *why)
{
	uint64_t index = 0;

	return check_iccid(c, o, why) || json_number(&index, o, "index", 1, 255, 0, why) ||
			       (!index && why_input(why, "index: want 1 to 255")) ||
			       add_pair(c, o, (unsigned)index, why)
		       ? -1
		       : 0;
}

static int take_pair(void *ctx, const json_t *o, struct why *why)
{
	return put_pair(ctx, o, why);
}

static int put_credential(struct card *c, const json_t *o, struct why *why)
{
	const char *imsi = json_text(o, "imsi", why);
	uint8_t ef[9], acc[2] = {0};
	unsigned class;

	if (!imsi || imsi_encode(ef, imsi, why) || check_iccid(c, o, why))
		return -1;
	class = (unsigned)(imsi[strlen(imsi) - 1] - '0');
	acc[class < 8 ? 1 : 0] = (uint8_t)(1U << (class & 7));
	if (files_put(c, ADF_USIM, EF_IMSI, ef, sizeof(ef), why) ||
	    files_put(c, ADF_USIM, 0x6f78, acc, sizeof(acc), why))
		return -1;
	if (json_object_get(o, "k"))
		return add_pair(c, o, 1, why);
	return card_pair_of(c, 1) ? 0 : why_input(why, "want k and opc, or pairs (TR 33.812 5.3)");
}

static int put_pin(struct card *c, const char *path, struct why *why)
{
	size_t n;
	BUF(text);

	if (slurp(&text, path, 64, why))
		return -1;
	n = strspn(buf_text(&text), "0123456789");
	if (n < 4 || n > 8 || text.len > n + 1 || (text.len == n + 1 && text.bytes[n] != '\n'))
		return why_input(why, "%s: want 4 to 8 digits (TS 102 221 9.5.1)", path);
	text.bytes[n] = '\0';
	return json_put_text(c->s, "pin", buf_text(&text), why) ||
			       json_put_number(c->s, "pin_tries", 3, why)
		       ? -1
		       : 0;
}

static int put_pairing(struct card *c, const char *path, struct why *why)
{
	BUF(octets);

	if (slurp_hex_buf(&octets, path, "pairing", why))
		return -1;
	return octets.len == 32
		       ? json_put_hex(c->s, "pairing", octets.bytes, octets.len, why)
		       : why_input(why, "%s: want 64 hex digits (TR 33.812 5.2.5.2)", path);
}

static int put_keyset(struct card *c, const char *path, struct why *why)
{
	AUTO(json_t) *o = json_load(path, why);
	SECRET(ota_keyset) k = {0};

	if (!o || ota_keyset_parse(&k, o, why))
		return o ? why_in(why, "%s", path) : -1;
	return json_array_append(json_object_get(c->s, "keysets"), o)
		       ? why_sys(why, "out of memory")
		       : 0;
}

static int check_fresh(const struct card *c, struct why *why)
{
	return json_array_size(json_object_get(c->s, "pairs"))
		       ? why_refuse(why, "already-initialised",
				    "the card is personalized (TR 33.812 5.2.2)")
		       : 0;
}

int card_personalize_record(struct card *c, const json_t *record, struct why *why)
{
	const json_t *pairs = json_object_get(record, "pairs");

	if (check_fresh(c, why))
		return -1;
	for (size_t i = 0; i < json_array_size(pairs); i++)
		if (put_pair(c, json_array_get(pairs, i), why))
			return -1;
	return put_credential(c, record, why);
}

int card_personalize(struct card *c, const struct card_personal *p, struct why *why)
{
	AUTO(json_t) *o = NULL;

	if (check_fresh(c, why))
		return -1;
	o = json_load(p->credential, why);
	if (!o || (p->pairs && record_each(p->pairs, RECORD_JSONL, take_pair, c, why)))
		return -1;
	if (put_credential(c, o, why))
		return why->status == TOOL_INPUT ? why_in(why, "%s", p->credential) : -1;
	return (p->keyset && put_keyset(c, p->keyset, why)) ||
			       (p->pairing && put_pairing(c, p->pairing, why)) ||
			       (p->pin && put_pin(c, p->pin, why)) || card_save(c, why)
		       ? -1
		       : 0;
}
