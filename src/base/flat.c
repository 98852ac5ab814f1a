/* SPDX-License-Identifier: Apache-2.0 */
#include "base/flat.h"

#include <string.h>

#define NUMBER_MAX 18 /* digits that fit an integer of 64 bits */

/* The closing quote of a string, or NULL. */
static const char *string_end(const char *p, const char *end, bool *has_breaks)
{
	*has_breaks = false;
	for (; p < end && *p != '"'; p++) {
		if (*p == '\\' && p + 1 < end && p[1] == 'n') {
			*has_breaks = true;
			p++;
		} else if (*p < ' ' || *p >= 0x7f || *p == '\\') {
			return NULL;
		}
	}
	return p < end ? p : NULL;
}

/* Behind the value at p, or NULL. */
static const char *read_value(struct flat_member *m, const char *p, const char *end)
{
	m->is_string = p < end && *p == '"';
	m->has_breaks = false;
	m->value = p + m->is_string;
	if (m->is_string) {
		p = string_end(m->value, end, &m->has_breaks);
		m->len = p ? (size_t)(p - m->value) : 0;
		return p ? p + 1 : NULL;
	}
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	m->len = (size_t)(p - m->value);
	return m->len && m->len <= NUMBER_MAX && (m->len == 1 || *m->value != '0') ? p : NULL;
}

static const char *read_member(struct flat_member *m, const char *p, const char *end)
{
	bool has_breaks;

	if (p >= end || *p != '"')
		return NULL;
	m->name = ++p;
	p = string_end(p, end, &has_breaks);
	if (!p || has_breaks || p == m->name)
		return NULL;
	m->name_len = (size_t)(p - m->name);
	return p + 1 < end && p[1] == ':' ? read_value(m, p + 2, end) : NULL;
}

size_t flat_read(struct flat_member member[static FLAT_MEMBERS], const char *line, size_t len)
{
	const char *p = line + 1, *const end = line + len;
	size_t n = 0;

	if (len < 2 || *line != '{')
		return 0;
	while (n < FLAT_MEMBERS) {
		p = read_member(&member[n++], p, end);
		if (!p || p >= end)
			return 0;
		if (*p == '}')
			return p + 1 == end ? n : 0;
		if (*p++ != ',')
			return 0;
	}
	return 0;
}
