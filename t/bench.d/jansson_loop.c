/* SPDX-License-Identifier: Apache-2.0 */
/* What JSON alone costs by jansson: each line parsed and dumped, and nothing computed. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, stdin) > 0) {
		json_t *o = json_loads(line, 0, NULL);
		char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;

		if (!text)
			return 1;
		puts(text);
		free(text);
		json_decref(o);
	}
	free(line);
	return 0;
}
