/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/sqn_file.h"

#include "base/outfile.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int sqn_slots_take(struct sqn_window *w, const json_t *seq, struct why *why)
{
	const json_t *v;
	size_t i;

	if (json_array_size(seq) > SQN_SLOTS)
		return why_input(why, "seq: want at most %d numbers", SQN_SLOTS);
	json_array_foreach (seq, i, v) {
		const json_int_t n = json_is_integer(v) ? json_integer_value(v) : -1;

		if (n < 0 || (uint64_t)n > SQN_MAX >> w->ind_bits)
			return why_input(why, "seq: %zu: want a SEQ", i);
		w->seq[i] = (uint64_t)n;
	}
	return 0;
}

json_t *sqn_slots_json(const struct sqn_window *w, struct why *why)
{
	AUTO(json_t) *seq = json_array();

	for (size_t i = 0; i < (size_t)1 << w->ind_bits; i++)
		if (json_array_append_new(seq, json_integer((json_int_t)w->seq[i]))) {
			why_sys(why, "out of memory");
			return NULL;
		}
	return STEAL(seq);
}

int sqn_file_load(struct sqn_window *w, const char *path, struct why *why)
{
	static const char *const fields[] = {"ind_bits", "delta", "limit", "seq", NULL};
	AUTO(json_t) *o = NULL;
	const json_t *seq;
	uint64_t bits;

	/* no more than a file that is not there: one that cannot be reached holds a window too */
	if (access(path, F_OK) != 0)
		return errno == ENOENT ? 0 : why_sys(why, "%s: %s", path, strerror(errno));
	o = json_load(path, why);
	if (!o)
		return -1;
	if (json_only(o, fields, why) ||
	    json_number(&bits, o, "ind_bits", 0, SQN_IND_BITS, SQN_IND_BITS, why) ||
	    json_number(&w->delta, o, "delta", 0, SQN_MAX, SQN_DELTA, why) ||
	    json_number(&w->limit, o, "limit", 0, SQN_MAX, 0, why))
		return why_in(why, "%s", path);
	w->ind_bits = (unsigned)bits;
	seq = json_object_get(o, "seq");
	if (json_array_size(seq) != (size_t)1 << bits)
		return why_input(why, "%s: seq: want %zu numbers", path, (size_t)1 << bits);
	return sqn_slots_take(w, seq, why) ? why_in(why, "%s", path) : 0;
}

int sqn_file_save(const struct sqn_window *w, const char *path, struct why *why)
{
	AUTO(json_t) *o = json_object();
	BUF(text);

	if (json_put_number(o, "ind_bits", w->ind_bits, why) ||
	    json_put_number(o, "delta", w->delta, why) ||
	    json_put_number(o, "limit", w->limit, why) ||
	    json_put(o, "seq", sqn_slots_json(w, why), why) || json_append_line(&text, o, why))
		return -1;
	return outfile_put(path, OUTFILE_SECRET, text.bytes, text.len, why);
}
