/* SPDX-License-Identifier: Apache-2.0 */
/* OMA DM trees as documents (OMA-TS-DM_TNDS): nodes by path, leaves with a format. */
#ifndef DM_TNDS_H
#define DM_TNDS_H

#include "base/xml.h"

#include <stdbool.h>

#define TNDS_LEAVES 64

/* ---- writing ---- */
xmlDoc *tnds_new(struct why *why);
/* A leaf under a path such as "M2ME/TRE/NonceA"; interior nodes are made as needed. format is chr,
 * b64 or xml; text NULL for xml, which is filled by the caller through *value (may be NULL). */
int tnds_add(xmlDoc *doc, const char *path, const char *format, const char *text, xmlNode **value,
	     struct why *why) __attribute__((warn_unused_result));
int tnds_add_b64(xmlDoc *doc, const char *path, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* ---- reading: strict, each leaf once, none that is not asked for ---- */
struct tnds {
	struct tnds_leaf {
		char path[160];
		char format[4];
		xmlNode *value;
		bool is_taken;
	} leaf[TNDS_LEAVES];
	size_t leaves;
};
int tnds_read(struct tnds *t, const xmlDoc *doc, struct why *why)
	__attribute__((warn_unused_result));

/* The Value element of a leaf (borrowed), or NULL: missing (status 3). */
xmlNode *tnds_value(struct tnds *t, const char *path, const char *format, struct why *why);
bool tnds_has(const struct tnds *t, const char *path);

/* Text of at most room - 1 octets, without control characters; 0 where the leaf is missing and not
 * is_wanted. */
int tnds_text(struct tnds *t, const char *path, char *text, size_t room, bool is_wanted,
	      struct why *why) __attribute__((warn_unused_result));
/* Appends the octets of a b64 leaf. */
int tnds_b64(struct tnds *t, const char *path, struct buf *b, bool is_wanted, struct why *why)
	__attribute__((warn_unused_result));
/* Exactly so many octets, which must be there. */
int tnds_octets(struct tnds *t, const char *path, uint8_t *to, size_t want, struct why *why)
	__attribute__((warn_unused_result));
/* No leaf was left: status 3 with its path. */
int tnds_done(const struct tnds *t, struct why *why) __attribute__((warn_unused_result));

#endif
