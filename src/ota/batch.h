/* SPDX-License-Identifier: Apache-2.0 */
/* Many cards in one run: TR 33.812 5.3.1.2 step 4. */
#ifndef OTA_BATCH_H
#define OTA_BATCH_H

#include "pcid/imsi_list.h"
#include "register/card.h"
#include "uicc/packet.h"
#include "uicc/sms.h"

#define OTA_GROUP 512 /* lines whose counters are committed together */

/* What all packets of a run have in common. key_index 0: none. */
struct ota_batch {
	struct reg *r; /* borrowed */
	struct ota_header header;
	struct sms_spec sms;
	unsigned key_index;
	bool is_expanded, refresh, weak;
	struct imsi_list list;
	json_t *cards; /* of reg_cards */
	json_t *done;  /* ICCIDs that want no packet any more */
};
void ota_batch_free(struct ota_batch *b);

/* The key set of a card in the register and its next counter, in the caller's transaction, which is
 * committed before a packet is told. Refused as reg_ota_keys and reg_ota_counter. */
int ota_next(struct reg *r, const json_t *cards, const char *iccid, struct ota_keyset *k,
	     struct ota_header *h, struct why *why) __attribute__((warn_unused_result));

/* Reads which cards the register has; plmn: of the IMSIs in the list (NULL: answers are read);
 * done: a file of outcomes, as ota_batch_answer tells them, or NULL: those cards that answered
 * por-ok, and 9000 where a script ran, are passed over. */
int ota_batch_start(struct ota_batch *b, const char *plmn, const char *done, struct why *why)
	__attribute__((warn_unused_result));

/* One line {iccid, imsi} of the list: appends {iccid, imsi, cntr, packet}, the packet being an
 * array of short messages in hex. Refused as imsi_list_check and ota_next. ctx: the batch. */
int ota_batch_line(void *ctx, const json_t *line, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));

/* One line {iccid, packet} of what came back: appends {iccid, tar, cntr, status, data} and what the
 * answer says. Refused: `command-failed` where a status is not por-ok, or a status word not 9000
 * (the line is appended all the same, for that card is to be tried again); the reasons of
 * ota_response_open. */
int ota_batch_answer(void *ctx, const json_t *line, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));

/* What an answer says, as one line: its header, its data, and executed, sw and response. */
int ota_answer_put(json_t *o, const struct ota_header *h, bool is_response, const struct buf *data,
		   struct why *why) __attribute__((warn_unused_result));

#endif
