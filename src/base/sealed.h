/* SPDX-License-Identifier: Apache-2.0 */
/* A state that is sealed for one device: AES-256-GCM under the device's key, with the device's
 * monotonic counter in its header. Counter c or c + 1 opens it, so that a crash between the two
 * writes of a save locks nothing down, and an old copy does. */
#ifndef BASE_SEALED_H
#define BASE_SEALED_H

#include "base/buf.h"

#define SEALED_MAX ((size_t)4 * 1024 * 1024)

struct sealed {
	char *state;  /* folder of state.sealed and lock */
	char *device; /* folder of device.key and counter */
	int lock;     /* -1: none */
	uint64_t counter;
	uint8_t key[32];
	char magic[4];
};
#define SEALED(name) __attribute__((cleanup(sealed_close))) struct sealed name = {.lock = -1}
void sealed_close(struct sealed *s); /* wipes, and gives the lock back */

/* Makes the folders (0700) and the device's key; nothing is there to open before the first save.
 * device NULL: state with ".device" behind it. magic: four characters. Refused with
 * `already-initialised`; status 5 where another has the lock over 10 s. */
int sealed_create(struct sealed *s, const char *state, const char *device, const char *magic,
		  struct why *why) __attribute__((warn_unused_result));

/* Opens it and appends its octets. Status 3 where there is none; refused with `locked-down` where
 * it was changed, rolled back or is another device's. */
int sealed_open(struct sealed *s, const char *state, const char *device, const char *magic,
		struct buf *bytes, struct why *why) __attribute__((warn_unused_result));

/* Durable when it returns 0; else the old state or the new one. */
int sealed_save(struct sealed *s, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* A part of the state that stands elsewhere (a row of a database): appends nonce | sealed octets |
 * tag, for that name alone. That it is the newest is not said by it. */
int sealed_part(const struct sealed *s, const char *name, const void *bytes, size_t len,
		struct buf *out, struct why *why) __attribute__((warn_unused_result));
/* Refused with `locked-down`. */
int sealed_part_open(const struct sealed *s, const char *name, const void *part, size_t len,
		     struct buf *out, struct why *why) __attribute__((warn_unused_result));

#endif
