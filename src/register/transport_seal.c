/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hex.h"
#include "base/rng.h"
#include "register/transport_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int header(struct buf *out, struct transport *t, uint64_t index, struct why *why)
{
	AUTO(json_t) *o = json_object();
	const size_t from = out->len;

	return json_put_hex(o, "batch", t->batch, TRANSPORT_BATCH, why) ||
			       json_put_text(o, "form", transport_forms[t->form], why) ||
			       json_put_hex(o, "tk", t->tk, TRANSPORT_KCV, why) ||
			       (index && json_put_number(o, "index", index, why)) ||
			       json_append_line(out, o, why) ||
			       transport_count(t, out->bytes + from, out->len - from, why)
		       ? -1
		       : 0;
}

struct transport *transport_begin(struct buf *out, const struct transport_key *key,
				  enum transport_form form, uint64_t index, struct why *why)
{
	AUTO(TRANSPORT) *t = calloc(1, sizeof(*t));

	if (!t) {
		why_sys(why, "out of memory");
		return NULL;
	}
	t->key = *key;
	t->form = form;
	if (form == TRANSPORT_GCM && key->len != 32) {
		why_input(why, "transport key: want 64 hex digits for aes-256-gcm");
		return NULL;
	}
	if (rng_bytes(t->batch, TRANSPORT_BATCH, why) || transport_keys(t, why) ||
	    header(out, t, index, why))
		return NULL;
	return STEAL(t);
}

/* The secret fields as an object of their own, gone from o. */
static json_t *take_secrets(json_t *o, struct why *why)
{
	AUTO(json_t) *secrets = json_object();

	for (size_t i = 0; transport_secrets[i]; i++) {
		json_t *v = json_object_get(o, transport_secrets[i]);

		if (v && (json_put(secrets, transport_secrets[i], json_incref(v), why) ||
			  json_object_del(o, transport_secrets[i])))
			return NULL;
	}
	return STEAL(secrets);
}

static int seal_gcm(struct transport *t, json_t *o, const json_t *secrets, struct why *why)
{
	uint8_t nonce[12];
	BUF(clear);
	BUF(text);

	/* what is bound is the line up to its first field of ours: all but the brace */
	if (json_append(&clear, o, why) || json_append(&text, secrets, why) ||
	    buf_reserve(&text, TRANSPORT_TAG, why) ||
	    transport_gcm(t, true, clear.bytes, clear.len - 1, text.bytes, text.len, why))
		return -1;
	transport_row_octets(nonce, sizeof(nonce), t->rows);
	return json_put_hex(o, "batch", t->batch, TRANSPORT_BATCH, why) ||
			       json_put_number(o, "row", t->rows, why) ||
			       json_put_hex(o, "nonce", nonce, sizeof(nonce), why) ||
			       json_put_hex(o, "sealed", text.bytes, text.len + TRANSPORT_TAG, why)
		       ? -1
		       : 0;
}

static int wrap_one(struct transport *t, json_t *o, const json_t *secrets, const char *field,
		    struct why *why)
{
	uint8_t in[32], out[48];
	const char *text = json_string_value(json_object_get(secrets, field));
	const size_t len = text ? strlen(text) / 2 : 0;
	char name[32];
	int n;

	if (!text)
		return 0;
	if (len != 16 && len != 32)
		return why_input(why, "%s: want 16 or 32 octets", field);
	n = hex_decode(in, len, text, field, why) ? -1 : transport_wrap(t, true, out, in, len, why);
	OPENSSL_cleanse(in, sizeof(in));
	snprintf(name, sizeof(name), "%s_wrapped", field);
	return n < 0 ? -1 : json_put_hex(o, name, out, (size_t)n, why);
}

static int seal_wrapped(struct transport *t, json_t *o, const json_t *secrets, struct why *why)
{
	if (json_object_get(secrets, "ota_keys"))
		return why_input(why, "ota_keys: aes-256-gcm alone seals them");
	return json_put_hex(o, "batch", t->batch, TRANSPORT_BATCH, why) ||
			       json_put_number(o, "row", t->rows, why) ||
			       wrap_one(t, o, secrets, "k", why) ||
			       wrap_one(t, o, secrets, "opc", why) ||
			       wrap_one(t, o, secrets, "topc", why)
		       ? -1
		       : 0;
}

/* The MAC of the line up to it, which is all but the brace. */
static int put_row_mac(struct transport *t, json_t *o, struct why *why)
{
	uint8_t mac[TRANSPORT_ROW_MAC];
	BUF(text);

	return json_append(&text, o, why) ||
			       transport_row_mac(mac, t, text.bytes, text.len - 1, why) ||
			       json_put_hex(o, "mac", mac, sizeof(mac), why)
		       ? -1
		       : 0;
}

static int seal_row(struct transport *t, struct buf *out, json_t *o, struct why *why)
{
	AUTO(json_t) *secrets = NULL;
	uint8_t kcv[TRANSPORT_KCV];
	const int has_k = transport_kcv(t, kcv, o, why);

	t->rows++;
	if (has_k < 0 || !json_text(o, "imsi", why) || !(secrets = take_secrets(o, why)) ||
	    (t->form == TRANSPORT_GCM ? seal_gcm(t, o, secrets, why)
				      : seal_wrapped(t, o, secrets, why)))
		return -1;
	return (has_k && json_put_hex(o, "kcv", kcv, TRANSPORT_KCV, why)) ||
			       json_put_hex(o, "tk", t->tk, TRANSPORT_KCV, why) ||
			       (t->form != TRANSPORT_GCM && put_row_mac(t, o, why)) ||
			       json_append_line(out, o, why)
		       ? -1
		       : 0;
}

int transport_rows(struct transport *t, struct buf *out, const char *lines, size_t len,
		   struct why *why)
{
	const size_t from = out->len;

	for (const char *end; len; len -= (size_t)(end + 1 - lines), lines = end + 1) {
		AUTO(json_t) *o = NULL;
		int got;

		end = memchr(lines, '\n', len);
		if (!end)
			return why_input(why, "the last credential's line does not end");
		got = transport_seal_flat(t, out, lines, (size_t)(end - lines), why);
		if (got < 0)
			return -1;
		if (got)
			continue;
		o = json_parse(lines, (size_t)(end - lines), "credential", why);
		if (!o || seal_row(t, out, o, why))
			return -1;
	}
	return transport_count(t, out->bytes + from, out->len - from, why);
}

int transport_end(struct transport *t, struct buf *out, struct why *why)
{
	AUTO(json_t) *o = json_object();
	uint8_t mac[TRANSPORT_MAC];

	return transport_mac(mac, t, why) ||
			       json_put_hex(o, "batch", t->batch, TRANSPORT_BATCH, why) ||
			       json_put_number(o, "rows", t->rows, why) ||
			       json_put_hex(o, "mac", mac, TRANSPORT_MAC, why) ||
			       json_append_line(out, o, why)
		       ? -1
		       : 0;
}
