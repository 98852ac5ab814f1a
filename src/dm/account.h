/* SPDX-License-Identifier: Apache-2.0 */
/* What an operator says of a bootstrap that it is about to sign: TR 33.812 B.2.3.3. */
#ifndef DM_ACCOUNT_H
#define DM_ACCOUNT_H

#include "dm/bootstrap.h"

/* Texts, and paths of files; NULL where nothing is said. */
struct account {
	const char *tre_id;
	bool is_napdef_only; /* of what follows napdef alone counts */
	const char *napdef;
	const char *url;             /* of the new server */
	const char *server_cert;     /* Cert_SHO[i+1] */
	const char *sho;             /* must be the name in sho_cert, or else in server_cert */
	const char *sho_cert;        /* where the DPF is another's */
	const char *credentials;     /* PuK_TRE(username/password, nonce_A) */
	const char *const *contexts; /* mcim=URL, m2m=URL (B.2.3.3 NOTE 1), NULL at the end */
};

/* Checks all of it and fills in b. Refused with `wrong-operator`; what is missing, and a context
 * that is neither or a second of its kind, is status 2. */
int account_load(struct bootstrap *b, const struct account *a, struct why *why)
	__attribute__((warn_unused_result));

/* The same of a request of a batch, a JSON object: tre_id, server_url, server_cert_pem, sho,
 * sho_cert_pem, credentials_b64, napdef. Status 3 for what is wrong in it. */
int account_read(struct bootstrap *b, const json_t *request, struct why *why)
	__attribute__((warn_unused_result));

#endif
