/* SPDX-License-Identifier: Apache-2.0 */
#include "register/issue.h"

#include "aka/sqn.h"
#include "base/hex.h"
#include "base/rng.h"
#include "register/db.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RANDOM_POOL 4608 /* a multiple of what a credential draws: 16, 32 or 48 octets */

/* What a part of a run needs while it is made. */
struct maker {
	struct reg *r;
	const struct issue *i;
	uint64_t from;
	struct aka_key key;
	struct aka_engine engine;
	uint8_t random[RANDOM_POOL];
	size_t left;          /* octets of random, at its end */
	uint64_t to_come;     /* credentials */
	uint64_t next, iccid; /* numbers of the templates */
	bool none_released;
	json_t *run;      /* the last [first, how many] of the list, borrowed */
	uint64_t run_end; /* the PCID behind it, as a number */
};

static void maker_free(struct maker *m)
{
	aka_engine_free(&m->engine);
	OPENSSL_cleanse(m, sizeof(*m));
}

/* Octets for keys, by the block: each call of the generator costs as much as a credential. */
static int draw(struct maker *m, uint8_t *out, size_t len, struct why *why)
{
	if (m->left == 0) {
		const uint64_t want =
			m->to_come * (m->key.k_len + (m->i->op ? 0 : aka_opc_len(&m->key)));

		m->left = want < RANDOM_POOL ? (size_t)want : RANDOM_POOL;
		if (rng_key(m->random + RANDOM_POOL - m->left, m->left, why))
			return -1;
	}
	memcpy(out, m->random + RANDOM_POOL - m->left, len);
	OPENSSL_cleanse(m->random + RANDOM_POOL - m->left, len);
	m->left -= len;
	return 0;
}

/* ---- numbers ---- */

/* The pool's next number, from first on. */
static int pool_get(struct reg *r, const char *pool, uint64_t first, uint64_t *next,
		    struct why *why)
{
	STATEMENT(s);
	int got;

	if (db_prepare(r, &s, "SELECT next FROM pools WHERE plmn=?1", &pool, 1, why))
		return -1;
	got = db_step(s, why);
	if (got < 0)
		return -1;
	*next = got && (uint64_t)db_number(s, 0) > first ? (uint64_t)db_number(s, 0) : first;
	return 0;
}

static int pool_put(struct reg *r, const char *pool, uint64_t next, struct why *why)
{
	STATEMENT(s);

	return db_prepare(r, &s,
			  "INSERT INTO pools(plmn, next) VALUES(?1, ?2) ON CONFLICT(plmn) DO UPDATE"
			  " SET next=excluded.next WHERE pools.next<excluded.next",
			  &pool, 1, why) ||
			       db_bind_number(s, 2, (int64_t)next, why) || db_step(s, why) < 0
		       ? -1
		       : 0;
}

/* The count of a whole PLMN goes up alone, and may have passed free numbers. */
static int used_up(const struct issue *i, struct why *why)
{
	return why_input(why, "the numbers of %s are used up%s", i->pool,
			 strchr(i->pool, '/') ? ""
					      : ", as far as its count goes: --first with --last "
						"takes from a range");
}

static int passed(const struct issue *i, uint64_t next, struct why *why)
{
	return why_input(why,
			 "the count of %s is at %" PRIu64 " already, past %" PRIu64
			 ": --first with --last takes from a range",
			 i->pool, next, i->first);
}

int reg_issue_room(struct reg *r, const struct issue *i, uint64_t wanted, struct why *why)
{
	uint64_t next;

	if (i->whole) /* what was given back counts too: it is found out on the way */
		return 0;
	if (pool_get(r, i->pool, i->first, &next, why))
		return -1;
	if (i->from_first && next > i->first)
		return passed(i, next, why);
	return next > i->last || i->last - next + 1 < wanted ? used_up(i, why) : 0;
}

/* One that was given back, or the next number: 1, 0 where it was one that was given back. */
static int next_imsi(struct maker *m, char imsi[static ICCID_TEXT], struct why *why)
{
	const struct issue *i = m->i;
	char plmn[PLMN_TEXT], old[IMSI_TEXT];
	int got = 0;

	plmn_format(plmn, &i->plmn);
	if (i->whole && i->with_key && !m->none_released)
		got = reg_pool_reuse(m->r, plmn, old, why);
	if (got) {
		memcpy(imsi, old, IMSI_TEXT);
		return got < 0 ? -1 : 0;
	}
	m->none_released = true;
	if (m->next > i->last)
		return used_up(i, why);
	template_fill(imsi, &i->imsi, m->next++);
	return 0;
}

/* ---- records ---- */

static int put_hex(struct buf *b, const char *before, const uint8_t *bytes, size_t len,
		   struct why *why)
{
	const size_t n = strlen(before);

	if (buf_reserve(b, n + 2 * len, why))
		return -1;
	memcpy(b->bytes + b->len, before, n);
	hex_write((char *)b->bytes + b->len + n, bytes, len);
	b->len += n + 2 * len;
	return 0;
}

static int add_key(struct maker *m, struct buf *line, struct why *why)
{
	const bool tuak = m->i->alg == AKA_TUAK;
	const size_t opc_len = aka_opc_len(&m->key);

	if (draw(m, m->key.k, m->key.k_len, why) ||
	    (m->i->op ? aka_derive_opc(&m->engine, &m->key, m->i->op, why)
		      : draw(m, m->key.opc, opc_len, why)))
		return -1;
	return buf_print(line, why, ",\"alg\":\"%s\"", tuak ? "tuak" : "milenage") ||
			       put_hex(line, ",\"k\":\"", m->key.k, m->key.k_len, why) ||
			       put_hex(line, tuak ? "\",\"topc\":\"" : "\",\"opc\":\"", m->key.opc,
				       opc_len, why) ||
			       buf_print(
				       line, why,
				       "\",\"amf\":\"8000\",\"sqn\":\"000000000000\",\"ind_bits\":"
				       "%d",
				       SQN_IND_BITS)
		       ? -1
		       : 0;
}

/* All of the record but the IMSI, which may be taken. */
static int make_rest(struct maker *m, struct buf *rest, const char *tre_id, struct why *why)
{
	char iccid[ICCID_TEXT];

	if (m->i->with_key && add_key(m, rest, why))
		return -1;
	if (buf_print(rest, why, ",\"status\":\"%s\"", m->i->with_key ? "active" : "waiting"))
		return -1;
	if (m->i->iccid.size) {
		if (m->iccid >= m->i->iccid.size)
			return why_input(why, "the numbers of %s are used up", m->i->iccid_pool);
		template_fill(iccid, &m->i->iccid, m->iccid++);
		if (buf_print(rest, why, ",\"iccid\":\"%s\"", iccid))
			return -1;
	}
	return (tre_id ? buf_print(rest, why, ",\"tre_id\":\"%s\"}", tre_id)
		       : buf_add(rest, "}", 1, why));
}

/* Under the next IMSI that no record has. */
static int record(struct maker *m, char imsi[static ICCID_TEXT], const char *tre_id,
		  struct buf *lines, struct why *why)
{
	const char *text[3] = {imsi, tre_id, NULL};
	BUF(rest);
	BUF(line);

	if (make_rest(m, &rest, tre_id, why))
		return -1;
	do {
		buf_clear(&line);
		if (next_imsi(m, imsi, why) || buf_print(&line, why, "{\"imsi\":\"%s\"", imsi) ||
		    buf_add(&line, rest.bytes, rest.len, why))
			return -1;
		text[2] = buf_text(&line);
		if (db_run(m->r,
			   "INSERT INTO subscribers(imsi, tre_id, record) VALUES(?1, ?2, ?3)"
			   " ON CONFLICT(imsi) DO NOTHING",
			   text, 3, why))
			return -1;
	} while (db_changes(m->r) == 0);
	return buf_add(lines, line.bytes, line.len, why) || buf_add(lines, "\n", 1, why) ? -1 : 0;
}

static int put_discovery(struct reg *r, const char *pcid, const char *tre_id, struct why *why)
{
	const char *text[3] = {pcid, tre_id, NULL};
	char json[160];

	snprintf(json, sizeof(json),
		 "{\"pcid\":\"%.15s\",\"tre_id\":\"%.64s\",\"status\":\"issued\"}", pcid, tre_id);
	text[2] = json;
	return db_run(r,
		      "INSERT INTO discovery(pcid, tre_id, record) VALUES(?1, ?2, ?3)"
		      " ON CONFLICT(pcid, tre_id) DO UPDATE SET record=excluded.record",
		      text, 3, why);
}

static int note_pcid(struct maker *m, json_t *pcids, const char *pcid, struct why *why)
{
	const uint64_t number = strtoull(pcid, NULL, 10);
	json_t *many = json_array_get(m->run, 1);

	if (many && number == m->run_end) {
		json_integer_set(many, json_integer_value(many) + 1);
	} else {
		m->run = json_pack("[s,i]", pcid, 1);
		if (!m->run || json_array_append_new(pcids, m->run))
			return why_sys(why, "out of memory");
	}
	m->run_end = number + 1;
	return 0;
}

/* The list may end with a run that goes on. */
static void resume_run(struct maker *m, const json_t *pcids)
{
	json_t *last = json_array_get(pcids, json_array_size(pcids) - 1);
	const char *first = json_string_value(json_array_get(last, 0));

	if (!first)
		return;
	m->run = last;
	m->run_end =
		strtoull(first, NULL, 10) + (uint64_t)json_integer_value(json_array_get(last, 1));
}

static int issue_one(struct maker *m, uint64_t row, struct buf *lines, json_t *pcids,
		     struct why *why)
{
	const char *const *to =
		m->i->tre_ids ? m->i->tre_ids + (row - m->from) * m->i->share : NULL;
	char imsi[ICCID_TEXT];

	if (record(m, imsi, to && m->i->share == 1 ? *to : NULL, lines, why))
		return -1;
	m->to_come--;
	for (uint64_t n = 0; to && n < m->i->share; n++)
		if (put_discovery(m->r, imsi, to[n], why))
			return -1;
	return note_pcid(m, pcids, imsi, why);
}

/* A pool of a part alone: the PLMN's own is there too, and knows where a PCID goes back to. */
static int close_pools(struct maker *m, struct why *why)
{
	const struct issue *i = m->i;
	char plmn[PLMN_TEXT];

	plmn_format(plmn, &i->plmn);
	return pool_put(m->r, i->pool, m->next, why) ||
			       (!i->whole && pool_put(m->r, plmn, 0, why)) ||
			       (i->iccid.size && pool_put(m->r, i->iccid_pool, m->iccid, why))
		       ? -1
		       : 0;
}

int reg_issue(struct reg *r, const struct issue *i, uint64_t from, uint64_t n, struct buf *lines,
	      json_t *pcids, struct why *why)
{
	__attribute__((cleanup(maker_free))) struct maker m = {
		.r = r, .i = i, .from = from, .to_come = n};

	aka_key_init(&m.key, i->alg);
	resume_run(&m, pcids);
	if (pool_get(r, i->pool, i->first, &m.next, why) ||
	    (i->iccid.size && pool_get(r, i->iccid_pool, 0, &m.iccid, why)))
		return -1;
	for (uint64_t row = from; row < from + n; row++)
		if (issue_one(&m, row, lines, pcids, why))
			return -1;
	return close_pools(&m, why);
}
