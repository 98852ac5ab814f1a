/* SPDX-License-Identifier: Apache-2.0 */
/* A new subscriber, at the operator whom an owner chose: TR 33.812 B.2.3.2 steps 1 and 2. */
#ifndef SHO_SUBSCRIBE_H
#define SHO_SUBSCRIBE_H

#include "base/lines.h"
#include "dm/bootstrap.h"
#include "pki/token.h"
#include "register/subscriber.h"

/* What the operator has, and what it is given. Objects and buffers are owned, texts borrowed. */
struct sho_order {
	const char *name;    /* SHO_id */
	const char *current; /* of the current operator */
	const char *drf;     /* whom to register with; NULL: the current operator (B.2.3.2) */
	const char *url;     /* of the DPF; NULL: https://dpf.NAME/ */
	EVP_PKEY *key;
	X509 *cert;        /* Cert_SHO[i+1] */
	X509 *tre_cert;    /* Cert_TRE, from the delivery note */
	X509 *enc_cert;    /* the same, or that of a second pair (B.2.2.1 NOTE 4) */
	X509_STACK *trust; /* Cert_PVA */
	struct buf token;  /* the owner's authorization */
	struct plmn plmn;  /* of the new IMSI */
	const char *keep;  /* the PCID that stays the IMSI (5.1.3.6.3 step 8), or NULL */
	bool by_rules;     /* the DPF makes the MCIM (5.1.3.4.3): no subscription yet */
	bool has_op;       /* without OP, OPc is random */
	uint8_t op[16];
	bool has_knetver;
	struct lines knetver; /* K_NetVer in hex, a line each */
	int64_t at;
	/* made by sho_order_check */
	struct token permit;
	char dpf_url[BOOTSTRAP_URL];
};
void sho_order_free(struct sho_order *o); /* wipes all */
#define SHO_ORDER(name) __attribute__((cleanup(sho_order_free))) struct sho_order name = {0}

/* Names, certificates, and the token: by this TRE, for this operator's certificate. Refused with
 * `wrong-operator`, `wrong-tre`, and the reasons of cert_check and token_open. */
int sho_order_check(struct sho_order *o, struct why *why) __attribute__((warn_unused_result));

/* In the caller's transaction: the token counts once (`token-reused`); subscriber, equipment and
 * discovery are entered, and nonce_A and the DM session's credentials are offered. Appended: MCIM
 * in the words of mcim-wrap(1), which holds K; and the registration, a note to the current operator
 * with the credentials for the TRE alone. By rules, neither subscriber nor MCIM, and discovery
 * waits for them. Of an order that was checked. */
int sho_subscribe(struct sho_order *o, struct reg *r, struct buf *mcim, struct buf *registration,
		  struct why *why) __attribute__((warn_unused_result));

/* The same in a transaction of its own, and its files (mcim NULL: none; registration NULL: stdout).
 * Both are on disk before the register has the subscription, and take their names behind that.
 * The register keeps the answer until both files are there: the same order again gets it. */
int sho_subscribe_to(struct sho_order *o, struct reg *r, const char *mcim, const char *registration,
		     struct why *why) __attribute__((warn_unused_result));

#endif
