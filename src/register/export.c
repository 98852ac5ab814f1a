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

/* A data rate of TS 29.272: value and the power of 1000. */
static json_t *rate(int value, int unit)
{
	return json_pack("{s:{s:i, s:i}, s:{s:i, s:i}}", "downlink", "value", value, "unit", unit,
			 "uplink", "value", value, "unit", unit);
}

/* One slice with one IPv4v6 session, QCI 9: what a new subscriber has in Open5GS. */
static json_t *default_slices(void)
{
	return json_pack("[{s:i, s:b, s:[{s:s, s:i, s:o, s:{s:i, s:{s:i, s:i, s:i}}, s:[]}]}]",
			 "sst", 1, "default_indicator", 1, "session", "name", "internet", "type", 3,
			 "ambr", rate(1, 3), "qos", "index", 9, "arp", "priority_level", 8,
			 "pre_emption_capability", 1, "pre_emption_vulnerability", 1, "pcc_rule");
}

/* MongoDB's extended JSON: a 64-bit number is its digits. */
static int put_open5gs(struct buf *out, const json_t *r, struct why *why)
{
	AUTO(json_t) *o =
		json_pack("{s:s, s:{s:s, s:n, s:s, s:s, s:{s:s}}, s:o, s:i, s:i, s:i, s:i, s:o}",
			  "imsi", text(r, "imsi"), "security", "k", text(r, "k"), "op", "opc",
			  text(r, "opc"), "amf", text(r, "amf"), "sqn", "$numberLong", "0", "ambr",
			  rate(1, 3), "access_restriction_data", 32, "subscriber_status", 0,
			  "network_access_mode", 0, "schema_version", 1, "slice", default_slices());

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

int export_record(struct buf *out, enum export_form form, const struct plmn *plmn,
		  const json_t *record, struct why *why)
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
	return buf_print(out, why, ",%s,%s,%s,%s,%s,%s,\n", text(record, "iccid"), plmn->mcc,
			 plmn->mnc, text(record, "imsi"), text(record, "k"), text(record, "opc"));
}
