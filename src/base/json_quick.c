/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_quick.h"

#include "base/json.h"

#include <string.h>

#define DEPTH 16
#define NUMBER_MAX 18 /* digits that fit a json_int_t */

/* What is left. */
struct text {
	const char *p, *end;
	unsigned depth;
};

static json_t *read_value(struct text *t);

static bool takes(struct text *t, char c)
{
	const bool is = t->p < t->end && *t->p == c;

	t->p += is;
	return is;
}

static bool is_simple_escape(char c)
{
	return c == 'n' || c == '"' || c == '\\';
}

/* From the opening quote to behind the closing one. The escapes are \n, \" and \\. */
static bool read_quoted(struct text *t, const char **from, size_t *len, bool *escapes)
{
	const char *p = t->p + 1;

	if (!takes(t, '"'))
		return false;
	*escapes = false;
	*from = p;
	for (; p < t->end && *p != '"'; p++) {
		if (*p == '\\' && p + 1 < t->end && is_simple_escape(p[1])) {
			*escapes = true;
			p++;
		} else if (*p < ' ' || *p >= 0x7f || *p == '\\') {
			return false;
		}
	}
	*len = (size_t)(p - *from);
	t->p = p + 1;
	return p < t->end;
}

static json_t *resolved(const char *p, size_t len)
{
	const char *const end = p + len;
	BUF(text);

	while (p < end) {
		const char *escape = memchr(p, '\\', (size_t)(end - p));
		const size_t n = (size_t)((escape ? escape : end) - p);
		const char *one = escape ? escape[1] == 'n' ? "\n" : escape + 1 : "";

		if (buf_add(&text, p, n, NULL) || buf_add(&text, one, escape != NULL, NULL))
			return NULL;
		p = escape ? escape + 2 : end;
	}
	return json_stringn_nocheck(buf_text(&text), text.len);
}

static json_t *read_string(struct text *t)
{
	const char *from;
	size_t len;
	bool escapes;

	if (!read_quoted(t, &from, &len, &escapes))
		return NULL;
	return escapes ? resolved(from, len) : json_stringn_nocheck(from, len);
}

static json_t *read_number(struct text *t)
{
	const char *const from = t->p;
	json_int_t n = 0;

	for (; t->p < t->end && *t->p >= '0' && *t->p <= '9' && t->p - from < NUMBER_MAX; t->p++)
		n = n * 10 + (*t->p - '0');
	if (t->p == from || (*from == '0' && t->p - from > 1))
		return NULL;
	return json_integer(n);
}

static json_t *read_object(struct text *t)
{
	AUTO(json_t) *o = json_object();

	t->p++;
	if (takes(t, '}'))
		return STEAL(o);
	do {
		const char *name;
		size_t len;
		bool escapes;

		/* a member twice is jansson's to name */
		if (!read_quoted(t, &name, &len, &escapes) || escapes || len == 0 ||
		    !takes(t, ':') || json_object_getn(o, name, len) ||
		    json_object_setn_new_nocheck(o, name, len, read_value(t)))
			return NULL;
	} while (takes(t, ','));
	return takes(t, '}') ? STEAL(o) : NULL;
}

static json_t *read_array(struct text *t)
{
	AUTO(json_t) *a = json_array();

	t->p++;
	if (takes(t, ']'))
		return STEAL(a);
	do {
		if (json_array_append_new(a, read_value(t)))
			return NULL;
	} while (takes(t, ','));
	return takes(t, ']') ? STEAL(a) : NULL;
}

static json_t *read_word(struct text *t, const char *word, json_t *value)
{
	const size_t len = strlen(word);

	if ((size_t)(t->end - t->p) < len || memcmp(t->p, word, len) != 0)
		return NULL;
	t->p += len;
	return value;
}

/* NULL: out of memory, or not so simple. */
static json_t *read_value(struct text *t)
{
	json_t *v = NULL;

	if (t->p == t->end || t->depth == DEPTH)
		return NULL;
	t->depth++;
	switch (*t->p) {
	case '"': v = read_string(t); break;
	case '{': v = read_object(t); break;
	case '[': v = read_array(t); break;
	case 't': v = read_word(t, "true", json_true()); break;
	case 'f': v = read_word(t, "false", json_false()); break;
	case 'n': v = read_word(t, "null", json_null()); break;
	default: v = read_number(t); break;
	}
	t->depth--;
	return v;
}

json_t *json_quick(const char *text, size_t len)
{
	struct text t = {.p = text, .end = text + len};
	AUTO(json_t) *v = len && *text == '{' ? read_value(&t) : NULL;

	return v && t.p == t.end ? STEAL(v) : NULL;
}
