/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/key_pkcs11.h"

#include "base/buf.h"
#include "base/hex.h"
#include "base/slurp.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#define LIBRARY "libp11.so.3"
#define PROXY "p11-kit-proxy.so"
#define VALUE 256

/* What libp11.h says, of which this is all that is used. */
struct p11_ctx;
struct p11_slot;
struct p11_key {
	char *label;
	unsigned char *id;
	size_t id_len;
	unsigned char is_private, needs_login;
	void *own;
};
struct p11_token {
	char *label, *manufacturer, *model, *serial;
	unsigned char initialized, login_required;
	/* and more */
};
struct p11_slot {
	char *manufacturer, *description;
	unsigned char removable;
	struct p11_token *token; /* NULL: none is in it */
	void *own;
};

static struct {
	struct p11_ctx *(*ctx_new)(void);
	int (*load)(struct p11_ctx *ctx, const char *module);
	int (*slots)(struct p11_ctx *ctx, struct p11_slot **slots, unsigned *n);
	int (*session)(struct p11_slot *slot, int writes);
	int (*logged_in)(struct p11_slot *slot, int officer, int *is);
	int (*login)(struct p11_slot *slot, int officer, const char *pin);
	int (*keys)(struct p11_token *token, struct p11_key **keys, unsigned *n);
	EVP_PKEY *(*private)(struct p11_key *key);
} lib;

/* The attributes of a URI, percent-decoded; "" where one is missing. */
struct wanted {
	char token[VALUE], serial[VALUE], manufacturer[VALUE], model[VALUE], object[VALUE];
	char id[VALUE];
	size_t id_len;
	char module[VALUE], pin_source[VALUE];
};

static int load_library(struct why *why)
{
	void *so = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	const struct {
		const char *name;
		void *at;
	} names[] = {
		{"PKCS11_CTX_new", &lib.ctx_new},        {"PKCS11_CTX_load", &lib.load},
		{"PKCS11_enumerate_slots", &lib.slots},  {"PKCS11_open_session", &lib.session},
		{"PKCS11_is_logged_in", &lib.logged_in}, {"PKCS11_login", &lib.login},
		{"PKCS11_enumerate_keys", &lib.keys},    {"PKCS11_get_private_key", &lib.private}};

	if (!so)
		return why_sys(why, "a key in a token wants %s, which is not there: install libp11",
			       LIBRARY);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		void *f = dlsym(so, names[i].name);

		if (!f)
			return why_sys(why, "%s has no %s", LIBRARY, names[i].name);
		memcpy(names[i].at, &f, sizeof(f));
	}
	return 0;
}

/* ---- the URI, RFC 7512 2.3 ---- */

static int decode(char out[static VALUE], size_t *len, const char *text, size_t n, struct why *why)
{
	*len = 0;
	for (size_t i = 0; i < n; i++) {
		char c = text[i];

		if (c == '%') {
			uint8_t octet;

			if (n - i < 3 || !hex_read(&octet, 1, text + i + 1))
				return why_input(why, "pkcs11: a %% without two hex digits");
			c = (char)octet;
			i += 2;
		}
		if (*len == VALUE - 1)
			return why_input(why, "pkcs11: a value is too long");
		out[(*len)++] = c;
	}
	out[*len] = '\0';
	return 0;
}

static int attribute(struct wanted *w, const char *name, size_t name_len, const char *value,
		     size_t len, struct why *why)
{
	const struct {
		const char *name;
		char *to;
	} known[] = {{"token", w->token},
		     {"serial", w->serial},
		     {"manufacturer", w->manufacturer},
		     {"model", w->model},
		     {"object", w->object},
		     {"id", w->id},
		     {"module-path", w->module},
		     {"pin-source", w->pin_source}};
	size_t n = 0;

	if (name_len == 9 && strncmp(name, "pin-value", 9) == 0)
		return why_usage(why,
				 "pin-value: everybody sees it there; pin-source names a file");
	if (name_len == 4 && strncmp(name, "type", 4) == 0)
		return len == 7 && strncmp(value, "private", 7) == 0
			       ? 0
			       : why_input(why, "pkcs11: want type=private");
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strlen(known[i].name) != name_len ||
		    strncmp(name, known[i].name, name_len) != 0)
			continue;
		if (decode(known[i].to, &n, value, len, why))
			return -1;
		if (known[i].to == w->id)
			w->id_len = n;
		return 0;
	}
	return why_input(why, "pkcs11: %.*s: no such attribute is known here",
			 (int)(name_len < 40 ? name_len : 40), name);
}

static int parse_uri(struct wanted *w, const char *uri, struct why *why)
{
	for (const char *p = uri + strlen("pkcs11:"); *p;) {
		const size_t len = strcspn(p, ";?&");
		const char *equals = memchr(p, '=', len);

		if (!equals)
			return why_input(why, "pkcs11: want NAME=VALUE with ; or & between");
		if (attribute(w, p, (size_t)(equals - p), equals + 1,
			      (size_t)(p + len - equals - 1), why))
			return -1;
		p += len;
		p += *p != '\0';
	}
	return 0;
}

/* ---- the token ---- */

static bool same(const char *want, const char *is)
{
	return !*want || (is && strcmp(want, is) == 0);
}

static struct p11_slot *find_slot(const struct wanted *w, struct p11_slot *slots, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct p11_token *t = slots[i].token;

		if (t && t->initialized && same(w->token, t->label) && same(w->serial, t->serial) &&
		    same(w->manufacturer, t->manufacturer) && same(w->model, t->model))
			return &slots[i];
	}
	return NULL;
}

static int login(struct p11_slot *slot, const struct wanted *w, struct why *why)
{
	const char *path =
		strncmp(w->pin_source, "file:", 5) == 0 ? w->pin_source + 5 : w->pin_source;
	int is = 0;
	BUF(pin);

	if (lib.session(slot, 0))
		return ossl_why(why, "pkcs11: session");
	if (!slot->token->login_required || (lib.logged_in(slot, 0, &is) == 0 && is) || !*path)
		return 0;
	if (slurp(&pin, strncmp(path, "//", 2) == 0 ? path + 2 : path, 256, why))
		return -1;
	buf_trim(&pin);
	if (lib.login(slot, 0, buf_text(&pin)) == 0)
		return 0;
	ossl_why(NULL, "pkcs11");
	return why_refuse(why, "wrong-pin", "the token does not take the PIN (PKCS #11 C_Login)");
}

static EVP_PKEY *find_key(struct p11_slot *slot, const struct wanted *w, struct why *why)
{
	struct p11_key *keys = NULL;
	unsigned n = 0;

	if (lib.keys(slot->token, &keys, &n)) {
		ossl_why(why, "pkcs11: keys");
		return NULL;
	}
	for (unsigned i = 0; i < n; i++) {
		if (!same(w->object, keys[i].label) ||
		    (w->id_len &&
		     (keys[i].id_len != w->id_len || memcmp(keys[i].id, w->id, w->id_len) != 0)))
			continue;
		return lib.private(&keys[i]);
	}
	why_refuse(why, "unknown-key",
		   "the token has no such private key, or shows none without "
		   "a PIN (RFC 7512 2.3)");
	return NULL;
}

EVP_PKEY *key_pkcs11(const char *uri, struct why *why)
{
	static struct p11_ctx *ctx; /* of the first module: one a process */
	static struct p11_slot *slots;
	static unsigned n;
	struct wanted w = {0};
	struct p11_slot *slot;
	EVP_PKEY *key = NULL;

	if (parse_uri(&w, uri, why) || (!lib.private && load_library(why)))
		return NULL;
	if (!slots) {
		ctx = lib.ctx_new();
		if (!ctx || lib.load(ctx, *w.module ? w.module : PROXY) ||
		    lib.slots(ctx, &slots, &n)) {
			ossl_why(why, *w.module ? w.module : PROXY);
			return NULL;
		}
	}
	slot = find_slot(&w, slots, n);
	if (!slot)
		why_sys(why, "pkcs11: no such token is there");
	else if (login(slot, &w, why) == 0)
		key = find_key(slot, &w, why);
	if (!key && why && !why->status)
		ossl_why(why, "pkcs11: key");
	return key;
}
