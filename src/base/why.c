/* SPDX-License-Identifier: Apache-2.0 */
#include "base/why.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 0))) static void write_text(struct why *why, const char *fmt,
							     va_list ap)
{
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	for (char *p = why->text; *p; p++)
		if (iscntrl((unsigned char)*p))
			*p = '?';
}

#define WHY_BODY(status_, reason_)                                           \
	do {                                                                 \
		va_list ap;                                                  \
		if (!why)                                                    \
			return -1;                                           \
		why->status = (status_);                                     \
		snprintf(why->reason, sizeof(why->reason), "%s", (reason_)); \
		va_start(ap, fmt);                                           \
		write_text(why, fmt, ap);                                    \
		va_end(ap);                                                  \
		return -1;                                                   \
	} while (0)

int why_input(struct why *why, const char *fmt, ...)
{
	WHY_BODY(TOOL_INPUT, "");
}

int why_sys(struct why *why, const char *fmt, ...)
{
	WHY_BODY(TOOL_SYS, "");
}

int why_busy(struct why *why, const char *fmt, ...)
{
	WHY_BODY(TOOL_BUSY, "");
}

int why_usage(struct why *why, const char *fmt, ...)
{
	WHY_BODY(TOOL_USAGE, "");
}

int why_need(struct why *why, const char *value, const char *option)
{
	return value ? 0 : why_usage(why, "--%s is missing", option);
}

int why_refuse(struct why *why, const char *reason, const char *fmt, ...)
{
	WHY_BODY(TOOL_NO, reason);
}

const char *why_got(char quoted[static 32], const char *value)
{
	const size_t len = strlen(value);
	size_t plain = 0;

	while (isprint((unsigned char)value[plain]))
		plain++;
	if (plain == len && len <= 20)
		snprintf(quoted, 32, "'%s'", value);
	else
		snprintf(quoted, 32, "%zu characters", len);
	return quoted;
}

int why_in(struct why *why, const char *fmt, ...)
{
	char old[sizeof(why->text)];
	size_t len;
	va_list ap;

	if (!why)
		return -1;
	memcpy(old, why->text, sizeof(old));
	va_start(ap, fmt);
	write_text(why, fmt, ap);
	va_end(ap);
	len = strlen(why->text);
	snprintf(why->text + len, sizeof(why->text) - len, ": %s", old);
	return -1;
}

int why_in_file(struct why *why, const char *file)
{
	static const char unnamed[] = "document:";
	const size_t len = strlen(file), skip = strlen(unnamed) - 1;
	char old[sizeof(why->text)];

	if (!why || why->status != TOOL_INPUT ||
	    (strncmp(why->text, file, len) == 0 && why->text[len] == ':'))
		return -1;
	if (strncmp(why->text, unnamed, skip + 1) != 0)
		return why_in(why, "%s", file);
	memcpy(old, why->text, sizeof(old));
	return why_input(why, "%s%s", file, old + skip);
}
