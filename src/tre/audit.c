/* SPDX-License-Identifier: Apache-2.0 */
/* The audit record, chained by hashes, its head in the sealed state: TR 33.812 5.1.2.2 [t8 cm9]. */
#include "base/folder.h"
#include "base/hex.h"
#include "base/slurp.h"
#include "base/when.h"
#include "tre/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int tre_note(struct tre *t, const char *event, json_t *details, struct why *why)
{
	AUTO(json_t) *own = details;
	json_t *o = json_object();

	if (json_array_append_new(t->pending, o) || json_put_text(o, "event", event, why))
		return -1;
	return own && json_put(o, "details", json_incref(own), why) ? -1 : 0;
}

/* hash = SHA-256 of the record's own JSON without its hash, which holds the hash before it. */
static int chain(json_t *record, char hash[65], struct why *why)
{
	uint8_t md[32];
	BUF(text);

	if (json_append(&text, record, why) || ossl_sha256(md, text.bytes, text.len, why))
		return -1;
	hex_encode(hash, md, 32);
	return json_put_text(record, "hash", hash, why);
}

static int audit_lines(struct tre *t, struct buf *lines, struct why *why)
{
	json_int_t seq = json_integer_value(json_object_get(t->s, "audit_seq"));
	char hash[65], when[WHEN_TEXT];
	size_t i;
	json_t *o;

	snprintf(hash, sizeof(hash), "%s", tre_text(t->s, "audit_head"));
	when_format(when, when_now());
	json_array_foreach (t->pending, i, o) {
		AUTO(json_t) *record = json_pack("{s:I, s:s}", "seq", ++seq, "time", when);

		if (!record || json_object_update(record, o) ||
		    json_put_text(record, "previous", hash, why) || chain(record, hash, why) ||
		    json_append_line(lines, record, why))
			return -1;
	}
	return json_put(t->s, "audit_seq", json_integer(seq), why) ||
			       json_put_text(t->s, "audit_head", hash, why)
		       ? -1
		       : 0;
}

static int write_file(const struct tre *t, json_int_t old, const struct buf *lines, struct why *why)
{
	char *path = folder_path(t->state, "audit.jsonl");
	const int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
	const int rc = fd < 0 || fchmod(fd, 0600) || ftruncate(fd, old) ||
		       pwrite(fd, lines->bytes, lines->len, old) != (ssize_t)lines->len ||
		       fsync(fd);

	if (rc)
		why_sys(why, "audit.jsonl: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	free(path);
	return rc ? -1 : 0;
}

static int write_audit(struct tre *t, const struct buf *lines, struct why *why)
{
	const json_int_t old = json_integer_value(json_object_get(t->s, "audit_len"));

	if (t->keeper ? t->keeper->put_audit(t->keeper->ctx, t, old, lines, why)
		      : write_file(t, old, lines, why))
		return -1;
	return json_put(t->s, "audit_len", json_integer(old + (json_int_t)lines->len), why);
}

int tre_audit_write(struct tre *t, struct why *why)
{
	BUF(lines);

	if (json_array_size(t->pending) == 0)
		return 0;
	if (audit_lines(t, &lines, why) || write_audit(t, &lines, why))
		return -1;
	json_array_clear(t->pending);
	return 0;
}

static int broken(size_t line, struct why *why)
{
	return why_refuse(
		why, "audit-broken",
		"record %zu of the audit is not the one that was written (TR 33.812 5.1.2.2)",
		line);
}

/* Each record's hash covers it and the one before; the last is the head in the sealed state. */
static int verify_lines(const struct tre *t, char *text, struct why *why)
{
	char hash[65] = "";
	size_t line = 0;

	for (char *next; *text; text = next) {
		AUTO(json_t) *o = NULL;
		char want[65], got[65];

		line++;
		next = strchr(text, '\n');
		if (!next)
			return broken(line, why);
		o = json_parse(text, (size_t)(next - text), "audit", NULL);
		next++;
		if (!o || strcmp(tre_text(o, "previous"), hash) != 0)
			return broken(line, why);
		snprintf(got, sizeof(got), "%s", tre_text(o, "hash"));
		json_object_del(o, "hash");
		if (chain(o, want, why))
			return -1;
		if (strcmp(got, want) != 0)
			return broken(line, why);
		memcpy(hash, want, sizeof(hash));
	}
	return strcmp(hash, tre_text(t->s, "audit_head")) == 0 ? 0 : broken(line + 1, why);
}

int tre_audit(struct tre *t, bool verify, struct buf *out, struct why *why)
{
	const json_int_t len = json_integer_value(json_object_get(t->s, "audit_len"));
	BUF(text);

	if (t->keeper ? t->keeper->get_audit(t->keeper->ctx, t, &text, why)
		      : folder_get(&text, t->state, "audit.jsonl", SLURP_LARGE, why))
		return why->status == TOOL_INPUT ? broken(1, why) : -1;
	if ((json_int_t)text.len < len)
		return broken((size_t)json_integer_value(json_object_get(t->s, "audit_seq")), why);
	/* what a crash left behind the last save is not of the record */
	text.len = (size_t)len;
	text.bytes[text.len] = '\0';
	if (verify && verify_lines(t, (char *)text.bytes, why))
		return -1;
	return buf_add(out, text.bytes, text.len, why);
}
