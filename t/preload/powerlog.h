/* SPDX-License-Identifier: Apache-2.0 */
/* What the recorder of a run (powerlog.c) writes down, and powercut.c replays. */
#ifndef POWERLOG_H
#define POWERLOG_H

#include <stdint.h>

/* One thing that happened to a disk; then `path` octets of a path and `data` octets. */
struct powerlog {
	char what;
	uint32_t path, data;
	uint64_t inode, at;
};

enum {
	POWER_FILE = 'F',   /* path is a new file */
	POWER_FOLDER = 'D', /* path is a new folder */
	POWER_WRITE = 'W',  /* data at octet `at` */
	POWER_SIZE = 'T',   /* the file has `at` octets now */
	POWER_SYNC = 'S',   /* a file, or a folder's entries */
	POWER_RENAME = 'R', /* path; data is the new path */
	POWER_UNLINK = 'U', /* path */
	POWER_START = '0',  /* what was there before the run is on the disk */
	POWER_TOLD = 'A',   /* data went to stdout */
};

#endif
