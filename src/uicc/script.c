/* SPDX-License-Identifier: Apache-2.0 */
#include "uicc/script.h"

#include "base/hex.h"
#include "base/lines.h"
#include "base/num.h"
#include "pcid/plmn.h"
#include "uicc/script_tlv.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 8

/* REFRESH, UICC reset, from the UICC to the terminal (TS 31.111 6.6.13). */
static const uint8_t refresh[] = {0x81, 0x03, 0x01, 0x01, 0x04, 0x82, 0x02, 0x81, 0x82};

void script_free(struct script *s)
{
	buf_free(&s->apdus);
}

static int put_apdu(struct script *s, const uint8_t *apdu, size_t len, struct why *why)
{
	return s->is_expanded ? script_tlv(&s->apdus, TAG_C_APDU, apdu, len, why)
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
	return script_tlv(&s->apdus, TAG_ACTION, refresh, sizeof(refresh), why);
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
	default: return why_input(why, "want a command of a script, got %s", WHY_GOT(words[0]));
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
	return s->is_expanded
		       ? script_tlv(out, TAG_COMMANDS, buf_text(&s->apdus), s->apdus.len, why)
		       : buf_add(out, buf_text(&s->apdus), s->apdus.len, why);
}
