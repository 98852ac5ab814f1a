/* SPDX-License-Identifier: Apache-2.0 */
/* LD_PRELOAD: ends the process with status 99 when a block handed to free() still holds a needle
 * of $FREEWATCH (hex, several joined by colons), as octets or as hex text. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int nibble(char c)
{
	return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

static int holds(const unsigned char *p, size_t n, const char *hex, size_t digits)
{
	for (size_t i = 0; i + digits / 2 <= n; i++) {
		size_t text = 0, octet = 0;

		while (text < digits && i + text < n && tolower(p[i + text]) == hex[text])
			text++;
		while (octet < digits / 2 &&
		       p[i + octet] == nibble(hex[2 * octet]) * 16 + nibble(hex[2 * octet + 1]))
			octet++;
		if (digits && (text == digits || octet == digits / 2))
			return 1;
	}
	return 0;
}

void free(void *p)
{
	static void (*next)(void *);
	const char *w = getenv("FREEWATCH");

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "free");
	for (; p && w && *w; w += strspn(w, ":")) {
		const size_t digits = strcspn(w, ":");

		if (holds(p, malloc_usable_size(p), w, digits)) {
			static const char msg[] = "freewatch: secret released in the clear\n";

			(void)!write(2, msg, sizeof(msg) - 1);
			_exit(99);
		}
		w += digits;
	}
	next(p);
}
