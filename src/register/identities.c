/* SPDX-License-Identifier: Apache-2.0 */
#include "register/identities.h"

#include "base/slurp.h"

#include <string.h>

void identities_free(struct identities *ids)
{
	buf_free(&ids->text);
	ids->at = NULL;
}

int identities_load(struct identities *ids, const char *path, struct why *why)
{
	if (slurp(&ids->text, path, SLURP_LARGE, why))
		return -1;
	if (ids->text.len && memchr(ids->text.bytes, 0, ids->text.len))
		return why_input(why, "%s: a 0 octet, where identities are wanted, one a line",
				 slurp_name(path));
	ids->at = (char *)ids->text.bytes;
	return 0;
}

const char *identities_next(struct identities *ids)
{
	while (ids->at && *ids->at) {
		char *line = ids->at, *end = strchr(line, '\n');

		ids->at = end ? end + 1 : line + strlen(line);
		ids->line++;
		if (end)
			*end = '\0';
		line[strcspn(line, "\r")] = '\0';
		if (*line)
			return line;
	}
	return NULL;
}
