/* SPDX-License-Identifier: Apache-2.0 */
/* The acts of milenage(1) and tuak(1): named inputs to named results. */
#ifndef AKA_AKA_ACT_H
#define AKA_AKA_ACT_H

#include "aka/autn.h"

#include <stdbool.h>

enum aka_act { AKA_DO_ALL, AKA_DO_AV, AKA_DO_USIM, AKA_DO_RESYNC, AKA_DO_OPC };

int aka_act_parse(enum aka_act *act, const char *name, struct why *why)
	__attribute__((warn_unused_result));

/* What holds for every record. */
struct aka_options {
	struct aka_key key; /* algorithm, lengths and constants; K and OPc come with each record */
	struct sqn_window window; /* usim: IND length, delta and L; and the card's array, */
	bool has_window;          /* where it is known */
	bool gsm;                 /* all: SRES and Kc of TS 55.205 too */
	bool has_plmn;            /* av: an EPS vector for this serving network */
	uint8_t plmn[3];
	const char *snn; /* av: a 5G HE vector for this serving network name, or NULL */
};
void aka_options_init(struct aka_options *o, enum aka_alg alg);

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
	char imsi[16];
};
DEFINE_WIPE(aka_input)

/* The field of that name, or AKA_FIELDS. */
enum aka_field aka_field_find(const struct aka_options *o, const char *name, size_t len);
/* Where the octets of a field stand in the input, and how many they are; 0: a text, or not one
 * length alone. */
uint8_t *aka_field_place(struct aka_input *in, enum aka_field f);
size_t aka_field_octets(const struct aka_options *o, enum aka_field f);
const char *aka_field_name(const struct aka_options *o, enum aka_field f);

/* Decodes one field: hex digits, or an IMSI. Status 3. */
int aka_input_set(struct aka_input *in, const struct aka_options *o, enum aka_field f,
		  const char *value, size_t len, struct why *why)
	__attribute__((warn_unused_result));

#define AKA_ITEMS 14
#define AKA_RESULT_MAX 512 /* octets of all items together */

struct aka_result {
	struct aka_item {
		const char *name;
		const uint8_t *octets; /* of the session or the input, or of the store below */
		size_t len;
		bool is_text;
	} item[AKA_ITEMS];
	size_t items;
	uint8_t store[160];
	size_t used;
};
DEFINE_WIPE(aka_result)

/* The names that an act's results have, in order; ends with NULL. */
void aka_columns(const char *names[static AKA_ITEMS + 1], const struct aka_options *o,
		 enum aka_act act);

/* What a thread keeps between records; start with {0}. */
struct aka_session {
	struct aka_engine engine;
	struct aka_key key;
	struct aka_vector vector;
	struct aka_answer answer;
};
void aka_session_free(struct aka_session *s); /* wipes */
#define AKA_SESSION(name) __attribute__((cleanup(aka_session_free))) struct aka_session name = {0}

/* Does it; *r starts empty. usim: an SQN out of range is refused, and *r holds AUTS all the same;
 * in o->window the array moves on. A RAND that is missing is made for av. */
int aka_do(struct aka_session *s, struct aka_options *o, enum aka_act act,
	   const struct aka_input *in, struct aka_result *r, struct why *why)
	__attribute__((warn_unused_result));

#endif
