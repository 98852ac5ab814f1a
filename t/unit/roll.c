/* SPDX-License-Identifier: Apache-2.0 */
/* base/roll: which names came before, against the plain way; line ends, pipes, a file that changes.
 */
#include "base/roll.h"

#include "ok.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAMES 200000
#define NAME 16

static char path[] = "/tmp/roll-XXXXXX";
static char name[NAMES][NAME];

static void put(const char *text, size_t len)
{
	FILE *f = fopen(path, "w");

	OK(f && fwrite(text, 1, len, f) == len && fclose(f) == 0);
}

/* Where each name stood first, by an open hash table. */
static int came_before(size_t n)
{
	static size_t slot[1 << 19]; /* a number + 1 */
	size_t at = 5381;

	for (const char *p = name[n]; *p; p++)
		at = at * 33 ^ (unsigned char)*p;
	for (;; at++) {
		size_t *s = &slot[at & ((1 << 19) - 1)];

		if (!*s) {
			*s = n + 1;
			return 0;
		}
		if (strcmp(name[*s - 1], name[n]) == 0)
			return 1;
	}
}

/* Numbers that come twice more and more often; one that comes very often. */
static void test_twice(void)
{
	static char text[NAMES * NAME];
	struct why why = {0};
	unsigned long x = 1;
	size_t len = 0, twice = 0;
	char *got;
	ROLL(r);

	for (size_t i = 0; i < NAMES; i++) {
		x = x * 6364136223846793005UL + 1442695040888963407UL;
		snprintf(name[i], NAME, "A;%lu", i % 50 ? (x >> 33) % 2000000 : 7);
		len += (size_t)snprintf(text + len, NAME + 2, "%s\n", name[i]);
	}
	put(text, len);
	OK(roll_open(&r, path, &why) == 0 && roll_find_twice(&r, SIZE_MAX, &why) == 0);
	OK(r.names == NAMES);
	for (size_t i = 0; i < NAMES; i++) {
		OK(roll_next(&r, &got, &why) == 1 && strcmp(got, name[i]) == 0 && r.line == i + 1);
		OK(roll_is_twice(&r) == came_before(i));
		twice += roll_is_twice(&r);
	}
	OK(roll_next(&r, &got, &why) == 0 && twice > 4000 && twice < NAMES / 4);
	OK(roll_rewind(&r, &why) == 0 && roll_next(&r, &got, &why) == 1 && !roll_is_twice(&r));
}

static void test_lines(const char *from)
{
	static const char *const want[] = {"a", "b", "c\rd", "a", "e"};
	static const size_t line[] = {1, 3, 4, 5, 6};
	struct why why = {0};
	char *got;
	ROLL(r);

	OK(roll_open(&r, from, &why) == 0 && roll_find_twice(&r, 4, &why) == 0 && r.names == 4);
	for (int again = 0; again < 2; again++) {
		for (size_t i = 0; i < 4; i++) {
			OK(roll_next(&r, &got, &why) == 1 && strcmp(got, want[i]) == 0);
			OK(r.line == line[i] && roll_is_twice(&r) == (i == 3));
		}
		OK(roll_rewind(&r, &why) == 0);
	}
	OK(roll_find_twice(&r, 9, &why) == 0 && r.names == 5);
	for (size_t i = 0; i < 5; i++)
		OK(roll_next(&r, &got, &why) == 1 && strcmp(got, want[i]) == 0);
	OK(roll_next(&r, &got, &why) == 0);
}

static const char lines[] = "\xef\xbb\xbf"
			    "a\r\n\nb\nc\rd\na\ne";

static void test_pipe(void)
{
	char from[32];
	int fd[2], status;
	pid_t pid;

	OK(pipe(fd) == 0 && (pid = fork()) >= 0);
	if (pid == 0)
		_exit(write(fd[1], lines, sizeof(lines) - 1) != sizeof(lines) - 1);
	close(fd[1]);
	snprintf(from, sizeof(from), "/dev/fd/%d", fd[0]);
	test_lines(from);
	OK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void test_changed(void)
{
	struct why why = {0};
	char *got;
	ROLL(r);

	put("a\nb\n", 4);
	OK(roll_open(&r, path, &why) == 0 && roll_find_twice(&r, SIZE_MAX, &why) == 0);
	put("a\nb\nc\n", 6);
	OK(roll_next(&r, &got, &why) == 1 && roll_next(&r, &got, &why) == 1);
	OK(roll_next(&r, &got, &why) == -1 && why.status == TOOL_INPUT);
	OK(roll_rewind(&r, &why) == -1 && strstr(why.text, "changes while it is read"));
	put("a\0b\n", 4);
	roll_close(&r);
	OK(roll_open(&r, path, &why) == 0 && roll_find_twice(&r, SIZE_MAX, &why) == -1);
	OK(strstr(why.text, "a 0 octet"));
}

int main(void)
{
	const int fd = mkstemp(path);

	OK(fd >= 0);
	close(fd);
	test_twice();
	put(lines, sizeof(lines) - 1);
	test_lines(path);
	test_pipe();
	test_changed();
	unlink(path);
	return 0;
}
