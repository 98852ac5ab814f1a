/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/batch.h"

#include "base/json.h"
#include "base/lines.h"
#include "base/outfile.h"
#include "base/party.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "pki/cert.h"
#include "pki/index.h"
#include "pki/key.h"
#include "pki/pair.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int put_pem(json_t *o, const char *field, EVP_PKEY *key, X509 *cert, struct why *why)
{
	BUF(pem);

	if (key ? key_pem(&pem, key, why) : cert_pem(&pem, cert, why))
		return -1;
	return json_put_text(o, field, buf_text(&pem), why);
}

static int append_record(struct buf *out, const char *tre_id, const struct pair *p, struct why *why)
{
	AUTO(json_t) *o = json_object();

	if (json_put_text(o, "tre_id", tre_id, why) || put_pem(o, "cert_pem", NULL, p->cert, why) ||
	    put_pem(o, "key_pem", p->key, NULL, why))
		return -1;
	if (p->enc_key && (put_pem(o, "enc_cert_pem", NULL, p->enc_cert, why) ||
			   put_pem(o, "enc_key_pem", p->enc_key, NULL, why)))
		return -1;
	return json_append_line(out, o, why);
}

static int write_files(const struct batch *b, const char *tre_id, const struct pair *p,
		       struct why *why)
{
	static const char *const ends[] = {".key.pem", ".cert.pem", ".enc.key.pem",
					   ".enc.cert.pem"};
	char name[4][4096];

	for (size_t i = 0; i < 4; i++)
		if (snprintf(name[i], sizeof(name[i]), "%s/%s%s", b->folder, tre_id, ends[i]) >=
		    (int)sizeof(name[i]))
			return why_input(why, "%s: this path is too long", b->folder);
	return pair_write(p,
			  &(struct pair_files){name[0], name[1], b->two ? name[2] : NULL,
					       b->two ? name[3] : NULL, NULL, b->force},
			  tre_id, why);
}

/* In a folder each equipment is entered in the index before its files are there. */
static int one(const struct batch *b, const char *tre_id, struct buf *rows, struct buf *out,
	       struct why *why)
{
	struct issue spec = b->spec;
	PAIR(p);

	spec.name = tre_id;
	if (tre_id_check(tre_id, "tre_id", why) || pair_make(&p, &spec, b->alg, b->two, why))
		return -1;
	if (b->index && pair_rows(rows, &p, why))
		return -1;
	if (!b->folder)
		return append_record(out, tre_id, &p, why);
	if (b->index && index_add(b->index, rows, why))
		return -1;
	buf_clear(rows);
	return write_files(b, tre_id, &p, why);
}

/* A TRE_id that was not there before. */
static int next_one(const struct batch *b, const char *tre_id, json_t *seen, struct buf *rows,
		    struct buf *out, struct why *why)
{
	if (tre_id_check(tre_id, "tre_id", why))
		return -1;
	if (json_object_get(seen, tre_id))
		return why_input(why, "tre_id: this one came before");
	if (json_object_set_new(seen, tre_id, json_true()))
		return why_sys(why, "out of memory");
	return one(b, tre_id, rows, out, why);
}

static int each_line(const struct batch *b, struct lines *ids, struct buf *rows, struct buf *out,
		     int *status)
{
	AUTO(json_t) *seen = json_object();

	for (const char *tre_id; (tre_id = lines_next(ids));) {
		struct why why = {0};

		if (next_one(b, tre_id, seen, rows, out, &why) == 0)
			continue;
		why_in(&why, "%s:%zu", slurp_name(b->path), ids->line);
		tool_fail(&why);
		*status = why.status > *status ? why.status : *status;
		if (why.status == TOOL_SYS || why.status == TOOL_USAGE)
			return -1;
	}
	return 0;
}

static int make_folder(const char *path, struct why *why)
{
	if (!path)
		return 0;
	if (mkdir(path, 0700) == 0)
		return outfile_sync_folder(path, why);
	return errno == EEXIST ? 0 : why_sys(why, "%s: %s", path, strerror(errno));
}

int batch_run(const struct batch *b, int *status, struct why *why)
{
	LINES(ids);
	BUF(rows);
	BUF(out);
	struct stat st;

	*status = TOOL_OK;
	if (lines_load(&ids, b->path, why))
		return -1;
	if (b->out && !b->force && stat(b->out, &st) == 0 && S_ISREG(st.st_mode))
		return why_refuse(why, "file-exists",
				  "%s: private keys are not overwritten without --force", b->out);
	if (make_folder(b->folder, why))
		return -1;
	if (each_line(b, &ids, &rows, &out, status) || b->folder ||
	    (*status != TOOL_OK && out.len == 0))
		return 0;
	if (b->index && rows.len && index_add(b->index, &rows, why))
		return -1;
	return outfile_put(b->out, b->force ? OUTFILE_SECRET : OUTFILE_NEW_KEY, buf_text(&out),
			   out.len, why);
}
