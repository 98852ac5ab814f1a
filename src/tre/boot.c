/* SPDX-License-Identifier: Apache-2.0 */
/* Boot, and what the TRE tells of itself: TR 33.812 5.1.2. */
#include "base/record.h"
#include "base/slurp.h"
#include "tre/state.h"

#define VERSION "1"

/* ---- boot: measurements, and the integrity of each MCIM (5.1.2.3, t6 cm5, t8 cm8) ---- */

struct measured {
	json_t *list;  /* borrowed */
	json_t *names; /* of those that came */
};

static int once(json_t *names, const char *component, struct why *why)
{
	if (json_object_get(names, component))
		return why_input(why, "%.40s: this component came before", component);
	return json_put(names, component, json_true(), why);
}

static int measure(void *ctx, const json_t *record, struct why *why)
{
	const struct measured *m = ctx;
	static const char *const fields[] = {"component", "sha256", "path", NULL};
	const char *component = json_text(record, "component", why), *path, *sha256;
	json_t *o = json_object();
	uint8_t md[32];
	BUF(octets);

	if (json_array_append_new(m->list, o) || !component || json_only(record, fields, why) ||
	    once(m->names, component, why) || json_text_opt(&path, record, "path", why) ||
	    json_text_opt(&sha256, record, "sha256", why))
		return -1;
	if (!path == !sha256)
		return why_input(why, "%.40s: want either sha256 or path", component);
	if (path ? slurp(&octets, path, SLURP_LARGE, why) ||
			    ossl_sha256(md, buf_text(&octets), octets.len, why)
		 : json_hex(md, 32, record, "sha256", why))
		return -1;
	return json_put_text(o, "component", component, why) ||
			       json_put_hex(o, "sha256", md, 32, why)
		       ? -1
		       : 0;
}

static int measure_all(struct tre *t, const char *file, struct why *why)
{
	AUTO(json_t) *names = json_object();
	struct measured m = {json_array(), names};

	return json_put(t->s, "measurements", m.list, why) ||
			       record_each(file, RECORD_JSONL, measure, &m, why)
		       ? -1
		       : 0;
}

/* An MCIM that is not what was installed is blocked, for good. */
static int check_mcim(struct tre *t, json_t *m, struct why *why)
{
	if (tre_mcim_is_whole(m))
		return 0;
	return json_put_text(m, "state", "blocked", why) ||
			       json_put_text(m, "reason", "integrity", why) ||
			       tre_note(t, "mcim-integrity",
					json_pack("{s:s}", "mcim", tre_text(m, "id")), why)
		       ? -1
		       : 0;
}

int tre_info_json(struct tre *t, json_t *o, const char *as, const char *cert_sha256,
		  struct why *why)
{
	const json_t *measured = json_object_get(t->s, "measurements");
	const json_int_t boots = json_integer_value(json_object_get(t->s, "boot_counter"));
	json_t *versions = json_pack("{s:s}", "tre", VERSION), *list = json_array();

	if (json_put_text(o, "tre_id", tre_own_id(t), why) ||
	    json_put_text(o, "type", "tre-sim", why) ||
	    json_put_text(o, "vendor", "m2m-toolkit", why) ||
	    json_put(o, "versions", versions, why) || tre_firmware_versions(t, versions, why) ||
	    tre_policy_show(t, versions, why) ||
	    json_put(o, "boot_counter", json_integer(boots), why) ||
	    json_put(o, "measurements", measured ? json_deep_copy(measured) : json_array(), why))
		return -1;
	/* list is put before it is filled: the object owns it from here */
	return json_put(o, "mcims", list, why) ||
			       tre_mcim_view(t, list, as, cert_sha256, false, why)
		       ? -1
		       : 0;
}

int tre_boot(struct tre *t, const char *components, struct buf *out, struct why *why)
{
	AUTO(json_t) *o = json_object();
	const json_int_t boots = json_integer_value(json_object_get(t->s, "boot_counter"));
	size_t i;
	json_t *m;

	json_object_del(t->s, "session"); /* threat 10 cm10: the user says again who it is */
	json_array_foreach (json_object_get(t->s, "mcims"), i, m) {
		if (check_mcim(t, m, why))
			return -1;
	}
	if (json_put(t->s, "boot_counter", json_integer(boots + 1), why) ||
	    (components && measure_all(t, components, why)) || tre_note(t, "boot", NULL, why) ||
	    tre_firmware_measured(t, components != NULL, why) || tre_save(t, why) ||
	    tre_trusted(t, why) || tre_info_json(t, o, NULL, NULL, why))
		return -1;
	return json_append_line(out, o, why);
}

int tre_info(struct tre *t, struct buf *out, struct why *why)
{
	AUTO(json_t) *o = json_object();

	return tre_info_json(t, o, NULL, NULL, why) || tre_controls_show(t, o, why) ||
			       tre_users_show(t, o, why) || json_append_line(out, o, why)
		       ? -1
		       : 0;
}

int tre_list(struct tre *t, const char *as, const char *cert_sha256, struct buf *out,
	     struct why *why)
{
	AUTO(json_t) *list = json_array();
	json_t *m;
	size_t i;

	if (tre_mcim_view(t, list, as, cert_sha256, as != NULL, why))
		return -1;
	json_array_foreach (list, i, m) {
		if (json_append_line(out, m, why))
			return -1;
	}
	return 0;
}
