/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/pair.h"

#include "base/outfile.h"
#include "pki/cert.h"
#include "pki/csr.h"
#include "pki/index.h"
#include "pki/key.h"

#include <string.h>

void pair_free(struct pair *p)
{
	EVP_PKEY_free(p->key);
	EVP_PKEY_free(p->enc_key);
	X509_free(p->cert);
	X509_free(p->enc_cert);
	*p = (struct pair){0};
}

static int make_one(EVP_PKEY **key, X509 **cert, const struct issue *spec, enum issue_kind kind,
		    const char *alg, struct why *why)
{
	struct issue own = *spec;

	*key = key_generate(alg, why);
	if (!*key)
		return -1;
	own.kind = kind;
	if (!own.ca_key)
		own.ca_key = *key;
	*cert = issue_cert(&own, *key, why);
	return *cert ? 0 : -1;
}

int pair_make(struct pair *p, const struct issue *spec, const char *alg, bool two, struct why *why)
{
	if (make_one(&p->key, &p->cert, spec, two ? ISSUE_SIGN : spec->kind, alg, why))
		return -1;
	return two ? make_one(&p->enc_key, &p->enc_cert, spec, ISSUE_ENCRYPT, alg, why) : 0;
}

int pair_rows(struct buf *rows, const struct pair *p, struct why *why)
{
	if (index_row(rows, p->cert, why))
		return -1;
	return p->enc_cert ? index_row(rows, p->enc_cert, why) : 0;
}

static int stage_key(struct outfile *o, const char *path, const EVP_PKEY *key, bool force,
		     struct why *why)
{
	BUF(pem);

	if (!path)
		return 0;
	return key_pem(&pem, key, why) ||
			       outfile_stage(o, path, force ? OUTFILE_SECRET : OUTFILE_NEW_KEY,
					     pem.bytes, pem.len, why)
		       ? -1
		       : 0;
}

static int stage_cert(struct outfile *o, const char *path, const X509 *cert, struct why *why)
{
	BUF(pem);

	if (!path)
		return 0;
	return cert_pem(&pem, cert, why) ||
			       outfile_stage(o, path, OUTFILE_PUBLIC, pem.bytes, pem.len, why)
		       ? -1
		       : 0;
}

static int stage_csr(struct outfile *o, const char *path, EVP_PKEY *key, const char *name,
		     struct why *why)
{
	BUF(pem);

	if (!path)
		return 0;
	return csr_make(&pem, key, name, why) ||
			       outfile_stage(o, path, OUTFILE_PUBLIC, pem.bytes, pem.len, why)
		       ? -1
		       : 0;
}

int pair_write(const struct pair *p, const struct pair_files *files, const char *name,
	       struct why *why)
{
	OUTFILE(key);
	OUTFILE(cert);
	OUTFILE(enc_key);
	OUTFILE(enc_cert);
	OUTFILE(csr);
	struct outfile *const in_order[] = {&csr, &cert, &enc_cert, &enc_key, &key, NULL};

	if (stage_key(&key, files->key, p->key, files->force, why) ||
	    stage_key(&enc_key, files->enc_key, p->enc_key, files->force, why) ||
	    stage_cert(&cert, files->cert, p->cert, why) ||
	    stage_cert(&enc_cert, files->enc_cert, p->enc_cert, why) ||
	    stage_csr(&csr, files->csr, p->key, name, why))
		return -1;
	for (size_t i = 0; in_order[i]; i++)
		if (in_order[i]->staged && outfile_commit(in_order[i], why))
			return -1;
	return 0;
}
