/* SPDX-License-Identifier: Apache-2.0 */
/* For sho/exchange.c: credentials in batches under a transport key. */
#ifndef SHO_EXCHANGE_BATCH_H
#define SHO_EXCHANGE_BATCH_H

#include "sho/exchange.h"

#include <stdio.h>

/* As sho_import, row by row; nothing of the input is loaded where one batch of it is not right. */
int sho_import_batch(struct reg *r, const struct sho_exchange *x, FILE *in, sho_report *report,
		     int *worst, struct why *why) __attribute__((warn_unused_result));

#endif
