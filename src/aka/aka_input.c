/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/aka_input.h"

#include "base/hex.h"

#define NAME_MAX_LEN 4

/* A name's octets stand in one word as well. */
struct name {
	const char *text;
	size_t len;
	uint32_t word;
};

#define WORD(a, b, c, d) \
	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)
#define OTHER_NAMES                                                                        \
	{"rand", 4, WORD('r', 'a', 'n', 'd')}, {"sqn", 3, WORD('s', 'q', 'n', 0)},         \
		{"amf", 3, WORD('a', 'm', 'f', 0)}, {"autn", 4, WORD('a', 'u', 't', 'n')}, \
		{"auts", 4, WORD('a', 'u', 't', 's')},                                     \
	{                                                                                  \
		"imsi", 4, WORD('i', 'm', 's', 'i')                                        \
	}

static const struct name names[2][AKA_FIELDS] = {{{"k", 1, WORD('k', 0, 0, 0)},
						  {"op", 2, WORD('o', 'p', 0, 0)},
						  {"opc", 3, WORD('o', 'p', 'c', 0)},
						  OTHER_NAMES},
						 {{"k", 1, WORD('k', 0, 0, 0)},
						  {"top", 3, WORD('t', 'o', 'p', 0)},
						  {"topc", 4, WORD('t', 'o', 'p', 'c')},
						  OTHER_NAMES}};

static const struct name *names_of(const struct aka_options *o)
{
	return names[o->key.alg == AKA_TUAK];
}

const char *aka_field_name(const struct aka_options *o, enum aka_field f)
{
	return names_of(o)[f].text;
}

enum aka_field aka_field_find(const struct aka_options *o, const char *name, size_t len,
			      enum aka_field from)
{
	const struct name *known = names_of(o);
	uint32_t word = 0;

	if (len > NAME_MAX_LEN)
		return AKA_FIELDS;
	for (size_t i = 0; i < len; i++)
		word |= (uint32_t)(uint8_t)name[i] << 8 * i;
	for (unsigned i = 0; i < AKA_FIELDS; i++) {
		const unsigned f = (from + i) % AKA_FIELDS;

		if (known[f].word == word && known[f].len == len)
			return (enum aka_field)f;
	}
	return AKA_FIELDS;
}

size_t aka_field_offset(enum aka_field f)
{
	static const size_t offsets[AKA_FIELDS] = {
		offsetof(struct aka_input, k),    offsetof(struct aka_input, op),
		offsetof(struct aka_input, opc),  offsetof(struct aka_input, rand),
		offsetof(struct aka_input, sqn),  offsetof(struct aka_input, amf),
		offsetof(struct aka_input, autn), offsetof(struct aka_input, auts),
		offsetof(struct aka_input, imsi)};

	return offsets[f];
}

size_t aka_field_octets(const struct aka_options *o, enum aka_field f)
{
	switch (f) {
	case AKA_K: return o->key.alg == AKA_TUAK ? 0 : 16;
	case AKA_OP:
	case AKA_OPC: return aka_opc_len(&o->key);
	case AKA_RAND: return 16;
	case AKA_SQN: return 6;
	case AKA_AMF: return 2;
	case AKA_AUTN: return 8 + o->key.mac_len;
	case AKA_AUTS: return 6 + o->key.mac_len;
	default: return 0;
	}
}

bool aka_imsi_read(struct aka_input *in, const char *digits, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return false;
		in->imsi[i] = digits[i];
	}
	in->imsi[n] = '\0';
	return true;
}

static int set_imsi(struct aka_input *in, const char *value, size_t len, struct why *why)
{
	if (len == 0 || len > AKA_IMSI_MAX || !aka_imsi_read(in, value, len))
		return why_input(why, "imsi: want 1 to %d digits", AKA_IMSI_MAX);
	in->has |= 1U << AKA_IMSI;
	return 0;
}

static int wrong_octets(const struct aka_options *o, enum aka_field f, size_t want, size_t len,
			struct why *why)
{
	const char *name = aka_field_name(o, f);

	return len != 2 * want ? why_input(why, "%s: want %zu hex digits, got %zu characters", name,
					   2 * want, len)
			       : why_input(why, "%s: want %zu hex digits, got other characters",
					   name, 2 * want);
}

int aka_input_set(struct aka_input *in, const struct aka_options *o, enum aka_field f,
		  const char *value, size_t len, struct why *why)
{
	size_t want;

	if (f == AKA_IMSI)
		return set_imsi(in, value, len, why);
	want = aka_field_octets(o, f);
	if (want == 0)
		want = len == 64 ? 32 : 16; /* TUAK: K of 128 or 256 bits */
	if (len != 2 * want || !hex_read((uint8_t *)in + aka_field_offset(f), want, value))
		return wrong_octets(o, f, want, len, why);
	if (f == AKA_K)
		in->k_len = want;
	in->has |= 1U << f;
	return 0;
}

int aka_input_need(const struct aka_input *in, const struct aka_options *o, enum aka_field f,
		   struct why *why)
{
	return aka_has(in, f) ? 0 : why_input(why, "%s: missing", aka_field_name(o, f));
}
