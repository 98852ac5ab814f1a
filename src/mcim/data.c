/* SPDX-License-Identifier: Apache-2.0 */
#include "mcim/data.h"

#include <openssl/crypto.h>
#include <string.h>

#define HEADER 5 /* tag (1), payload_length (4) */
#define BLOCK 16

static const char *const names[] = {"mcim", "algorithm", "update", "bootstrap", "access"};
#define TAGS (sizeof(names) / sizeof(*names))

enum mcim_tag mcim_tag_parse(const char *name, struct why *why)
{
	for (size_t i = 0; i < TAGS; i++)
		if (strcmp(names[i], name) == 0)
			return (enum mcim_tag)(i + 1);
	why_usage(why, "--tag: want mcim, algorithm, update, bootstrap or access, got '%.20s'",
		  name);
	return 0;
}

const char *mcim_tag_name(enum mcim_tag tag)
{
	return names[tag - 1];
}

int mcim_data_encode(struct buf *b, enum mcim_tag tag, const void *payload, size_t len,
		     struct why *why)
{
	const uint8_t header[HEADER] = {(uint8_t)tag, (uint8_t)(len >> 24), (uint8_t)(len >> 16),
					(uint8_t)(len >> 8), (uint8_t)len};
	const size_t pad = BLOCK - (HEADER + len + 1) % BLOCK;
	uint8_t tail[1 + BLOCK];

	if (len > UINT32_MAX / 2)
		return why_input(why, "payload: longer than %u octets", UINT32_MAX / 2);
	memset(tail, (int)pad, sizeof(tail));
	tail[0] = 0; /* version */
	return buf_add(b, header, HEADER, why) || buf_add(b, payload, len, why) ||
			       buf_add(b, tail, 1 + pad, why)
		       ? -1
		       : 0;
}

int mcim_data_decode(struct buf *payload, enum mcim_tag *tag, const void *data, size_t len,
		     struct why *why)
{
	const uint8_t *p = data;
	size_t n, pad;
	unsigned wrong = 0;

	if (len < HEADER + 2 || len % BLOCK)
		return why_input(why, "data: want a multiple of 16 octets (TR 33.812 B.2.3.6)");
	if (p[0] < 1 || p[0] > TAGS)
		return why_input(why, "data: tag %u is none of 1 to 5 (TR 33.812 B.2.3.6)", p[0]);
	n = (size_t)p[1] << 24 | (size_t)p[2] << 16 | (size_t)p[3] << 8 | p[4];
	pad = p[len - 1];
	if (pad < 1 || pad > BLOCK || n != len - pad - HEADER - 1)
		return why_input(why,
				 "data: payload_length and padding do not fit (TR 33.812 B.2.3.6)");
	for (size_t i = len - pad; i < len; i++)
		wrong |= (unsigned)(p[i] ^ pad);
	if (wrong || p[HEADER + n] != 0)
		return why_input(why, "data: version or padding is wrong (TR 33.812 B.2.3.6)");
	*tag = (enum mcim_tag)p[0];
	return buf_add(payload, p + HEADER, n, why);
}
