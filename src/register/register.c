/* SPDX-License-Identifier: Apache-2.0 */
#include "register/register.h"

#include "register/db.h"
#include "register/fields.h"

#include <stdio.h>
#include <string.h>

static const char *const table_names[] = {"subscribers", "discovery", "equipment"};

static bool field_is_key(enum reg_table table, const char *field)
{
	return strcmp(field, "tre_id") == 0 || strcmp(field, reg_table_key(table)) == 0;
}

int reg_each(struct reg *r, enum reg_table table, const char *field, const char *value,
	     int (*take)(void *ctx, json_t *record, struct why *why), void *ctx, struct why *why)
{
	static const char *const order[] = {"imsi", "pcid, tre_id", "tre_id"};
	STATEMENT(s);
	char sql[160];
	int got, n = 0;

	if (field && !field_is_key(table, field))
		return why_usage(why, "%s is no key of %s", field, table_names[table]);
	snprintf(sql, sizeof(sql), "SELECT record FROM %s%s%s%s ORDER BY %s", table_names[table],
		 field ? " WHERE " : "", field ? field : "", field ? "=?1" : "", order[table]);
	if (field ? db_prepare(r, &s, sql, &value, 1, why) : db_scan(r, &s, sql, why))
		return -1;
	while ((got = db_step(s, why)) > 0) {
		AUTO(json_t) *record = NULL;

		if (db_json(s, 0, &record, why) <= 0 || take(ctx, record, why))
			return -1;
		n++;
	}
	return got < 0 ? -1 : n;
}

int reg_each_text(struct reg *r, enum reg_table table,
		  int (*take)(void *ctx, const char *record, size_t len, struct why *why),
		  void *ctx, struct why *why)
{
	static const char *const sql[] = {"SELECT record FROM subscribers ORDER BY imsi",
					  "SELECT record FROM discovery ORDER BY pcid, tre_id",
					  "SELECT record FROM equipment ORDER BY tre_id"};
	STATEMENT(s);
	int got, n = 0;

	if (db_scan(r, &s, sql[table], why))
		return -1;
	for (; (got = db_step(s, why)) > 0; n++) {
		size_t len;
		const char *text = db_octets(s, 0, &len);

		if (take(ctx, text, len, why))
			return -1;
	}
	return got < 0 ? -1 : n;
}

static int take_first(void *ctx, json_t *record, struct why *why)
{
	json_t **first = ctx;

	(void)why;
	if (!*first)
		*first = json_incref(record);
	return 0;
}

int reg_get(struct reg *r, enum reg_table table, const char *field, const char *value,
	    json_t **record, struct why *why)
{
	int n;

	*record = NULL;
	n = reg_each(r, table, field, value, take_first, record, why);
	if (n < 0)
		json_decref(STEAL(*record));
	return n > 1 ? 1 : n;
}

int reg_put(struct reg *r, enum reg_table table, const json_t *record, struct why *why)
{
	static const char *const sql[] = {
		"INSERT INTO subscribers(imsi, tre_id, record) VALUES(?1, ?2, ?3) ON CONFLICT(imsi)"
		" DO UPDATE SET tre_id=excluded.tre_id, record=excluded.record",
		"INSERT INTO discovery(pcid, tre_id, record) VALUES(?1, ?2, ?3)"
		" ON CONFLICT(pcid, tre_id) DO UPDATE SET record=excluded.record",
		"INSERT INTO equipment(tre_id, record) VALUES(?1, ?2)"
		" ON CONFLICT(tre_id) DO UPDATE SET record=excluded.record"};
	const char *text[3];
	BUF(json);
	int n = 0;

	if (reg_fields_check(table, record, why) || json_append(&json, record, why))
		return -1;
	if (table != REG_EQUIPMENT)
		text[n++] = json_string_value(json_object_get(record, reg_table_key(table)));
	text[n++] = json_string_value(json_object_get(record, "tre_id"));
	text[n++] = buf_text(&json);
	return db_run(r, sql[table], text, n, why);
}

int reg_delete(struct reg *r, enum reg_table table, const char *field, const char *value,
	       struct why *why)
{
	char sql[96];

	if (!field_is_key(table, field))
		return why_usage(why, "%s is no key of %s", field, table_names[table]);
	snprintf(sql, sizeof(sql), "DELETE FROM %s WHERE %s=?1", table_names[table], field);
	return db_run(r, sql, &value, 1, why) ? -1 : db_changes(r);
}

int reg_delete_one(struct reg *r, const char *pcid, const char *tre_id, struct why *why)
{
	const char *keys[] = {pcid, tre_id};

	return db_run(r, "DELETE FROM discovery WHERE pcid=?1 AND tre_id=?2", keys, 2, why)
		       ? -1
		       : db_changes(r);
}
