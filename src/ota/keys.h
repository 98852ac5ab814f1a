/* SPDX-License-Identifier: Apache-2.0 */
/* What uicc-keys(1) does: the UICC manufacturer's list of K/OTA-key pairs, and what operators do
 * with pairs and cards that change hands (TR 33.812 5.3). */
#ifndef OTA_KEYS_H
#define OTA_KEYS_H

#include <stdbool.h>

/* Texts as they stand on the command line, NULL where they do not. */
struct keys_order {
	const char *db, *iccid, *count, *entitled, *index, *recipient, *trust, *handover, *to, *at;
	const char *key, *cert, *about, *imsi, *plmn, *in, *out;
	bool with_sqn;
};

/* Each reads and writes the order's files. What it may give out once is durable before it is told.
 * Those of lists name bad lines on stderr and do the rest; all return the exit status. */
int keys_make(const struct keys_order *o);
int keys_import(const struct keys_order *o);
int keys_release(const struct keys_order *o);
int keys_open(const struct keys_order *o);
int keys_handover(const struct keys_order *o);
/* Deletes the cards of a list at the old operator, and attests it to the new one (5.3.1.3): a note
 * `deletion` about the hand-over. */
int keys_delete(const struct keys_order *o);

/* The acts, each with its options; the first so many must be there. */
struct keys_act {
	const char *name;
	int (*run)(const struct keys_order *o);
	int wanted;
	const char *words[11]; /* NULL at the end */
};
#define KEYS_ACTS 6
extern const struct keys_act keys_acts[KEYS_ACTS];

#endif
