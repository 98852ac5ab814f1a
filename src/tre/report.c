/* SPDX-License-Identifier: Apache-2.0 */
/* What the TRE can still say of tampering, signed: TR 33.812 5.1.2.2 [t4 cm5, t6 cm5, t8 cm8]. */
#include "base/folder.h"
#include "base/slurp.h"
#include "pki/note.h"
#include "tre/acts.h"
#include "tre/state.h"

#include <string.h>

/* A finding, with one more member. */
static int find(json_t *list, const char *finding, const char *member, const char *value,
		struct why *why)
{
	json_t *o = json_object();

	return json_array_append_new(list, o) || json_put_text(o, "finding", finding, why) ||
			       (member && json_put_text(o, member, value, why))
		       ? -1
		       : 0;
}

/* What locked it down was written beside the device's key. */
static int find_lock(const struct tre *t, json_t *list, struct why *why)
{
	BUF(text);

	if (t->keeper ||
	    !folder_has(t->device, "locked-down")) /* one of many speaks while it is whole */
		return 0;
	return folder_get(&text, t->device, "locked-down", SLURP_DOCUMENT, why) ||
			       find(list, "locked-down", "text", buf_text(&text), why)
		       ? -1
		       : 0;
}

static int find_audit(struct tre *t, json_t *list, struct why *why)
{
	struct why local = {0};
	BUF(records);

	if (tre_audit(t, true, &records, &local) == 0)
		return 0;
	return local.status == TOOL_NO ? find(list, "audit-broken", NULL, NULL, why)
				       : why_sys(why, "audit.jsonl cannot be read");
}

static int find_mcims(const struct tre *t, json_t *list, struct why *why)
{
	size_t i;
	json_t *m;

	json_array_foreach (json_object_get(t->s, "mcims"), i, m) {
		if (tre_mcim_is_whole(m) && strcmp(tre_text(m, "reason"), "integrity") != 0)
			continue;
		if (find(list, "mcim-integrity", "mcim", tre_text(m, "id"), why))
			return -1;
	}
	return 0;
}

static int find_firmware(const struct tre *t, json_t *list, struct why *why)
{
	return json_object_get(t->s, "untrusted") ? find(list, "firmware-changed", NULL, NULL, why)
						  : 0;
}

/* Nothing is written: what is reported is what was found, and stays so for who comes after. */
int tre_report(struct tre *t, const char *to, int64_t at, struct buf *out, struct why *why)
{
	json_t *list = json_array();
	AUTO(json_t) *fields = json_pack("{s:s, s:I, s:o}", "tre_id", tre_own_id(t), "boot_counter",
					 json_integer_value(json_object_get(t->s, "boot_counter")),
					 "findings", list);
	const struct note_spec spec = {"tamper", to, fields, NULL, 0, at, 0};
	AUTO(X509) *cert = tre_cert(t, why);
	AUTO(EVP_PKEY) *key = cert ? tre_key(t, false, why) : NULL;

	if (!key || find_lock(t, list, why) || find_audit(t, list, why) ||
	    find_mcims(t, list, why) || find_firmware(t, list, why))
		return -1;
	if (json_array_size(list) == 0)
		return why_refuse(why, "wrong-state",
				  "nothing was tampered with (TR 33.812 5.1.2.2)");
	return note_make(out, &spec, key, cert, why) || buf_add(out, "\n", 1, why) ? -1 : 0;
}
