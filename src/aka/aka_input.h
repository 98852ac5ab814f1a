/* SPDX-License-Identifier: Apache-2.0 */
/* The named fields of a record that milenage(1) and tuak(1) read. */
#ifndef AKA_AKA_INPUT_H
#define AKA_AKA_INPUT_H

#include "aka/aka_options.h"

#define AKA_IMSI_MAX 15 /* digits */

enum aka_field {
	AKA_K,
	AKA_OP,  /* op or top */
	AKA_OPC, /* opc or topc */
	AKA_RAND,
	AKA_SQN,
	AKA_AMF,
	AKA_AUTN,
	AKA_AUTS,
	AKA_IMSI,
	AKA_FIELDS
};

struct aka_input {
	unsigned has; /* bits 1 << enum aka_field */
	uint8_t k[AKA_MAX];
	size_t k_len;
	uint8_t op[AKA_MAX];
	uint8_t opc[AKA_MAX];
	uint8_t rand[16];
	uint8_t sqn[6];
	uint8_t amf[2];
	uint8_t autn[AKA_AUTN_MAX];
	uint8_t auts[AKA_AUTS_MAX];
	char imsi[AKA_IMSI_MAX + 1];
};
DEFINE_WIPE(aka_input)

static inline bool aka_has(const struct aka_input *in, enum aka_field f)
{
	return in->has >> f & 1;
}

/* The field of that name, or AKA_FIELDS; it is looked for from `from` on, for records mostly have
 * their fields in this order. */
enum aka_field aka_field_find(const struct aka_options *o, const char *name, size_t len,
			      enum aka_field from);
const char *aka_field_name(const struct aka_options *o, enum aka_field f);

/* How many octets a field has; 0: it is a text, or has more than one length. */
size_t aka_field_octets(const struct aka_options *o, enum aka_field f);
/* Where they stand in the struct. */
size_t aka_field_offset(enum aka_field f);

/* Decodes one field: hex digits, or an IMSI. Status 3. */
int aka_input_set(struct aka_input *in, const struct aka_options *o, enum aka_field f,
		  const char *value, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* n digits, 1 to AKA_IMSI_MAX, that are there: false where one is none. */
bool aka_imsi_read(struct aka_input *in, const char *digits, size_t n);

/* Status 3 where the field is missing. */
int aka_input_need(const struct aka_input *in, const struct aka_options *o, enum aka_field f,
		   struct why *why) __attribute__((warn_unused_result));

#endif
