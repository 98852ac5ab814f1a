/* SPDX-License-Identifier: Apache-2.0 */
/* The allocator under asn1c's code: keeps each block's size before it, and wipes what is freed. */
#include "mcim/asn1_alloc.h"

#include <openssl/crypto.h>
#include <stdint.h>

union head {
	size_t size;
	max_align_t align;
};

void *asn1_alloc(size_t size)
{
	union head *h = size <= SIZE_MAX - sizeof(*h) ? calloc(1, sizeof(*h) + size) : NULL;

	if (!h)
		return NULL;
	h->size = size;
	return h + 1;
}

void *asn1_calloc(size_t count, size_t size)
{
	return size && count > SIZE_MAX / size ? NULL : asn1_alloc(count * size);
}

void asn1_free(void *p)
{
	union head *h = p;

	if (!h)
		return;
	h--;
	OPENSSL_cleanse(h, sizeof(*h) + h->size);
	free(h);
}

void *asn1_realloc(void *p, size_t size)
{
	void *grown = asn1_alloc(size);

	if (grown && p) {
		const size_t old = ((union head *)p - 1)->size;

		memcpy(grown, p, old < size ? old : size);
		asn1_free(p);
	}
	return grown;
}
