/* SPDX-License-Identifier: Apache-2.0 */
/* Why something failed: one sentence, and the exit status that it deserves. */
#ifndef BASE_WHY_H
#define BASE_WHY_H

/* Exit statuses: part of the interface, see m2m-exit(7). Never renumbered. */
enum {
	TOOL_OK = 0,    /* done, or the verdict is yes */
	TOOL_NO = 1,    /* the verdict is no: not to be trusted, or not allowed in this state */
	TOOL_USAGE = 2, /* the command line is wrong */
	TOOL_INPUT = 3, /* the input is not what it must be */
	TOOL_SYS = 4,   /* the system or a library failed */
	TOOL_BUSY = 5,  /* out of reach or busy: try again */
};

/* reason is the stable kebab-case word of a refusal, and empty for every other status. */
struct why {
	int status;
	char reason[32];
	char text[320];
};

/* Each writes the sentence and returns -1, so `return why_input(why, "...");`. why may be NULL.
 * Lower case, no full stop, the field by its 3GPP name, what was wanted and what came, never a
 * secret. Control characters become `?`, since the text may quote a hostile file. */
int why_input(struct why *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int why_sys(struct why *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int why_busy(struct why *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int why_usage(struct why *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int why_refuse(struct why *why, const char *reason, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Status 2 where the option's value is NULL. */
int why_need(struct why *why, const char *value, const char *option);

/* What came, for a sentence: 'VALUE' where it is short and printable, else "N characters", since a
 * file in another's place may hold a key there (the shortest that we have are 16 octets). */
#define WHY_GOT(value) why_got((char[32]){0}, (value))
const char *why_got(char quoted[static 32], const char *value);

/* Puts "prefix: " before the sentence; returns -1. Callers add the file's name, and its line. */
int why_in(struct why *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same for malformed input alone, and not where the file is named already; a parser that was
 * not told the name says "document:LINE: ...". */
int why_in_file(struct why *why, const char *file);

#endif
