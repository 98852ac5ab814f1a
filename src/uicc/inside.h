/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the card alone. */
#ifndef UICC_INSIDE_H
#define UICC_INSIDE_H

#include "aka/autn.h"
#include "uicc/card.h"

#include <stdint.h>

#define DF_MF 0x3f00
#define ADF_USIM 0x7fff
#define EF_IMSI 0x6f07
#define EF_KEY 0x6ff2 /* proprietary: K | OPc, written by OTA alone (5.3.1.2 step 6) */
#define SW_OK 0x9000
#define CARD_TAR "b00010" /* remote file management of the USIM, TS 101 220 */

/* Status words, TS 102 221 10.2.1. */
enum {
	SW_MAC = 0x9862,
	SW_NO_CHANGE = 0x6300,
	SW_TRIES = 0x63c0, /* and how many are left */
	SW_LENGTH = 0x6700,
	SW_SECURITY = 0x6982,
	SW_BLOCKED = 0x6983,
	SW_STRUCTURE = 0x6981,
	SW_CONDITIONS = 0x6985,
	SW_NO_EF = 0x6986,
	SW_DATA = 0x6a80,
	SW_NO_FILE = 0x6a82,
	SW_NO_RECORD = 0x6a83,
	SW_EXHAUSTED = 0x6a84,
	SW_P1P2 = 0x6a86,
	SW_NO_REFERENCE = 0x6a88,
	SW_OFFSET = 0x6b00,
	SW_INS = 0x6d00,
	SW_CLA = 0x6e00,
	SW_SYSTEM = 0x6f00,
};

/* The state's JSON: borrowed. */
json_t *card_pair_of(const struct card *c, unsigned index); /* NULL: not in the list */
unsigned card_key_index(const struct card *c);
/* What OTA staged becomes what the card shows: REFRESH (5.3.1.2 step 4). */
int card_activate(struct card *c, struct why *why) __attribute__((warn_unused_result));

/* Files: each gives a status word. */
int files_init(json_t *files, struct why *why) __attribute__((warn_unused_result));
uint16_t files_select(struct card *c, unsigned fid);
/* Whether the PIN was verified, or there is none. */
bool files_pin_is_right(const struct card *c);
uint16_t files_read(struct card *c, bool is_record, unsigned at, size_t len, struct buf *data);
uint16_t files_write(struct card *c, bool is_record, unsigned at, const uint8_t *data, size_t len);
uint16_t files_describe(const struct card *c, struct buf *data);
int files_put(struct card *c, unsigned df, unsigned ef, const uint8_t *data, size_t len,
	      struct why *why) __attribute__((warn_unused_result));

/* K and OPc or TOPc of a pair or credential, and what it has of an SQN array. Status 3. */
int card_pair_parse(struct aka_key *key, struct sqn_window *w, const json_t *pair, struct why *why)
	__attribute__((warn_unused_result));

/* AUTHENTICATE with the pair in use: a holds the answer, key its lengths. */
int card_authenticate(struct card *c, const uint8_t rand[static 16], const uint8_t autn[static 16],
		      struct aka_key *key, struct aka_answer *a, struct why *why)
	__attribute__((warn_unused_result));

/* MANAGE SECURE CHANNEL (TS 102 484, with codings of our own): P1 1 nonces, P1 2 the proof. */
uint16_t channel_manage(struct card *c, uint8_t p1, const uint8_t *data, size_t len,
			struct buf *answer);
bool channel_is_wanted(const struct card *c);
int channel_refuse(struct why *why);

/* One part of a message into the list of those that wait. 1: it was the last, and the packet is
 * appended; 0: it is kept, and the oldest gives way where there are too many; -1. */
int parts_take(json_t *waiting, const struct sms_part *p, struct buf *packet, struct why *why)
	__attribute__((warn_unused_result));

/* One command with its data and status word. */
uint16_t apdu_run(struct card *c, const uint8_t *apdu, size_t len, struct buf *data,
		  struct why *why);

#endif
