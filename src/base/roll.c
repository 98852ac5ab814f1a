/* SPDX-License-Identifier: Apache-2.0 */
#include "base/roll.h"

#include "base/outfile.h"
#include "base/slurp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void roll_close(struct roll *r)
{
	blocks_close(&r->in);
	buf_free(&r->text);
	free(r->twice);
	*r = (struct roll){.in = {.fd = -1}};
}

/* ---- reading ---- */

/* What comes by a pipe cannot be read again. */
static int copy(struct roll *r, struct why *why)
{
	FILE *f = tmpfile();
	const int fd = f ? dup(fileno(f)) : -1;
	ssize_t n = 0;

	if (f)
		fclose(f);
	if (fd < 0 || buf_reserve(&r->text, BLOCKS_LINE, NULL))
		n = -1;
	while (n >= 0 && (n = read(r->in.fd, r->text.bytes, BLOCKS_LINE)) != 0) {
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n > 0 && outfile_write_all(fd, r->text.bytes, (size_t)n))
			n = -1;
	}
	if (n < 0)
		why_sys(why, "%s: %s", slurp_name(r->in.path), strerror(errno));
	if (r->in.fd > STDIN_FILENO)
		close(r->in.fd);
	r->in.fd = fd;
	return n < 0 ? -1 : 0;
}

int roll_open(struct roll *r, const char *path, struct why *why)
{
	if (blocks_open(&r->in, path, why))
		return -1;
	if (fstat(r->in.fd, &r->was) == 0 && S_ISREG(r->was.st_mode))
		r->start = lseek(r->in.fd, 0, SEEK_CUR);
	else if (copy(r, why))
		return -1;
	if (fstat(r->in.fd, &r->was))
		return why_sys(why, "%s: %s", slurp_name(path), strerror(errno));
	return roll_rewind(r, why);
}

static int changed(const struct roll *r, struct why *why)
{
	return why_input(why, "%s: changes while it is read", slurp_name(r->in.path));
}

int roll_rewind(struct roll *r, struct why *why)
{
	struct stat is;

	if (fstat(r->in.fd, &is) || lseek(r->in.fd, r->start, SEEK_SET) < 0)
		return why_sys(why, "%s: %s", slurp_name(r->in.path), strerror(errno));
	if (is.st_size != r->was.st_size || is.st_mtim.tv_sec != r->was.st_mtim.tv_sec ||
	    is.st_mtim.tv_nsec != r->was.st_mtim.tv_nsec)
		return changed(r, why);
	r->in.carry.len = 0;
	r->in.has_begun = r->in.at_end = r->in.skips = false;
	r->at = r->end = NULL;
	r->line = r->n = 0;
	return 0;
}

static int next_block(struct roll *r, struct why *why)
{
	const int got = blocks_next(&r->in, &r->text, why);

	if (got <= 0)
		return got;
	r->at = (char *)r->text.bytes;
	r->end = r->at + r->text.len;
	return memchr(r->at, 0, r->text.len)
		       ? why_input(why, "%s: a 0 octet, where lines of text are wanted",
				   slurp_name(r->in.path))
		       : 1;
}

int roll_next(struct roll *r, char **name, struct why *why)
{
	for (;;) {
		const int got = r->at == r->end ? next_block(r, why) : 1;
		char *end;

		if (got <= 0)
			return got;
		*name = r->at;
		end = memchr(r->at, '\n', (size_t)(r->end - r->at));
		r->at = end ? end + 1 : r->end;
		if (!end)
			end = r->end; /* where the block has its 0 octet */
		r->line++;
		if (end > *name && end[-1] == '\r')
			end--;
		*end = '\0';
		if (end == *name)
			continue;
		if (r->strip)
			*name = r->strip(*name);
		if (r->twice && r->n == r->names) /* or its bit is none of ours */
			return changed(r, why);
		r->n++;
		return 1;
	}
}

/* ---- which came before ---- */

/* One bit for each of 2^bits values of the hash: who finds his set came before, or looks so. Of
 * these alone the names are kept, and compared. */
#define BITS_MAX 28
#define BITS_MIN 16

struct seen {
	uint64_t hash;
	size_t n, text; /* the name's number, and where it stands in texts */
};

struct finder {
	struct roll *r;
	size_t most;
	unsigned bits;
	uint8_t *table;
	struct buf doubtful; /* hashes, in order and once each */
	struct buf seen, texts;
};

static void finder_free(struct finder *f)
{
	free(f->table);
	buf_free(&f->doubtful);
	buf_free(&f->seen);
	buf_free(&f->texts);
}

/* FNV-1a, and a last mix so that its upper bits are worth something. */
static uint64_t hash_of(const char *name)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * UINT64_C(0x100000001b3);
	h ^= h >> 32;
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

static bool test_and_set(struct finder *f, uint64_t hash)
{
	const uint64_t at = hash >> (64 - f->bits);
	const uint8_t bit = (uint8_t)(1U << (at & 7));
	const bool was = f->table[at >> 3] & bit;

	f->table[at >> 3] |= bit;
	return was;
}

static int by_hash(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int by_hash_and_number(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;
	const int order = by_hash(&x->hash, &y->hash);

	return order ? order : (x->n > y->n) - (x->n < y->n);
}

/* Calls each with the first most names. */
static int pass(struct finder *f, int (*each)(struct finder *f, const char *name, struct why *why),
		struct why *why)
{
	char *name;
	int got = 0;

	if (roll_rewind(f->r, why))
		return -1;
	while (f->r->n < f->most && (got = roll_next(f->r, &name, why)) > 0)
		if (each(f, name, why))
			return -1;
	return got < 0 ? -1 : 0;
}

static int look(struct finder *f, const char *name, struct why *why)
{
	const uint64_t hash = hash_of(name);

	return test_and_set(f, hash) ? buf_add(&f->doubtful, &hash, sizeof(hash), why) : 0;
}

static int keep(struct finder *f, const char *name, struct why *why)
{
	const struct seen s = {hash_of(name), f->r->n - 1, f->texts.len};
	const uint64_t at = s.hash >> (64 - f->bits);

	if (!(f->table[at >> 3] & 1U << (at & 7)))
		return 0;
	if (!bsearch(&s.hash, f->doubtful.bytes, f->doubtful.len / sizeof(s.hash), sizeof(s.hash),
		     by_hash))
		return 0;
	return buf_add(&f->seen, &s, sizeof(s), why) ||
			       buf_add(&f->texts, name, strlen(name) + 1, why)
		       ? -1
		       : 0;
}

/* The doubtful hashes in order, and the table with theirs alone. */
static void narrow(struct finder *f)
{
	uint64_t *hash = (uint64_t *)(void *)f->doubtful.bytes;
	const size_t n = f->doubtful.len / sizeof(*hash);

	qsort(hash, n, sizeof(*hash), by_hash);
	memset(f->table, 0, (size_t)1 << (f->bits - 3));
	for (size_t i = 0; i < n; i++)
		test_and_set(f, hash[i]);
}

/* Of one hash the names are few, but for one that comes very often: the first of it is found at
 * once. */
static void mark(struct finder *f)
{
	struct seen *s = (struct seen *)(void *)f->seen.bytes;
	const size_t n = f->seen.len / sizeof(*s);

	qsort(s, n, sizeof(*s), by_hash_and_number);
	for (size_t i = 0, first = 0; i < n; i++) {
		size_t k = first = s[i].hash == s[first].hash ? first : i;

		while (k < i && strcmp((char *)f->texts.bytes + s[k].text,
				       (char *)f->texts.bytes + s[i].text) != 0)
			k++;
		if (k < i)
			f->r->twice[s[i].n >> 3] |= (uint8_t)(1U << (s[i].n & 7));
	}
}

static int find(struct finder *f, struct why *why)
{
	f->table = calloc(1, (size_t)1 << (f->bits - 3));
	if (!f->table)
		return why_sys(why, "out of memory");
	if (pass(f, look, why))
		return -1;
	f->most = f->r->names = f->r->n;
	f->r->twice = calloc(1, f->most / 8 + 1);
	if (!f->r->twice)
		return why_sys(why, "out of memory");
	if (!f->doubtful.len)
		return 0;
	narrow(f);
	if (pass(f, keep, why))
		return -1;
	mark(f);
	return 0;
}

int roll_find_twice(struct roll *r, size_t most, struct why *why)
{
	__attribute__((cleanup(finder_free))) struct finder f = {
		.r = r, .most = most, .bits = BITS_MIN};

	while (f.bits < BITS_MAX && (off_t)1 << f.bits < 2 * r->was.st_size)
		f.bits++;
	free(r->twice);
	r->twice = NULL;
	return find(&f, why) || roll_rewind(r, why) ? -1 : 0;
}

bool roll_is_twice(const struct roll *r)
{
	return r->twice[(r->n - 1) >> 3] & 1U << ((r->n - 1) & 7);
}
