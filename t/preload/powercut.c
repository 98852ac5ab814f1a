/* SPDX-License-Identifier: Apache-2.0 */
/* powercut LOG OUT SEED: what a power cut may leave of a run that powerlog.so wrote down. For every
 * prefix of it the disk is made anew in OUT/N, once for each way in which unsynced data and
 * unsynced names may come out: all lost, all kept, one of the two, or any part (from the seed).
 * OUT/N.told has what stdout was told before. What comes out twice is left out. Prints N, whether
 * the run was over, the events that happened, and the way. OUT/whole is the disk at the end of the
 * run, if nothing is cut. */
#include "powerlog.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MOST 4096 /* of all: events, files, names */

struct event {
	struct powerlog e;
	char *path, *data;
};

struct bytes {
	char *at;
	size_t len;
};

struct file {
	uint64_t inode;
	const char *folder; /* its path; NULL: a file */
	struct bytes durable;
	const struct event *waits[MOST]; /* for a sync */
	size_t n;
};

struct name {
	const char *path;
	struct file *file;
};

static struct event events[MOST];
static size_t n_events;
static struct file *files[MOST];
static size_t n_files;
static struct name names[MOST]; /* durable */
static size_t n_names;
static struct name waits[MOST]; /* a new name; without a path: of the event */
static const struct event *wait_of[MOST];
static size_t n_waits;
static struct bytes told;

static void *must(void *p)
{
	if (!p) {
		perror("powercut");
		exit(1);
	}
	return p;
}

/* ---- the log ---- */

static char *text(FILE *in, size_t len)
{
	char *t = must(calloc(1, len + 1));

	if (fread(t, 1, len, in) != len)
		exit(1);
	return t;
}

static void read_log(const char *path)
{
	FILE *in = must(fopen(path, "rb"));
	struct event *v = events;

	for (; v < events + MOST && fread(&v->e, sizeof(v->e), 1, in) == 1; v++) {
		v->path = text(in, v->e.path);
		v->data = text(in, v->e.data);
	}
	n_events = (size_t)(v - events);
	if (n_events == MOST || !feof(in))
		exit(1);
	fclose(in);
}

/* ---- the disk ---- */

static void patch(struct bytes *b, const struct event *v)
{
	const size_t end = v->e.at + v->e.data;

	if (v->e.what == POWER_SIZE || end > b->len) {
		b->at = must(realloc(b->at, end + 1));
		if (end > b->len)
			memset(b->at + b->len, 0, end - b->len);
		b->len = end;
	}
	memcpy(b->at + v->e.at, v->data, v->e.data);
}

static struct file *file_of(uint64_t inode)
{
	for (size_t i = n_files; i > 0; i--)
		if (files[i - 1]->inode == inode)
			return files[i - 1];
	fprintf(stderr, "powercut: an inode that nobody made\n");
	exit(1);
}

static struct name *find(struct name *in, size_t *n, const char *path, bool make)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(in[i].path, path) == 0)
			return &in[i];
	if (!make)
		return NULL;
	in[*n] = (struct name){.path = path};
	return &in[(*n)++];
}

/* A change of names comes true. */
static void enter(struct name *in, size_t *n, const struct event *v, struct file *f)
{
	struct name *old = find(in, n, v->path, false);

	if (f) {
		find(in, n, v->path, true)->file = f;
		return;
	}
	if (!old)
		return;
	f = old->file;
	*old = in[--*n];
	if (v->e.what == POWER_RENAME)
		find(in, n, v->data, true)->file = f;
}

static bool is_in(const char *path, const char *folder)
{
	const char *slash = strrchr(path, '/');
	const size_t n = slash ? (size_t)(slash - path) : 0;

	return strlen(folder) == n && strncmp(path, folder, n) == 0;
}

static void sync_file(struct file *f)
{
	size_t left = 0;

	for (size_t i = 0; i < f->n; i++)
		patch(&f->durable, f->waits[i]);
	f->n = 0;
	for (size_t i = 0; f->folder && i < n_waits; i++)
		if (is_in(wait_of[i]->path, f->folder)) {
			enter(names, &n_names, wait_of[i], waits[i].file);
		} else {
			wait_of[left] = wait_of[i];
			waits[left++] = waits[i];
		}
	if (f->folder)
		n_waits = left;
}

static void made(const struct event *v)
{
	struct file *f = must(calloc(1, sizeof(*f)));

	f->inode = v->e.inode;
	f->folder = v->e.what == POWER_FOLDER ? v->path : NULL;
	files[n_files++] = f;
	waits[n_waits].file = f;
	wait_of[n_waits++] = v;
}

static void happen(const struct event *v)
{
	struct file *f;

	switch (v->e.what) {
	case POWER_FILE:
	case POWER_FOLDER: made(v); break;
	case POWER_WRITE:
	case POWER_SIZE:
		f = file_of(v->e.inode);
		f->waits[f->n++] = v;
		break;
	case POWER_SYNC: sync_file(file_of(v->e.inode)); break;
	case POWER_RENAME:
	case POWER_UNLINK:
		waits[n_waits].file = NULL;
		wait_of[n_waits++] = v;
		break;
	case POWER_START:
		for (size_t i = 0; i < n_files; i++)
			sync_file(files[i]);
		break;
	default:
		told.at = must(realloc(told.at, told.len + v->e.data + 1));
		memcpy(told.at + told.len, v->data, v->e.data);
		told.len += v->e.data;
	}
}

static void forget(void)
{
	for (size_t i = 0; i < n_files; i++) {
		free(files[i]->durable.at);
		free(files[i]);
	}
	free(told.at);
	told = (struct bytes){0};
	n_files = n_names = n_waits = 0;
}

/* ---- what is left ---- */

enum chance { LOST, KEPT, PART };
static const char *const ways[] = {"lost", "kept", "part"};
static uint64_t chaos;

static bool lucky(enum chance c)
{
	if (c != PART)
		return c == KEPT;
	chaos ^= chaos << 13;
	chaos ^= chaos >> 7;
	chaos ^= chaos << 17;
	return chaos >> 63;
}

static uint64_t hash(uint64_t h, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 0x100000001b3;
	return h;
}

struct left {
	struct name names[MOST];
	struct bytes content[MOST];
	size_t n;
	uint64_t hash;
};

/* A name whose folder has none is out of reach. */
static bool reached(struct left *l, const char *path)
{
	char folder[4096];

	snprintf(folder, sizeof(folder), "%s", path);
	for (char *p; (p = strrchr(folder, '/'));) {
		*p = '\0';
		if (!find(l->names, &l->n, folder, false))
			return false;
	}
	return true;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->path, ((const struct name *)b)->path);
}

static struct bytes content(const struct file *f, enum chance data)
{
	struct bytes b = {must(malloc(f->durable.len + 1)), f->durable.len};

	if (b.len)
		memcpy(b.at, f->durable.at, b.len);
	for (size_t i = 0; i < f->n; i++)
		if (lucky(data))
			patch(&b, f->waits[i]);
	return b;
}

static void look(struct left *l, bool is_over, enum chance data, enum chance name)
{
	bool goes_on = true;

	memcpy(l->names, names, sizeof(names));
	l->n = n_names;
	for (size_t i = 0; i < n_waits && goes_on; i++)
		/* a journal keeps their order */
		if ((goes_on = lucky(name)))
			enter(l->names, &l->n, wait_of[i], waits[i].file);
	qsort(l->names, l->n, sizeof(*l->names), by_path);
	l->hash = hash(0xcbf29ce484222325 + is_over, told.at, told.len);
	for (size_t i = 0; i < l->n; i++) {
		l->content[i] = content(l->names[i].file, data);
		l->hash = hash(l->hash, l->names[i].path, strlen(l->names[i].path) + 1);
		l->hash = hash(l->hash, l->content[i].at, l->content[i].len);
	}
}

static void put(const char *path, const struct bytes *b)
{
	FILE *f = must(fopen(path, "wb"));

	if (fwrite(b->at, 1, b->len, f) != b->len || fclose(f))
		must(NULL);
	chmod(path, 0600);
}

/* Sorted, so that a folder comes before what is in it. */
static void write_out(struct left *l, const char *out)
{
	char path[8192];

	if (mkdir(out, 0700))
		must(NULL);
	snprintf(path, sizeof(path), "%s.told", out);
	put(path, &told);
	for (size_t i = 0; i < l->n; i++) {
		snprintf(path, sizeof(path), "%s/%s", out, l->names[i].path);
		if (!*l->names[i].path || !reached(l, l->names[i].path))
			continue;
		if (!l->names[i].file->folder)
			put(path, &l->content[i]);
		else if (mkdir(path, 0700))
			must(NULL);
	}
}

static void leave(const char *out, size_t happened, enum chance data, enum chance name)
{
	static struct left l;
	static uint64_t seen[MOST];
	static size_t n;
	char path[4096];
	size_t i = 0;

	look(&l, happened == n_events, data, name);
	while (i < n && seen[i] != l.hash)
		i++;
	if (i == n && n < MOST) {
		seen[n++] = l.hash;
		snprintf(path, sizeof(path), "%s/%zu", out, n);
		write_out(&l, path);
		printf("%zu %s %zu data-%s-names-%s\n", n, happened == n_events ? "over" : "cut",
		       happened, ways[data], ways[name]);
	}
	if (happened == n_events && data == KEPT && name == KEPT) {
		snprintf(path, sizeof(path), "%s/whole", out);
		write_out(&l, path);
	}
	for (i = 0; i < l.n; i++)
		free(l.content[i].at);
}

static void cut(const char *out, size_t happened)
{
	for (size_t i = 0; i < happened; i++)
		happen(&events[i]);
	leave(out, happened, LOST, LOST);
	leave(out, happened, LOST, KEPT);
	/* most waits before a sync */
	if (happened == n_events || events[happened].e.what == POWER_SYNC) {
		leave(out, happened, KEPT, LOST);
		leave(out, happened, KEPT, KEPT);
		leave(out, happened, PART, PART);
	}
	forget();
}

int main(int argc, char **argv)
{
	size_t started = 0;

	if (argc != 4)
		return 2;
	chaos = strtoull(argv[3], NULL, 10) * 2 + 1;
	read_log(argv[1]);
	while (started < n_events && events[started].e.what != POWER_START)
		started++;
	for (size_t i = started + 1; i <= n_events; i++)
		cut(argv[2], i);
	return fflush(stdout) ? 1 : 0;
}
