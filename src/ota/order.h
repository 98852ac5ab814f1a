/* SPDX-License-Identifier: Apache-2.0 */
/* What ota-wrap(1) and ota-unwrap(1) are told: texts as they stand on the command line, NULL where
 * they do not. */
#ifndef OTA_ORDER_H
#define OTA_ORDER_H

#include "base/why.h"
#include "uicc/packet.h"
#include "uicc/sms.h"

#include <stdbool.h>

struct ota_order {
	const char *db, *iccid, *keyset, *cntr, *spi, *kic, *kid, *tar, *form, *reference;
	const char *originator, *at, *script, *imsi, *index, *status, *in, *out, *batch, *plmn;
	const char *done;
	bool response, weak, expanded, refresh;
};

/* SPI, KIc, KID, TAR, the status, and what stands around the packet. */
int ota_order_header(const struct ota_order *o, struct ota_header *h, struct sms_spec *sms,
		     struct why *why) __attribute__((warn_unused_result));
/* The key set of the file, with the order's leave for weak algorithms. */
int ota_order_keyset(const struct ota_order *o, struct ota_keyset *k, struct why *why)
	__attribute__((warn_unused_result));

/* One packet, or what is in one, from the order's files to its output. */
int ota_wrap(const struct ota_order *o, struct why *why) __attribute__((warn_unused_result));
int ota_unwrap(const struct ota_order *o, struct why *why) __attribute__((warn_unused_result));

/* Many cards (batch.h), in groups whose counters are durable before their packets are told. Bad
 * lines are named on stderr; return the worst exit status. */
int ota_wrap_batch(const struct ota_order *o);
int ota_unwrap_batch(const struct ota_order *o);

#endif
