/* SPDX-License-Identifier: Apache-2.0 */
#include "base/tool.h"

#include "base/version.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#ifdef M2M_GOLDEN
#include "golden/golden.h"
#else
#define GOLDEN_NOTE ""
#endif

#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_OPTS 48
#define FIRST_LONG 256

static const char *name = "m2m";

const char *tool_name(void)
{
	return name;
}

__attribute__((format(printf, 2, 0))) static void say(const char *kind, const char *fmt, va_list ap)
{
	char text[512];

	vsnprintf(text, sizeof(text), fmt, ap);
	fprintf(stderr, "%s: %s%s\n", name, kind, text);
}

void tool_usage(const char *fmt, ...)
{
	va_list ap;
	char text[512];

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(stderr, "%s: %s (%s --help shows how)\n", name, text, name);
	exit(TOOL_USAGE);
}

void tool_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("warning: ", fmt, ap);
	va_end(ap);
}

int tool_fail_to(FILE *to, const struct why *why)
{
	if (why->status == TOOL_NO)
		fprintf(to, "%s: refused: %s: %s\n", name, why->reason, why->text);
	else /* who has no memory may have no words either */
		fprintf(to, "%s: %s\n", name, *why->text ? why->text : "out of memory");
	/* a value that an option cannot have, whichever parser says so */
	if (why->status == TOOL_INPUT && strncmp(why->text, "--", 2) == 0)
		return TOOL_USAGE;
	return why->status ? why->status : TOOL_SYS;
}

int tool_fail(const struct why *why)
{
	return tool_fail_to(stderr, why);
}

int tool_close_stdout(struct why *why)
{
	if (fflush(stdout) || ferror(stdout) || fclose(stdout))
		return why_sys(why, "stdout: %s", strerror(errno));
	return 0;
}

static void print_option(const struct tool_opt *o)
{
	char left[64];

	snprintf(left, sizeof(left), "%c%c%s--%s%s%s", o->letter ? '-' : ' ',
		 o->letter ? o->letter : ' ', o->letter ? ", " : "  ", o->name, o->arg ? "=" : "",
		 o->arg ? o->arg : "");
	printf("  %-28s  %s\n", left, o->help ? o->help : "");
}

static void print_usage(const struct tool *t)
{
	const char *lead = "usage: ";

	for (const char *p = t->synopsis; *p; lead = "       ") {
		size_t n = strcspn(p, "\n");

		printf("%s%.*s\n", lead, (int)n, p);
		p += n + (p[n] == '\n');
	}
	printf("\n%s\n\n", t->about);
}

static void help(const struct tool *t, const struct tool_opt *opts)
{
	struct why why = {0};

	print_usage(t);
	for (; opts && opts->name; opts++)
		print_option(opts);
	print_option(&(struct tool_opt){"help", 'h', TOOL_FLAG, NULL, NULL, "print this, and end"});
	print_option(&(struct tool_opt){"version", 'V', TOOL_FLAG, NULL, NULL,
					"print the version, and end"});
	printf("\nThe manual page %s(1) says more.\n", t->name);
	exit(tool_close_stdout(&why) ? tool_fail(&why) : TOOL_OK);
}

static void version(const struct tool *t)
{
	struct why why = {0};

	printf("%s %s%s%s\n", t->name, M2M_VERSION, *GOLDEN_NOTE ? " " : "", GOLDEN_NOTE);
	exit(tool_close_stdout(&why) ? tool_fail(&why) : TOOL_OK);
}

static bool is_path(const struct tool_opt *o)
{
	static const char *const words[] = {"FILE", "F", "DB", "DIR", "KEY", "CERT"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(o->arg, words[i]) == 0)
			return true;
	return o->letter == 'i' || o->letter == 'o';
}

static void take(const struct tool_opt *o, bool *seen, const char *value)
{
	struct tool_list *list = o->value;

	if (o->kind != TOOL_FLAG && !*value && is_path(o))
		tool_usage("--%s: want a name, got nothing", o->name);
	if (o->kind == TOOL_LIST) {
		if (list->len == sizeof(list->item) / sizeof(*list->item) - 1)
			tool_usage("--%s: given more than %zu times", o->name, list->len);
		list->item[list->len++] = value;
		return;
	}
	if (*seen && o->kind == TOOL_TEXT)
		tool_usage("--%s: given twice", o->name);
	*seen = true;
	if (o->kind == TOOL_FLAG)
		*(bool *)o->value = true;
	else
		*(const char **)o->value = value;
}

struct getopt_tables {
	struct option longs[MAX_OPTS + 3];
	char shorts[2 * MAX_OPTS + 8];
};

static void build_tables(struct getopt_tables *g, const struct tool_opt *opts, const char *mode)
{
	size_t n = 0;
	char *s = g->shorts + snprintf(g->shorts, sizeof(g->shorts), "%s:hV", mode);

	for (; opts && opts[n].name; n++) {
		if (n == MAX_OPTS)
			abort();
		g->longs[n] = (struct option){
			opts[n].name, opts[n].kind == TOOL_FLAG ? no_argument : required_argument,
			NULL, FIRST_LONG + (int)n};
		if (opts[n].letter) {
			*s++ = opts[n].letter;
			if (opts[n].kind != TOOL_FLAG)
				*s++ = ':';
		}
	}
	*s = '\0';
	g->longs[n++] = (struct option){"help", no_argument, NULL, 'h'};
	g->longs[n++] = (struct option){"version", no_argument, NULL, 'V'};
	g->longs[n] = (struct option){0};
}

static int parse(const struct tool *t, const struct tool_opt *opts, const char *mode, int argc,
		 char **argv)
{
	struct getopt_tables g;
	bool seen[MAX_OPTS] = {false};

	build_tables(&g, opts, mode);
	opterr = 0;
	optind = 0;
	for (int c; (c = getopt_long(argc, argv, g.shorts, g.longs, NULL)) != -1;) {
		size_t n = (size_t)(c - FIRST_LONG);

		if (c == 'h')
			help(t, opts);
		if (c == 'V')
			version(t);
		if (c == ':')
			tool_usage("option '%s' wants a value", argv[optind - 1]);
		if (c == '?' && optopt && optopt < FIRST_LONG)
			tool_usage("unknown option '-%c'", optopt);
		if (c == '?')
			tool_usage("unknown option '%s'", argv[optind - 1]);
		if (c < FIRST_LONG)
			for (n = 0; opts[n].letter != c;)
				n++;
		take(&opts[n], &seen[n], optarg);
	}
	return optind;
}

/* No file that is opened takes the number of a stream that came closed, and what is meant for that:
 * each is held by a descriptor that can do nothing. */
static void hold_streams(void)
{
	static const int how[] = {O_WRONLY, O_RDONLY, O_RDONLY};

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", how[fd]) != fd)
			exit(TOOL_SYS);
}

/* A file that would grow beyond a limit is an error of write(2), and no end without a word. */
static void start(const struct tool *t)
{
	name = t->name;
	hold_streams();
	signal(SIGXFSZ, SIG_IGN);
#ifdef M2M_GOLDEN
	golden_start(name);
#endif
}

int tool_options(const struct tool *t, const struct tool_opt *opts, int argc, char **argv)
{
	start(t);
	return parse(t, opts, "", argc, argv);
}

void tool_options_alone(const struct tool *t, const struct tool_opt *opts, int argc, char **argv)
{
	if (tool_options(t, opts, argc, argv) != argc)
		tool_usage("no operand is wanted");
}

static const struct tool_opt *named(const struct tool_opt *opts, const char *option)
{
	while (opts->name && strcmp(opts->name, option) != 0)
		opts++;
	if (!opts->name)
		abort();
	return opts;
}

int tool_options_of(const struct tool *t, const struct tool_opt *all, const char *const names[],
		    int argc, char **argv)
{
	struct tool_opt own[MAX_OPTS + 1] = {{0}};

	for (size_t i = 0; names[i]; i++)
		own[i] = *named(all, names[i]);
	return tool_options(t, own, argc, argv);
}

void tool_wanted(const struct tool_opt *all, const char *option)
{
	if (!*(const char *const *)named(all, option)->value)
		tool_usage("--%s is wanted", option);
}

int tool_verbs(const struct tool *t, const struct tool_opt *common, const struct tool_verb *verbs,
	       int argc, char **argv)
{
	int first;

	start(t);
	first = parse(t, common, "+", argc, argv);
	if (first == argc)
		tool_usage("which command? none was given");
	for (; verbs->name; verbs++)
		if (strcmp(verbs->name, argv[first]) == 0)
			return verbs->run(argc - first, argv + first);
	tool_usage("unknown command '%s'", argv[first]);
}
