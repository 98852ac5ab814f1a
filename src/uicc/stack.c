/* SPDX-License-Identifier: Apache-2.0 */
#include "uicc/stack_inside.h"

#include <stdio.h>
#include <string.h>

static int bind(sqlite3_stmt *st, const char *iccid)
{
	sqlite3_reset(st);
	return sqlite3_bind_text(st, 1, iccid, -1, SQLITE_TRANSIENT) == SQLITE_OK ? 0 : -1;
}

static int bind_blob(sqlite3_stmt *st, int at, const void *bytes, size_t len)
{
	return sqlite3_bind_blob64(st, at, bytes, len, SQLITE_TRANSIENT) == SQLITE_OK ? 0 : -1;
}

static int run(struct stack *s, sqlite3_stmt *st, struct why *why)
{
	const int rc = sqlite3_step(st);

	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	return rc == SQLITE_DONE ? 0 : stack_failed(s, why);
}

static int keep(void *keeper, struct card *c, const struct buf *state, struct why *why)
{
	struct stack *s = keeper;
	const char *iccid = json_string_value(json_object_get(c->s, "iccid"));
	const bool alone = !s->in_group;
	BUF(sealed);

	if (sealed_part(&s->sealed, iccid, state->bytes, state->len, &sealed, why) ||
	    (alone && stack_begin(s, why)))
		return -1;
	if (bind(s->put, iccid) || bind_blob(s->put, 2, sealed.bytes, sealed.len))
		return stack_failed(s, why);
	return run(s, s->put, why) || (alone && stack_commit(s, why)) ? -1 : 0;
}

/* A sealed value of the row that the statement stands on. */
static int unseal(struct stack *s, sqlite3_stmt *st, int column, const char *name, json_t **o,
		  struct why *why)
{
	BUF(text);

	if (sealed_part_open(&s->sealed, name, sqlite3_column_blob(st, column),
			     (size_t)sqlite3_column_bytes(st, column), &text, why))
		return -1;
	*o = json_parse(text.bytes, text.len, "card", why);
	return *o ? 0 : -1;
}

static int take_row(struct stack *s, sqlite3_stmt *st, int column, const char *iccid,
		    struct card *c, struct why *why)
{
	if (unseal(s, st, column, iccid, &c->s, why))
		return -1;
	c->keep = keep;
	c->keeper = s;
	card_reset(c);
	return 0;
}

/* 1, 0, -1 */
static int find(struct stack *s, const char *iccid, struct why *why)
{
	int rc;

	if (bind(s->get, iccid))
		return stack_failed(s, why);
	rc = sqlite3_step(s->get);
	return rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : stack_failed(s, why);
}

int stack_card(struct stack *s, struct card *c, const char *iccid, struct why *why)
{
	int rc = find(s, iccid, why);

	if (rc > 0)
		rc = take_row(s, s->get, 0, iccid, c, why);
	else if (rc == 0)
		rc = why_input(why, "%.20s is no card of %s", iccid, s->sealed.state);
	sqlite3_reset(s->get);
	return rc;
}

int stack_add(struct stack *s, struct card *c, const char *iccid, struct why *why)
{
	const int known = find(s, iccid, why);

	sqlite3_reset(s->get);
	if (known)
		return known < 0 ? -1
				 : why_refuse(why, "already-initialised", "%.20s is there already",
					      iccid);
	c->keep = keep;
	c->keeper = s;
	return card_make(c, iccid, why);
}

int stack_each(struct stack *s, int (*take)(void *ctx, struct card *c, struct why *why), void *ctx,
	       struct why *why)
{
	sqlite3_stmt *all = NULL;
	int rc = 0, got = SQLITE_DONE;

	if (stack_prepare(s, &all, "SELECT iccid, state FROM cards ORDER BY iccid", why))
		return -1;
	while (!rc && (got = sqlite3_step(all)) == SQLITE_ROW) {
		CARD(c);

		rc = take_row(s, all, 1, (const char *)sqlite3_column_text(all, 0), &c, why) ||
				     take(ctx, &c, why)
			     ? -1
			     : 0;
	}
	sqlite3_finalize(all);
	return rc || got == SQLITE_DONE ? rc : stack_failed(s, why);
}

/* ---- what was delivered ---- */

static void told_name(char name[static 32], const char *iccid)
{
	snprintf(name, 32, "told/%.20s", iccid);
}

int stack_last(struct stack *s, const char *iccid, const uint8_t asked[static 32], json_t **told,
	       struct why *why)
{
	char name[32];
	int rc;

	told_name(name, iccid);
	if (bind(s->last, iccid) || bind_blob(s->last, 2, asked, 32))
		return stack_failed(s, why);
	rc = sqlite3_step(s->last);
	if (rc == SQLITE_ROW)
		rc = unseal(s, s->last, 0, name, told, why) ? -1 : 1;
	else
		rc = rc == SQLITE_DONE ? 0 : stack_failed(s, why);
	sqlite3_reset(s->last);
	return rc;
}

int stack_told(struct stack *s, const char *iccid, const uint8_t asked[static 32],
	       const json_t *told, struct why *why)
{
	char name[32];
	BUF(text);
	BUF(sealed);

	told_name(name, iccid);
	if (json_append(&text, told, why) ||
	    sealed_part(&s->sealed, name, text.bytes, text.len, &sealed, why))
		return -1;
	if (bind(s->told, iccid) || bind_blob(s->told, 2, asked, 32) ||
	    bind_blob(s->told, 3, sealed.bytes, sealed.len))
		return stack_failed(s, why);
	return run(s, s->told, why);
}
