/* SPDX-License-Identifier: Apache-2.0 */
/* A network access point in words: JSON with napid, name, bearer, apn, auth_type (none, pap, chap),
 * auth_name, dns. It carries no secret: a bootstrap is signed, and not encrypted. */
#ifndef DM_NAPDEF_H
#define DM_NAPDEF_H

#include "base/json.h"
#include "dm/tnds.h"

/* Only known members, of the right form; napid and apn are wanted. Status 3. */
int napdef_check(const json_t *napdef, struct why *why) __attribute__((warn_unused_result));

/* OMA ConnMO's leaves under NAP/, to a tree and from it (*napdef NULL where there is none). */
int napdef_to_tree(xmlDoc *doc, const json_t *napdef, struct why *why)
	__attribute__((warn_unused_result));
int napdef_from_tree(json_t **napdef, struct tnds *t, struct why *why)
	__attribute__((warn_unused_result));

#endif
