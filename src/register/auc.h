/* SPDX-License-Identifier: Apache-2.0 */
/* Requests for vectors, a block of them in one transaction; and what is told of a vector. */
#ifndef REGISTER_AUC_H
#define REGISTER_AUC_H

#include "pcid/plmn.h"
#include "register/vectors.h"

#define AUC_BLOCK 512 /* requests that share a transaction */

/* What is told: CK and IK (TS 33.102 6.3.2), K_ASME (TS 33.401 A.2), or XRES* and K_AUSF (TS 33.501
 * A.2, A.4). */
enum auc_form { AUC_UMTS, AUC_EPS, AUC_5G };

struct auc_options {
	enum auc_form form;
	struct plmn plmn; /* EPS: the serving network */
	const char *snn;  /* 5G: its name */
	unsigned count;
	int ind;
	int64_t at;
	const char *apn;   /* what the vectors are for, or NULL */
	const char *audit; /* a file, or NULL */
};

/* One request; why is set where it was refused, and why.status is 0 where it was not. */
struct auc_request {
	const char *imsi;
	const char *resync;
	struct why why;
};

/* The serving network's name, `5G:mnc001.mcc001.3gppnetwork.org` (TS 33.501 6.1.1.4). Status 3. */
int auc_check_snn(const char *snn, struct why *why) __attribute__((warn_unused_result));

/* Vectors for n requests (AUC_BLOCK at most), JSON Lines appended to out in the requests' order.
 * When it returns 0, SQN and RANDs are durable, and so is the audit: a line for each vector and for
 * each refusal, without a secret. One that is refused changes nothing, and stops no other. -1:
 * nothing was done, and nothing is in out. */
int auc_block(struct reg *r, const struct auc_options *o, struct auc_request *requests, size_t n,
	      struct buf *out, struct why *why) __attribute__((warn_unused_result));

#endif
