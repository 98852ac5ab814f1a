/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials in the forms that other programs keep them in. */
#ifndef REGISTER_IMPORT_H
#define REGISTER_IMPORT_H

#include "register/export.h"

struct import;

/* path NULL: stdin. opened, where it is not NULL, is the text that stands for the file (a sealed
 * one that was opened). Forms: EXPORT_JSONL, EXPORT_CSV, EXPORT_OPEN5GS (a document a line, as
 * mongoexport writes them, or one array), EXPORT_PYSIM (a header in any case, or none, as
 * pySim-prog itself writes), EXPORT_OSMO_HLR (its database). NULL: status 2 for another form, else
 * as record_open. */
struct import *import_open(const char *path, enum export_form form, const struct buf *opened,
			   struct why *why);
void import_close(struct import *in);
typedef struct import IMPORT;
DEFINE_AUTO(IMPORT, import_close)

/* The next, in the register's fields, owned: as record_next. OP becomes OPc. What the register has
 * no field for is passed over. */
int import_next(struct import *in, json_t **record, struct why *why)
	__attribute__((warn_unused_result));

/* Where the input has the register's own fields: its reader, borrowed, to be read instead of
 * import_next; NULL otherwise. */
struct record_reader *import_reader(const struct import *in);

/* The line of the record last read, as messages count it. */
size_t import_line(const struct import *in);

/* Puts "FILE:LINE: " before why's text, or the file alone, where it has no lines; returns -1. */
int import_why(const struct import *in, size_t line, struct why *why);

/* For the files of this module: osmo-hlr's database. */
struct osmo;
struct osmo *osmo_open(const char *path, struct why *why) __attribute__((warn_unused_result));
void osmo_close(struct osmo *o);
int osmo_next(struct osmo *o, json_t **record, struct why *why) __attribute__((warn_unused_result));

/* Puts K, and OPc of OPc or else of OP: each 32 hex digits; opc and op may be NULL or empty. */
int import_keys(json_t *record, const char *k, const char *opc, const char *op, struct why *why)
	__attribute__((warn_unused_result));

#endif
