/* SPDX-License-Identifier: Apache-2.0 */
/* A process that holds secrets. */
#ifndef BASE_SECMEM_H
#define BASE_SECMEM_H

#include <stdbool.h>
#include <stddef.h>

/* First in main, before any call of OpenSSL or jansson: no core file, not dumpable, and allocators
 * under both that wipe what is freed. */
void secmem_init(void);

/* The same for tools that need of OpenSSL its ciphers alone, and start often: no configuration, so
 * no providers of the system's, and no tidying up at the end of what holds no secret. */
void secmem_init_bare(void);
bool secmem_is_bare(void);

/* The allocator itself, for other libraries: what it frees is wiped first. NULL is freed to no
 * effect; secmem_size of NULL is 0. */
void *secmem_alloc(size_t size);
void *secmem_realloc(void *p, size_t size);
void secmem_free(void *p);
size_t secmem_size(const void *p);

#endif
