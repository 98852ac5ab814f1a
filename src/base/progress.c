/* SPDX-License-Identifier: Apache-2.0 */
#include "base/progress.h"

#include "base/tool.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define BAR 30
#define TERMINAL_SECONDS 0.2
#define LINE_SECONDS 5

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void progress_start(struct progress *p, const char *what, uint64_t done, uint64_t total,
		    bool wanted)
{
	struct sigaction act = {.sa_handler = stop};

	*p = (struct progress){.what = what, .done = done, .total = total, .at_start = done};
	p->started = p->told = now();
	p->shows = wanted;
	p->is_terminal = isatty(STDERR_FILENO) == 1;
	act.sa_flags = (int)SA_RESETHAND; /* the second ^C ends it at once */
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
}

static void tell(const struct progress *p, double at)
{
	const double seconds = at - p->started;
	const double rate = seconds > 0 ? (double)(p->done - p->at_start) / seconds : 0;
	const uint64_t left = p->total > p->done ? p->total - p->done : 0;
	const uint64_t wait = rate > 0 ? (uint64_t)((double)left / rate) : 0;
	const int full = p->total ? (int)(p->done * BAR / p->total) : BAR;

	if (p->is_terminal)
		fprintf(stderr, "\r[%.*s%*s] ", full, "##############################", BAR - full,
			"");
	else
		fprintf(stderr, "%s: ", tool_name());
	fprintf(stderr,
		"%" PRIu64 " of %" PRIu64 " %s, %.0f a second, %" PRIu64 ":%02" PRIu64 ":%02" PRIu64
		" left%s",
		p->done, p->total, p->what, rate, wait / 3600, wait / 60 % 60, wait % 60,
		p->is_terminal ? "  " : "\n");
}

bool progress_is_stopped(void)
{
	return stopped;
}

int progress_add(struct progress *p, uint64_t n, struct why *why)
{
	const double at = p->shows ? now() : 0;

	p->done += n;
	if (p->shows && at - p->told >= (p->is_terminal ? TERMINAL_SECONDS : LINE_SECONDS)) {
		tell(p, at);
		p->told = at;
	}
	if (!stopped)
		return 0;
	progress_end(p);
	return why_busy(why, "stopped by a signal after %" PRIu64 " of %" PRIu64 " %s", p->done,
			p->total, p->what);
}

void progress_end(struct progress *p)
{
	if (!p->shows)
		return;
	tell(p, now());
	if (p->is_terminal)
		fputc('\n', stderr);
	p->shows = false;
}
