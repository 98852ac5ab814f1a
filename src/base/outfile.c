/* SPDX-License-Identifier: Apache-2.0 */
#include "base/outfile.h"

#include "base/lock.h"
#include "base/num.h"
#include "base/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_SECONDS 10

static int failed(const char *path, struct why *why)
{
	return why_sys(why, "%s: %s", path, strerror(errno));
}

int outfile_write_all(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* The folder that path stands in. */
static int open_folder(const char *path, struct why *why)
{
	char *copy = strdup(path);
	int fd;

	if (!copy)
		return why_sys(why, "out of memory");
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	return fd < 0 ? failed(path, why) : fd;
}

int outfile_sync_folder(const char *path, struct why *why)
{
	const int fd = open_folder(path, why);
	int rc;

	if (fd < 0)
		return -1;
	rc = fsync(fd);
	close(fd);
	return rc ? failed(path, why) : 0;
}

int outfile_hold_folder(const char *path, struct why *why)
{
	const int fd = open_folder(path, why);

	/* on a file system without locks a key is still not replaced */
	if (fd < 0 || lock_wait(fd, LOCK_SECONDS) == 0 || (errno != EWOULDBLOCK && errno != EINTR))
		return fd;
	close(fd);
	return why_busy(why, "%s: another process writes keys into this folder", path);
}

/* ---- what is staged goes where a signal ends the process ---- */

#define STAGED_MAX 16
static const char *staged_now[STAGED_MAX];

static void clean_up(int sig)
{
	for (size_t i = 0; i < STAGED_MAX; i++) {
		const char *path = __atomic_load_n(&staged_now[i], __ATOMIC_SEQ_CST);

		if (path)
			unlink(path);
	}
	signal(sig, SIG_DFL);
	raise(sig);
}

static void swap_staged(const char *from, const char *to)
{
	for (size_t i = 0; i < STAGED_MAX; i++) {
		const char *was = from;

		if (__atomic_compare_exchange_n(&staged_now[i], &was, to, false, __ATOMIC_SEQ_CST,
						__ATOMIC_SEQ_CST))
			return;
	}
}

static void remember(const char *staged)
{
	static const int ends[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE};
	const struct sigaction act = {.sa_handler = clean_up};
	struct sigaction was;

	swap_staged(NULL, staged);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (sigaction(ends[i], NULL, &was) == 0 && was.sa_handler == SIG_DFL)
			sigaction(ends[i], &act, NULL);
}

static void forget(struct outfile *o)
{
	if (o->staged)
		swap_staged(o->staged, NULL);
	free(o->staged);
	o->staged = NULL;
}

/* ---- where a path leads ---- */

/* The number of our own descriptor that /dev/stdout, /dev/fd/N or the like stands for; -1: none. */
static int descriptor(const char *path)
{
	char own[32], folder[PATH_MAX], *copy = strdup(path);
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	uint64_t fd;
	bool is_own;

	snprintf(own, sizeof(own), "/proc/%ld/fd", (long)getpid());
	is_own = copy && realpath(dirname(copy), folder) && strcmp(folder, own) == 0 &&
		 num_parse(&fd, name, 0, INT_MAX, "descriptor", NULL) == 0;
	free(copy);
	return is_own ? (int)fd : -1;
}

/* Follows links, so that their target is what is written: into at, and its descriptor or -1. */
static int follow(char at[PATH_MAX], const char *path)
{
	struct stat st;
	int fd;

	if (snprintf(at, PATH_MAX, "%s", path) >= PATH_MAX)
		return -1;
	for (int hops = 0; hops < 40 && lstat(at, &st) == 0 && S_ISLNK(st.st_mode); hops++) {
		char to[PATH_MAX];
		const ssize_t n = readlink(at, to, sizeof(to) - 1);
		char *slash = strrchr(at, '/');

		if (n < 0 || (fd = descriptor(at)) >= 0)
			return n < 0 ? -1 : fd;
		to[n] = '\0';
		if (*to == '/' || !slash)
			slash = at;
		else
			slash++;
		if ((size_t)snprintf(slash, PATH_MAX - (size_t)(slash - at), "%s", to) >=
		    PATH_MAX - (size_t)(slash - at))
			return -1;
	}
	return -1;
}

/* ---- */

void outfile_discard(struct outfile *o)
{
	if (o->is_open && o->fd != STDOUT_FILENO)
		close(o->fd);
	if (o->staged)
		unlink(o->staged);
	forget(o);
	free(o->path);
	*o = (struct outfile){0};
}

/* A file that a staged one may take the name of, or none yet. */
static bool is_file(const char *path)
{
	char at[PATH_MAX];
	struct stat st;

	return follow(at, path) < 0 && (stat(at, &st) ? errno != ELOOP : S_ISREG(st.st_mode));
}

static int key_is_there(const char *path, struct why *why)
{
	return why_refuse(why, "file-exists",
			  "%s: a private key or secret is not overwritten without --force", path);
}

/* A name beside the target; one that is as long as names may be is cut, to leave room. */
static char *staged_name(const char *at)
{
	static const char ending[] = ".tmpXXXXXX";
	const char *slash = strrchr(at, '/');
	const size_t folder = slash ? (size_t)(slash + 1 - at) : 0;
	const size_t name = strlen(at + folder), room = NAME_MAX + 1 - sizeof(ending);
	char *staged;

	if (asprintf(&staged, "%.*s%s", (int)(folder + (name < room ? name : room)), at, ending) <
	    0)
		return NULL;
	return staged;
}

/* The file beside the target that will take its name. */
static int begin(struct outfile *o, const char *path, enum outfile_mode mode, struct why *why)
{
	char at[PATH_MAX];
	struct stat st;

	if (mode == OUTFILE_NEW_KEY && lstat(path, &st) == 0)
		return key_is_there(path, why);
	if (!is_file(path)) /* renaming over a device would take it away */
		return why_sys(why, "%s: not a regular file", path);
	follow(at, path);
	o->path = strdup(at);
	o->staged = o->path ? staged_name(at) : NULL;
	if (!o->staged)
		return why_sys(why, "out of memory");
	o->fd = mkstemp(o->staged); /* 0600 under any umask */
	if (o->fd < 0) {
		failed(o->path, why);
		forget(o);
		return -1;
	}
	remember(o->staged);
	o->is_open = true;
	o->is_new = mode == OUTFILE_NEW_KEY;
	if (mode == OUTFILE_PUBLIC) {
		const mode_t mask = umask(0);

		umask(mask);
		fchmod(o->fd, 0666 & ~mask);
	}
	return 0;
}

/* On disk, and no longer open. */
static int settle(struct outfile *o, struct why *why)
{
	int rc = fsync(o->fd) ? failed(o->path, why) : 0;

	o->is_open = false;
	if (close(o->fd) && !rc)
		rc = failed(o->path, why);
	return rc;
}

int outfile_stage(struct outfile *o, const char *path, enum outfile_mode mode, const void *bytes,
		  size_t len, struct why *why)
{
	return begin(o, path, mode, why) || outfile_write(o, bytes, len, why) || settle(o, why) ? -1
												: 0;
}

int outfile_still_new(const struct outfile *o, struct why *why)
{
	struct stat st;

	return o->is_new && lstat(o->path, &st) == 0 ? key_is_there(o->path, why) : 0;
}

/* Some file systems know a rename that replaces nothing, others hard links alone. */
static int name_new(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	return errno == EEXIST || link(from, to) || unlink(from) ? -1 : 0;
}

int outfile_name_new(const char *from, const char *to, struct why *why)
{
	if (name_new(from, to))
		return errno == EEXIST ? key_is_there(to, why) : failed(to, why);
	return 0;
}

int outfile_commit(struct outfile *o, struct why *why)
{
	if (o->is_new ? outfile_name_new(o->staged, o->path, why)
		      : rename(o->staged, o->path) && failed(o->path, why))
		return -1;
	forget(o);
	return outfile_sync_folder(o->path, why);
}

static void warn_of_stdout(enum outfile_mode mode)
{
	struct stat st;

	if (mode != OUTFILE_PUBLIC && fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_mode & 077))
		tool_warn("stdout is a file that others may read, and gets a secret");
}

int outfile_open(struct outfile *o, const char *path, enum outfile_mode mode, struct why *why)
{
	const bool is_stdout = !path || strcmp(path, "-") == 0;
	char at[PATH_MAX];
	const int fd = is_stdout ? STDOUT_FILENO : follow(at, path);

	if (fd < 0 && is_file(path))
		return begin(o, path, mode, why);
	if (fd == STDOUT_FILENO) {
		warn_of_stdout(mode);
		o->fd = STDOUT_FILENO;
		o->path = strdup("stdout");
	} else {
		/* a device or a pipe (/dev/full, a FIFO) cannot be renamed over */
		o->fd = fd < 0 ? open(path, O_WRONLY | O_CLOEXEC) : dup(fd);
		o->path = strdup(path);
		if (o->fd < 0)
			return failed(path, why);
	}
	o->is_open = true;
	return o->path ? 0 : why_sys(why, "out of memory");
}

int outfile_write(struct outfile *o, const void *bytes, size_t len, struct why *why)
{
	return outfile_write_all(o->fd, bytes, len) ? failed(o->path, why) : 0;
}

int outfile_close(struct outfile *o, struct why *why)
{
	if (o->staged)
		return settle(o, why) || outfile_commit(o, why) ? -1 : 0;
	o->is_open = false;
	if (o->fd == STDOUT_FILENO)
		return tool_close_stdout(why);
	return close(o->fd) ? failed(o->path, why) : 0;
}

int outfile_put(const char *path, enum outfile_mode mode, const void *bytes, size_t len,
		struct why *why)
{
	OUTFILE(o);

	return outfile_open(&o, path, mode, why) || outfile_write(&o, bytes, len, why) ||
			       outfile_close(&o, why)
		       ? -1
		       : 0;
}
