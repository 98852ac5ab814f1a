/* SPDX-License-Identifier: Apache-2.0 */
/* MCIMBLOB in DER (TR 33.812 B.2.6, AUTOMATIC TAGS). asn1c's encoder measures every level anew for
 * the one above it, and takes ten times as long; its decoder, which takes DER alone, is this one's
 * test. */
#include "mcim/blob.h"

#define SEQUENCE 0x30
#define FIRST 0x80         /* [0], and so on: implicit, primitive */
#define FILES 0xa1         /* [1] SEQUENCE OF */
#define CODE 0xa2          /* [2] SEQUENCE */
#define HEAD_MAX 6         /* a tag, and a length below 2^32 */
#define NUMBER_MAX (2 + 4) /* an INTEGER of 0 to 2^24 - 1 */

/* Octets of tag and length before a value of that length. */
static size_t head_len(size_t len)
{
	size_t n = 2;

	if (len >= 0x80)
		for (; len; len >>= 8)
			n++;
	return n;
}

static size_t whole(size_t len)
{
	return head_len(len) + len;
}

/* Of an INTEGER: a first octet of 80 and above would make it negative. */
static size_t number_len(size_t v)
{
	size_t n = 1;

	while (v >= 0x80) {
		v >>= 8;
		n++;
	}
	return n;
}

static int put_head(struct buf *b, unsigned tag, size_t len, struct why *why)
{
	uint8_t head[HEAD_MAX] = {(uint8_t)tag, (uint8_t)len};
	const size_t n = head_len(len);

	if (n > 2) {
		head[1] = (uint8_t)(0x80 + n - 2);
		for (size_t i = n; i > 2; len >>= 8)
			head[--i] = (uint8_t)len;
	}
	return buf_add(b, head, n, why);
}

static int put_number(struct buf *b, size_t v, struct why *why)
{
	uint8_t octets[NUMBER_MAX] = {FIRST, (uint8_t)number_len(v)};
	const size_t n = 2 + octets[1];

	for (size_t i = n; i > 2; v >>= 8)
		octets[--i] = (uint8_t)v;
	return buf_add(b, octets, n, why);
}

static size_t pair_len(size_t number, size_t len)
{
	return whole(number_len(number)) + whole(len);
}

/* EFDATA, and MCIMSWCODE: a number and octets. */
static int put_pair(struct buf *b, unsigned tag, size_t number, const void *bytes, size_t len,
		    struct why *why)
{
	return put_head(b, tag, pair_len(number, len), why) || put_number(b, number, why) ||
			       put_head(b, FIRST + 1, len, why) || buf_add(b, bytes, len, why)
		       ? -1
		       : 0;
}

int mcim_blob_encode(struct buf *b, const struct mcim_blob *m, struct why *why)
{
	size_t files = 0, all;

	for (size_t i = 0; i < m->files; i++)
		files += whole(pair_len(m->file[i].efid, m->file[i].len));
	all = whole(number_len(0)) + whole(files);
	if (m->code)
		all += whole(pair_len(m->code_len, m->code_len));
	if (buf_reserve(b, whole(all), why) || put_head(b, SEQUENCE, all, why) ||
	    put_number(b, 0, why) || put_head(b, FILES, files, why))
		return -1;
	for (size_t i = 0; i < m->files; i++)
		if (put_pair(b, SEQUENCE, m->file[i].efid, m->file[i].bytes, m->file[i].len, why))
			return -1;
	return m->code ? put_pair(b, CODE, m->code_len, m->code, m->code_len, why) : 0;
}
