/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of the register's records, as m2m-register(1) lists them. */
#ifndef REGISTER_FIELDS_H
#define REGISTER_FIELDS_H

#include "register/register.h"

/* Status 3 where a field is missing, unknown or of another form. */
int reg_fields_check(enum reg_table table, const json_t *record, struct why *why)
	__attribute__((warn_unused_result));

/* The columns of a table as CSV; ends with NULL. */
const char *const *reg_columns(enum reg_table table);

/* The name of a table to its number: -1 and status 2 where it is none. */
int reg_table_parse(const char *name, struct why *why) __attribute__((warn_unused_result));
const char *reg_table_key(enum reg_table table);

#endif
