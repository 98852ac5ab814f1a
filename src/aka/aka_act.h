/* SPDX-License-Identifier: Apache-2.0 */
/* The acts of milenage(1) and tuak(1): named inputs to named results. */
#ifndef AKA_AKA_ACT_H
#define AKA_AKA_ACT_H

#include "aka/aka_input.h"
#include "aka/aka_result.h"
#include "aka/autn.h"
#include "aka/kdf.h"

/* What a thread keeps between records; start with {0}. */
struct aka_session {
	struct aka_engine engine;
	struct kdf kdf;
	struct aka_key key;
	struct aka_vector vector;
	struct aka_answer answer;
	/* and of results what is in neither */
	uint8_t mac_s[AKA_MAX], ak_star[6];
	uint8_t sres1[4], kc[8];
	uint8_t res_star[16]; /* RES* or XRES* */
	uint8_t key_32[32];   /* K_ASME or K_AUSF */
	uint8_t sqn_ms[6], sqn_he[6];
};
void aka_session_free(struct aka_session *s); /* wipes */
#define AKA_SESSION(name) __attribute__((cleanup(aka_session_free))) struct aka_session name = {0}

/* Does it; *r starts empty. usim: an SQN out of range is refused, and *r holds AUTS all the same;
 * in o->window the array moves on. A RAND that is missing is made for av. */
int aka_do(struct aka_session *s, struct aka_options *o, enum aka_act act,
	   const struct aka_input *in, struct aka_result *r, struct why *why)
	__attribute__((warn_unused_result));

#endif
