/* SPDX-License-Identifier: Apache-2.0 */
/* The allocator under asn1c's code: base's, which wipes what is freed. */
#include "mcim/asn1_alloc.h"

#include "base/secmem.h"

#include <stdint.h>

void *asn1_alloc(size_t size)
{
	return secmem_alloc(size);
}

void *asn1_calloc(size_t count, size_t size)
{
	void *p = size && count > SIZE_MAX / size ? NULL : secmem_alloc(count * size);

	return p ? memset(p, 0, count * size) : NULL;
}

void asn1_free(void *p)
{
	secmem_free(p);
}

void *asn1_realloc(void *p, size_t size)
{
	return secmem_realloc(p, size);
}
