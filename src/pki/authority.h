/* SPDX-License-Identifier: Apache-2.0 */
/* What an authority is asked for: the PVA, operators and makers of TREs (TR 33.812 B.2.2.1). */
#ifndef PKI_AUTHORITY_H
#define PKI_AUTHORITY_H

#include "pki/pair.h"

/* Texts and paths, NULL where nothing is said; what of it a function wants is status 2 where it is
 * missing. */
struct authority_order {
	const char *name;      /* an authority's or operator's, the common name */
	const char *tre_id;    /* a TRE's */
	const char *alg;       /* ec-p256 and so on */
	const char *role;      /* of drf, dpf, mcim, attestation, maker */
	const char *at, *days; /* RFC 3339, NULL: now; how long it is valid */
	const char *ca_key, *ca_cert;
	const char *ocsp_url;
	const char *index; /* of what was certified */
	const char *csr;
	bool signing, encryption;  /* a request's certificate is for one of these alone */
	const char *cert, *reason; /* what is revoked, and why */
	struct pair_files files;
	const char *batch, *out_dir, *out; /* TRE_ids, one a line; folder or file of the result */
	bool two_pairs, resume, progress;
	const char *jobs;     /* threads; NULL: the cores */
	const char *line_key; /* a secret's file: private keys are encrypted under it */
	int worst;            /* set by a batch: the worst status of its lines */
};

/* A new key pair and certificate, entered in the index before it is there: self-signed, to certify;
 * an operator's, by a CA or self-signed; a TRE's, or those of a batch. */
int authority_ca(struct authority_order *o, struct why *why) __attribute__((warn_unused_result));
int authority_operator(struct authority_order *o, struct why *why)
	__attribute__((warn_unused_result));
int authority_tre(struct authority_order *o, struct why *why) __attribute__((warn_unused_result));

/* The certificate of a TRE's request to out. Refused with `wrong-tre`. */
int authority_sign(struct authority_order *o, struct why *why) __attribute__((warn_unused_result));

int authority_revoke(struct authority_order *o, struct why *why)
	__attribute__((warn_unused_result));
int authority_crl(struct authority_order *o, struct why *why) __attribute__((warn_unused_result));

#endif
