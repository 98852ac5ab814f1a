/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/batch.h"

#include "base/folder.h"
#include "base/num.h"
#include "base/party.h"
#include "base/progress.h"
#include "base/roll.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "pki/batch_inside.h"
#include "pki/index.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART_FAST 2048 /* equipments that are made, and written, at once */
#define PART_FILES 256
#define PART_SLOW 8 /* times the threads: RSA */

/* TRE_ids of the whole batch, and which of them are to be passed over. */
struct ids {
	struct roll roll;
	uint8_t *done; /* a bit each */
};

static void ids_free(struct ids *ids)
{
	roll_close(&ids->roll);
	free(ids->done);
}

static int ids_load(struct ids *ids, const char *path, struct why *why)
{
	if (roll_open(&ids->roll, path, why) || roll_find_twice(&ids->roll, SIZE_MAX, why))
		return -1;
	ids->done = calloc(1, ids->roll.names / 8 + 1);
	return ids->done ? 0 : why_sys(why, "out of memory");
}

static uint8_t *done_bit(const struct ids *ids, uint8_t *bit)
{
	const size_t n = ids->roll.n - 1;

	*bit = (uint8_t)(1U << (n & 7));
	return &ids->done[n >> 3];
}

static bool is_done(const struct ids *ids)
{
	uint8_t bit;

	return *done_bit(ids, &bit) & bit;
}

/* Records are in the order of the list, less those that were bad. */
static int mark_done(void *ctx, const char *tre_id, struct why *why)
{
	struct ids *ids = ctx;
	uint8_t bit;
	char *id;
	int got;

	while ((got = roll_next(&ids->roll, &id, why)) > 0 && strcmp(id, tre_id) != 0)
		;
	if (got < 0)
		return -1;
	if (got == 0)
		return why_refuse(why, "run-differs",
				  "%s is not in the list, or stands elsewhere there (TR 33.812 "
				  "B.2.2.1)",
				  tre_id);
	*done_bit(ids, &bit) |= bit;
	return 0;
}

static size_t part_size(const struct batch_part *p)
{
	if (p->b->alg && strncmp(p->b->alg, "rsa-", 4) == 0)
		return (size_t)PART_SLOW * p->jobs;
	return p->b->folder ? PART_FILES : PART_FAST;
}

/* The next equipments that are to be made: 1; 0 at the end; -1. */
static int next_part(struct batch_part *p, struct ids *ids, size_t size, struct why *why)
{
	char *id;
	int got = 0;

	batch_part_clear(p);
	while (p->n < size && (got = roll_next(&ids->roll, &id, why)) > 0) {
		struct batch_item *i = &p->item[p->n];
		const bool is_twice = roll_is_twice(&ids->roll);

		if (is_done(ids) ||
		    (p->b->resume && p->b->folder && !is_twice && batch_has_files(p->b, id)))
			continue;
		i->tre_id = strdup(id);
		if (!i->tre_id)
			return why_sys(why, "out of memory");
		i->line = ids->roll.line;
		if (is_twice)
			why_input(&i->why, "tre_id: this one came before");
		p->n++;
	}
	return got < 0 ? -1 : p->n > 0;
}

/* In a folder each equipment is entered in the index before its files are there. */
static int put_files(struct batch_part *p, struct why *why)
{
	BUF(rows);

	for (size_t n = 0; n < p->n; n++)
		if (p->item[n].rows.len &&
		    buf_add(&rows, p->item[n].rows.bytes, p->item[n].rows.len, why))
			return -1;
	if (rows.len && index_add(p->b->index, &rows, why))
		return -1;
	for (size_t n = 0; n < p->n; n++)
		if (p->item[n].is_done && batch_files(p, &p->item[n], &p->item[n].why))
			p->item[n].is_done = false;
	return 0;
}

/* Says what is wrong with lines; -1 where the whole cannot go on. */
static int report(const struct batch_part *p, int *status)
{
	for (size_t n = 0; n < p->n; n++) {
		struct why *why = &p->item[n].why;

		if (!why->status)
			continue;
		why_in(why, "%s:%zu", slurp_name(p->b->path), p->item[n].line);
		tool_fail(why);
		*status = why->status > *status ? why->status : *status;
		if (why->status == TOOL_SYS || why->status == TOOL_USAGE)
			return -1;
	}
	return 0;
}

/* The folder of the batch's files is the run's as long as it lasts. */
static int have_folder(struct batch_part *p, struct why *why)
{
	char *inside = p->b->folder ? folder_path(p->b->folder, ".") : NULL;

	if (inside)
		p->folder = outfile_hold_folder(inside, why);
	else if (p->b->folder)
		why_sys(why, "out of memory");
	free(inside);
	return p->b->folder && p->folder < 0 ? -1 : 0;
}

static int run_parts(struct batch_part *p, struct ids *ids, struct batch_out *out, int *status,
		     struct why *why)
{
	const size_t size = part_size(p);
	struct progress progress;
	int got;

	progress_start(&progress, "equipments", out->records, ids->roll.names, p->b->progress);
	p->item = calloc(size ? size : 1, sizeof(*p->item));
	p->size = p->item ? size : 0;
	if (!p->item)
		return why_sys(why, "out of memory");
	if (roll_rewind(&ids->roll, why))
		return -1;
	while ((got = next_part(p, ids, size, why)) > 0) {
		if (batch_make(p, why))
			return -1;
		if (progress_is_stopped()) /* what of the part is made is not written */
			return progress_add(&progress, 0, why);
		if ((p->b->folder ? put_files(p, why) : batch_out_put(out, p->b, p, why)) ||
		    report(p, status) || progress_add(&progress, p->n, why))
			return -1;
	}
	if (got < 0)
		return -1;
	progress_end(&progress);
	return 0;
}

/* The first equipment that is there speaks for all. */
static int check_folder(const struct batch_part *p, struct ids *ids, struct why *why)
{
	char *id;
	int got;

	if (!p->b->resume || !p->b->folder)
		return 0;
	while ((got = roll_next(&ids->roll, &id, why)) > 0)
		if (tre_id_check(id, "tre_id", NULL) == 0 && batch_has_key(p->b, id))
			return batch_same_files(p, id, why);
	return got;
}

static int get_jobs(struct batch_part *p, struct why *why)
{
	const long cores = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t n = cores > 0 ? (uint64_t)cores : 1;

	if (p->b->jobs && num_parse(&n, p->b->jobs, 1, BATCH_JOBS_MAX, "--jobs", why))
		return -1;
	p->jobs = (unsigned)(n < BATCH_JOBS_MAX ? n : BATCH_JOBS_MAX);
	return 0;
}

/* PBKDF2 runs once, so that nothing which can be guessed is taken. */
static int take_line_key(struct buf *key, const char *path, struct why *why)
{
	if (slurp(key, path, 4096, why))
		return -1;
	buf_trim(key);
	if (key->len >= 64 && strspn(buf_text(key), "0123456789abcdefABCDEF") == key->len)
		return 0;
	return why_input(why,
			 "%s: want 64 hex digits or more, as m2m-keygen secret --bits 256 makes",
			 slurp_name(path));
}

static int prepare(struct batch_part *p, struct ids *ids, struct why *why)
{
	const struct batch *b = p->b;
	struct stat st;

	if (b->out && !b->force && stat(b->out, &st) == 0 && S_ISREG(st.st_mode))
		return why_refuse(why, "file-exists",
				  "%s: private keys are not overwritten without --force", b->out);
	if (b->index && index_check(b->index, why))
		return -1;
	if (b->line_key && take_line_key(&p->line_key, b->line_key, why))
		return -1;
	return (b->folder && folder_make(b->folder, why)) || have_folder(p, why) ||
			       get_jobs(p, why) || ids_load(ids, b->path, why) ||
			       check_folder(p, ids, why) || batch_mints(p, why)
		       ? -1
		       : 0;
}

static int run(struct batch_part *p, int *status, struct why *why)
{
	__attribute__((cleanup(ids_free))) struct ids ids = {.roll = {.in = {.fd = -1}}};
	BATCH_OUT(out);

	if (prepare(p, &ids, why) ||
	    (!p->b->folder && batch_out_open(&out, p, mark_done, &ids, why)))
		return -1;
	if (run_parts(p, &ids, &out, status, why))
		return why->status ? -1 : 0;
	return p->b->folder ? 0 : batch_out_close(&out, p->b, *status == TOOL_OK, why);
}

int batch_run(const struct batch *b, int *status, struct why *why)
{
	struct batch_part p = {.b = b, .folder = -1, .lock = PTHREAD_MUTEX_INITIALIZER};
	int rc;

	*status = TOOL_OK;
	rc = run(&p, status, why);
	if (p.folder >= 0)
		close(p.folder);
	batch_mints_free(&p);
	batch_part_free(&p);
	return rc;
}
