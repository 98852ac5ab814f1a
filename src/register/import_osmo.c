/* SPDX-License-Identifier: Apache-2.0 */
/* osmo-hlr's database: tables subscriber and auc_3g, schema 6. */
#include "aka/sqn.h"
#include "register/import.h"
#include "register/sqlite.h"

#include <stdlib.h>

#define OSMO_MILENAGE 5

struct osmo {
	sqlite3 *db;
	sqlite3_stmt *rows;
};

void osmo_close(struct osmo *o)
{
	if (!o)
		return;
	sqlite3_finalize(o->rows);
	sqlite3_close(o->db);
	free(o);
}

struct osmo *osmo_open(const char *path, struct why *why)
{
	static const char sql[] = "SELECT imsi, nam_cs OR nam_ps, algo_id_3g, k, op, opc, sqn, "
				  "ind_bitlen FROM subscriber LEFT JOIN auc_3g ON id=subscriber_id"
				  " ORDER BY id";
	struct osmo *o = calloc(1, sizeof(*o));

	if (!o || sqlite_wipe_memory(why)) {
		free(o);
		why_sys(why, "out of memory");
		return NULL;
	}
	if (sqlite3_open_v2(path, &o->db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
	    sqlite3_busy_timeout(o->db, DB_WAIT_MS) != SQLITE_OK ||
	    sqlite3_prepare_v2(o->db, sql, -1, &o->rows, NULL) != SQLITE_OK) {
		why_input(why, "%s: no database of osmo-hlr: %s", path, sqlite3_errmsg(o->db));
		osmo_close(o);
		return NULL;
	}
	return o;
}

static const char *text(struct osmo *o, int column)
{
	return (const char *)sqlite3_column_text(o->rows, column);
}

static int convert(struct osmo *o, json_t *to, struct why *why)
{
	const char *imsi = text(o, 0), *k = text(o, 3);
	const int64_t sqn = sqlite3_column_int64(o->rows, 6);
	const int ind_bits = sqlite3_column_int(o->rows, 7);
	uint8_t octets[6];

	if (!k || sqlite3_column_int(o->rows, 2) != OSMO_MILENAGE)
		return why_input(why, "%.15s has no Milenage key", imsi);
	if (sqn < 0 || (uint64_t)sqn > SQN_MAX || ind_bits < 0 || ind_bits > SQN_IND_BITS)
		return why_input(why, "%.15s: sqn or ind_bitlen out of range", imsi);
	sqn_octets(octets, (uint64_t)sqn);
	return json_put_text(to, "imsi", imsi, why) || json_put_text(to, "alg", "milenage", why) ||
			       import_keys(to, k, text(o, 5), text(o, 4), why) ||
			       json_put_text(to, "amf", "8000", why) ||
			       json_put_hex(to, "sqn", octets, 6, why) ||
			       json_put_number(to, "ind_bits", (uint64_t)ind_bits, why) ||
			       json_put_text(to, "status",
					     sqlite3_column_int(o->rows, 1) ? "active" : "blocked",
					     why)
		       ? -1
		       : 0;
}

int osmo_next(struct osmo *o, json_t **record, struct why *why)
{
	const int rc = sqlite3_step(o->rows);
	AUTO(json_t) *to = NULL;

	if (rc == SQLITE_DONE)
		return 0;
	if (rc != SQLITE_ROW)
		return why_sys(why, "%s", sqlite3_errmsg(o->db));
	to = json_object();
	if (convert(o, to, why))
		return -1;
	*record = STEAL(to);
	return 1;
}
