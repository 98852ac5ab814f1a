/* SPDX-License-Identifier: Apache-2.0 */
/* A line of an index, as openssl-ca(1) writes it and would read it. */
#include "pki/index.h"

#include <stdbool.h>
#include <string.h>

static int bad(struct why *why, const char *what)
{
	return why_input(why, "%s, as openssl-ca(1) writes", what);
}

static int split(struct index_line *l, const char *at, size_t len, struct why *why)
{
	const char *const end = at + len;

	for (size_t i = 0; i < INDEX_FIELDS; i++) {
		const char *tab = memchr(at, '\t', (size_t)(end - at));

		if (!tab != (i == INDEX_SUBJECT))
			return bad(why, "want six fields with tabs between them");
		l->at[i] = at;
		l->len[i] = (size_t)((tab ? tab : end) - at);
		at = tab ? tab + 1 : end;
	}
	return 0;
}

static bool is_print(const char *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((at[i] < ' ' || at[i] > '~') && at[i] != '\t')
			return false;
	return true;
}

static int two(const char *digits)
{
	return (digits[0] - '0') * 10 + digits[1] - '0';
}

/* YYMMDDHHMMSSZ, or with four digits of the year (RFC 5280 4.1.2.5). */
static bool is_time(const char *at, size_t len)
{
	static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	const char *p = at + len - 11; /* the month */
	int month;

	if ((len != 13 && len != 15) || at[len - 1] != 'Z')
		return false;
	for (size_t i = 0; i + 1 < len; i++)
		if (at[i] < '0' || at[i] > '9')
			return false;
	month = two(p);
	if (month < 1 || month > 12 || two(p + 2) < 1 || two(p + 2) > days[month - 1])
		return false;
	/* a century divides by 400 where 2000 does, and 1900 is in no index */
	if (month == 2 && two(p + 2) == 29 &&
	    (two(p - 2) % 4 || (len == 15 && !two(p - 2) && two(at) % 4)))
		return false;
	return two(p + 4) < 24 && two(p + 6) < 60 && two(p + 8) < 60;
}

static bool is_serial(const char *at, size_t len)
{
	size_t i = 0;

	while (i < len && ((at[i] >= '0' && at[i] <= '9') || (at[i] >= 'A' && at[i] <= 'F')))
		i++;
	return i == len && len % 2 == 0 && len >= 2 && len < 48;
}

/* The reasons of RFC 5280 5.3.1, and what openssl-ca(1) writes with a time or an OID behind it. */
static bool is_reason(const char *at, size_t len)
{
	static const char *const others[] = {"removeFromCRL", "holdInstruction", "keyTime",
					     "CAkeyTime", NULL};
	const char *const *const lists[] = {index_reasons, others};
	const char *comma = memchr(at, ',', len);
	const size_t n = comma ? (size_t)(comma - at) : len;

	for (size_t i = 0; i < 2; i++)
		for (const char *const *word = lists[i]; *word; word++)
			if (strlen(*word) == n && memcmp(*word, at, n) == 0)
				return true;
	return false;
}

static bool is_revocation(const char *at, size_t len)
{
	const char *comma = memchr(at, ',', len);
	const size_t n = comma ? (size_t)(comma - at) : len;

	return is_time(at, n) && (!comma || is_reason(comma + 1, len - n - 1));
}

int index_line(struct index_line *l, const char *at, size_t len, struct why *why)
{
	char status;

	if (!is_print(at, len))
		return bad(why,
			   "a character that is not printable, where lines of text are wanted");
	if (split(l, at, len, why))
		return -1;
	status = l->len[INDEX_STATUS] == 1 ? *l->at[INDEX_STATUS] : 0;
	if (status != 'V' && status != 'R' && status != 'E')
		return bad(why, "want the status V, R or E");
	if (!is_time(l->at[INDEX_EXPIRY], l->len[INDEX_EXPIRY]))
		return bad(why, "want the expiry as YYMMDDHHMMSSZ");
	if (status != 'R' && l->len[INDEX_REVOKED])
		return bad(why, "a time of revocation, and the status is not R");
	if (status == 'R' && !is_revocation(l->at[INDEX_REVOKED], l->len[INDEX_REVOKED]))
		return bad(why, "want the revocation as YYMMDDHHMMSSZ[,reason]");
	return is_serial(l->at[INDEX_SERIAL], l->len[INDEX_SERIAL])
		       ? 0
		       : bad(why, "want the serial number in upper-case hex, two digits an octet");
}
