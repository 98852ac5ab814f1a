/* SPDX-License-Identifier: Apache-2.0 */
#include "tre/many_order.h"

#include "base/hex.h"
#include "base/slurp.h"
#include "base/tool.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#define NAME_ROOM 32
#define NOTHING "/dev/null"

void many_order_end(struct many_order *o)
{
	if (o->order)
		*o->order = o->before;
	while (o->n)
		close(o->fd[--o->n]);
}

static bool is_own(const char *member)
{
	return strcmp(member, "tre_id") == 0 || strcmp(member, "act") == 0;
}

int many_order_none(const json_t *line, struct why *why)
{
	const char *member;
	json_t *value;

	json_object_foreach ((json_t *)line, member, value)
		if (!is_own(member))
			return why_input(why, "'%.40s' is no field of this act", member);
	return 0;
}

/* The word of a member: `_` for `-`, and without _b64. */
static bool word_of(char word[static NAME_ROOM], const char *member, bool *is_b64)
{
	size_t len = strlen(member);

	*is_b64 = len > 4 && strcmp(member + len - 4, "_b64") == 0;
	if (*is_b64)
		len -= 4;
	if (len >= NAME_ROOM)
		return false;
	for (size_t i = 0; i < len; i++)
		word[i] = (char)(member[i] == '_' ? '-' : member[i]);
	word[len] = '\0';
	return true;
}

static bool is_word(const struct tre_act *act, const char *word)
{
	/* where results go is not a line's to say */
	if (strcmp(word, "output") == 0 || strcmp(word, "csr-out") == 0 ||
	    strcmp(word, "delivery-note") == 0)
		return false;
	for (size_t i = 0; i < sizeof(act->words) / sizeof(*act->words) && act->words[i]; i++)
		if (strcmp(act->words[i], word) == 0)
			return true;
	return false;
}

static const struct tool_opt *find(const struct tool_opt *opt, const char *word)
{
	while (opt->name && strcmp(opt->name, word) != 0)
		opt++;
	return opt->name ? opt : NULL;
}

/* What an option's value is called says what it is. */
static bool is_text(const struct tool_opt *opt)
{
	static const char *const texts[] = {"ID", "HEX", "TIME", "ALG", "NAME", "LIST", "EFID"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (strcmp(opt->arg, texts[i]) == 0)
			return true;
	return false;
}

static int content(struct buf *b, const json_t *value, const char *member, bool is_b64,
		   struct why *why)
{
	const char *text = json_string_value(value);

	if (json_is_object(value) && !is_b64)
		return json_append_line(b, value, why);
	if (!text)
		return why_input(why, "%.40s: want text, or an object", member);
	if (is_b64)
		return b64_decode(b, false, false, text, strlen(text), member, why);
	return buf_add(b, text, strlen(text), why);
}

/* A file in memory: its path. */
static const char *keep(struct many_order *o, const struct buf *b, struct why *why)
{
	const int fd = o->n < MANY_FILES ? memfd_create("act", MFD_CLOEXEC) : -1;

	if (fd < 0) {
		why_sys(why, "a file in memory: %s", strerror(errno));
		return NULL;
	}
	o->fd[o->n] = fd;
	snprintf(o->path[o->n], sizeof(o->path[o->n]), "/proc/self/fd/%d", fd);
	o->n++;
	if (write(fd, buf_text(b), b->len) != (ssize_t)b->len) {
		why_sys(why, "a file in memory: %s", strerror(errno));
		return NULL;
	}
	return o->path[o->n - 1];
}

int many_order_hold(struct many_order *o, const char **file, struct buf *all, struct why *why)
{
	BUF(b);

	if (!*file)
		return buf_add(all, "-", 1, why);
	if (slurp(&b, *file, SLURP_DOCUMENT, why))
		return -1;
	*file = keep(o, &b, why);
	return !*file || buf_print(all, why, "%zu:", b.len) || buf_add(all, b.bytes, b.len, why)
		       ? -1
		       : 0;
}

static int take(struct many_order *o, const struct tool_opt *opt, const char *member,
		const json_t *value, bool is_b64, struct why *why)
{
	const char **place = opt->value;
	BUF(b);

	if (opt->kind == TOOL_FLAG) {
		*(bool *)opt->value = json_is_true(value);
		return json_is_boolean(value) ? 0
					      : why_input(why, "%.40s: want true or false", member);
	}
	if (is_text(opt)) {
		*place = is_b64 ? NULL : json_string_value(value);
		return *place ? 0 : why_input(why, "%.40s: want text", member);
	}
	if (content(&b, value, member, is_b64, why))
		return -1;
	*place = keep(o, &b, why);
	if (*place)
		o->member[o->n - 1] = member;
	return *place ? 0 : -1;
}

int many_order(struct many_order *o, const struct tre_many *m, const struct tre_act *act,
	       const char *tre_id, const json_t *line, struct why *why)
{
	const char *member;
	json_t *value;

	o->order = m->order;
	o->before = *m->order;
	m->order->tre_id = tre_id;
	m->order->in = NULL;
	m->order->out = "-";
	json_object_foreach ((json_t *)line, member, value) {
		char word[NAME_ROOM];
		bool is_b64;
		const struct tool_opt *opt = word_of(word, member, &is_b64) && is_word(act, word)
						     ? find(m->opts, word)
						     : NULL;

		if (is_own(member))
			continue;
		if (act->operand && strcasecmp(member, act->operand) == 0) {
			m->order->operand = json_string_value(value);
			continue;
		}
		if (!opt)
			return why_input(why, "'%.40s' is no field of %s", member, act->name);
		if (take(o, opt, member, value, is_b64, why))
			return -1;
	}
	/* never stdin, where the lines come from */
	if (!m->order->in && !m->order->commit && !m->order->ask)
		m->order->in = NOTHING;
	return 0;
}

static void rename_in(struct why *why, const char *path, const char *name)
{
	const size_t n = strlen(path);
	char rest[sizeof(why->text)];

	if (strncmp(why->text, path, n) != 0 || why->text[n] != ':')
		return;
	snprintf(rest, sizeof(rest), "%s", why->text + n);
	snprintf(why->text, sizeof(why->text), "%.40s%.*s", name, (int)sizeof(rest) - 41, rest);
}

void many_order_name(const struct many_order *o, struct why *why)
{
	rename_in(why, NOTHING, "input");
	for (size_t i = 0; i < o->n; i++)
		if (o->member[i])
			rename_in(why, o->path[i], o->member[i]);
}
