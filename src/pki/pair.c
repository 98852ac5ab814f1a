/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/pair.h"

#include "base/outfile.h"
#include "pki/cert.h"
#include "pki/csr.h"
#include "pki/index.h"
#include "pki/key.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* A file, or stdout, and what goes there. */
struct place {
	struct outfile file;
	struct buf pem;
	const char *path; /* NULL: none is wanted */
	enum outfile_mode mode;
};

static void place_free(struct place *p)
{
	outfile_discard(&p->file);
	buf_free(&p->pem);
}
#define PLACE(name, to, how) \
	__attribute__((cleanup(place_free))) struct place name = {.path = (to), .mode = (how)}

static bool is_stdout(const struct place *p)
{
	return strcmp(p->path, "-") == 0;
}

static int stage(struct place *const places[], struct why *why)
{
	for (; *places; places++) {
		struct place *p = *places;

		if (p->path && !is_stdout(p) &&
		    outfile_stage(&p->file, p->path, p->mode, p->pem.bytes, p->pem.len, why))
			return -1;
	}
	return 0;
}

static int commit(struct place *const places[], struct why *why)
{
	for (size_t i = 0; places[i]; i++)
		if (outfile_still_new(&places[i]->file, why))
			return -1;
	for (; *places; places++) {
		struct place *p = *places;

		if (p->path &&
		    (is_stdout(p) ? outfile_put(NULL, p->mode, p->pem.bytes, p->pem.len, why)
				  : outfile_commit(&p->file, why)))
			return -1;
	}
	return 0;
}

/* One run at a time names what it staged: of two with a key of one name the second changes nothing,
 * and leaves no certificate that is not that key's. */
static int commit_alone(struct place *const places[], const char *key, struct why *why)
{
	const int fd = strcmp(key, "-") == 0 ? 0 : outfile_hold_folder(key, why);
	const int rc = fd < 0 ? -1 : commit(places, why);

	if (fd > 0)
		close(fd);
	return rc;
}

int pair_write(const struct pair *p, const struct pair_files *files, const char *name,
	       struct why *why)
{
	const enum outfile_mode mode = files->force ? OUTFILE_SECRET : OUTFILE_NEW_KEY;
	PLACE(key, files->key, mode);
	PLACE(cert, files->cert, OUTFILE_PUBLIC);
	PLACE(enc_key, files->enc_key, mode);
	PLACE(enc_cert, files->enc_cert, OUTFILE_PUBLIC);
	PLACE(csr, files->csr, OUTFILE_PUBLIC);
	struct place *const in_order[] = {&csr, &cert, &enc_cert, &enc_key, &key, NULL};

	if (key_pem(&key.pem, p->key, why) || cert_pem(&cert.pem, p->cert, why) ||
	    (p->enc_key && key_pem(&enc_key.pem, p->enc_key, why)) ||
	    (p->enc_cert && cert_pem(&enc_cert.pem, p->enc_cert, why)) ||
	    (files->csr && csr_make(&csr.pem, p->key, name, why)))
		return -1;
	return stage(in_order, why) || commit_alone(in_order, files->key, why) ? -1 : 0;
}

/* Whether two names are one place, of files that may not be there yet. */
static bool is_same(const char *a, const char *b)
{
	const char *const in_a = strrchr(a, '/'), *const in_b = strrchr(b, '/');
	char *folder[2] = {strdup(a), strdup(b)};
	struct stat st[2];
	bool same = strcmp(a, b) == 0;

	if (!same && folder[0] && folder[1] &&
	    strcmp(in_a ? in_a + 1 : a, in_b ? in_b + 1 : b) == 0 &&
	    stat(dirname(folder[0]), &st[0]) == 0 && stat(dirname(folder[1]), &st[1]) == 0)
		same = st[0].st_dev == st[1].st_dev && st[0].st_ino == st[1].st_ino;
	free(folder[0]);
	free(folder[1]);
	return same;
}

int pair_check(const struct pair_files *f, struct why *why)
{
	const char *const path[] = {f->key, f->cert, f->enc_key, f->enc_cert, f->csr};
	const size_t n = sizeof(path) / sizeof(*path);

	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			if (path[i] && path[k] && is_same(path[i], path[k]))
				return why_usage(why, "%s: two results cannot go to one place",
						 path[i]);
	return 0;
}
