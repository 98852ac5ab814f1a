/* SPDX-License-Identifier: Apache-2.0 */
#include "register/export.h"

#include "base/record.h"
#include "register/fields.h"

#include <string.h>

int export_parse(enum export_form *form, const char *name, struct why *why)
{
	static const char *const names[] = {"jsonl", "csv", "open5gs", "osmo-hlr", "pysim"};

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], name) == 0) {
			*form = (enum export_form)i;
			return 0;
		}
	return why_usage(why, "--format: want jsonl, csv, open5gs, osmo-hlr or pysim, got '%.20s'",
			 name);
}

int export_header(struct buf *out, enum export_form form, struct why *why)
{
	if (form == EXPORT_CSV)
		return record_header(out, RECORD_CSV, reg_columns(REG_SUBSCRIBERS), why);
	if (form == EXPORT_PYSIM)
		return buf_print(out, why, "name,iccid,mcc,mnc,imsi,ki,opc,smsp\n");
	return 0;
}

static const char *text(const json_t *record, const char *field)
{
	const char *v = json_string_value(json_object_get(record, field));

	return v ? v : "";
}

/* A document as open5gs-dbctl makes it, with one default session. */
static int put_open5gs(struct buf *out, const json_t *r, struct why *why)
{
	AUTO(json_t) *o = json_pack(
		"{s:s, s:{s:s, s:n, s:s, s:s, s:{s:I}}, s:{s:{s:i, s:i}, s:{s:i, s:i}}, s:i, s:i, "
		"s:i, s:i, s:[]}",
		"imsi", text(r, "imsi"), "security", "k", text(r, "k"), "op", "opc", text(r, "opc"),
		"amf", text(r, "amf"), "sqn", "$numberLong", (json_int_t)0, "ambr", "downlink",
		"value", 1, "unit", 3, "uplink", "value", 1, "unit", 3, "access_restriction_data",
		32, "subscriber_status", 0, "network_access_mode", 0, "schema_version", 1, "slice");

	return o ? json_append_line(out, o, why) : why_sys(why, "out of memory");
}

/* osmo-hlr's tables: algorithm 5 is Milenage with OPc. */
static int put_osmo(struct buf *out, const json_t *r, struct why *why)
{
	return buf_print(out, why,
			 "INSERT INTO subscriber(imsi) VALUES('%s');\n"
			 "INSERT INTO auc_3g(subscriber_id, algo_id_3g, k, opc, sqn, ind_bitlen) "
			 "SELECT id, 5, '%s', '%s', 0, 5 FROM subscriber WHERE imsi='%s';\n",
			 text(r, "imsi"), text(r, "k"), text(r, "opc"), text(r, "imsi"));
}

int export_record(struct buf *out, enum export_form form, const json_t *record, struct why *why)
{
	if (form == EXPORT_JSONL)
		return json_append_line(out, record, why);
	if (form == EXPORT_CSV)
		return record_append(out, RECORD_CSV, reg_columns(REG_SUBSCRIBERS), record, why);
	if (!json_object_get(record, "opc"))
		return why_input(why, "this format holds Milenage credentials alone");
	if (form == EXPORT_OPEN5GS)
		return put_open5gs(out, record, why);
	if (form == EXPORT_OSMO_HLR)
		return put_osmo(out, record, why);
	return buf_print(out, why, ",%s,%.3s,%.2s,%s,%s,%s,\n", text(record, "iccid"),
			 text(record, "imsi"), text(record, "imsi") + 3, text(record, "imsi"),
			 text(record, "k"), text(record, "opc"));
}
