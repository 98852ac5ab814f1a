/* SPDX-License-Identifier: Apache-2.0 */
/* A line of tre/many.h as an order: for its files alone. */
#ifndef TRE_MANY_ORDER_H
#define TRE_MANY_ORDER_H

#include "tre/tre.h"

#define MANY_FILES 8

/* What stands in memory for the length of an act: files, and what the order was before. */
struct many_order {
	struct tre_order *order, before;
	int fd[MANY_FILES];
	char path[MANY_FILES][32];
	const char *member[MANY_FILES]; /* what it is in the line: borrowed */
	size_t n;
};
void many_order_end(struct many_order *o);
#define MANY_ORDER(name) __attribute__((cleanup(many_order_end))) struct many_order name = {0}

/* Fills m->order in. Status 3 where a member is no word of the act, or of another kind. */
int many_order(struct many_order *o, const struct tre_many *m, const struct tre_act *act,
	       const char *tre_id, const json_t *line, struct why *why)
	__attribute__((warn_unused_result));
/* A file of the command line (NULL: none), read once for all lines; its content, with its length,
 * is appended to all. */
int many_order_hold(struct many_order *o, const char **file, struct buf *all, struct why *why)
	__attribute__((warn_unused_result));
/* A complaint about a file in memory is one about its member. */
void many_order_name(const struct many_order *o, struct why *why);
/* Status 3 where there is any. */
int many_order_none(const json_t *line, struct why *why) __attribute__((warn_unused_result));

#endif
