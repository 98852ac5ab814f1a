/* SPDX-License-Identifier: Apache-2.0 */
/* What milenage(1) and tuak(1) read: the parser of flat records gives what the full one gives, and
 * CSV with its header; and every act on what was read. */
#include "lib/fuzz.h"

#include "aka/aka_act.h"
#include "aka/aka_cells.h"
#include "aka/aka_json.h"

#include <string.h>

static void act(struct aka_options *o, const struct aka_input *in)
{
	static struct aka_session session;

	for (int a = AKA_DO_ALL; a <= AKA_DO_OPC; a++) {
		SECRET(aka_result) r = {.items = 0};
		struct why why = {0};

		if (aka_do(&session, o, (enum aka_act)a, in, &r, &why) == 0)
			MUST(r.items > 0 && r.items <= AKA_ITEMS);
	}
}

static void json(struct aka_options *o, const char *text, size_t len)
{
	static struct aka_shape shapes[2];
	struct aka_shape *const shape = &shapes[o->key.alg == AKA_TUAK];
	SECRET(aka_input) flat, full, shaped;
	struct why why = {0};

	memset(&flat, 0, sizeof(flat));
	memset(&full, 0, sizeof(full));
	memset(&shaped, 0, sizeof(shaped));
	if (aka_shape_read(shape, &shaped, text, len)) {
		MUST(aka_json_full(&full, o, text, len, &why) == 0 && full.has == shaped.has);
		memset(&full, 0, sizeof(full));
	}
	if (aka_json_flat(&flat, shape, o, text, len) == 1) {
		MUST(aka_json_full(&full, o, text, len, &why) == 0);
		MUST(flat.has == full.has && memcmp(&flat, &full, sizeof(flat)) == 0);
		act(o, &flat);
	} else if (aka_json_full(&full, o, text, len, &why) == 0) {
		act(o, &full);
	}
}

/* The first line is the header. */
static void csv(struct aka_options *o, enum record_form form, char *text, size_t len)
{
	struct aka_header h = {.form = form};
	char *end = memchr(text, '\n', len);
	struct why why = {0};
	SECRET(aka_input) in;

	memset(&in, 0, sizeof(in));
	if (!end || aka_header_read(&h, o, text, (size_t)(end - text), &why))
		return;
	len -= (size_t)(end + 1 - text);
	if (aka_cells_read(&in, o, &h, end + 1, len, &why) == 0)
		act(o, &in);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const enum aka_alg algs[] = {AKA_MILENAGE, AKA_TUAK};

	for (size_t i = 0; i < 2; i++)
		for (int form = RECORD_JSONL; form <= RECORD_TSV; form++) {
			struct aka_options o;
			BUF(text);

			aka_options_init(&o, algs[i]);
			MUST(buf_add(&text, bytes, len, NULL) == 0 &&
			     buf_reserve(&text, 1, NULL) == 0);
			if (form == RECORD_JSONL)
				json(&o, buf_text(&text), len);
			else
				csv(&o, (enum record_form)form, (char *)text.bytes, len);
		}
	return 0;
}
