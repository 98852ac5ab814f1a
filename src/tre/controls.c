/* SPDX-License-Identifier: Apache-2.0 */
/* Security controls, of each MCIM by its operator, of the TRE by its maker and by the M2ME
 * subscriber, enforced: TR 33.812 5.1.2.3 [t7 cm2 - 4, t8 cm3 - 4]. */
#include "mcim/controls.h"
#include "base/hex.h"
#include "mcim/blob.h"
#include "tre/acts.h"
#include "tre/state.h"

#include <string.h>

static const json_t *general(const struct tre *t)
{
	return json_object_get(json_object_get(t->s, "policy"), "controls");
}

static const json_t *subscriber(const struct tre *t)
{
	return json_object_get(t->s, "controls");
}

/* What is not said is left to both; but an MCIM shares only where that is said (t8 cm2). */
static bool leaves(const json_t *controls, const char *act, const char *who, const char *unsaid)
{
	const char *whose = tre_text(controls, act);

	if (!*whose)
		whose = unsaid;
	return strcmp(whose, "both") == 0 || strcmp(whose, who) == 0;
}

bool tre_mcim_allows(const struct tre *t, const json_t *m, const char *act, const char *who)
{
	const char *unsaid = strcmp(act, "share") == 0 ? "nobody" : "both";

	return leaves(general(t), act, who, "both") && leaves(subscriber(t), act, who, "both") &&
	       leaves(json_object_get(m, "controls"), act, who, unsaid);
}

int tre_mcim_allow(const struct tre *t, const json_t *m, const char *act, const char *who,
		   struct why *why)
{
	if (tre_mcim_allows(t, m, act, who))
		return 0;
	return why_refuse(why, "not-allowed",
			  "%s: the controls of %s do not leave %s to the %s (TR 33.812 5.1.2.3)",
			  tre_text(m, "id"),
			  !leaves(general(t), act, who, "both")      ? "the TRE"
			  : !leaves(subscriber(t), act, who, "both") ? "the subscriber"
								     : "the MCIM",
			  act, who);
}

bool tre_mcim_control(const struct tre *t, const json_t *m, const char *control)
{
	return json_is_true(json_object_get(general(t), control)) ||
	       json_is_true(json_object_get(subscriber(t), control)) ||
	       json_is_true(json_object_get(json_object_get(m, "controls"), control));
}

int tre_controls_show(const struct tre *t, json_t *info, struct why *why)
{
	const json_t *own = general(t), *set = subscriber(t);
	json_t *seen;
	size_t i;

	json_array_foreach (json_object_get(info, "mcims"), i, seen) {
		const json_t *m = tre_mcim(t, tre_text(seen, "id"));
		const json_t *controls = json_object_get(m, "controls");
		const char *shares = tre_text(m, "algorithm_of");

		if ((controls && json_put(seen, "controls", json_deep_copy(controls), why)) ||
		    (*shares && json_put_text(seen, "algorithm_of", shares, why)))
			return -1;
	}
	return (own && json_put(info, "controls", json_deep_copy(own), why)) ||
			       (set &&
				json_put(info, "subscriber_controls", json_deep_copy(set), why))
		       ? -1
		       : 0;
}

/* The life cycle, and what an operator needs to serve its MCIM, are not the subscriber's to rule
 * (t7 cm3). */
int tre_controls(struct tre *t, const json_t *controls, const struct tre_who *who, struct why *why)
{
	static const char *const own[] = {"read", "update", "share", "pin", NULL};

	if (tre_user_check(t, who, "controls", why) || mcim_controls_check(controls, why) ||
	    json_only(controls, own, why) ||
	    json_put(t->s, "controls", json_deep_copy(controls), why) ||
	    tre_note(t, "controls", json_pack("{s:O}", "controls", controls), why))
		return -1;
	return tre_save(t, why);
}

/* Keys are used in the TRE and not read: all that is below 256, EF_Keys, EF_KeysPS and
 * EF_HiddenKey. */
static bool is_secret(unsigned efid)
{
	return efid < 256 || efid == 0x6f08 || efid == 0x6f09 || efid == 0x6fc3;
}

int tre_mcim_read(const struct tre *t, const json_t *m, const char *file, const char *who,
		  struct buf *out, struct why *why)
{
	AUTO(json_t) *o = json_object();
	const struct mcim_file *f;
	uint8_t efid[2];
	unsigned n;
	MCIM_BLOB(b);
	BUF(der);

	if (hex_decode(efid, sizeof(efid), file, "file", why) ||
	    tre_mcim_allow(t, m, "read", who, why))
		return -1;
	n = (unsigned)efid[0] << 8 | efid[1];
	if (is_secret(n))
		return why_refuse(why, "not-allowed",
				  "file %04x holds what the TRE does not tell (TR 33.812 5.1.2.2)",
				  n);
	if (json_b64(&der, m, "der_b64", why) || mcim_blob_decode(&b, der.bytes, der.len, why))
		return -1;
	f = mcim_blob_file(&b, n);
	if (!f)
		return why_refuse(why, "unknown-file", "%s has no file %04x (TR 33.812 5.1.2.3)",
				  tre_text(m, "id"), n);
	return json_put_text(o, "mcim", tre_text(m, "id"), why) ||
			       json_put_hex(o, "efid", efid, sizeof(efid), why) ||
			       json_put_hex(o, "octets", f->bytes, f->len, why) ||
			       json_append_line(out, o, why)
		       ? -1
		       : 0;
}
