/* SPDX-License-Identifier: Apache-2.0 */
/* The Trusted Environment: TR 33.812 5.1.2. The only header of tre/ that others include; nothing
 * here hands out PrK_TRE or a K. Everything that changes the state is durable when it
 * returns 0, and is the old state or the new one whatever happens before. */
#ifndef TRE_TRE_H
#define TRE_TRE_H

#include "base/buf.h"
#include "base/json.h"
#include "base/ossl.h"

#include <stdbool.h>

struct tre;
typedef struct tre TRE;
void tre_close(struct tre *t); /* wipes, and gives the lock back */
DEFINE_AUTO(TRE, tre_close)

/* Opens the sealed state in folder `state`; its key and monotonic counter are in `device` (NULL:
 * state with ".device" behind it). Holds a lock (status 5 where another has it). A state that does
 * not open, is rolled back or is another's: refused with `locked-down`, for good. */
struct tre *tre_open(const char *state, const char *device, struct why *why);

/* ---- orders: what the maker, the owner or the device asks for, in texts and paths ---- */

/* Files; cert and credential are wanted. */
struct tre_personal {
	const char *key, *cert, *enc_key, *enc_cert;
	const char *credential, *operator_cert, *knetver;
};

/* Secure push (B.2.2.1 NOTE 2): the bootstrap's MAC under the IMSI in use, or under the PIN in a
 * file. It stands for Cert_SHO[0] where none was installed and the policy names who may push. */
struct tre_push {
	bool netwpin;
	const char *userpin; /* NULL: none */
};

/* NULL or false where nothing is said. */
struct tre_order {
	const char *tre_id, *policy;  /* init */
	const char *pin;              /* of who asks, in a file; NULL: its session's */
	const char *user;             /* NULL: the owner */
	const char *new_pin, *rights; /* user */
	const char *alg;              /* keygen */
	const char *image;            /* firmware */
	const char *components;       /* boot */
	const char *as;               /* list */
	const char *rand, *autn;      /* attach, in hex */
	const char *to, *to_cert;     /* token; report, certify */
	const char *ack;              /* provision: the old operator's note */
	const char *sho;              /* discard: the old operator */
	const char *operand;          /* of acts that have one: the MCIM, or the user */
	const char *file;             /* read: efid */
	const char *order;            /* pristine: the RO's note */
	const char *at;               /* of orders and notes; NULL: now */
	const char *in;               /* NULL: stdin */
	const char *out;              /* where the answer will go; NULL: stdout */
	struct tre_personal personal;
	struct tre_push push; /* bootstrap */
	bool identity;        /* attach: this, or RAND and AUTN */
	bool verify;          /* audit */
	bool is_signed;       /* command: the answer */
	bool stage, commit;   /* provision: all at once, or one half, */
	bool beside;          /* or beside the one in use */
	bool ask;             /* consent, certify: the question, not the answer */
	bool remove;          /* user */
	bool force;           /* keygen: another key in the place of one that is there */
};

/* An act by its name, and the words of an order that it reads, as the command line has them. */
struct tre_act {
	const char *name;
	int (*act)(struct tre *t, struct tre_order *o, struct buf *out, struct why *why);
	const char *operand;  /* what it is; NULL: none */
	const char *words[9]; /* NULL at the end */
};
#define TRE_ACTS 29
extern const struct tre_act tre_acts[TRE_ACTS];

/* Whether the answer to that order is a secret. */
bool tre_act_tells_secret(const struct tre_act *act, const struct tre_order *o);

/* Acts on the TRE in these folders (tre_open; for init there is none yet). The answer is appended
 * to out, and a refusal may have one too, for a peer to hear. An order in which something is
 * missing, or that does not fit together, is status 2. */
int tre_act(const struct tre_act *act, const char *state, const char *device, struct tre_order *o,
	    struct buf *out, struct why *why) __attribute__((warn_unused_result));

/* ---- many TREs in one folder, as the other end of bulk provisioning (4.3.2) ---- */

struct tool_opt;
struct tre_many {
	const char *fleet, *device;  /* folders; device NULL: fleet with ".device" behind it */
	const char *in, *out;        /* files, or NULL: stdin, stdout */
	const struct tool_opt *opts; /* the words of orders, whose places are in order */
	struct tre_order *order;     /* what holds for each line that does not say otherwise */
};

/* A line: tre_id, act (tre_acts, or m2meobj) and the words of the act, `_` for `-`; what is a file
 * elsewhere is its content, text or an object, or NAME_b64. An outcome: tre_id, act, status and
 * output, or reason and text. A line that is the last one again of its TRE, and changed it, is
 * answered as it was, where it comes with the same PIN and the like. Acts are durable in groups
 * before they are told. Returns the worst exit status. */
int tre_many(const struct tre_many *m);

/* The signed M2MEobj, TR 33.812 B.2.3.4 step 5: nonce_A of the accepted bootstrap, a new nonce_B
 * that is remembered first. Refused with `no-bootstrap` where none was accepted. object (username,
 * proof) and url, for a package's header, may be NULL. */
struct m2meobj;
int tre_m2meobj(struct tre *t, struct buf *document, struct m2meobj *object, struct buf *url,
		struct why *why) __attribute__((warn_unused_result));

#endif
