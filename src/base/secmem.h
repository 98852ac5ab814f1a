/* SPDX-License-Identifier: Apache-2.0 */
/* A process that holds secrets. */
#ifndef BASE_SECMEM_H
#define BASE_SECMEM_H

/* First in main, before any call of OpenSSL or jansson: no core file, not dumpable, and allocators
 * under both that wipe what is freed. */
void secmem_init(void);

/* Frees what json_dumps() gave. */
void secmem_json_str_free(char *s);

#endif
