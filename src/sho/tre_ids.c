/* SPDX-License-Identifier: Apache-2.0 */
#include "sho/tre_ids.h"

#include "base/party.h"
#include "base/slurp.h"

#include <stdlib.h>
#include <string.h>

void tre_ids_free(struct tre_ids *t)
{
	lines_free(&t->text);
	free(t->id);
	*t = (struct tre_ids){0};
}

/* A cell may stand in quotes (RFC 4180); there is none in a TRE_id. */
static char *bare(char *cell)
{
	const size_t len = strlen(cell);

	if (len < 2 || cell[0] != '"' || cell[len - 1] != '"')
		return cell;
	cell[len - 1] = '\0';
	return cell + 1;
}

/* A first line without a semicolon is a header. */
static int check_header(char *line, struct why *why)
{
	for (char *save = NULL, *cell = strtok_r(line, ",", &save); cell;
	     cell = strtok_r(NULL, ",", &save)) {
		const char *name = bare(cell);

		if (strcmp(name, "tre_id") != 0)
			return why_input(why, "%.40s: no such column is known here: want tre_id",
					 name);
	}
	return 0;
}

static int add(struct tre_ids *t, const char *id, struct why *why)
{
	if (t->n % 4096 == 0) {
		const char **more = realloc(t->id, (t->n + 4096) * sizeof(*t->id));

		if (!more)
			return why_sys(why, "out of memory");
		t->id = more;
	}
	if (tre_id_check(id, "TRE_id", why))
		return -1;
	t->id[t->n++] = id;
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int check_twice(const struct tre_ids *t, const char *path, struct why *why)
{
	const char **sorted = malloc((t->n + 1) * sizeof(*sorted));
	const char *twice = NULL;

	if (!sorted)
		return why_sys(why, "out of memory");
	memcpy(sorted, t->id, t->n * sizeof(*sorted));
	qsort(sorted, t->n, sizeof(*sorted), by_text);
	for (size_t i = 1; i < t->n && !twice; i++)
		twice = strcmp(sorted[i - 1], sorted[i]) == 0 ? sorted[i] : NULL;
	free(sorted);
	return twice ? why_input(why, "%s: %.64s stands there twice", slurp_name(path), twice) : 0;
}

int tre_ids_load(struct tre_ids *t, const char *path, size_t most, struct why *why)
{
	const char *line;
	int rc = 0;

	if (lines_load(&t->text, path, why))
		return -1;
	while (rc == 0 && t->n < most && (line = lines_next(&t->text)))
		rc = t->text.line == 1 && !strchr(line, ';') && strstr(line, "tre_id")
			     ? check_header((char *)line, why)
			     : add(t, bare((char *)line), why);
	if (rc)
		return why_in(why, "%s:%zu", slurp_name(path), t->text.line);
	return t->n ? check_twice(t, path, why) : 0;
}
