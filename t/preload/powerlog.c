/* SPDX-License-Identifier: Apache-2.0 */
/* LD_PRELOAD: writes down into the file $POWERLOG what a run does to the folder $POWERLOG_DISK (an
 * absolute path without links), and what it tells on stdout: see powerlog.h. With $POWERLOG_DEAF
 * it leaves the syncs out. Without $POWERLOG no sync is made at all: what looks at what is left
 * loses no time. */
#define _GNU_SOURCE
#include "powerlog.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REAL(type, name, ...)             \
	static type (*real)(__VA_ARGS__); \
	if (!real)                        \
	*(void **)&real = dlsym(RTLD_NEXT, name)

static int out = -1;
static pid_t self;
static char disk[4096];
static bool is_deaf;
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;

static void put(const void *bytes, size_t len)
{
	if (len && syscall(SYS_write, out, bytes, len) != (long)len)
		_exit(98);
}

static void note(char what, uint64_t inode, uint64_t at, const char *path, const void *data,
		 size_t len)
{
	struct powerlog e = {.what = what, .data = (uint32_t)len, .inode = inode, .at = at};

	if (out < 0 || getpid() != self)
		return;
	e.path = (uint32_t)(path ? strlen(path) : 0);
	pthread_mutex_lock(&one);
	put(&e, sizeof(e));
	put(path, e.path);
	put(data, len);
	pthread_mutex_unlock(&one);
}

/* The path below the disk; NULL: it is not there. */
static const char *below(const char *path, char whole[4096])
{
	char folder[4096], found[4096];
	const char *name = strrchr(path, '/');
	const size_t n = strlen(disk);

	snprintf(folder, sizeof(folder), "%.*s", name ? (int)(name - path) : 1, name ? path : ".");
	if (!realpath(*folder ? folder : "/", found))
		return NULL;
	if (snprintf(whole, 4096, "%s/%s", found, name ? name + 1 : path) >= 4096)
		_exit(98);
	return strncmp(whole, disk, n) == 0 && whole[n] == '/' ? whole + n + 1 : NULL;
}

/* The inode of a file on the disk, 0 for any other. */
static uint64_t inode_of(int fd)
{
	char link[64], path[4096];
	const size_t n = strlen(disk);
	struct stat st;
	ssize_t got;

	if (out < 0 || fstat(fd, &st))
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	got = readlink(link, path, sizeof(path) - 1);
	path[got < 0 ? 0 : got] = '\0';
	return strncmp(path, disk, n) == 0 && (path[n] == '/' || !path[n]) ? st.st_ino : 0;
}

static int was_there(const char *path, const struct stat *st, int type, struct FTW *where)
{
	const char *name = path + strlen(disk) + 1;
	static char bytes[1 << 22];
	int fd;
	long n;

	(void)where;
	if (type == FTW_D)
		return note(POWER_FOLDER, st->st_ino, 0, path[strlen(disk)] ? name : "", NULL, 0),
		       0;
	note(POWER_FILE, st->st_ino, 0, name, NULL, 0);
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
	n = syscall(SYS_read, fd, bytes, sizeof(bytes));
	if (n < 0 || n == sizeof(bytes))
		_exit(98);
	note(POWER_WRITE, st->st_ino, 0, NULL, bytes, (size_t)n);
	syscall(SYS_close, fd);
	return 0;
}

__attribute__((constructor)) static void begin(void)
{
	const char *log = getenv("POWERLOG"), *root = getenv("POWERLOG_DISK");

	if (!log || !root)
		return;
	snprintf(disk, sizeof(disk), "%s", root);
	self = getpid();
	is_deaf = getenv("POWERLOG_DEAF") != NULL;
	out = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			   0600);
	if (out < 0) /* a command that the first one starts */
		return;
	if (nftw(disk, was_there, 8, FTW_PHYS))
		_exit(98);
	note(POWER_START, 0, 0, NULL, NULL, 0);
}

static int opened(int fd, const char *path, bool is_new)
{
	const int kept = errno;
	char whole[4096];
	const char *name = fd >= 0 && is_new && out >= 0 ? below(path, whole) : NULL;
	struct stat st;

	if (name && fstat(fd, &st) == 0)
		note(POWER_FILE, st.st_ino, 0, name, NULL, 0);
	errno = kept;
	return fd;
}

#define OPEN(name)                                                                \
	int name(const char *path, int flags, ...)                                \
	{                                                                         \
		const bool is_new = (flags & O_CREAT) && access(path, F_OK) != 0; \
		va_list ap;                                                       \
		int mode = 0;                                                     \
		REAL(int, #name, const char *, int, ...);                         \
		if (flags & O_CREAT) {                                            \
			va_start(ap, flags);                                      \
			mode = va_arg(ap, int);                                   \
			va_end(ap);                                               \
		}                                                                 \
		return opened(real(path, flags, mode), path, is_new);             \
	}
OPEN(open)
OPEN(open64)

int mkstemp(char *path)
{
	REAL(int, "mkstemp", char *);
	const int fd = real(path);

	return opened(fd, path, true);
}

int mkdir(const char *path, mode_t mode)
{
	REAL(int, "mkdir", const char *, mode_t);
	const int rc = real(path, mode);
	char whole[4096];
	struct stat st;
	const int kept = errno;
	const char *name = rc == 0 && out >= 0 ? below(path, whole) : NULL;

	if (name && stat(path, &st) == 0)
		note(POWER_FOLDER, st.st_ino, 0, name, NULL, 0);
	errno = kept;
	return rc;
}

static void wrote(int fd, const void *bytes, ssize_t n, off_t end)
{
	const int kept = errno;
	const uint64_t inode = n > 0 ? inode_of(fd) : 0;

	if (inode)
		note(POWER_WRITE, inode, (uint64_t)(end - n), NULL, bytes, (size_t)n);
	else if (n > 0 && fd == STDOUT_FILENO)
		note(POWER_TOLD, 0, 0, NULL, bytes, (size_t)n);
	errno = kept;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	REAL(ssize_t, "write", int, const void *, size_t);
	const ssize_t n = real(fd, bytes, len);

	wrote(fd, bytes, n, lseek(fd, 0, SEEK_CUR));
	return n;
}

#define PWRITE(name)                                                    \
	ssize_t name(int fd, const void *bytes, size_t len, off_t at)   \
	{                                                               \
		REAL(ssize_t, #name, int, const void *, size_t, off_t); \
		const ssize_t n = real(fd, bytes, len, at);             \
		wrote(fd, bytes, n, at + n);                            \
		return n;                                               \
	}
PWRITE(pwrite)
PWRITE(pwrite64)

/* A call on a descriptor that is noted where it works. */
static int noted(int rc, char what, int fd, off_t at)
{
	const int kept = errno;
	const uint64_t inode = rc == 0 ? inode_of(fd) : 0;

	if (inode)
		note(what, inode, (uint64_t)at, NULL, NULL, 0);
	errno = kept;
	return rc;
}

#define SIZE(name)                                              \
	int name(int fd, off_t at)                              \
	{                                                       \
		REAL(int, #name, int, off_t);                   \
		return noted(real(fd, at), POWER_SIZE, fd, at); \
	}
SIZE(ftruncate)
SIZE(ftruncate64)

#define SYNC(name)                                                              \
	int name(int fd)                                                        \
	{                                                                       \
		REAL(int, #name, int);                                          \
		if (out < 0)                                                    \
			return 0;                                               \
		return is_deaf ? real(fd) : noted(real(fd), POWER_SYNC, fd, 0); \
	}
SYNC(fsync)
SYNC(fdatasync)

int rename(const char *from, const char *to)
{
	char a[4096], b[4096];
	const char *x = out >= 0 ? below(from, a) : NULL, *y = out >= 0 ? below(to, b) : NULL;
	REAL(int, "rename", const char *, const char *);
	const int rc = real(from, to);

	if (rc == 0 && x && y)
		note(POWER_RENAME, 0, 0, x, y, strlen(y));
	return rc;
}

int renameat2(int in, const char *from, int to_in, const char *to, unsigned flags)
{
	char a[4096], b[4096];
	const char *x = out >= 0 ? below(from, a) : NULL, *y = out >= 0 ? below(to, b) : NULL;
	REAL(int, "renameat2", int, const char *, int, const char *, unsigned);
	const int rc = real(in, from, to_in, to, flags);

	if (rc == 0 && x && y)
		note(POWER_RENAME, 0, 0, x, y, strlen(y));
	return rc;
}

int unlink(const char *path)
{
	char a[4096];
	const char *x = out >= 0 ? below(path, a) : NULL;
	REAL(int, "unlink", const char *);
	const int rc = real(path);

	if (rc == 0 && x)
		note(POWER_UNLINK, 0, 0, x, NULL, 0);
	return rc;
}
