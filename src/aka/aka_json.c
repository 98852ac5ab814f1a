/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/aka_json.h"

#include "base/hex_vector.h"
#include "base/json.h"

#include <string.h>

#define OTHERS 8 /* members of no interest that the flat parser remembers, to see doubles */

static const char *skip_space(const char *p)
{
	while (*p == ' ' || *p == '\t')
		p++;
	return p;
}

/* The end quote of a string of printable ASCII without escapes, or NULL. */
static const char *plain_string(const char *p)
{
	while (*p >= ' ' && *p < 0x7f && *p != '"' && *p != '\\')
		p++;
	return *p == '"' ? p : NULL;
}

/* The names of members that are of no interest. */
struct others {
	struct {
		const char *at;
		size_t len;
	} name[OTHERS];
	size_t n;
};

static bool is_new(struct others *others, const char *name, size_t len)
{
	for (size_t i = 0; i < others->n; i++)
		if (others->name[i].len == len && memcmp(others->name[i].at, name, len) == 0)
			return false;
	if (others->n == OTHERS)
		return false;
	others->name[others->n].at = name;
	others->name[others->n++].len = len;
	return true;
}

/* What the flat parser is at. */
struct flat {
	struct aka_input *in;
	const struct aka_options *o;
	const char *line, *end;
	struct aka_shape *shape;
	enum aka_field next;
	hex_octets good; /* of all digits */
	struct others others;
};

/* A field of the length that is expected of it, whose digits need no search for the closing quote:
 * where that stands, or NULL. */
static inline const char *plain_field(struct flat *l, enum aka_field f, const char *value)
{
	const size_t octets = aka_field_octets(l->o, f);

	if (!octets || (size_t)(l->end - value) <= 2 * octets || value[2 * octets] != '"')
		return NULL;
	hex_read_more((uint8_t *)l->in + aka_field_offset(f), octets, value, &l->good);
	if (f == AKA_K)
		l->in->k_len = octets;
	l->in->has |= 1U << f;
	aka_shape_add(l->shape, f, (size_t)(value - l->line), 2 * octets);
	return value + 2 * octets;
}

/* The value behind its opening quote: its closing one, or NULL. */
static inline const char *flat_value(struct flat *l, const char *name, size_t name_len,
				     const char *value)
{
	const enum aka_field f = aka_field_find(l->o, name, name_len, l->next);
	const char *end = NULL;

	if (f != AKA_FIELDS) {
		if (l->in->has >> f & 1)
			return NULL;
		l->next = f + 1;
		end = plain_field(l, f, value);
	}
	if (end)
		return end;
	end = plain_string(value);
	if (!end)
		return NULL;
	if (f == AKA_FIELDS)
		return is_new(&l->others, name, name_len) ? end : NULL;
	if (aka_input_set(l->in, l->o, f, value, (size_t)(end - value), NULL))
		return NULL;
	aka_shape_add(l->shape, f, (size_t)(value - l->line), (size_t)(end - value));
	return end;
}

/* A member, of which the opening quote was read: what follows its value, or NULL. */
static inline const char *flat_member(struct flat *l, const char *name)
{
	const char *name_end = plain_string(name), *value, *end;

	if (!name_end)
		return NULL;
	value = skip_space(name_end + 1);
	if (*value != ':')
		return NULL;
	value = skip_space(value + 1);
	if (*value++ != '"')
		return NULL;
	end = flat_value(l, name, (size_t)(name_end - name), value);
	return end ? skip_space(end + 1) : NULL;
}

/* Behind the closing brace. */
static int ends_well(struct flat *l, const char *p)
{
	if (skip_space(p) != l->end || !hex_all_good(l->good))
		return 0;
	aka_shape_keep(l->shape, l->in, l->line, (size_t)(l->end - l->line));
	return 1;
}

int aka_json_flat(struct aka_input *in, struct aka_shape *shape, const struct aka_options *o,
		  const char *line, size_t len)
{
	struct flat l;
	const char *p = skip_space(line);

	l.in = in;
	l.o = o;
	l.line = line;
	l.end = line + len;
	l.shape = shape;
	l.next = AKA_K;
	l.good = ~(hex_octets){0};
	l.others.n = 0;
	aka_shape_start(shape);
	if (*p != '{')
		return 0;
	p = skip_space(p + 1);
	while (*p == '"') {
		p = flat_member(&l, p + 1);
		if (!p)
			return 0;
		if (*p == '}')
			return ends_well(&l, p + 1);
		if (*p != ',')
			return 0;
		p = skip_space(p + 1);
	}
	return 0;
}

int aka_json_full(struct aka_input *in, const struct aka_options *o, const char *line, size_t len,
		  struct why *why)
{
	AUTO(json_t) *record = json_parse(line, len, JSON_RECORD, why);

	if (!record)
		return -1;
	for (unsigned f = 0; f < AKA_FIELDS; f++) {
		const char *name = aka_field_name(o, (enum aka_field)f), *value;

		if (json_text_opt(&value, record, name, why))
			return -1;
		if (value && aka_input_set(in, o, (enum aka_field)f, value, strlen(value), why))
			return -1;
	}
	return 0;
}

int aka_json_read(struct aka_input *in, struct aka_shape *shape, const struct aka_options *o,
		  const char *line, size_t len, struct why *why)
{
	if (aka_shape_read(shape, in, line, len))
		return 0;
	in->has = 0; /* what is not said to be there is not looked at */
	if (aka_json_flat(in, shape, o, line, len))
		return 0;
	in->has = 0;
	return aka_json_full(in, o, line, len, why);
}
