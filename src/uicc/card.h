/* SPDX-License-Identifier: Apache-2.0 */
/* A UICC with a USIM, for Alternatives 2, 3a and 3b (TR 33.812 5.2, 5.3). Nothing here hands out a
 * K or an OTA key. What changes the card is durable when a function returns 0. */
#ifndef UICC_CARD_H
#define UICC_CARD_H

#include "base/json.h"
#include "base/sealed.h"
#include "uicc/packet.h"
#include "uicc/sms.h"

struct card {
	struct sealed sealed;
	json_t *s;       /* the card's state, see m2m-files(5) */
	bool is_changed; /* since the last save */
	unsigned df, ef; /* the files that are selected */
	bool pin_is_right;
	bool is_remote;     /* an OTA script runs: its rights, and its writes are staged */
	bool is_ciphered;   /* and came ciphered */
	bool is_paired;     /* the secure channel stands */
	uint8_t nonces[32]; /* of the channel that is being set up: the terminal's, the card's */
	bool wants_refresh;
	struct buf response; /* for GET RESPONSE and FETCH */
	/* where the card is kept, if not in sealed: a stack (stack.h) */
	int (*keep)(void *keeper, struct card *c, const struct buf *state, struct why *why);
	void *keeper;
};
void card_close(struct card *c);
#define CARD(name) __attribute__((cleanup(card_close))) struct card name = {.sealed = {.lock = -1}}

int card_init(struct card *c, const char *state, const char *device, const char *iccid,
	      struct why *why) __attribute__((warn_unused_result));
/* The same without a place to be kept. */
int card_make(struct card *c, const char *iccid, struct why *why)
	__attribute__((warn_unused_result));
int card_open(struct card *c, const char *state, const char *device, struct why *why)
	__attribute__((warn_unused_result));

/* Files; each but credential may be NULL. credential: a record with imsi, and k and opc or else
 * pairs; pairs: the list of K/OTA-key pairs (5.3.2.2), a record each; keyset: a common OTA key set
 * (5.3.2.3); pairing: the secret shared with one M2ME (5.2.5.2), 64 hex digits; pin: 4 to 8 digits.
 * Refused with `already-initialised` where the card is personalized. */
struct card_personal {
	const char *credential, *pairs, *keyset, *pairing, *pin;
};
int card_personalize(struct card *c, const struct card_personal *p, struct why *why)
	__attribute__((warn_unused_result));
/* The same with a record alone, whose member pairs is a list of pairs; not saved. */
int card_personalize_record(struct card *c, const json_t *record, struct why *why)
	__attribute__((warn_unused_result));

/* Appends a line of JSON: ICCID, IMSI, index in use, indexes left, what is staged. */
int card_info(const struct card *c, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
int card_identity(const struct card *c, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));
/* RES, CK, IK; or with -1 and `sqn-out-of-range` AUTS in out. */
int card_attach(struct card *c, const uint8_t rand[static 16], const uint8_t autn[static 16],
		struct buf *out, struct why *why) __attribute__((warn_unused_result));

/* The terminal's side of the secure channel with that secret's file (NULL: it has none). Refused
 * with `not-paired` where the card wants another. */
int card_pair(struct card *c, const char *pairing, struct why *why)
	__attribute__((warn_unused_result));

/* A command packet; the response packet, where one is due, is appended, and header says under which
 * SPI it goes. -1 with a refusal's reason may have one too. Refused besides the reasons of
 * packet.h: `wrong-tar`, `insufficient-security-level`, `command-failed` (a command of the script:
 * then nothing of it is done). */
int card_remote(struct card *c, const uint8_t *packet, size_t len, struct ota_header *header,
		struct buf *response, struct why *why) __attribute__((warn_unused_result));

/* One short message: 1, and nothing else, where more of its message has to come (it is kept, and
 * the caller saves the card); else as card_remote with what is whole now. Status 3 as sms_read. */
int card_sms(struct card *c, enum sms_form form, const uint8_t *bytes, size_t len,
	     struct ota_header *header, struct buf *response, struct why *why)
	__attribute__((warn_unused_result));

/* The same; the response, where one is due, is appended in short messages of that form, a line of
 * hex each. */
int card_receive(struct card *c, enum sms_form form, const uint8_t *bytes, size_t len,
		 struct buf *lines, struct why *why) __attribute__((warn_unused_result));

#define CARD_APDU_MAX 261
/* One APDU (TS 102 221 10); the answer with its status word is appended. -1: the system failed. */
int card_apdu(struct card *c, const uint8_t *apdu, size_t len, struct buf *answer, struct why *why)
	__attribute__((warn_unused_result));
/* The card is reset: nothing is selected or verified any more. */
void card_reset(struct card *c);
extern const uint8_t card_atr[];
extern const size_t card_atr_len;

/* Makes what was changed durable. */
int card_save(struct card *c, struct why *why) __attribute__((warn_unused_result));

#endif
