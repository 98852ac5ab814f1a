/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/aka_shape.h"

#include "base/hex_vector.h"

#include <string.h>

void aka_shape_start(struct aka_shape *s)
{
	s->len = s->values = 0;
}

void aka_shape_add(struct aka_shape *s, enum aka_field f, size_t at, size_t digits)
{
	s->value[s->values++] = (struct aka_shape_value){at, digits, f == AKA_IMSI ? 0 : digits / 2,
							 aka_field_offset(f)};
}

void aka_shape_keep(struct aka_shape *s, const struct aka_input *in, const char *line, size_t len)
{
	if (len > sizeof(s->text))
		return;
	memcpy(s->text, line, len);
	for (size_t i = 0; i < s->values; i++)
		OPENSSL_cleanse(s->text + s->value[i].at, s->value[i].digits);
	s->has = in->has;
	s->k_len = in->k_len;
	s->len = len;
}

int aka_shape_read(const struct aka_shape *s, struct aka_input *in, const char *line, size_t len)
{
	hex_octets good = ~(hex_octets){0};
	size_t at = 0;

	if (!s->len || len != s->len)
		return 0;
	for (const struct aka_shape_value *v = s->value; v < s->value + s->values; v++) {
		if (memcmp(line + at, s->text + at, v->at - at) != 0)
			return 0;
		at = v->at + v->digits;
		if (v->octets)
			hex_read_more((uint8_t *)in + v->offset, v->octets, line + v->at, &good);
		else if (!aka_imsi_read(in, line + v->at, v->digits))
			return 0;
	}
	in->has = s->has;
	in->k_len = s->k_len;
	return memcmp(line + at, s->text + at, len - at) == 0 && hex_all_good(good);
}
