/* SPDX-License-Identifier: Apache-2.0 */
#include "uicc/script.h"

#include "base/hex.h"
#include "base/lines.h"
#include "base/num.h"
#include "pcid/plmn.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 8
#define TAG_COMMANDS 0xaa /* Command Scripting template, definite length */
#define TAG_C_APDU 0x22
#define TAG_ACTION 0x81
#define TAG_R_APDU 0x23

/* REFRESH, UICC reset, from the UICC to the terminal (TS 31.111 6.6.13). */
static const uint8_t refresh[] = {0x81, 0x03, 0x01, 0x01, 0x04, 0x82, 0x02, 0x81, 0x82};

void script_free(struct script *s)
{
	buf_free(&s->apdus);
}

/* ---- the sender ---- */

static int put_length(struct buf *b, size_t len, struct why *why)
{
	const uint8_t octets[] = {0x82, (uint8_t)(len >> 8), (uint8_t)len};

	if (len < 0x80)
		return buf_add(b, octets + 2, 1, why);
	if (len < 0x100) {
		const uint8_t two[] = {0x81, (uint8_t)len};

		return buf_add(b, two, 2, why);
	}
	return buf_add(b, octets, 3, why);
}

static int put_tlv(struct buf *b, uint8_t tag, const void *value, size_t len, struct why *why)
{
	return buf_add(b, &tag, 1, why) || put_length(b, len, why) || buf_add(b, value, len, why)
		       ? -1
		       : 0;
}

static int put_apdu(struct script *s, const uint8_t *apdu, size_t len, struct why *why)
{
	return s->is_expanded ? put_tlv(&s->apdus, TAG_C_APDU, apdu, len, why)
			      : buf_add(&s->apdus, apdu, len, why);
}

/* A command with data (case 3), class 00. */
static int put_command(struct script *s, const uint8_t head[4], const uint8_t *data, size_t len,
		       struct why *why)
{
	uint8_t apdu[5 + 255] = {0};

	if (!len || len > 255)
		return why_input(why, "want 1 to 255 octets, got %zu (TS 102 221 10.1.5)", len);
	memcpy(apdu, head, 4);
	apdu[4] = (uint8_t)len;
	memcpy(apdu + 5, data, len);
	return put_apdu(s, apdu, 5 + len, why);
}

/* Each file after the other, as TS 102 221 8.4.1 selects by file identifier. */
static int do_select(struct script *s, char *words[], unsigned n, struct why *why)
{
	static const uint8_t head[] = {0x00, 0xa4, 0x00, 0x0c};
	uint8_t fid[2];

	if (n < 2)
		return why_input(why, "select: want file identifiers");
	for (unsigned i = 1; i < n; i++)
		if (hex_decode(fid, 2, words[i], "file identifier", why) ||
		    put_command(s, head, fid, 2, why))
			return -1;
	return 0;
}

static int do_update(struct script *s, bool is_record, char *words[], unsigned n, struct why *why)
{
	uint8_t head[] = {0x00, is_record ? 0xdc : 0xd6, 0, is_record ? 4 : 0};
	uint64_t at;
	BUF(data);

	if (n != 3)
		return why_input(why, "%s: want a number and octets in hex", words[0]);
	if (num_parse(&at, words[1], is_record ? 1 : 0, is_record ? 254 : 0x7fff, words[0], why) ||
	    hex_decode_buf(&data, words[2], words[0], why))
		return -1;
	head[2] = (uint8_t)(is_record ? at : at >> 8);
	if (!is_record)
		head[3] = (uint8_t)at;
	return put_command(s, head, data.bytes, data.len, why);
}

static int do_read(struct script *s, bool is_record, char *words[], unsigned n, struct why *why)
{
	uint8_t apdu[] = {0x00, is_record ? 0xb2 : 0xb0, 0, is_record ? 4 : 0, 0};
	uint64_t at, count;

	if (n != 3)
		return why_input(why, "%s: want a number and a count of octets", words[0]);
	if (num_parse(&at, words[1], is_record ? 1 : 0, is_record ? 254 : 0x7fff, words[0], why) ||
	    num_parse(&count, words[2], 1, 255, words[0], why))
		return -1;
	apdu[2] = (uint8_t)(is_record ? at : at >> 8);
	if (!is_record)
		apdu[3] = (uint8_t)at;
	apdu[4] = (uint8_t)count;
	return put_apdu(s, apdu, sizeof(apdu), why);
}

static int do_refresh(struct script *s, struct why *why)
{
	if (!s->is_expanded)
		return why_input(why, "refresh: the compact form has no immediate action; want "
				      "--expanded (TS 102 226 5.2.1)");
	return put_tlv(&s->apdus, TAG_ACTION, refresh, sizeof(refresh), why);
}

static int do_words(struct script *s, char *words[], unsigned n, struct why *why)
{
	static const char *const names[] = {"read-binary",   "read-record", "update-binary",
					    "update-record", "select",      "refresh",
					    "apdu"};
	unsigned verb = 0;
	BUF(apdu);

	while (verb < 7 && strcmp(names[verb], words[0]) != 0)
		verb++;
	switch (verb) {
	case 0:
	case 1: return do_read(s, verb == 1, words, n, why);
	case 2:
	case 3: return do_update(s, verb == 3, words, n, why);
	case 4: return do_select(s, words, n, why);
	case 5: return do_refresh(s, why);
	case 6:
		if (n != 2)
			return why_input(why, "apdu: want octets in hex");
		return hex_decode_buf(&apdu, words[1], "apdu", why) ||
				       put_apdu(s, apdu.bytes, apdu.len, why)
			       ? -1
			       : 0;
	default: return why_input(why, "'%.20s' is no command of a script", words[0]);
	}
}

int script_line(struct script *s, const char *line, struct why *why)
{
	char *words[WORDS_MAX], *rest = NULL;
	unsigned n = 0;
	BUF(copy);

	if (buf_add(&copy, line, strcspn(line, "#"), why))
		return -1;
	for (char *w = strtok_r((char *)copy.bytes, " \t\r", &rest); w;
	     w = strtok_r(NULL, " \t\r", &rest)) {
		if (n == WORDS_MAX)
			return why_input(why, "more than %d words", WORDS_MAX);
		words[n++] = w;
	}
	return n ? do_words(s, words, n, why) : 0;
}

int script_load(struct script *s, const char *path, struct why *why)
{
	LINES(lines);

	if (lines_load(&lines, path, why))
		return -1;
	for (const char *line; (line = lines_next(&lines));)
		if (script_line(s, line, why))
			return why_in(why, "%s:%zu", path, lines.line);
	return 0;
}

int script_imsi(struct script *s, const char *imsi, struct why *why)
{
	uint8_t ef[9];
	char line[48] = "update-binary 0 ";

	if (imsi_encode(ef, imsi, why))
		return -1;
	hex_encode(line + strlen(line), ef, sizeof(ef));
	return script_line(s, "select 3f00 7fff 6f07", why) || script_line(s, line, why) ? -1 : 0;
}

int script_key_index(struct script *s, unsigned index, struct why *why)
{
	char line[48];

	snprintf(line, sizeof(line), "select 3f00 7fff %04x", UICC_EF_KEY_INDEX);
	if (script_line(s, line, why))
		return -1;
	snprintf(line, sizeof(line), "update-binary 0 %02x", index & 0xff);
	return script_line(s, line, why);
}

int script_close(struct buf *out, const struct script *s, struct why *why)
{
	return s->is_expanded ? put_tlv(out, TAG_COMMANDS, buf_text(&s->apdus), s->apdus.len, why)
			      : buf_add(out, buf_text(&s->apdus), s->apdus.len, why);
}

/* ---- the receiver ---- */

/* Takes a definite length; -1 where it is none, or more than is there. */
static int take_length(struct script_reader *r, size_t *len)
{
	unsigned octets;

	if (!r->len)
		return -1;
	*len = *r->p++;
	r->len--;
	if (*len < 0x80)
		return *len > r->len ? -1 : 0;
	octets = *len & 0x7f;
	if (octets < 1 || octets > 2 || octets > r->len)
		return -1;
	for (*len = 0; octets; octets--, r->len--)
		*len = *len << 8 | *r->p++;
	return *len > r->len ? -1 : 0;
}

int script_open(struct script_reader *r, const uint8_t *data, size_t len, struct why *why)
{
	size_t inside;

	*r = (struct script_reader){data, len, len && data[0] == TAG_COMMANDS};
	if (!r->is_expanded)
		return 0;
	r->p++;
	r->len--;
	if (take_length(r, &inside) || inside != r->len)
		return why_input(why, "the scripting template is cut (TS 102 226 5.2.1.2)");
	return 0;
}

/* Case 2 commands have P3 as Le, all others as Lc: TS 102 226 5.1.1. */
static bool has_data(uint8_t ins)
{
	return ins != 0xb0 && ins != 0xb2 && ins != 0xc0 && ins != 0x12 && ins != 0xf2;
}

int script_next(struct script_reader *r, const uint8_t **apdu, size_t *len, bool *is_action,
		struct why *why)
{
	uint8_t tag;

	*is_action = false;
	if (!r->len)
		return 0;
	if (!r->is_expanded) {
		*len = r->len < 5 ? 6 : has_data(r->p[1]) ? 5U + r->p[4] : 5;
		if (*len > r->len)
			return why_input(why, "a command APDU is cut (TS 102 226 5.1.1)");
	} else {
		tag = *r->p++;
		r->len--;
		if ((tag != TAG_C_APDU && tag != TAG_ACTION) || take_length(r, len) ||
		    (tag == TAG_C_APDU && *len < 4))
			return why_input(why, "no C-APDU or immediate action (TS 102 226 5.2.1.2)");
		*is_action = tag == TAG_ACTION;
	}
	*apdu = r->p;
	r->p += *len;
	r->len -= *len;
	return 1;
}

void script_answer_free(struct script_answer *a)
{
	buf_free(&a->responses);
	buf_free(&a->last);
}

int script_answered(struct script_answer *a, const uint8_t *data, size_t len, uint16_t sw,
		    struct why *why)
{
	const uint8_t octets[] = {(uint8_t)(sw >> 8), (uint8_t)sw};
	BUF(response);

	a->executed++;
	a->sw = sw;
	buf_clear(&a->last);
	return buf_add(&a->last, data, len, why) || buf_add(&response, data, len, why) ||
			       buf_add(&response, octets, 2, why) ||
			       put_tlv(&a->responses, TAG_R_APDU, response.bytes, response.len, why)
		       ? -1
		       : 0;
}

int script_answer_close(struct buf *out, const struct script_answer *a, bool is_expanded,
			struct why *why)
{
	const uint8_t compact[] = {(uint8_t)a->executed, (uint8_t)(a->sw >> 8), (uint8_t)a->sw};
	const uint8_t count[] = {0x80, 1, (uint8_t)a->executed};
	BUF(inside);

	if (!is_expanded)
		return buf_add(out, compact, 3, why) ||
				       buf_add(out, buf_text(&a->last), a->last.len, why)
			       ? -1
			       : 0;
	return buf_add(&inside, count, 3, why) ||
			       buf_add(&inside, buf_text(&a->responses), a->responses.len, why) ||
			       put_tlv(out, 0xab, inside.bytes, inside.len, why)
		       ? -1
		       : 0;
}

/* The last R-APDU of an expanded answer: its data and status word. */
static int read_expanded(struct script_reader *r, unsigned *executed, const uint8_t **last,
			 size_t *last_len)
{
	size_t len;

	*last = NULL;
	*last_len = 0;
	r->p++;
	r->len--;
	if (take_length(r, &len) || len != r->len || len < 3 || r->p[0] != 0x80 || r->p[1] != 1)
		return -1;
	*executed = r->p[2];
	for (r->p += 3, r->len -= 3; r->len; r->p += len, r->len -= len) {
		if (*r->p++ != TAG_R_APDU || !r->len-- || take_length(r, &len) || len < 2)
			return -1;
		*last = r->p;
		*last_len = len;
	}
	return 0;
}

json_t *script_answer_read(const uint8_t *bytes, size_t len)
{
	struct script_reader r = {bytes, len, len && bytes[0] == 0xab};
	AUTO(json_t) *o = json_object();
	const uint8_t *data = bytes + 3, *sw = bytes + 1;
	size_t data_len = len - 3;
	unsigned executed;

	if (len < 3)
		return NULL;
	executed = bytes[0];
	if (r.is_expanded) {
		if (read_expanded(&r, &executed, &data, &data_len))
			return NULL;
		data_len = data ? data_len - 2 : 0;
		sw = data ? data + data_len : NULL;
	}
	if (json_put_number(o, "executed", executed, NULL) ||
	    (sw && json_put_hex(o, "sw", sw, 2, NULL)) ||
	    (data_len && json_put_hex(o, "response", data, data_len, NULL)))
		return NULL;
	return STEAL(o);
}
