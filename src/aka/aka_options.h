/* SPDX-License-Identifier: Apache-2.0 */
/* What milenage(1) and tuak(1) are asked to do with every record. */
#ifndef AKA_AKA_OPTIONS_H
#define AKA_AKA_OPTIONS_H

#include "aka/aka.h"
#include "aka/sqn.h"

#include <stdbool.h>

enum aka_act { AKA_DO_ALL, AKA_DO_AV, AKA_DO_USIM, AKA_DO_RESYNC, AKA_DO_OPC };

int aka_act_parse(enum aka_act *act, const char *name, struct why *why)
	__attribute__((warn_unused_result));

struct aka_options {
	struct aka_key key; /* algorithm, lengths and constants; K and OPc come with each record */
	struct sqn_window window; /* usim: IND length, delta and L; and the card's array, */
	bool has_window;          /* where it is known */
	bool gsm;                 /* all: SRES and Kc of TS 55.205 too */
	bool has_plmn;            /* av: an EPS vector for this serving network */
	uint8_t plmn[3];
	const char *snn; /* av: a 5G HE vector, usim: RES*, for this serving network; or NULL */
};
void aka_options_init(struct aka_options *o, enum aka_alg alg);

#endif
