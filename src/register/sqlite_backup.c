/* SPDX-License-Identifier: Apache-2.0 */
#include "base/outfile.h"
#include "register/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int sqlite_check(struct reg *r, struct why *why)
{
	STATEMENT(s);
	int got;

	if (db_prepare(r, &s, "PRAGMA integrity_check", NULL, 0, why))
		return -1;
	got = db_step(s, why);
	if (got < 0)
		return -1;
	return got && strcmp(db_text(s, 0), "ok") == 0 ? 0
						       : why_input(why, "the register is damaged");
}

static int copy(struct reg *r, const char *path, struct why *why)
{
	sqlite3 *to = NULL;
	sqlite3_backup *b = NULL;
	int rc = 0, step = SQLITE_ERROR;

	if (sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
		b = sqlite3_backup_init(to, "main", r->own, "main");
	if (b) {
		step = sqlite3_backup_step(b, -1);
		sqlite3_backup_finish(b);
	}
	/* of a lock finish tells nothing */
	if (step == SQLITE_BUSY || step == SQLITE_LOCKED)
		rc = why_busy(why, "the register is locked by another process");
	else if (step != SQLITE_DONE || sqlite3_errcode(to) != SQLITE_OK)
		rc = sqlite_failed(to, why);
	if (sqlite3_close(to) != SQLITE_OK && !rc)
		rc = why_sys(why, "the copy cannot be closed");
	return rc;
}

/* Neither a device nor the register itself may be renamed over. */
static int check_target(struct reg *r, const char *path, struct why *why)
{
	const char *own = sqlite3_db_filename(r->own, "main");
	struct stat st, mine;

	if (stat(path, &st))
		return 0;
	if (!S_ISREG(st.st_mode))
		return why_sys(why, "%s: not a regular file", path);
	if (own && stat(own, &mine) == 0 && st.st_dev == mine.st_dev && st.st_ino == mine.st_ino)
		return why_usage(why, "%s is the register itself", path);
	return 0;
}

static int sync_file(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const int rc = fd < 0 ? -1 : fsync(fd);

	if (fd >= 0)
		close(fd);
	return rc;
}

int sqlite_backup(struct reg *r, const char *path, struct why *why)
{
	OUTFILE(staged);

	if (!path || strcmp(path, "-") == 0)
		return why_usage(why, "-o FILE is wanted: a copy is not written from its beginning "
				      "to its end, so that no stream takes it");
	if (check_target(r, path, why) ||
	    outfile_stage(&staged, path, OUTFILE_SECRET, NULL, 0, why))
		return -1;
	if (copy(r, staged.staged, why))
		return why_in(why, "%s", path);
	if (sync_file(staged.staged))
		return why_sys(why, "%s: %s", path, strerror(errno));
	return outfile_commit(&staged, why);
}
