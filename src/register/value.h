/* SPDX-License-Identifier: Apache-2.0 */
/* The quick look at a field of a flat line. */
#ifndef REGISTER_VALUE_H
#define REGISTER_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a field's text may be for the quick way; any other is for reg_entry_check. A certificate
 * (PEM) is looked into when the whole line was read. */
enum kind { PEM, DIGITS, HEX, WORD, TRE_ID, IND_BITS, PARTY, URL, TEXT };

struct reg_row_field {
	const char *name;
	enum kind kind;
	uint8_t least, most; /* characters */
	const char *words;   /* each between blanks */
};

/* Right for certain; else the full reader says. */
bool reg_value_is_right(const struct reg_row_field *f, const char *p, size_t len);

#endif
