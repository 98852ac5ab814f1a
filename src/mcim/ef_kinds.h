/* SPDX-License-Identifier: Apache-2.0 */
/* The codecs of mcim/ef.h's table: for the ef_ files alone. */
#ifndef MCIM_EF_KINDS_H
#define MCIM_EF_KINDS_H

#include "mcim/ef.h"
#include "mcim/ef_value.h"

/* From a word's value to octets, and back (NULL where the octets have no words). */
#define EF_CODEC(name)                                                         \
	int ef_##name##_in(struct buf *out, const json_t *v, struct why *why); \
	json_t *ef_##name##_out(const uint8_t *bytes, size_t len)
EF_CODEC(acc);
EF_CODEC(ad);
EF_CODEC(cnl);
EF_CODEC(dck);
EF_CODEC(ecc);
EF_CODEC(fplmn);
EF_CODEC(hidden);
EF_CODEC(hpplmn);
EF_CODEC(iccid);
EF_CODEC(impi);
EF_CODEC(impu);
EF_CODEC(imsi);
EF_CODEC(keys);
EF_CODEC(loci);
EF_CODEC(opl);
EF_CODEC(pcscf);
EF_CODEC(pl);
EF_CODEC(psloci);
EF_CODEC(services);
EF_CODEC(start);
EF_CODEC(thresh);

#endif
