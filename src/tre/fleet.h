/* SPDX-License-Identifier: Apache-2.0 */
/* Many TREs in one folder, as the other end of bulk provisioning (TR 33.812 4.3.2): fleet.db, a
 * sealed row each by its TRE_id (base/shelf.h), and their audits. While a fleet is open, tre_open
 * and tre_create of this process take TRE_ids of it for folders. */
#ifndef TRE_FLEET_H
#define TRE_FLEET_H

#include "base/shelf.h"
#include "tre/state.h"

struct fleet {
	struct shelf shelf;
	sqlite3_stmt *audit_put, *audit_get;
	struct tre_keeper keeper;
};
void fleet_close(struct fleet *f); /* an open group is rolled back */
#define FLEET(name)                                                 \
	__attribute__((cleanup(fleet_close))) struct fleet name = { \
		.shelf = {.sealed = {.lock = -1}}}

/* As shelf_open; f must stay where it is. */
int fleet_open(struct fleet *f, const char *state, const char *device, bool is_new, struct why *why)
	__attribute__((warn_unused_result));

#endif
