/* SPDX-License-Identifier: Apache-2.0 */
/* A long list of names, one a line, read again and again from its file: memory does not grow with
 * it, but for two bits a name. */
#ifndef BASE_ROLL_H
#define BASE_ROLL_H

#include "base/blocks.h"

#include <sys/stat.h>

struct roll {
	struct blocks in;
	struct buf text; /* the block at hand */
	char *at, *end;  /* what is left of it */
	size_t line;     /* of the name given last, from 1 */
	size_t n;        /* names given since the start */
	off_t start;
	char *(*strip)(char *line); /* NULL, or what of a line is the name */
	struct stat was;            /* when it was opened */
	size_t names;               /* that roll_find_twice looked at */
	uint8_t *twice;             /* a bit for each of them */
};
#define ROLL(name) __attribute__((cleanup(roll_close))) struct roll name = {.in = {.fd = -1}}
void roll_close(struct roll *r);

/* Opens a file (NULL or "-": stdin, from where it stands); what is no file is copied into one
 * without a name first. Status 3 where there is none, 4. */
int roll_open(struct roll *r, const char *path, struct why *why)
	__attribute__((warn_unused_result));
/* To the start. Status 3 where the file has changed since it was opened. */
int roll_rewind(struct roll *r, struct why *why) __attribute__((warn_unused_result));
/* The next line that is not empty, without its end, until the next call: 1; 0 at the end; -1,
 * status 3 where it is no text. */
int roll_next(struct roll *r, char **name, struct why *why) __attribute__((warn_unused_result));

/* Finds which of the first most names came before, and rewinds. */
int roll_find_twice(struct roll *r, size_t most, struct why *why)
	__attribute__((warn_unused_result));
/* Whether the name given last came before. */
bool roll_is_twice(const struct roll *r);

#endif
