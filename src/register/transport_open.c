/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hex.h"
#include "register/fields.h"
#include "register/transport_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const row_fields[] = {"batch", "row", "nonce", "sealed",
					 "kcv",   "tk",  "mac",   NULL};

struct transport *transport_reader(const struct transport_key *key, struct why *why)
{
	struct transport *t = calloc(1, sizeof(*t));

	if (!t) {
		why_sys(why, "out of memory");
		return NULL;
	}
	t->key = *key;
	return t;
}

static int wrong(struct why *why, uint64_t row, const char *what)
{
	return why_refuse(why, "mac-mismatch", "row %" PRIu64 " %s (TR 33.812 5.1.3.4.1)", row,
			  what);
}

/* The batch's number, and that it is under this key. */
static int start(struct transport *t, const json_t *o, struct why *why)
{
	uint8_t tk[TRANSPORT_KCV];

	if (json_hex(t->batch, TRANSPORT_BATCH, o, "batch", why) || transport_keys(t, why))
		return -1;
	if (json_hex(tk, sizeof(tk), o, "tk", NULL) || memcmp(tk, t->tk, sizeof(tk)) != 0)
		return wrong(why, 1, "is sealed under another transport key");
	return 0;
}

static int open_header(struct transport *t, const json_t *o, struct why *why)
{
	static const char *const fields[] = {"batch", "form", "tk", "index", NULL};
	const char *form = json_text(o, "form", why);

	if (!form || json_only(o, fields, why) || transport_form_parse(&t->form, form, why))
		return -1;
	t->is_headed = true;
	if (t->form == TRANSPORT_GCM && t->key.len != 32)
		return wrong(why, 1, "is sealed under another transport key");
	return start(t, o, why);
}

/* Clear and sealed fields together again, in the order of the table. */
static int join(struct buf *out, json_t *o, const json_t *secrets, struct why *why)
{
	AUTO(json_t) *whole = json_object();
	const char *const *columns = reg_columns(REG_SUBSCRIBERS);

	for (size_t i = 0; row_fields[i]; i++)
		json_object_del(o, row_fields[i]);
	if (json_only(secrets, transport_secrets, why) || json_only(o, columns, why))
		return -1;
	for (size_t i = 0; columns[i]; i++) {
		json_t *v = json_object_get(secrets, columns[i]);

		if (!v)
			v = json_object_get(o, columns[i]);
		if (v && json_put(whole, columns[i], json_incref(v), why))
			return -1;
	}
	return json_append_line(out, whole, why);
}

/* A batch without a header is of an earlier form: its rows are bound to the IMSI alone, and the
 * rest to the trailer. */
static json_t *open_gcm(struct transport *t, const json_t *o, const char *line, size_t len,
			struct why *why)
{
	const char *imsi = json_text(o, "imsi", NULL), *sealed = json_text(o, "sealed", NULL);
	uint8_t nonce[12], want[12];
	BUF(text);

	transport_row_octets(want, sizeof(want), t->rows);
	if (!imsi || !sealed || hex_decode_buf(&text, sealed, "sealed", NULL) ||
	    text.len < TRANSPORT_TAG || json_hex(nonce, sizeof(nonce), o, "nonce", NULL) ||
	    memcmp(nonce, want, sizeof(nonce)) != 0) {
		wrong(why, t->rows, "was changed");
		return NULL;
	}
	text.len -= TRANSPORT_TAG;
	if (t->is_headed ? transport_gcm(t, false, line, transport_clear(line, len, "batch"),
					 text.bytes, text.len, why)
			 : transport_gcm(t, false, imsi, strlen(imsi), text.bytes, text.len, why))
		return NULL;
	return json_parse(text.bytes, text.len, "sealed", why);
}

static int unwrap_one(struct transport *t, json_t *secrets, json_t *o, const char *field,
		      struct why *why)
{
	uint8_t out[48];
	const char *text;
	char name[32];
	BUF(in);
	int n, rc;

	snprintf(name, sizeof(name), "%s_wrapped", field);
	text = json_string_value(json_object_get(o, name));
	if (!text)
		return 0;
	if (hex_decode_buf(&in, text, name, why))
		return -1;
	if (in.len < 16 || in.len > 40 || in.len % 8)
		return wrong(why, t->rows, "was changed");
	n = transport_wrap(t, false, out, in.bytes, in.len, why);
	rc = n < 0 ? -1 : json_put_hex(secrets, field, out, (size_t)n, why);
	OPENSSL_cleanse(out, sizeof(out));
	json_object_del(o, name);
	return rc;
}

static json_t *open_wrapped(struct transport *t, json_t *o, const char *line, size_t len,
			    struct why *why)
{
	AUTO(json_t) *secrets = json_object();
	uint8_t mac[TRANSPORT_ROW_MAC], want[TRANSPORT_ROW_MAC];

	if (transport_row_mac(want, t, line, transport_clear(line, len, "mac"), why))
		return NULL;
	if (json_hex(mac, sizeof(mac), o, "mac", NULL) ||
	    CRYPTO_memcmp(mac, want, sizeof(mac)) != 0) {
		wrong(why, t->rows, "was changed");
		return NULL;
	}
	if (unwrap_one(t, secrets, o, "k", why) || unwrap_one(t, secrets, o, "opc", why) ||
	    unwrap_one(t, secrets, o, "topc", why))
		return NULL;
	return STEAL(secrets);
}

/* Where the row says that it stands. */
static int check_place(struct transport *t, const json_t *o, struct why *why)
{
	uint8_t batch[TRANSPORT_BATCH], tk[TRANSPORT_KCV];
	uint64_t row;

	if (json_hex(batch, sizeof(batch), o, "batch", NULL) ||
	    json_number(&row, o, "row", 1, UINT32_MAX, 0, NULL))
		return wrong(why, t->rows, "was changed");
	if (memcmp(batch, t->batch, sizeof(batch)) != 0)
		return wrong(why, t->rows, "is of another batch");
	if (row > t->rows)
		return wrong(why, t->rows, "is missing");
	if (row < t->rows)
		return wrong(why, t->rows, "stands in the wrong place: it came before");
	if (json_hex(tk, sizeof(tk), o, "tk", NULL) || memcmp(tk, t->tk, sizeof(tk)) != 0)
		return wrong(why, t->rows, "is sealed under another transport key");
	return 0;
}

static int open_row(struct transport *t, struct buf *out, json_t *o, const char *line, size_t len,
		    struct why *why)
{
	AUTO(json_t) *secrets = NULL;
	uint8_t kcv[TRANSPORT_KCV], said[TRANSPORT_KCV];
	int has_k;

	if (!t->is_open) {
		t->is_headed = false;
		t->form = TRANSPORT_GCM;
		if (t->key.len != 32 || start(t, o, why))
			return t->key.len != 32 ? wrong(why, 1, "is sealed under another key") : -1;
	}
	t->rows++;
	if (check_place(t, o, why) || transport_count(t, line, len, why) ||
	    transport_count(t, "\n", 1, why))
		return -1;
	secrets = t->form == TRANSPORT_GCM ? open_gcm(t, o, line, len, why)
					   : open_wrapped(t, o, line, len, why);
	if (!secrets || (has_k = transport_kcv(t, kcv, secrets, why)) < 0)
		return -1;
	if (has_k && (json_hex(said, sizeof(said), o, "kcv", NULL) ||
		      CRYPTO_memcmp(said, kcv, sizeof(kcv)) != 0))
		return wrong(why, t->rows, "has a key check value that is not its K's");
	return join(out, o, secrets, why) ? -1 : 1;
}

static int open_trailer(struct transport *t, const json_t *o, struct why *why)
{
	static const char *const fields[] = {"batch", "rows", "mac", NULL};
	uint8_t batch[TRANSPORT_BATCH], mac[TRANSPORT_MAC], want[TRANSPORT_MAC];
	uint64_t rows;

	if (!t->is_open)
		return wrong(why, 1, "is missing");
	if (json_only(o, fields, NULL) || json_hex(batch, sizeof(batch), o, "batch", NULL) ||
	    json_hex(mac, sizeof(mac), o, "mac", NULL) ||
	    json_number(&rows, o, "rows", 0, UINT32_MAX, UINT64_MAX, NULL) ||
	    memcmp(batch, t->batch, sizeof(batch)) != 0)
		return wrong(why, t->rows + 1, "is no row, and no trailer of this batch");
	if (rows != t->rows)
		return wrong(why, rows > t->rows ? t->rows + 1 : rows + 1,
			     rows > t->rows ? "is missing" : "is one too many");
	if (transport_mac(want, t, why))
		return -1;
	if (CRYPTO_memcmp(mac, want, TRANSPORT_MAC) != 0)
		return wrong(why, t->rows, "or one before it was changed: the trailer's MAC");
	t->is_open = false;
	return 0;
}

int transport_line(struct transport *t, struct buf *out, const char *line, size_t len,
		   struct why *why)
{
	const int got = transport_open_flat(t, out, line, len, why);
	AUTO(json_t) *o = got ? NULL : json_parse(line, len, "batch", why);

	if (got)
		return got;
	if (!o)
		return -1;
	if (json_object_get(o, "rows"))
		return open_trailer(t, o, why);
	if (json_object_get(o, "imsi"))
		return open_row(t, out, o, line, len, why);
	if (t->is_open)
		return wrong(why, t->rows + 1, "is missing, or the trailer is");
	return open_header(t, o, why) || transport_count(t, line, len, why) ||
			       transport_count(t, "\n", 1, why)
		       ? -1
		       : 0;
}

int transport_finish(const struct transport *t, struct why *why)
{
	return t->is_open ? wrong(why, t->rows + 1, "is missing, or the trailer is") : 0;
}
