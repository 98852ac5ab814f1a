/* SPDX-License-Identifier: Apache-2.0 */
#include "dm/napdef.h"

#include <string.h>

/* The members, and their leaves in OMA-DDS-DM_ConnMO. */
static const struct {
	const char *member, *path;
} leaves[] = {
	{"napid", "NAP/NAPID"},
	{"name", "NAP/Name"},
	{"bearer", "NAP/BearerType"},
	{"apn", "NAP/Addr"},
	{"auth_type", "NAP/AuthInfo/AuthType"},
	{"auth_name", "NAP/AuthInfo/AuthName"},
	{"dns", "NAP/DNSAddr"},
};
#define LEAVES (sizeof(leaves) / sizeof(*leaves))
#define TEXT_MAX 128

int napdef_check(const json_t *napdef, struct why *why)
{
	static const char *const fields[] = {"napid",     "name",      "bearer", "apn",
					     "auth_type", "auth_name", "dns",    NULL};
	const char *text;

	if (json_only(napdef, fields, why) || !json_text(napdef, "napid", why) ||
	    !json_text(napdef, "apn", why))
		return why_in(why, "napdef");
	for (size_t i = 0; i < LEAVES; i++) {
		if (json_text_opt(&text, napdef, leaves[i].member, why))
			return why_in(why, "napdef");
		if (text && (!*text || strlen(text) >= TEXT_MAX))
			return why_input(why, "napdef: %s: want 1 to %d characters",
					 leaves[i].member, TEXT_MAX - 1);
		for (; text && *text; text++)
			if ((unsigned char)*text < 0x20 || *text == 0x7f)
				return why_input(why, "napdef: %s: a control character",
						 leaves[i].member);
	}
	return 0;
}

int napdef_to_tree(xmlDoc *doc, const json_t *napdef, struct why *why)
{
	if (!napdef)
		return 0;
	if (napdef_check(napdef, why))
		return -1;
	for (size_t i = 0; i < LEAVES; i++) {
		const char *text = json_string_value(json_object_get(napdef, leaves[i].member));

		if (text && tnds_add(doc, leaves[i].path, "chr", text, NULL, why))
			return -1;
	}
	return 0;
}

int napdef_from_tree(json_t **napdef, struct tnds *t, struct why *why)
{
	AUTO(json_t) *o = json_object();

	for (size_t i = 0; i < LEAVES; i++) {
		char text[TEXT_MAX];

		if (tnds_text(t, leaves[i].path, text, sizeof(text), false, why) ||
		    (*text && json_put_text(o, leaves[i].member, text, why)))
			return -1;
	}
	if (json_object_size(o) == 0)
		return 0;
	if (napdef_check(o, why))
		return -1;
	*napdef = STEAL(o);
	return 0;
}
