/* SPDX-License-Identifier: Apache-2.0 */
/* The Trusted Environment: TR 33.812 5.1.2. The only header of tre/ that others include; nothing
 * here hands out PrK_TRE or a K. Everything that changes the state is durable when it returns 0,
 * and is the old state or the new one whatever happens before. */
#ifndef TRE_TRE_H
#define TRE_TRE_H

#include "base/buf.h"
#include "base/json.h"
#include "base/ossl.h"

struct tre;
typedef struct tre TRE;
void tre_close(struct tre *t); /* wipes, and gives the lock back */
DEFINE_AUTO(TRE, tre_close)

/* Opens the sealed state in folder `state`; its key and monotonic counter are in `device` (NULL:
 * state with ".device" behind it). Holds a lock (status 5 where another has it). A state that does
 * not open, is rolled back or is another's: refused with `locked-down`, for good. */
struct tre *tre_open(const char *state, const char *device, struct why *why);

/* The signed M2MEobj, TR 33.812 B.2.3.4 step 5: nonce_A of the accepted bootstrap, a new nonce_B
 * that is remembered first. Refused with `no-bootstrap` where none was accepted. username, proof
 * and server URL for SyncHdr are in object and url, which may be NULL. */
struct m2meobj;
int tre_m2meobj(struct tre *t, struct buf *document, struct m2meobj *object, struct buf *url,
		struct why *why) __attribute__((warn_unused_result));

#endif
