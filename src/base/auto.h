/* SPDX-License-Identifier: Apache-2.0 */
/* Ownership by scope. */
#ifndef BASE_AUTO_H
#define BASE_AUTO_H

#include <openssl/crypto.h>

/* AUTO(T) *p = NULL;  frees p at the end of its scope. Only for what is owned:
 * a borrowed reference (json_object_get, EVP_*_get0) stays a plain pointer. */
#define DEFINE_AUTO(T, free_fn)            \
	static inline void auto_##T(T **p) \
	{                                  \
		free_fn(*p);               \
		*p = NULL;                 \
	}
#define AUTO(T) __attribute__((cleanup(auto_##T))) T

/* Hands the reference out of its scope: `return STEAL(p);` */
#define STEAL(p)                             \
	__extension__({                      \
		__typeof__(p) stolen_ = (p); \
		(p) = NULL;                  \
		stolen_;                     \
	})

/* SECRET(aka_key) key = {0};  wipes the struct at the end of its scope, on every path. */
#define DEFINE_WIPE(tag)                             \
	static inline void wipe_##tag(struct tag *s) \
	{                                            \
		OPENSSL_cleanse(s, sizeof(*s));      \
	}
#define SECRET(tag) __attribute__((cleanup(wipe_##tag))) struct tag

#endif
