/* SPDX-License-Identifier: Apache-2.0 */
#include "register/permit.h"

#include <string.h>
#include <strings.h>

#define WORD_MAX 128
#define LIST_MAX 256

static int check_list(const json_t *o, const char *field, struct why *why)
{
	const json_t *list = json_object_get(o, field);

	if (list && (!json_is_array(list) || json_array_size(list) > LIST_MAX))
		return why_input(why, "restrictions: %s: want a list of %d at most", field,
				 LIST_MAX);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *word = json_string_value(json_array_get(list, i));
		const size_t len = word ? strlen(word) : 0;

		if (!len || len > WORD_MAX || strpbrk(word, " \t\r\n"))
			return why_input(why, "restrictions: %s: want words of %d characters",
					 field, WORD_MAX);
	}
	return 0;
}

int permit_check(const json_t *o, struct why *why)
{
	static const char *const fields[] = {"services", "places",       "end_points",
					     "apns",     "authenticate", NULL};
	const char *authenticate;

	if (!json_is_object(o))
		return why_input(why, "restrictions: want an object");
	if (json_only(o, fields, why) || check_list(o, "services", why) ||
	    check_list(o, "places", why) || check_list(o, "end_points", why) ||
	    check_list(o, "apns", why) || json_text_opt(&authenticate, o, "authenticate", why))
		return -1;
	return authenticate && strcmp(authenticate, "always") != 0
		       ? why_input(why, "restrictions: authenticate: want always")
		       : 0;
}

static bool is_service(const char *listed, const char *asked)
{
	return strcmp(listed, asked) == 0;
}

/* TS 23.003 9.1: the labels of an APN know no case. */
static bool is_apn(const char *listed, const char *asked)
{
	return strcasecmp(listed, asked) == 0;
}

/* A cell lies in its area, and an area in its network. */
static bool is_place(const char *listed, const char *asked)
{
	const size_t n = strlen(listed);

	return strncmp(listed, asked, n) == 0 && (!asked[n] || asked[n] == '-');
}

static bool is_end_point(const char *listed, const char *asked)
{
	const size_t n = strcspn(listed, ":"), m = strcspn(asked, ":");

	if (listed[n] && strcmp(listed + n, asked + m) != 0)
		return false;
	if (strncmp(listed, "*.", 2) != 0)
		return n == m && strncasecmp(listed, asked, n) == 0;
	return m > n - 1 && strncasecmp(listed + 1, asked + m - (n - 1), n - 1) == 0;
}

static int look(const json_t *restrictions, const char *field, const char *reason,
		bool (*fits)(const char *, const char *), const char *asked, struct why *why)
{
	const json_t *list = json_object_get(restrictions, field);

	if (!asked || !list)
		return 0;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (fits(json_string_value(json_array_get(list, i)), asked))
			return 0;
	return why_refuse(why, reason, "%.64s is none of this IMSI's %s (TR 33.812 %s)", asked,
			  field, strcmp(field, "apns") == 0 ? "5.1.3.3.2.2" : "5.2.5.3");
}

int permit_apn(const json_t *record, const char *apn, struct why *why)
{
	const json_t *limits = json_object_get(record, "restrictions");

	if (apn || !json_object_get(limits, "apns"))
		return look(limits, "apns", "apn-restricted", is_apn, apn, why);
	return why_refuse(
		why, "apn-restricted",
		"this IMSI is for some access points alone, and none was named (TR 33.812 "
		"5.1.3.3.2.2)");
}

static int check_status(const json_t *record, struct why *why)
{
	const char *status = json_string_value(json_object_get(record, "status"));

	if (!status || strcmp(status, "active") == 0)
		return 0;
	return strcmp(status, "waiting") == 0
		       ? why_refuse(why, "subscriber-waiting",
				    "the subscription waits (TR 33.812 B.1)")
		       : why_refuse(why, "subscriber-blocked",
				    "the subscription is blocked (TR 33.812 5.2.5.3)");
}

int reg_permit(struct reg *r, const struct permit_asked *asked, struct buf *out, struct why *why)
{
	AUTO(json_t) *record = NULL;
	AUTO(json_t) *o = json_object();
	const json_t *limits;
	const int known = reg_get(r, REG_SUBSCRIBERS, "imsi", asked->imsi, &record, why);

	if (known <= 0)
		return known ? -1
			     : why_refuse(why, "unknown-imsi",
					  "%.15s is no subscriber here (TR 33.812 5.2.5.3)",
					  asked->imsi);
	limits = json_object_get(record, "restrictions");
	if (check_status(record, why) ||
	    look(limits, "services", "service-restricted", is_service, asked->service, why) ||
	    look(limits, "places", "place-restricted", is_place, asked->place, why) ||
	    look(limits, "end_points", "end-point-restricted", is_end_point, asked->end_point,
		 why) ||
	    look(limits, "apns", "apn-restricted", is_apn, asked->apn, why))
		return -1;
	return json_put_text(o, "imsi", asked->imsi, why) ||
			       json_put_text(o, "authenticate",
					     json_object_get(limits, "authenticate") ? "always"
										     : "usual",
					     why) ||
			       json_append_line(out, o, why)
		       ? -1
		       : 0;
}
