/* SPDX-License-Identifier: Apache-2.0 */
/* One party's register over SQLite or PostgreSQL: subscribers, discovery, equipment, and the memory
 * of what was given out and what is spent. Records are JSON objects with the fields of
 * m2m-register(1). */
#ifndef REGISTER_REGISTER_H
#define REGISTER_REGISTER_H

#include "base/json.h"

struct reg;
void reg_close(struct reg *r); /* an open transaction is rolled back */
typedef struct reg REG;
DEFINE_AUTO(REG, reg_close)

/* DB is a file (0600, WAL, synchronous FULL), made where it is missing, or postgresql://, whose
 * tables are made where they are missing. NULL: a lock that another holds over 10 s, or a server
 * that is out of reach, is status 5; a file that is no register, which stays as it is, 3; a
 * password in the address, 2. A reader waits for no writer. */
struct reg *reg_open(const char *db, struct why *why);

/* All changes stand inside a transaction (BEGIN IMMEDIATE, or SERIALIZABLE); durable when commit
 * returns 0. */
int reg_begin(struct reg *r, struct why *why) __attribute__((warn_unused_result));
int reg_commit(struct reg *r, struct why *why) __attribute__((warn_unused_result));
void reg_rollback(struct reg *r);

/* Does the work in a transaction of its own, and again from the start where another's was in the
 * way (PostgreSQL); -1 with why of the last try, status 5 where it never came to pass. */
int reg_transact(struct reg *r, int (*work)(struct reg *r, void *ctx, struct why *why), void *ctx,
		 struct why *why) __attribute__((warn_unused_result));

/* The same for work that has the register in its ctx, as that of base/groups.h. */
int reg_transact_group(struct reg *r, int (*work)(void *ctx, struct why *why), void *ctx,
		       struct why *why) __attribute__((warn_unused_result));

/* Inside a transaction: what is done after the mark is kept, or undone, alone. */
int reg_mark(struct reg *r, struct why *why) __attribute__((warn_unused_result));
int reg_keep(struct reg *r, struct why *why) __attribute__((warn_unused_result));
int reg_undo(struct reg *r, struct why *why) __attribute__((warn_unused_result));

/* Subscribers are keyed by imsi; discovery by pcid and tre_id; equipment by tre_id. */
enum reg_table { REG_SUBSCRIBERS, REG_DISCOVERY, REG_EQUIPMENT };

/* The record whose key field (`imsi`, `pcid`, `tre_id`) has that value: 1 and owned, 0 none, -1. */
int reg_get(struct reg *r, enum reg_table table, const char *field, const char *value,
	    json_t **record, struct why *why) __attribute__((warn_unused_result));
/* Checks the record's fields (status 3) and inserts or replaces it. */
int reg_put(struct reg *r, enum reg_table table, const json_t *record, struct why *why)
	__attribute__((warn_unused_result));
/* take borrows each record of the table, in the order of its keys (field NULL), or those whose
 * key field has that value. Returns their count, or -1. */
int reg_each(struct reg *r, enum reg_table table, const char *field, const char *value,
	     int (*take)(void *ctx, json_t *record, struct why *why), void *ctx, struct why *why)
	__attribute__((warn_unused_result));
/* The same of a whole table, each record as the text that the register holds. */
int reg_each_text(struct reg *r, enum reg_table table,
		  int (*take)(void *ctx, const char *record, size_t len, struct why *why),
		  void *ctx, struct why *why) __attribute__((warn_unused_result));
/* Returns how many records went, or -1. */
int reg_delete(struct reg *r, enum reg_table table, const char *field, const char *value,
	       struct why *why) __attribute__((warn_unused_result));
/* The same for the one discovery record that has both. */
int reg_delete_one(struct reg *r, const char *pcid, const char *tre_id, struct why *why)
	__attribute__((warn_unused_result));

/* What was given out and may be used once: kind is `nonce_a`, `challenge`, `registration`, ...; id
 * hex or text; subject a TRE_id or IMSI; attached an object kept with it, or NULL. An id of that
 * kind that is there already is refused (`nonce-replayed`). */
int reg_offer(struct reg *r, const char *kind, const char *id, const char *subject,
	      const json_t *attached, int64_t expires, struct why *why)
	__attribute__((warn_unused_result));
/* Spends it, in the caller's transaction. Refused: `nonce-unknown` (never given out, or to another
 * subject; subject NULL: any), `nonce-replayed` (spent), `nonce-expired`. attached, owned, may be
 * NULL. */
int reg_spend(struct reg *r, const char *kind, const char *id, const char *subject, int64_t at,
	      json_t **attached, struct why *why) __attribute__((warn_unused_result));
/* The newest of a kind for a subject that is open at that time: 1 and id and attached (owned, each
 * may be NULL), 0, -1. */
int reg_find(struct reg *r, const char *kind, const char *subject, int64_t at, char **id,
	     json_t **attached, struct why *why) __attribute__((warn_unused_result));

/* What is attached to one that was given out, spent or not: 1 and owned, 0, -1; and to give it out
 * no more. */
int reg_recall(struct reg *r, const char *kind, const char *id, json_t **attached, struct why *why)
	__attribute__((warn_unused_result));
int reg_drop(struct reg *r, const char *kind, const char *id, struct why *why)
	__attribute__((warn_unused_result));

/* Forgets what expired more than a day before that time. */
int reg_forget(struct reg *r, const char *kind, const char *subject, int64_t at, struct why *why)
	__attribute__((warn_unused_result));

/* What others gave out (jti of tokens and notes): the first use is written down, every further one
 * is refused with reason (`token-reused`, `note-replayed`). */
int reg_once(struct reg *r, const char *kind, const char *id, int64_t expires, const char *reason,
	     struct why *why) __attribute__((warn_unused_result));

/* Numbers of a PLMN: the next MSIN from first to last that was never given out (status 3 where
 * they are used up); what was given back, and its second life: 1 and the PCID, or 0. */
int reg_pool_next(struct reg *r, const char *plmn, uint64_t first, uint64_t last, uint64_t *msin,
		  struct why *why) __attribute__((warn_unused_result));
/* The pool that a PCID came from: the one whose MCC and MNC it starts with. */
int reg_pool_of(struct reg *r, const char *pcid, char plmn[static 8], struct why *why)
	__attribute__((warn_unused_result));
int reg_pool_release(struct reg *r, const char *plmn, const char *pcid, struct why *why)
	__attribute__((warn_unused_result));
int reg_pool_reuse(struct reg *r, const char *plmn, char pcid[static 16], struct why *why)
	__attribute__((warn_unused_result));

/* SQLite's integrity check (status 3 where it fails), and a copy while the register is in use:
 * 0600, and whole or not at all. PostgreSQL has tools of its own for both: the first does nothing
 * there, the second is status 2. */
int reg_check(struct reg *r, struct why *why) __attribute__((warn_unused_result));
int reg_backup(struct reg *r, const char *path, struct why *why)
	__attribute__((warn_unused_result));

#endif
