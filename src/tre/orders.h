/* SPDX-License-Identifier: Apache-2.0 */
/* Orders (tre/tre.h) taken apart into acts (tre/acts.h): for the files of this module alone. */
#ifndef TRE_ORDERS_H
#define TRE_ORDERS_H

#include "tre/acts.h"

/* Status 2 where an option's value is missing. */
int tre_need(const char *value, const char *word, struct why *why)
	__attribute__((warn_unused_result));

/* One for each act of a TRE in use. */
int order_certify(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_user(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_login(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_logout(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_report(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_firmware(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_policy(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_attach(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_bootstrap(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_token(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_provision(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_discard(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_select(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_deselect(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_read(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_controls(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_revert(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_pristine(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_renew(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_consent(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_access(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int order_command(struct tre *t, struct tre_order *o, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));

#endif
