/* SPDX-License-Identifier: Apache-2.0 */
#include "register/export.h"

#include "aka/sqn.h"
#include "base/hex.h"
#include "base/record.h"
#include "register/fields.h"

#include <inttypes.h>
#include <string.h>

#define OSMO_MILENAGE 5 /* OSMO_AUTH_ALG_MILENAGE */

int export_parse(enum export_form *form, const char *name, struct why *why)
{
	static const char *const names[] = {"jsonl",   "csv",    "open5gs", "osmo-hlr",
					    "free5gc", "srsran", "pysim"};

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], name) == 0) {
			*form = (enum export_form)i;
			return 0;
		}
	return why_usage(why,
			 "--format: want jsonl, csv, open5gs, osmo-hlr, free5gc, srsran or pysim, "
			 "got '%.20s'",
			 name);
}

bool export_wants_plmn(enum export_form form)
{
	return form == EXPORT_PYSIM || form == EXPORT_FREE5GC;
}

int export_header(struct buf *out, enum export_form form, struct why *why)
{
	switch (form) {
	case EXPORT_CSV: return record_header(out, RECORD_CSV, reg_columns(REG_SUBSCRIBERS), why);
	case EXPORT_OSMO_HLR: return buf_print(out, why, "BEGIN;\n");
	case EXPORT_SRSRAN:
		return buf_print(out, why,
				 "# Name,Auth,IMSI,Key,OP_Type,OP/OPc,AMF,SQN,QCI,IP_alloc\n");
	case EXPORT_PYSIM: return buf_print(out, why, "name,iccid,mcc,mnc,imsi,smsp,ki,opc\n");
	default: return 0;
	}
}

int export_footer(struct buf *out, enum export_form form, struct why *why)
{
	return form == EXPORT_OSMO_HLR ? buf_print(out, why, "COMMIT;\n") : 0;
}

const char *export_text(const json_t *r, const char *field)
{
	const char *v = json_string_value(json_object_get(r, field));

	return v ? v : "";
}

bool export_is_active(const json_t *r)
{
	const char *status = export_text(r, "status");

	return !*status || strcmp(status, "active") == 0;
}

static int read_sqn(uint64_t *sqn, unsigned *ind_bits, const json_t *r, struct why *why)
{
	uint8_t octets[6] = {0};
	uint64_t bits;

	if (json_number(&bits, r, "ind_bits", 0, SQN_IND_BITS, SQN_IND_BITS, why) ||
	    (json_object_get(r, "sqn") && json_hex(octets, 6, r, "sqn", why)))
		return -1;
	*sqn = sqn_number(octets);
	*ind_bits = (unsigned)bits;
	return 0;
}

int export_next_sqn(uint64_t *sqn, const json_t *r, struct why *why)
{
	unsigned ind_bits;

	return read_sqn(sqn, &ind_bits, r, why) ? -1 : sqn_next(sqn, *sqn, ind_bits, why);
}

/* osmo-hlr keeps the SQN that was used last, and bars by the network access mode. */
static int put_osmo(struct buf *out, const json_t *r, struct why *why)
{
	const int nam = export_is_active(r);
	unsigned ind_bits;
	uint64_t sqn;

	if (read_sqn(&sqn, &ind_bits, r, why))
		return -1;
	return buf_print(out, why,
			 "INSERT INTO subscriber(imsi, nam_cs, nam_ps) VALUES('%s', %d, %d);\n"
			 "INSERT INTO auc_3g(subscriber_id, algo_id_3g, k, opc, sqn, ind_bitlen) "
			 "SELECT id, %d, '%s', '%s', %" PRIu64 ", %u FROM subscriber "
			 "WHERE imsi='%s';\n",
			 export_text(r, "imsi"), nam, nam, OSMO_MILENAGE, export_text(r, "k"),
			 export_text(r, "opc"), sqn, ind_bits, export_text(r, "imsi"));
}

/* srsEPC keeps the SQN that it will use next. */
static int put_srsran(struct buf *out, const json_t *r, struct why *why)
{
	const char *name = export_text(r, "tre_id"), *amf = export_text(r, "amf");
	uint64_t sqn;

	if (export_next_sqn(&sqn, r, why))
		return -1;
	return buf_print(out, why, "%s,mil,%s,%s,opc,%s,%s,%012" PRIx64 ",9,dynamic\n",
			 *name ? name : export_text(r, "imsi"), export_text(r, "imsi"),
			 export_text(r, "k"), export_text(r, "opc"), *amf ? amf : "8000", sqn);
}

static int put_pysim(struct buf *out, const struct plmn *plmn, const json_t *r, struct why *why)
{
	return buf_print(out, why, ",%s,%s,%s,%s,,%s,%s\n", export_text(r, "iccid"), plmn->mcc,
			 plmn->mnc, export_text(r, "imsi"), export_text(r, "k"),
			 export_text(r, "opc"));
}

/* A card may be made before its subscription lives; a core that loads it would serve it. */
static int check_status(enum export_form form, const json_t *r, struct why *why)
{
	const char *status = export_text(r, "status");

	if (form != EXPORT_FREE5GC && form != EXPORT_SRSRAN)
		return 0;
	if (strcmp(status, "blocked") == 0)
		return why_refuse(why, "subscriber-blocked",
				  "%.15s: this format cannot say so (TR 33.812 B.2.3.5)",
				  export_text(r, "imsi"));
	if (!export_is_active(r))
		return why_refuse(why, "subscriber-waiting",
				  "%.15s: this format cannot say so (TR 33.812 B.1)",
				  export_text(r, "imsi"));
	return 0;
}

static int put_foreign(struct buf *out, enum export_form form, const struct plmn *plmn,
		       const json_t *r, struct why *why)
{
	const char *alg = export_text(r, "alg");

	if (!json_object_get(r, "k") || !json_object_get(r, "opc") ||
	    (*alg && strcmp(alg, "milenage") != 0))
		return why_input(why, "%.15s: this format holds Milenage credentials alone",
				 export_text(r, "imsi"));
	if (check_status(form, r, why))
		return -1;
	switch (form) {
	case EXPORT_OPEN5GS: return export_open5gs(out, r, why);
	case EXPORT_OSMO_HLR: return put_osmo(out, r, why);
	case EXPORT_FREE5GC: return export_free5gc(out, plmn, r, why);
	case EXPORT_SRSRAN: return put_srsran(out, r, why);
	default: return put_pysim(out, plmn, r, why);
	}
}

int export_record(struct buf *out, enum export_form form, const struct plmn *plmn,
		  const json_t *record, struct why *why)
{
	if (form == EXPORT_JSONL)
		return json_append_line(out, record, why);
	if (form == EXPORT_CSV)
		return record_append(out, RECORD_CSV, reg_columns(REG_SUBSCRIBERS), record, why);
	return put_foreign(out, form, plmn, record, why);
}
