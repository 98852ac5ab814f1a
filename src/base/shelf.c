/* SPDX-License-Identifier: Apache-2.0 */
#include "base/shelf_inside.h"

#include <openssl/crypto.h>
#include <stdio.h>

#define TOLD_NAME 160

static int bind(struct shelf *s, sqlite3_stmt *st, const char *name, struct why *why)
{
	sqlite3_reset(st);
	return sqlite3_bind_text(st, 1, name, -1, SQLITE_TRANSIENT) == SQLITE_OK
		       ? 0
		       : shelf_failed(s, why);
}

static int bind_blob(struct shelf *s, sqlite3_stmt *st, int at, const void *bytes, size_t len,
		     struct why *why)
{
	return sqlite3_bind_blob64(st, at, bytes, len, SQLITE_TRANSIENT) == SQLITE_OK
		       ? 0
		       : shelf_failed(s, why);
}

static int run(struct shelf *s, sqlite3_stmt *st, struct why *why)
{
	const int rc = sqlite3_step(st);

	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	return rc == SQLITE_DONE ? 0 : shelf_failed(s, why);
}

/* The statement on its row: 1, 0, -1. */
static int step(struct shelf *s, sqlite3_stmt *st, struct why *why)
{
	const int rc = sqlite3_step(st);

	return rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : shelf_failed(s, why);
}

static int unseal(struct shelf *s, sqlite3_stmt *st, int column, const char *name,
		  struct buf *bytes, struct why *why)
{
	return sealed_part_open(&s->sealed, name, sqlite3_column_blob(st, column),
				(size_t)sqlite3_column_bytes(st, column), bytes, why);
}

int shelf_get(struct shelf *s, const char *name, struct buf *bytes, struct why *why)
{
	int rc = bind(s, s->get, name, why) ? -1 : step(s, s->get, why);

	if (rc > 0 && unseal(s, s->get, 0, name, bytes, why))
		rc = -1;
	sqlite3_reset(s->get);
	return rc;
}

/* What the row's part adds to the sum now is taken away. */
static int take_old(struct shelf *s, sqlite3_stmt *get, const char *name, const char *part,
		    struct why *why)
{
	int rc = bind(s, get, name, why) ? -1 : step(s, get, why);

	if (rc > 0)
		rc = shelf_sum(s, false, part, sqlite3_column_blob(get, 0),
			       (size_t)sqlite3_column_bytes(get, 0), why);
	sqlite3_reset(get);
	return rc < 0 ? -1 : 0;
}

int shelf_put(struct shelf *s, const char *name, const void *bytes, size_t len, struct why *why)
{
	const bool alone = !s->in_group;
	BUF(sealed);

	return sealed_part(&s->sealed, name, bytes, len, &sealed, why) ||
			       (alone && shelf_begin(s, why)) ||
			       take_old(s, s->get, name, name, why) ||
			       shelf_sum(s, true, name, sealed.bytes, sealed.len, why) ||
			       bind(s, s->put, name, why) ||
			       bind_blob(s, s->put, 2, sealed.bytes, sealed.len, why) ||
			       run(s, s->put, why) || (alone && shelf_commit(s, why))
		       ? -1
		       : 0;
}

int shelf_each(struct shelf *s,
	       int (*take)(void *ctx, const char *name, const struct buf *bytes, struct why *why),
	       void *ctx, struct why *why)
{
	sqlite3_stmt *all = NULL;
	int rc = 0, got = SQLITE_DONE;

	if (shelf_prepare(s, &all, "SELECT name, state FROM rows ORDER BY name", why))
		return -1;
	while (!rc && (got = sqlite3_step(all)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(all, 0);
		BUF(bytes);

		rc = unseal(s, all, 1, name, &bytes, why) || take(ctx, name, &bytes, why) ? -1 : 0;
	}
	sqlite3_finalize(all);
	return rc || got == SQLITE_DONE ? rc : shelf_failed(s, why);
}

/* ---- what was asked: its hash and the outcome, sealed together, for a hash alone would let a PIN
 * that stood in it be guessed ---- */

#define ASKED 32

static void told_name(char to[static TOLD_NAME], const char *name)
{
	snprintf(to, TOLD_NAME, "%s%.150s", SHELF_TOLD, name);
}

int shelf_last(struct shelf *s, const char *name, const uint8_t asked[static 32], json_t **told,
	       struct why *why)
{
	char part[TOLD_NAME];
	int rc = bind(s, s->last, name, why) ? -1 : step(s, s->last, why);
	BUF(text);

	told_name(part, name);
	if (rc > 0 && unseal(s, s->last, 0, part, &text, why))
		rc = -1;
	sqlite3_reset(s->last);
	if (rc <= 0)
		return rc;
	if (text.len < ASKED || CRYPTO_memcmp(text.bytes, asked, ASKED) != 0)
		return 0;
	*told = json_parse(text.bytes + ASKED, text.len - ASKED, "told", why);
	return *told ? 1 : -1;
}

int shelf_told(struct shelf *s, const char *name, const uint8_t asked[static 32],
	       const json_t *told, struct why *why)
{
	char part[TOLD_NAME];
	BUF(text);
	BUF(sealed);

	told_name(part, name);
	return buf_add(&text, asked, ASKED, why) || json_append(&text, told, why) ||
			       sealed_part(&s->sealed, part, text.bytes, text.len, &sealed, why) ||
			       take_old(s, s->last, name, part, why) ||
			       shelf_sum(s, true, part, sealed.bytes, sealed.len, why) ||
			       bind(s, s->told, name, why) ||
			       bind_blob(s, s->told, 2, sealed.bytes, sealed.len, why) ||
			       run(s, s->told, why)
		       ? -1
		       : 0;
}
