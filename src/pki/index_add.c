/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lock.h"
#include "base/outfile.h"
#include "pki/index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOCK_SECONDS 10
#define PATH_ROOM 4096
#define LINE_ROOM 8192

/* The index is locked by a file beside it: the index itself is renamed over. */
int index_lock(const char *path, struct why *why)
{
	char name[PATH_ROOM];
	int fd;

	if (snprintf(name, sizeof(name), "%s.lock", path) >= (int)sizeof(name))
		return why_input(why, "%s: this path is too long", path);
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return why_sys(why, "%s: %s", name, strerror(errno));
	if (lock_wait(fd, LOCK_SECONDS)) {
		close(fd);
		return why_busy(why, "%s: another process holds the index", name);
	}
	return fd;
}

/* openssl would take one certificate a subject alone, and a TRE may have two pairs (B.2.2.1
 * NOTE 4). */
static int write_attributes(const char *path, struct why *why)
{
	static const char text[] = "unique_subject = no\n";
	char name[PATH_ROOM];

	if (snprintf(name, sizeof(name), "%s.attr", path) >= (int)sizeof(name))
		return why_input(why, "%s: this path is too long", path);
	if (access(name, F_OK) == 0)
		return 0;
	return outfile_put(name, OUTFILE_PUBLIC, text, sizeof(text) - 1, why);
}

static int check_lines(FILE *f, const char *path, struct why *why)
{
	struct index_line l;
	char line[LINE_ROOM];

	for (size_t n = 1; fgets(line, sizeof(line), f); n++) {
		const char *end = strchr(line, '\n');

		if (!end && feof(f))
			why_input(why, "the last line has no end");
		else if (!end)
			why_input(why, "a 0 octet, or a line that is too long");
		if (!end || index_line(&l, line, (size_t)(end - line), why))
			return why_in(why, "%s:%zu", path, n);
	}
	return ferror(f) ? why_sys(why, "%s: %s", path, strerror(errno)) : 0;
}

int index_check(const char *path, struct why *why)
{
	FILE *f = fopen(path, "re");
	int rc;

	if (!f)
		return errno == ENOENT ? 0 : why_sys(why, "%s: %s", path, strerror(errno));
	rc = check_lines(f, path, why);
	fclose(f);
	return rc;
}

static int copy(struct outfile *to, const char *from, struct why *why)
{
	char part[65536];
	const int fd = open(from, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;
	int rc = 0;

	if (fd < 0)
		return errno == ENOENT ? 0 : why_sys(why, "%s: %s", from, strerror(errno));
	while (rc == 0 && (n = read(fd, part, sizeof(part))) > 0)
		rc = outfile_write(to, part, (size_t)n, why);
	close(fd);
	if (rc == 0 && n < 0)
		rc = why_sys(why, "%s: %s", from, strerror(errno));
	return rc;
}

/* What is added stands in rows, or in a file. */
static int add_locked(const char *path, const struct buf *rows, const char *file, struct why *why)
{
	OUTFILE(to);

	return index_check(path, why) || outfile_open(&to, path, OUTFILE_PUBLIC, why) ||
			       copy(&to, path, why) || write_attributes(path, why) ||
			       (rows ? outfile_write(&to, buf_text(rows), rows->len, why)
				     : copy(&to, file, why)) ||
			       outfile_close(&to, why)
		       ? -1
		       : 0;
}

int index_add(const char *path, const struct buf *rows, struct why *why)
{
	const int fd = index_lock(path, why);
	int rc;

	if (fd < 0)
		return -1;
	rc = add_locked(path, rows, NULL, why);
	close(fd);
	return rc;
}

/* Whether the index has the first line of file: all of it was added at once then. */
static int has_first(const char *path, const char *file, struct why *why)
{
	FILE *rows = fopen(file, "re"), *index = fopen(path, "re");
	char first[512] = "", line[512];
	int found = 0;

	if (!rows || !fgets(first, sizeof(first), rows))
		found = why_sys(why, "%s: %s", file, strerror(errno));
	while (index && found == 0 && fgets(line, sizeof(line), index))
		/* it may be revoked since: the serial number and what follows is the same */
		found = strlen(line) > 20 && strlen(first) > 20 && strstr(first, "\t\t") &&
			strstr(line, strstr(first, "\t\t") + 1);
	if (rows)
		fclose(rows);
	if (index)
		fclose(index);
	return found;
}

int index_add_file(const char *path, const char *file, struct why *why)
{
	const int fd = index_lock(path, why);
	int rc;

	if (fd < 0)
		return -1;
	rc = index_check(file, why) ? -1 : has_first(path, file, why);
	if (rc == 0)
		rc = add_locked(path, NULL, file, why);
	close(fd);
	return rc < 0 ? -1 : 0;
}
