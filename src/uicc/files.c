/* SPDX-License-Identifier: Apache-2.0 */
/* The file system: what a change of operator touches (TS 31.102 4.2, TS 102 221 13). */
#include "uicc/inside.h"

#include "base/hex.h"
#include "uicc/script.h"

#include <stdio.h>
#include <string.h>

#define FILE_MAX 64

enum rights { ALW, PIN, ADM, NEV };

/* fill: what a new file holds, in hex, repeated up to its size; records 0: transparent. */
static const struct file {
	uint16_t df, ef;
	uint8_t size, records;
	enum rights read, update;
	const char *fill;
} files[] = {
	{DF_MF, 0x2fe2, 10, 0, ALW, NEV, "ff"},         /* ICCID */
	{DF_MF, 0x2f00, 32, 1, ALW, ADM, "ff"},         /* DIR */
	{DF_MF, 0x2f05, 2, 0, ALW, PIN, "656e"},        /* PL */
	{ADF_USIM, 0x6f05, 2, 0, ALW, PIN, "656e"},     /* LI */
	{ADF_USIM, 0x6f07, 9, 0, PIN, ADM, "ff"},       /* IMSI */
	{ADF_USIM, 0x6f08, 33, 0, PIN, PIN, "07"},      /* Keys */
	{ADF_USIM, 0x6f09, 33, 0, PIN, PIN, "07"},      /* KeysPS */
	{ADF_USIM, 0x6f31, 1, 0, PIN, ADM, "01"},       /* HPPLMN */
	{ADF_USIM, 0x6f38, 9, 0, PIN, ADM, "00"},       /* UST */
	{ADF_USIM, 0x6f42, 28, 1, PIN, PIN, "ff"},      /* SMSP */
	{ADF_USIM, 0x6f46, 17, 0, ALW, ADM, "ff"},      /* SPN */
	{ADF_USIM, 0x6f60, 40, 0, PIN, PIN, "ff"},      /* PLMNwAcT */
	{ADF_USIM, 0x6f61, 40, 0, PIN, ADM, "ff"},      /* OPLMNwAcT */
	{ADF_USIM, 0x6f62, 5, 0, PIN, ADM, "ff"},       /* HPLMNwAcT */
	{ADF_USIM, 0x6f73, 14, 0, PIN, PIN, "ff"},      /* PSLOCI */
	{ADF_USIM, 0x6f78, 2, 0, PIN, ADM, "0001"},     /* ACC */
	{ADF_USIM, 0x6f7b, 12, 0, PIN, PIN, "ff"},      /* FPLMN */
	{ADF_USIM, 0x6f7e, 11, 0, PIN, PIN, "ff"},      /* LOCI */
	{ADF_USIM, 0x6fad, 4, 0, ALW, ADM, "00000002"}, /* AD */
	{ADF_USIM, 0x6fb7, 4, 2, ALW, ADM, "ff"},       /* ECC */
	{ADF_USIM, UICC_EF_KEY_INDEX, 1, 0, PIN, ADM, "01"},
	{ADF_USIM, EF_KEY, 32, 0, NEV, ADM, "00"},
};
#define FILES (sizeof(files) / sizeof(*files))

static const struct file *find(unsigned df, unsigned ef)
{
	for (size_t i = 0; i < FILES; i++)
		if (files[i].df == df && files[i].ef == ef)
			return &files[i];
	return NULL;
}

static size_t octets(const struct file *f)
{
	return (size_t)f->size * (f->records ? f->records : 1);
}

static void file_name(char name[static 10], unsigned df, unsigned ef)
{
	snprintf(name, 10, "%04x%04x", df & 0xffff, ef & 0xffff);
}

int files_init(json_t *o, struct why *why)
{
	for (size_t i = 0; i < FILES; i++) {
		char text[2 * FILE_MAX + 1] = "", name[10];

		for (size_t n = 0; n < 2 * octets(&files[i]); n++)
			text[n] = files[i].fill[n % strlen(files[i].fill)];
		file_name(name, files[i].df, files[i].ef);
		if (json_put_text(o, name, text, why))
			return -1;
	}
	return 0;
}

/* ---- what is in a file: what OTA staged comes first for OTA itself ---- */

static int load(const struct card *c, const struct file *f, uint8_t bytes[static FILE_MAX])
{
	const char *text = NULL;
	char name[10];

	file_name(name, f->df, f->ef);
	if (c->is_remote)
		text = json_string_value(json_object_get(json_object_get(c->s, "staged"), name));
	if (!text)
		text = json_string_value(json_object_get(json_object_get(c->s, "files"), name));
	return text && hex_decode(bytes, octets(f), text, name, NULL) == 0 ? 0 : -1;
}

static int store(struct card *c, const struct file *f, const uint8_t *bytes, struct why *why)
{
	char name[10];

	file_name(name, f->df, f->ef);
	c->is_changed = true;
	return json_put_hex(json_object_get(c->s, c->is_remote ? "staged" : "files"), name, bytes,
			    octets(f), why);
}

int files_put(struct card *c, unsigned df, unsigned ef, const uint8_t *data, size_t len,
	      struct why *why)
{
	const struct file *f = find(df, ef);

	if (!f || octets(f) != len)
		return why_sys(why, "no file %04x of %zu octets", ef, len);
	return store(c, f, data, why);
}

/* ---- commands ---- */

uint16_t files_select(struct card *c, unsigned fid)
{
	if (fid == DF_MF || fid == ADF_USIM) {
		c->df = fid;
		c->ef = 0;
		return SW_OK;
	}
	if (!find(c->df, fid))
		return SW_NO_FILE;
	c->ef = fid;
	return SW_OK;
}

/* FCP template (TS 102 221 11.1.1.3): descriptor, identifier, size. */
uint16_t files_describe(const struct card *c, struct buf *data)
{
	const struct file *f = find(c->df, c->ef);
	const unsigned id = f ? c->ef : c->df;
	const uint8_t id_tlv[] = {0x83, 2, (uint8_t)(id >> 8), (uint8_t)id};
	uint8_t fcp[16] = {0x62, 0, 0x82, 2, f ? (f->records ? 0x42 : 0x41) : 0x78, 0x21};
	size_t n = 6;

	if (f && f->records) {
		fcp[3] = 5;
		fcp[7] = f->size;
		fcp[8] = f->records;
		n = 9;
	}
	memcpy(fcp + n, id_tlv, sizeof(id_tlv));
	fcp[1] = (uint8_t)(n + 2 + (f ? 4 : 0));
	if (buf_add(data, fcp, n + 4, NULL))
		return SW_SYSTEM;
	if (f) {
		const uint8_t size[] = {0x80, 2, 0, (uint8_t)octets(f)};

		if (buf_add(data, size, sizeof(size), NULL))
			return SW_SYSTEM;
	}
	return SW_OK;
}

bool files_pin_is_right(const struct card *c)
{
	return c->pin_is_right || !json_object_get(c->s, "pin");
}

static bool may(const struct card *c, enum rights wanted)
{
	if (wanted == ALW)
		return true;
	if (wanted == PIN)
		return c->is_remote || files_pin_is_right(c);
	return wanted == ADM && c->is_remote;
}

/* Where a command acts inside the selected file. */
static uint16_t place(const struct file *f, bool is_record, unsigned at, size_t len, size_t *start)
{
	if (!f)
		return SW_NO_EF;
	if (is_record != (f->records > 0))
		return SW_STRUCTURE;
	if (is_record && (at < 1 || at > f->records))
		return SW_NO_RECORD;
	*start = is_record ? (size_t)(at - 1) * f->size : at;
	if (is_record)
		return len == f->size ? SW_OK : SW_LENGTH;
	if (at >= f->size)
		return SW_OFFSET;
	return at + len <= f->size ? SW_OK : SW_LENGTH;
}

uint16_t files_read(struct card *c, bool is_record, unsigned at, size_t len, struct buf *data)
{
	const struct file *f = find(c->df, c->ef);
	uint8_t bytes[FILE_MAX];
	size_t start = 0;
	uint16_t sw;

	if (f && !len)
		len = is_record || at >= f->size ? f->size : f->size - at;
	sw = place(f, is_record, at, len, &start);
	if (sw != SW_OK)
		return sw;
	if (!may(c, f->read))
		return SW_SECURITY;
	return load(c, f, bytes) || buf_add(data, bytes + start, len, NULL) ? SW_SYSTEM : SW_OK;
}

/* The next pair of the list, or the one in use (which takes back): 5.3.2.2 step 5. */
static uint16_t check_key_index(const struct card *c, unsigned index)
{
	const unsigned in_use = card_key_index(c);

	if (index == in_use)
		return SW_OK;
	if (!card_pair_of(c, in_use + 1))
		return SW_EXHAUSTED;
	return index == in_use + 1 ? SW_OK : SW_DATA;
}

uint16_t files_write(struct card *c, bool is_record, unsigned at, const uint8_t *data, size_t len)
{
	const struct file *f = find(c->df, c->ef);
	uint8_t bytes[FILE_MAX];
	size_t start = 0;
	uint16_t sw = place(f, is_record, at, len, &start);

	if (sw != SW_OK)
		return sw;
	if (!may(c, f->update) || (f->ef == EF_KEY && !c->is_ciphered))
		return SW_SECURITY;
	if (f->ef == EF_KEY && len != f->size)
		return SW_LENGTH;
	sw = f->ef == UICC_EF_KEY_INDEX ? check_key_index(c, data[0]) : SW_OK;
	if (sw != SW_OK)
		return sw;
	if (load(c, f, bytes))
		return SW_SYSTEM;
	memcpy(bytes + start, data, len);
	sw = store(c, f, bytes, NULL) ? SW_SYSTEM : SW_OK;
	OPENSSL_cleanse(bytes, sizeof(bytes));
	return sw;
}
