/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a shelf, and its groups. */
#include "base/hex.h"
#include "base/ossl.h"
#include "base/sealed_gcm.h"
#include "base/shelf_inside.h"

#include <inttypes.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define WAIT_MS 10000
#define HEAD_NAME 40

void shelf_close(struct shelf *s)
{
	sqlite3_finalize(s->get);
	sqlite3_finalize(s->put);
	sqlite3_finalize(s->last);
	sqlite3_finalize(s->told);
	sqlite3_close(s->db);
	sealed_close(&s->sealed);
	*s = (struct shelf){.sealed = {.lock = -1}};
}

int shelf_failed(const struct shelf *s, struct why *why)
{
	return why_sys(why, "%s/%s: %s", s->sealed.state, s->kind->file, sqlite3_errmsg(s->db));
}

static int script(struct shelf *s, const char *sql, struct why *why)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : shelf_failed(s, why);
}

static int rolled_back(const struct shelf *s, struct why *why)
{
	return why_refuse(why, "locked-down",
			  "%s: %s was changed, or rolled back (TR 33.812 5.1.2.2)", s->sealed.state,
			  s->kind->file);
}

/* ---- the sum ---- */

/* A keyed hash of the name and of the row's nonce, which no two sealings share; what the nonce
 * stands before is the tag's matter. */
int shelf_sum(struct shelf *s, bool add, const char *name, const void *row, size_t len,
	      struct why *why)
{
	uint8_t md[SHELF_SUM];
	unsigned n = 0;
	int carry = 0;
	BUF(text);

	if (len < NONCE)
		return rolled_back(s, why);
	if (buf_add(&text, row, NONCE, why) || buf_add(&text, name, strlen(name), why))
		return -1;
	if (!HMAC(EVP_sha256(), s->sealed.key, sizeof(s->sealed.key), text.bytes, text.len, md, &n))
		return ossl_why(why, "HMAC");
	for (size_t i = SHELF_SUM; i-- > 0;) {
		carry += add ? s->sum[i] + md[i] : s->sum[i] - md[i];
		s->sum[i] = (uint8_t)carry;
		carry = add ? carry >> 8 : carry < 0 ? -1 : 0;
	}
	return 0;
}

static int sum_all(struct shelf *s, struct why *why)
{
	sqlite3_stmt *all = NULL;
	int rc = 0, got = SQLITE_DONE;

	memset(s->sum, 0, sizeof(s->sum));
	if (shelf_prepare(s, &all,
			  "SELECT name, substr(state, 1, 12) FROM rows UNION ALL "
			  "SELECT '" SHELF_TOLD "'||name, substr(told, 1, 12) FROM rows "
			  "WHERE told NOT NULL",
			  why))
		return -1;
	while (!rc && (got = sqlite3_step(all)) == SQLITE_ROW)
		rc = shelf_sum(s, true, (const char *)sqlite3_column_text(all, 0),
			       sqlite3_column_blob(all, 1), (size_t)sqlite3_column_bytes(all, 1),
			       why);
	sqlite3_finalize(all);
	return rc || got == SQLITE_DONE ? rc : shelf_failed(s, why);
}

/* ---- groups: the database's number is the sealed one's, or one ahead after a crash ---- */

static int head(const struct shelf *s, struct buf *text, struct why *why)
{
	return buf_print(text, why, "{\"group\":%" PRIu64 ",\"sum\":\"", s->group) ||
			       hex_append(text, s->sum, sizeof(s->sum), why) ||
			       buf_add(text, "\"}", 2, why)
		       ? -1
		       : 0;
}

static void head_name(char name[static HEAD_NAME], uint64_t group)
{
	snprintf(name, HEAD_NAME, "group/%" PRIu64, group);
}

static int save_group(struct shelf *s, struct why *why)
{
	BUF(text);

	return head(s, &text, why) || sealed_save(&s->sealed, text.bytes, text.len, why) ? -1 : 0;
}

int shelf_begin(struct shelf *s, struct why *why)
{
	if (script(s, "BEGIN IMMEDIATE", why))
		return -1;
	s->in_group = true;
	return 0;
}

/* The new head, sealed, among the rows, so that it is there when a crash comes before its save. */
static int put_head(struct shelf *s, struct why *why)
{
	sqlite3_stmt *put = NULL;
	char name[HEAD_NAME];
	int rc;
	BUF(text);
	BUF(sealed);

	head_name(name, s->group);
	if (head(s, &text, why) ||
	    sealed_part(&s->sealed, name, text.bytes, text.len, &sealed, why) ||
	    shelf_prepare(s, &put, "UPDATE groups SET number=?1, head=?2", why))
		return -1;
	rc = sqlite3_bind_int64(put, 1, (int64_t)s->group) != SQLITE_OK ||
			     sqlite3_bind_blob64(put, 2, sealed.bytes, sealed.len, SQLITE_STATIC) !=
				     SQLITE_OK ||
			     sqlite3_step(put) != SQLITE_DONE
		     ? shelf_failed(s, why)
		     : 0;
	sqlite3_finalize(put);
	return rc;
}

int shelf_commit(struct shelf *s, struct why *why)
{
	s->group++;
	if (put_head(s, why) || script(s, "COMMIT", why))
		return -1;
	s->in_group = false;
	return save_group(s, why);
}

int shelf_transact(struct shelf *s, int (*work)(void *ctx, struct why *why), void *ctx,
		   struct why *why)
{
	return shelf_begin(s, why) || work(ctx, why) || shelf_commit(s, why) ? -1 : 0;
}

/* ---- opening ---- */

static int open_file(struct shelf *s, struct why *why)
{
	BUF(path);
	const mode_t old = umask(0077);
	int rc;

	rc = buf_print(&path, why, "%s/%s", s->sealed.state, s->kind->file) ? -1
	     : sqlite3_open(buf_text(&path), &s->db) != SQLITE_OK           ? shelf_failed(s, why)
									    : 0;
	umask(old);
	if (rc)
		return -1;
	sqlite3_busy_timeout(s->db, WAIT_MS);
	return script(s,
		      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
		      "CREATE TABLE IF NOT EXISTS groups(number INTEGER NOT NULL, head BLOB);"
		      "INSERT INTO groups SELECT 0, NULL WHERE NOT EXISTS(SELECT 1 FROM groups);"
		      "CREATE TABLE IF NOT EXISTS rows(name TEXT PRIMARY KEY, state BLOB NOT NULL, "
		      "told BLOB);",
		      why);
}

int shelf_prepare(struct shelf *s, sqlite3_stmt **statement, const char *sql, struct why *why)
{
	return sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) ==
			       SQLITE_OK
		       ? 0
		       : shelf_failed(s, why);
}

static int prepare_all(struct shelf *s, struct why *why)
{
	return shelf_prepare(s, &s->get, "SELECT state FROM rows WHERE name=?1", why) ||
			       shelf_prepare(s, &s->put,
					     "INSERT INTO rows(name, state) VALUES(?1, ?2) "
					     "ON CONFLICT(name) DO UPDATE SET state=excluded.state",
					     why) ||
			       shelf_prepare(
				       s, &s->last,
				       "SELECT told FROM rows WHERE name=?1 AND told NOT NULL",
				       why) ||
			       shelf_prepare(s, &s->told, "UPDATE rows SET told=?2 WHERE name=?1",
					     why)
		       ? -1
		       : 0;
}

/* Group number and sum of a head. */
static int read_head(const struct shelf *s, const struct buf *text, uint64_t *group,
		     uint8_t sum[static SHELF_SUM], struct why *why)
{
	AUTO(json_t) *o = json_parse(text->bytes, text->len, s->kind->file, why);

	return !o || json_number(group, o, "group", 0, INT64_MAX, 0, why) ||
			       json_hex(sum, SHELF_SUM, o, "sum", why)
		       ? -1
		       : 0;
}

/* The head among the rows, opened, where its number is that one: 1, 0, -1. */
static int next_head(struct shelf *s, uint64_t wanted, struct buf *text, struct why *why)
{
	sqlite3_stmt *get = NULL;
	char name[HEAD_NAME];
	int rc = 0;

	if (shelf_prepare(s, &get, "SELECT number, head FROM groups", why))
		return -1;
	head_name(name, wanted);
	if (sqlite3_step(get) == SQLITE_ROW && sqlite3_column_int64(get, 0) == (int64_t)wanted)
		rc = sealed_part_open(&s->sealed, name, sqlite3_column_blob(get, 1),
				      (size_t)sqlite3_column_bytes(get, 1), text, why)
			     ? -1
			     : 1;
	sqlite3_finalize(get);
	return rc;
}

/* The rows are those of the group that was sealed last, or of the one behind it, whose seal a crash
 * cut off. */
static int check_rows(struct shelf *s, const struct buf *state, struct why *why)
{
	uint8_t want[SHELF_SUM];
	int ahead;
	BUF(text);

	if (read_head(s, state, &s->group, want, why))
		return -1;
	ahead = next_head(s, s->group + 1, &text, why);
	if (ahead < 0 || (ahead && read_head(s, &text, &s->group, want, why)) || sum_all(s, why))
		return -1;
	if (CRYPTO_memcmp(want, s->sum, sizeof(want)) != 0)
		return rolled_back(s, why);
	return ahead ? save_group(s, why) : 0;
}

static bool is_there(const char *state)
{
	BUF(path);
	struct stat st;

	return buf_print(&path, NULL, "%s/state.sealed", state) == 0 &&
	       stat(buf_text(&path), &st) == 0;
}

int shelf_open(struct shelf *s, const struct shelf_kind *kind, const char *state,
	       const char *device, bool is_new, struct why *why)
{
	BUF(text);

	s->kind = kind;
	if (is_new && !is_there(state) &&
	    (sealed_create(&s->sealed, state, device, kind->magic, why) || save_group(s, why) ||
	     head(s, &text, why)))
		return -1;
	if (!text.len && sealed_open(&s->sealed, state, device, kind->magic, &text, why))
		return -1;
	return open_file(s, why) || check_rows(s, &text, why) || prepare_all(s, why) ? -1 : 0;
}
