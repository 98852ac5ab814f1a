/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a register on a server. */
#include "register/pg.h"
#include "register/schema.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SET_UP_TRIES 20
#define SET_UP_WAIT_NS 50000000L

static const char schema[] =
	SCHEMA("TEXT COLLATE \"C\"", "BIGINT", ";") "CREATE TABLE m2m_register(version BIGINT "
						    "PRIMARY KEY);";

/* An answer of the server is durable, whatever its configuration says; a lock is not waited for
 * without end. */
static const char settings[] = "SELECT set_config('synchronous_commit', 'on', false)"
			       " WHERE current_setting('synchronous_commit') = 'off';"
			       "SET lock_timeout = '10s'; SET client_min_messages = warning;";

static void no_notice(void *ctx, const char *message)
{
	(void)ctx;
	(void)message;
}

/* ps shows the command line: passwords come from ~/.pgpass or a service file. */
static int check_address(struct pg *pg, const char *address, struct why *why)
{
	char *error = NULL;
	PQconninfoOption *options = pg->lib.conninfoParse(address, &error);
	int rc = 0;

	if (!options) {
		why_usage(why, "--register: %s", error ? error : "no address");
		pg->lib.freemem(error);
		return -1;
	}
	for (PQconninfoOption *o = options; o->keyword && !rc; o++)
		if (o->val && strcmp(o->keyword, "password") == 0)
			rc = why_usage(why, "--register: no password on the command line: put it "
					    "into ~/.pgpass");
	pg->lib.conninfoFree(options);
	return rc;
}

/* The tables; or what an older version has not, by whoever moves its number first. */
static int make_tables(struct reg *r, int version, struct why *why)
{
	static const char *const steps[] = SCHEMA_STEPS;
	struct pg *pg = r->own;
	PGresult *result = NULL;
	char sql[96];

	if (reg_begin(r, why))
		return -1;
	if (!version && pg_exec(r, schema, &result, why))
		return -1;
	pg_clear(pg, result);
	snprintf(sql, sizeof(sql),
		 version ? "UPDATE m2m_register SET version=%d WHERE version=%d"
			 : "INSERT INTO m2m_register(version) VALUES(%d)",
		 SCHEMA_VERSION, version);
	if (pg_exec(r, sql, NULL, why))
		return -1;
	for (; version && version < SCHEMA_VERSION; version++)
		if (pg_exec(r, steps[version - 1], NULL, why))
			return -1;
	return reg_commit(r, why);
}

/* The version of the tables; 0: none yet; -1. */
static int identify(struct reg *r, struct why *why)
{
	struct pg *pg = r->own;
	PGresult *result = pg->lib.exec(pg->conn, "SELECT version FROM m2m_register");
	const char *state = pg->lib.resultErrorField(result, PG_DIAG_SQLSTATE);
	long version;

	if (state && strcmp(state, "42P01") == 0) { /* undefined_table */
		pg_clear(pg, result);
		return 0;
	}
	if (pg->lib.resultStatus(result) != PGRES_TUPLES_OK)
		return pg_failed(r, result, why);
	version = pg->lib.ntuples(result) ? strtol(pg->lib.getvalue(result, 0, 0), NULL, 10) : 0;
	pg_clear(pg, result);
	return version >= 1 && version <= SCHEMA_VERSION
		       ? (int)version
		       : why_input(why, "the register has version %ld, and %d is known here",
				   version, SCHEMA_VERSION);
}

/* Two processes may meet here: one makes or mends the tables, the other finds them. */
static int set_up(struct reg *r, struct why *why)
{
	const struct timespec wait = {.tv_nsec = SET_UP_WAIT_NS};
	struct why own = {0};

	for (int try = 0; try < SET_UP_TRIES; try++) {
		const int version = identify(r, why);

		if (version < 0 || version == SCHEMA_VERSION)
			return version < 0 ? -1 : 0;
		if (make_tables(r, version, &own) == 0)
			return 0;
		reg_rollback(r);
		nanosleep(&wait, NULL);
	}
	if (why)
		*why = own;
	return -1;
}

/* libpq's buffers hold records with K, and it takes no allocator: the C library's overwrites what
 * is freed. */
static void wipe_freed_memory(void)
{
#ifdef M_PERTURB
	mallopt(M_PERTURB, 0xa5);
#endif
}

int pg_open(struct reg *r, const char *address, struct why *why)
{
	struct pg *pg = calloc(1, sizeof(*pg));

	if (!pg)
		return why_sys(why, "out of memory");
	r->own = pg;
	r->engine = &pg_engine;
	wipe_freed_memory();
	if (pg_load(&pg->lib, why) || check_address(pg, address, why))
		return -1;
	pg->conn = pg->lib.connectdb(address);
	if (pg->lib.status(pg->conn) != CONNECTION_OK)
		return pg_failed(r, NULL, why);
	pg->lib.setNoticeProcessor(pg->conn, no_notice, NULL);
	return pg_exec(r, settings, NULL, why) ? -1 : set_up(r, why);
}
