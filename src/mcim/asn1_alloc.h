/* SPDX-License-Identifier: Apache-2.0 */
/* Forced before every file that asn1c generates (with ASN1_GENERATED): what it frees is wiped,
 * since K passes through; and what its debugging would print is not even made. */
#ifndef MCIM_ASN1_ALLOC_H
#define MCIM_ASN1_ALLOC_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *asn1_alloc(size_t size);
void *asn1_calloc(size_t count, size_t size);
void *asn1_realloc(void *p, size_t size);
void asn1_free(void *p);

#ifdef ASN1_GENERATED
#define malloc asn1_alloc
#define calloc asn1_calloc
#define realloc asn1_realloc
#define free asn1_free
#define ASN_DEBUG(...) ((void)0)
#endif

#endif
