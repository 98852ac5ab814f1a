/* SPDX-License-Identifier: Apache-2.0 */
/* What every tool shares: its options, its help, its one line on stderr. */
#ifndef BASE_TOOL_H
#define BASE_TOOL_H

#include "base/why.h"

#include <stddef.h>
#include <stdio.h>

/* Where an option's value goes. */
enum tool_opt_kind {
	TOOL_FLAG, /* bool */
	TOOL_TEXT, /* const char *: given once at most */
	TOOL_LIST, /* struct tool_list: may be repeated */
};

struct tool_list {
	const char *item[17]; /* NULL at the end */
	size_t len;
};

/* One option; letter is 0 where it has none, arg is NULL for a flag. A table ends with {0}. */
struct tool_opt {
	const char *name;
	char letter;
	enum tool_opt_kind kind;
	void *value;
	const char *arg;
	const char *help;
};

/* synopsis: the same text as the man page's SYNOPSIS, one line a form. */
struct tool {
	const char *name;
	const char *synopsis;
	const char *about; /* one sentence */
};

/* Reads argv with getopt_long (so `--` ends the options, and options may follow operands) and
 * fills the table's values. -h, --help, -V and --version are every tool's. An unknown option, a
 * missing value or a single-valued option given twice ends the process with status 2 and one line.
 * Returns the index of the first operand. */
int tool_options(const struct tool *t, const struct tool_opt *opts, int argc, char **argv);

/* The same for a tool that takes no operand: one is status 2 too. */
void tool_options_alone(const struct tool *t, const struct tool_opt *opts, int argc, char **argv);

/* Of a table only the options named (NULL at the end), so that another command's is an unknown one;
 * else as tool_options. */
int tool_options_of(const struct tool *t, const struct tool_opt *all, const char *const names[],
		    int argc, char **argv);

/* Status 2 where the option of that name, which takes a value, was not given. */
void tool_wanted(const struct tool_opt *all, const char *option);

/* A tool with verbs: run gets argv from the verb on, and returns the exit status. */
struct tool_verb {
	const char *name;
	int (*run)(int argc, char **argv);
};

/* Dispatches on the verb; the table ends with {0}. common may be NULL: options that stand before
 * the verb. Ends with status 2 where the verb is missing or unknown. */
int tool_verbs(const struct tool *t, const struct tool_opt *common, const struct tool_verb *verbs,
	       int argc, char **argv);

/* Status 2 with `TOOL: text (TOOL --help shows how)`. */
void tool_usage(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* Prints `TOOL: text`, or `TOOL: refused: REASON: text`, and returns why's status. */
int tool_fail(const struct why *why);
/* The same into a stream of the caller's, who has many to tell. */
int tool_fail_to(FILE *to, const struct why *why);

/* Prints `TOOL: warning: text`: for what the user should know though the work goes on. */
void tool_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The tool's name, for messages; set by tool_options and tool_verbs. */
const char *tool_name(void);

/* Flushes and closes stdout: a full disk must not exit 0. */
int tool_close_stdout(struct why *why) __attribute__((warn_unused_result));

#endif
