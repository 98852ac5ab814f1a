/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "base/hex.h"
#include "base/json_quick.h"
#include "base/num.h"
#include "base/slurp.h"

#include <inttypes.h>
#include <string.h>

/* jansson's own text quotes the offending token, which may be a key: line and column only. */
json_t *json_parse(const void *bytes, size_t len, const char *what, struct why *why)
{
	json_error_t e;
	json_t *o = json_quick(bytes, len);

	if (!o && len)
		o = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &e);
	if (!len)
		why_input(why, "%s: empty, and not a JSON object", what);
	else if (!o)
		why_input(why, "%s: not JSON, or a member twice, at line %d, column %d", what,
			  e.line, e.column);
	else if (!json_is_object(o))
		why_input(why, "%s: want a JSON object", what);
	else
		return o;
	json_decref(o);
	return NULL;
}

json_t *json_document(const void *bytes, size_t len, const char *file, struct why *why)
{
	json_error_t e = {0};
	json_t *o = len ? json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &e) : NULL;

	if (!len) {
		why_input(why, "%s: empty, and not a JSON object", file);
	} else if (!json_is_object(o)) {
		json_decref(o);
		o = NULL;
		why_input(why, "%s:%d: not one JSON object, or a member twice, at column %d", file,
			  e.line > 0 ? e.line : 1, e.column);
	}
	return o;
}

json_t *json_load(const char *path, struct why *why)
{
	BUF(text);

	if (slurp(&text, path, SLURP_DOCUMENT, why))
		return NULL;
	return json_document(buf_text(&text), text.len, slurp_name(path), why);
}

#define HEX_DIGITS "0123456789abcdefABCDEF"

/* A K stands in a name's place where a table has no header. */
static int unknown_field(const char *key, struct why *why)
{
	const size_t len = strlen(key);

	return len >= 16 && strspn(key, HEX_DIGITS) == len
		       ? why_input(why, "a name of %zu hex digits: no such field is known here",
				   len)
		       : why_input(why, "%.40s: no such field is known here", key);
}

int json_only(const json_t *o, const char *const fields[], struct why *why)
{
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)o, key, value) {
		size_t i = 0;

		while (fields[i] && strcmp(fields[i], key) != 0)
			i++;
		if (!fields[i])
			return unknown_field(key, why);
	}
	return 0;
}

static int get(const json_t **v, const json_t *o, const char *field)
{
	*v = json_object_get(o, field);
	return *v && !json_is_null(*v);
}

int json_text_opt(const char **text, const json_t *o, const char *field, struct why *why)
{
	const json_t *v;

	*text = NULL;
	if (!get(&v, o, field))
		return 0;
	*text = json_string_value(v);
	if (!*text || strlen(*text) != json_string_length(v)) {
		*text = NULL;
		return why_input(why, "%s: want a string", field);
	}
	return 0;
}

const char *json_text(const json_t *o, const char *field, struct why *why)
{
	const char *text;

	if (json_text_opt(&text, o, field, why))
		return NULL;
	if (!text)
		why_input(why, "%s: missing", field);
	return text;
}

int json_number(uint64_t *n, const json_t *o, const char *field, uint64_t min, uint64_t max,
		uint64_t fallback, struct why *why)
{
	const json_t *v;

	*n = fallback;
	if (!get(&v, o, field))
		return 0;
	/* num_parse would quote the text, which is a K where the columns of a table have slipped */
	if (json_is_string(v) && num_parse(n, json_string_value(v), min, max, field, NULL) == 0)
		return 0;
	if (!json_is_integer(v) || json_integer_value(v) < 0 ||
	    (uint64_t)json_integer_value(v) < min || (uint64_t)json_integer_value(v) > max)
		return why_input(why, "%s: want a number from %" PRIu64 " to %" PRIu64, field, min,
				 max);
	*n = (uint64_t)json_integer_value(v);
	return 0;
}

int json_hex(uint8_t *bytes, size_t len, const json_t *o, const char *field, struct why *why)
{
	const char *text = json_text(o, field, why);

	return text ? hex_decode(bytes, len, text, field, why) : -1;
}

int json_b64(struct buf *b, const json_t *o, const char *field, struct why *why)
{
	const char *text = json_text(o, field, why);

	return text ? b64_decode(b, false, false, text, strlen(text), field, why) : -1;
}

int json_put(json_t *o, const char *field, json_t *value, struct why *why)
{
	if (!value || json_object_set_new(o, field, value))
		return why_sys(why, "%s: cannot be set: no memory, or not UTF-8", field);
	return 0;
}

int json_put_text(json_t *o, const char *field, const char *text, struct why *why)
{
	return json_put(o, field, json_string(text), why);
}

int json_put_number(json_t *o, const char *field, uint64_t n, struct why *why)
{
	return json_put(o, field, json_integer((json_int_t)n), why);
}

int json_put_bool(json_t *o, const char *field, bool yes, struct why *why)
{
	return json_put(o, field, json_boolean(yes), why);
}

json_t *json_of_hex(const void *bytes, size_t len)
{
	BUF(text);

	return hex_append(&text, bytes, len, NULL) ? NULL : json_string(buf_text(&text));
}

int json_put_hex(json_t *o, const char *field, const void *bytes, size_t len, struct why *why)
{
	return json_put(o, field, json_of_hex(bytes, len), why);
}

int json_put_b64(json_t *o, const char *field, const void *bytes, size_t len, struct why *why)
{
	BUF(text);

	if (b64_append(&text, false, bytes, len, why))
		return -1;
	return json_put_text(o, field, buf_text(&text), why);
}

/* ---- writing: what json_dumpb writes with JSON_COMPACT, in half of the time ---- */

static int append_escape(struct buf *b, char c, struct why *why)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *short_one = strchr(from, c);

	return short_one ? buf_print(b, why, "\\%c", to[short_one - from])
			 : buf_print(b, why, "\\u%04X", (unsigned)c);
}

static int append_string(struct buf *b, const char *p, size_t len, struct why *why)
{
	const char *const end = p + len;

	if (buf_add(b, "\"", 1, why))
		return -1;
	while (p < end) {
		const char *const from = p;

		while (p < end && (unsigned char)*p >= ' ' && *p != '"' && *p != '\\')
			p++;
		if (buf_add(b, from, (size_t)(p - from), why) ||
		    (p < end && append_escape(b, *p++, why)))
			return -1;
	}
	return buf_add(b, "\"", 1, why);
}

static int append_scalar(struct buf *b, const json_t *v, struct why *why)
{
	char text[64];
	const size_t n = json_dumpb(v, text, sizeof(text), JSON_COMPACT | JSON_ENCODE_ANY);

	return n == 0 || n > sizeof(text) ? why_sys(why, "JSON: a value that has no text")
					  : buf_add(b, text, n, why);
}

static int append_array(struct buf *b, const json_t *o, struct why *why)
{
	const json_t *v;
	size_t i;

	json_array_foreach (o, i, v)
		if (buf_add(b, i ? "," : "[", 1, why) || json_append(b, v, why))
			return -1;
	return buf_add(b, json_array_size(o) ? "]" : "[]", json_array_size(o) ? 1 : 2, why);
}

static int append_object(struct buf *b, const json_t *o, struct why *why)
{
	const char *key, *before = "{";
	json_t *v;

	json_object_foreach ((json_t *)o, key, v) {
		if (buf_add(b, before, 1, why) || append_string(b, key, strlen(key), why) ||
		    buf_add(b, ":", 1, why) || json_append(b, v, why))
			return -1;
		before = ",";
	}
	return buf_add(b, *before == '{' ? "{}" : "}", *before == '{' ? 2 : 1, why);
}

int json_append(struct buf *b, const json_t *o, struct why *why)
{
	if (json_is_object(o))
		return append_object(b, o, why);
	if (json_is_array(o))
		return append_array(b, o, why);
	if (json_is_string(o))
		return append_string(b, json_string_value(o), json_string_length(o), why);
	return append_scalar(b, o, why);
}

int json_append_line(struct buf *b, const json_t *o, struct why *why)
{
	return json_append(b, o, why) || buf_add(b, "\n", 1, why) ? -1 : 0;
}
