/* SPDX-License-Identifier: Apache-2.0 */
/* Firmware by its maker's word alone, never an older one, and measured at boot: TR 33.812 5.1.2.2
 * [t6 cm4], 5.1.3.5.8. */
#include "base/slurp.h"
#include "pki/csr.h"
#include "pki/note.h"
#include "tre/acts.h"
#include "tre/state.h"

#include <stdio.h>
#include <string.h>

#define COMPONENTS_MAX 32

static int64_t version_of(const json_t *entry)
{
	return json_integer_value(json_object_get(entry, "version"));
}

static json_t *measurement(const struct tre *t, const char *component)
{
	size_t i;
	json_t *o;

	json_array_foreach (json_object_get(t->s, "measurements"), i, o) {
		if (strcmp(tre_text(o, "component"), component) == 0)
			return o;
	}
	return NULL;
}

static bool is_known(const json_t *entry, const char *sha256)
{
	return *sha256 && (strcmp(sha256, tre_text(entry, "sha256")) == 0 ||
			   strcmp(sha256, tre_text(entry, "before")) == 0);
}

/* Until a boot has measured the new image, the one before may still be there: power may go. What
 * was measured counts as that alone where it was trusted. */
static int keep(struct tre *t, const char *component, uint64_t version, const char *sha256,
		struct why *why)
{
	json_t *all = json_object_get(t->s, "firmware"), *old;
	AUTO(json_t) *entry = json_object();
	const char *before = tre_text(measurement(t, component), "sha256");

	if (!all && json_put(t->s, "firmware", all = json_object(), why))
		return -1;
	old = json_object_get(all, component);
	if (old && !is_known(old, before))
		before = tre_text(old, "sha256");
	if (tre_newer(version, version_of(old), why))
		return -1;
	if (!old && json_object_size(all) >= COMPONENTS_MAX)
		return why_refuse(why, "tre-full", "too many components (TR 33.812 5.1.2.2)");
	return (*before && json_put_text(entry, "before", before, why)) ||
			       json_put_number(entry, "version", version, why) ||
			       json_put_text(entry, "sha256", sha256, why) ||
			       json_put(all, component, json_incref(entry), why)
		       ? -1
		       : 0;
}

int tre_firmware(struct tre *t, const char *image, const struct buf *text,
		 const struct tre_who *who, struct why *why)
{
	AUTO(json_t) *note = NULL;
	const char *component;
	uint64_t version;
	BUF(octets);

	if (tre_user_check(t, who, "firmware", why) || slurp(&octets, image, SLURP_LARGE, why) ||
	    !(note = tre_maker_note(t, "firmware", &octets, text, who->at, &version, why)) ||
	    !(component = json_text(note, "component", why)) ||
	    keep(t, component, version, tre_text(note, "about"), why) ||
	    tre_note(
		    t, "firmware",
		    json_pack("{s:s, s:I}", "component", component, "version", (json_int_t)version),
		    why))
		return -1;
	return tre_save(t, why);
}

/* ---- at boot ---- */

static bool is_what_was_installed(const struct tre *t, const char *component, json_t *entry)
{
	const char *now = tre_text(measurement(t, component), "sha256");

	if (strcmp(now, tre_text(entry, "sha256")) == 0)
		json_object_del(entry, "before"); /* from here on the new one alone */
	return is_known(entry, now);
}

int tre_firmware_measured(struct tre *t, bool measured, struct why *why)
{
	const char *component;
	bool trusted = true;
	json_t *entry;

	json_object_foreach (json_object_get(t->s, "firmware"), component, entry) {
		if (measured && is_what_was_installed(t, component, entry))
			continue;
		trusted = false;
		if (tre_note(t, "firmware-changed", json_pack("{s:s}", "component", component),
			     why))
			return -1;
	}
	if (trusted)
		json_object_del(t->s, "untrusted");
	return trusted ? 0 : json_put(t->s, "untrusted", json_true(), why);
}

int tre_firmware_versions(const struct tre *t, json_t *versions, struct why *why)
{
	const char *component;
	json_t *entry;

	json_object_foreach (json_object_get(t->s, "firmware"), component, entry) {
		char text[24];

		snprintf(text, sizeof(text), "%lld", (long long)version_of(entry));
		if (json_put_text(versions, component, text, why))
			return -1;
	}
	return 0;
}

int tre_trusted(const struct tre *t, struct why *why)
{
	return !json_object_get(t->s, "untrusted")
		       ? 0
		       : why_refuse(why, "wrong-measurement",
				    "the last boot did not measure what was installed (TR 33.812 "
				    "5.1.2.2)");
}

/* ---- a renewed Cert_TRE is asked for ---- */

int tre_certify_ask(struct tre *t, const char *to, int64_t at, struct buf *out, struct why *why)
{
	AUTO(X509) *cert = tre_cert(t, why);
	AUTO(EVP_PKEY) *key = cert ? tre_key(t, false, why) : NULL;
	AUTO(json_t) *fields = json_object();
	const struct note_spec spec = {"certificate-request", to, fields, NULL, 0, at, 0};
	BUF(csr);

	return !key || csr_make(&csr, key, tre_own_id(t), why) ||
			       tre_info_json(t, fields, to, NULL, why) ||
			       json_object_del(fields, "mcims") ||
			       json_put_text(fields, "csr_pem", buf_text(&csr), why) ||
			       note_make(out, &spec, key, cert, why) ||
			       buf_add(out, "\n", 1, why) ||
			       tre_note(t, "certificate-asked", NULL, why) || tre_save(t, why)
		       ? -1
		       : 0;
}
