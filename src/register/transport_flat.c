/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a batch under AES-256-GCM as nearly all are: without nesting. They are sealed and opened
 * octet by octet as the full parser's way does it, at a fraction of its cost. */
#include "base/flat.h"
#include "base/hex.h"
#include "register/fields.h"
#include "register/transport_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NONCE 12
#define OWN_FIELDS 6 /* behind a row's clear fields */
#define SECRET_MAX 64

static bool is_named(const struct flat_member *m, const char *name)
{
	return strlen(name) == m->name_len && memcmp(m->name, name, m->name_len) == 0;
}

static bool is_secret(const struct flat_member *m)
{
	for (size_t i = 0; transport_secrets[i]; i++)
		if (is_named(m, transport_secrets[i]))
			return true;
	return false;
}

static const struct flat_member *find(const struct flat_member *m, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (is_named(&m[i], name))
			return &m[i];
	return NULL;
}

/* A member as it stands, with the comma that it needs. */
static int add_member(struct buf *to, const struct flat_member *m, struct why *why)
{
	const char *from = m->name - 1, *end = m->value + m->len + m->is_string;

	return (to->len > 1 && buf_add(to, ",", 1, why)) ||
			       buf_add(to, from, (size_t)(end - from), why)
		       ? -1
		       : 0;
}

static int add_hex(struct buf *to, const char *before, const uint8_t *bytes, size_t len,
		   struct why *why)
{
	const size_t n = strlen(before);

	if (buf_reserve(to, n + 2 * len + 1, why))
		return -1;
	memcpy(to->bytes + to->len, before, n);
	hex_encode((char *)to->bytes + to->len + n, bytes, len);
	to->len += n + 2 * len;
	return 0;
}

/* The check value of the K among the members: 1; 0 where it is not of that form. */
static int check_value(struct transport *t, uint8_t kcv[static TRANSPORT_KCV],
		       const struct flat_member *k, struct why *why)
{
	uint8_t octets[SECRET_MAX / 2];
	int rc;

	if (!k || !k->is_string || (k->len != 32 && k->len != 64) ||
	    !hex_read(octets, k->len / 2, k->value))
		return 0;
	rc = transport_check_value(t, kcv, octets, k->len / 2, why);
	OPENSSL_cleanse(octets, sizeof(octets));
	return rc ? -1 : 1;
}

/* ---- sealing ---- */

/* Secrets stand in the order of their table, and all else in that of the line. */
static int divide(struct buf *clear, struct buf *secrets, const struct flat_member *m, size_t n,
		  struct why *why)
{
	if (buf_add(clear, "{", 1, why) || buf_add(secrets, "{", 1, why))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!is_secret(&m[i]) && add_member(clear, &m[i], why))
			return -1;
	for (size_t i = 0; transport_secrets[i]; i++) {
		const struct flat_member *s = find(m, n, transport_secrets[i]);

		if (s && add_member(secrets, s, why))
			return -1;
	}
	return buf_add(secrets, "}", 1, why) || buf_reserve(secrets, TRANSPORT_TAG, why) ? -1 : 0;
}

static int put_row(const struct transport *t, struct buf *out, const struct buf *clear,
		   const struct buf *sealed, const uint8_t *kcv, struct why *why)
{
	uint8_t nonce[NONCE];

	transport_row_octets(nonce, sizeof(nonce), t->rows);
	return buf_add(out, clear->bytes, clear->len, why) ||
			       add_hex(out, ",\"batch\":\"", t->batch, TRANSPORT_BATCH, why) ||
			       buf_print(out, why, "\",\"row\":%" PRIu64, t->rows) ||
			       add_hex(out, ",\"nonce\":\"", nonce, sizeof(nonce), why) ||
			       add_hex(out, "\",\"sealed\":\"", sealed->bytes,
				       sealed->len + TRANSPORT_TAG, why) ||
			       add_hex(out, "\",\"kcv\":\"", kcv, TRANSPORT_KCV, why) ||
			       add_hex(out, "\",\"tk\":\"", t->tk, TRANSPORT_KCV, why) ||
			       buf_add(out, "\"}\n", 3, why)
		       ? -1
		       : 0;
}

int transport_seal_flat(struct transport *t, struct buf *out, const char *line, size_t len,
			struct why *why)
{
	struct flat_member m[FLAT_MEMBERS];
	const size_t n = flat_read(m, line, len);
	const struct flat_member *imsi = find(m, n, "imsi");
	uint8_t kcv[TRANSPORT_KCV];
	BUF(clear);
	BUF(secrets);
	int got;

	if (t->form != TRANSPORT_GCM || !imsi || !imsi->is_string)
		return 0;
	got = check_value(t, kcv, find(m, n, "k"), why);
	if (got <= 0)
		return got;
	t->rows++;
	return divide(&clear, &secrets, m, n, why) ||
			       transport_gcm(t, true, clear.bytes, clear.len, secrets.bytes,
					     secrets.len, why) ||
			       put_row(t, out, &clear, &secrets, kcv, why)
		       ? -1
		       : 1;
}

/* ---- opening ---- */

/* Whether the member has these octets in hex. */
static bool says(const struct flat_member *m, const void *bytes, size_t len)
{
	uint8_t said[TRANSPORT_BATCH];

	return m->is_string && m->len == 2 * len && hex_read(said, len, m->value) &&
	       memcmp(said, bytes, len) == 0;
}

/* Whether the members are what stands behind the clear fields of the next row. */
static bool is_next_row(const struct transport *t, const struct flat_member m[static OWN_FIELDS])
{
	static const char *const names[OWN_FIELDS] = {"batch",  "row", "nonce",
						      "sealed", "kcv", "tk"};
	uint8_t nonce[NONCE];
	char row[24];

	for (size_t i = 0; i < OWN_FIELDS; i++)
		if (!is_named(&m[i], names[i]))
			return false;
	snprintf(row, sizeof(row), "%" PRIu64, t->rows + 1);
	transport_row_octets(nonce, sizeof(nonce), t->rows + 1);
	return says(&m[0], t->batch, TRANSPORT_BATCH) && !m[1].is_string &&
	       m[1].len == strlen(row) && memcmp(m[1].value, row, m[1].len) == 0 &&
	       says(&m[2], nonce, sizeof(nonce)) && m[3].is_string && m[3].len % 2 == 0 &&
	       m[3].len > 2 * (size_t)TRANSPORT_TAG && m[4].is_string &&
	       m[4].len == 2 * (size_t)TRANSPORT_KCV && says(&m[5], t->tk, TRANSPORT_KCV);
}

/* Each column from where it stands: false where any member is of no column, or of its column the
 * second, or on the wrong side. */
static bool join(struct buf *out, const struct flat_member *clear, size_t n,
		 const struct flat_member *secrets, size_t n_secrets)
{
	const char *const *columns = reg_columns(REG_SUBSCRIBERS);
	size_t used = 0;

	if (buf_add(out, "{", 1, NULL))
		return false;
	for (size_t i = 0; columns[i]; i++) {
		const struct flat_member *c = find(clear, n, columns[i]);
		const struct flat_member *s = find(secrets, n_secrets, columns[i]);

		if ((c && (s || is_secret(c))) || (s && !is_secret(s)) ||
		    ((c || s) && add_member(out, c ? c : s, NULL)))
			return false;
		used += c || s;
	}
	return used == n + n_secrets && buf_add(out, "}\n", 2, NULL) == 0;
}

/* The sealed member in the clear: 1, 0 where it is no hex, -1. */
static int open_sealed(struct transport *t, struct buf *text, const struct flat_member *sealed,
		       const char *line, size_t clear, struct why *why)
{
	const size_t len = sealed->len / 2;

	if (buf_reserve(text, len, why))
		return -1;
	if (!hex_read(text->bytes, len, sealed->value))
		return 0;
	text->len = len - TRANSPORT_TAG;
	return transport_gcm(t, false, line, clear, text->bytes, text->len, why) ? -1 : 1;
}

static int count_row(struct transport *t, const char *line, size_t len, struct why *why)
{
	return transport_count(t, line, len, why) || transport_count(t, "\n", 1, why) ? -1 : 1;
}

int transport_open_flat(struct transport *t, struct buf *out, const char *line, size_t len,
			struct why *why)
{
	struct flat_member m[FLAT_MEMBERS], s[FLAT_MEMBERS];
	const size_t n = flat_read(m, line, len), clear = n > OWN_FIELDS ? n - OWN_FIELDS : 0;
	uint8_t kcv[TRANSPORT_KCV];
	size_t n_secrets, from = out->len;
	BUF(text);
	int got;

	if (t->form != TRANSPORT_GCM || !t->is_open || !t->is_headed || !clear ||
	    !is_named(m, "imsi") || !is_next_row(t, m + clear))
		return 0;
	t->rows++;
	/* bound is what stands before the comma of the first field of ours */
	got = open_sealed(t, &text, &m[clear + 3], line, (size_t)(m[clear].name - 2 - line), why);
	if (got > 0) {
		n_secrets = flat_read(s, buf_text(&text), text.len);
		got = check_value(t, kcv, find(s, n_secrets, "k"), why);
		if (got > 0 && (!says(&m[clear + 4], kcv, TRANSPORT_KCV) ||
				!join(out, m, clear, s, n_secrets)))
			got = 0;
	}
	if (got > 0)
		return count_row(t, line, len, why);
	t->rows--;
	out->len = from;
	return got;
}
