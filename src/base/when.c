/* SPDX-License-Identifier: Apache-2.0 */
#include "base/when.h"

#ifdef M2M_GOLDEN
#include "golden/golden.h"
#endif

#include <string.h>
#include <time.h>

int64_t when_now(void)
{
#ifdef M2M_GOLDEN
	return golden_now();
#else
	return (int64_t)time(NULL);
#endif
}

void when_format(char text[static WHEN_TEXT], int64_t t)
{
	const time_t seconds = (time_t)t;
	struct tm tm = {0};

	if (!gmtime_r(&seconds, &tm) || tm.tm_year < -1900 || tm.tm_year > 9999 - 1900 ||
	    strftime(text, WHEN_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		memcpy(text, "0000-00-00T00:00:00Z", WHEN_TEXT);
}

int when_parse(int64_t *t, const char *text, const char *what, struct why *why)
{
	static const char form[] = "0000-00-00T00:00:00Z";
	char again[WHEN_TEXT];
	struct tm tm = {0};
	int ok = strlen(text) == sizeof(form) - 1;

	for (size_t i = 0; ok && form[i]; i++)
		ok = form[i] == '0' ? text[i] >= '0' && text[i] <= '9' : text[i] == form[i];
	if (ok) {
		strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
		*t = (int64_t)timegm(&tm);
		when_format(again, *t);
		ok = strcmp(again, text) == 0; /* no 31 February */
	}
	return ok ? 0
		  : why_input(why, "%s: want a time such as 2026-11-21T01:02:03Z, got %s", what,
			      WHY_GOT(text));
}

int when_at(int64_t *t, const char *at, struct why *why)
{
	*t = when_now();
	return at ? when_parse(t, at, "--at", why) : 0;
}
