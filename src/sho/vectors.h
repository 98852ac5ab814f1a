/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors for IMSIs as they are asked for, told as they are made or sealed at the end: TR 33.812
 * 5.1.3.4.4. */
#ifndef SHO_VECTORS_H
#define SHO_VECTORS_H

#include "base/outfile.h"
#include "register/auc.h"

/* Texts and paths; NULL where nothing is said. */
struct sho_vectors_order {
	const char *count; /* of each IMSI: 1 */
	const char *ind;   /* the next slot */
	const char *eps;   /* the serving network of EPS vectors */
	const char *snn;   /* that of 5G HE vectors */
	const char *apn;   /* what they are for */
	const char *audit;
	const char *recipient; /* seal them for this certificate */
	const char *out;
};

struct sho_vectors {
	const struct sho_vectors_order *order; /* borrowed, and so is report */
	int (*report)(const struct why *why);  /* tells of one that is refused */
	struct reg *r;                         /* owned */
	struct auc_options auc;
	struct outfile file;
	struct buf block, whole;
	int worst; /* of the refused ones' statuses */
	bool any;
};
void sho_vectors_free(struct sho_vectors *v); /* wipes all */
#define SHO_VECTORS(name) __attribute__((cleanup(sho_vectors_free))) struct sho_vectors name = {0}

int sho_vectors_open(struct sho_vectors *v, const struct sho_vectors_order *o, const char *db,
		     int (*report)(const struct why *why), struct why *why)
	__attribute__((warn_unused_result));

/* resync: "RAND:AUTS", or NULL. */
int sho_vectors_one(struct sho_vectors *v, const char *imsi, const char *resync, struct why *why)
	__attribute__((warn_unused_result));

/* A line of stdin is an IMSI, or an IMSI, a blank and RAND:AUTS. What is there is a block. */
int sho_vectors_stdin(struct sho_vectors *v, struct why *why) __attribute__((warn_unused_result));

/* Nothing is written where all were refused. */
int sho_vectors_close(struct sho_vectors *v, struct why *why) __attribute__((warn_unused_result));

#endif
