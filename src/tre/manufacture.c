/* SPDX-License-Identifier: Apache-2.0 */
/* The TRE before it is sold, and what it tells of itself: TR 33.812 B.2.2.1, 5.1.2. */
#include "base/hex.h"
#include "base/slurp.h"
#include "base/when.h"
#include "pki/csr.h"
#include "pki/key.h"
#include "tre/lifecycle.h"
#include "tre/state.h"

#include <string.h>

#define VERSION "1"

static int put_policy(struct tre *t, const char *file, struct why *why)
{
	static const char *const fields[] = {"pristine_without_token", NULL};
	json_t *policy = file ? json_load(file, why) : json_object();

	if (!policy || json_put(t->s, "policy", policy, why) || json_only(policy, fields, why))
		return file ? why_in(why, "%s", file) : -1;
	return 0;
}

int tre_init(const char *state, const char *device, const char *tre_id, const char *pin_file,
	     const char *policy_file, struct why *why)
{
	AUTO(TRE) *t = NULL;
	BUF(pin);

	if (tre_id_check(tre_id, "--tre-id", why) ||
	    (pin_file && tre_pin_read(&pin, pin_file, why)))
		return -1;
	t = tre_create(state, device, why);
	if (!t || json_put_text(t->s, "tre_id", tre_id, why) || put_policy(t, policy_file, why) ||
	    (pin_file && tre_pin_set(t, buf_text(&pin), why)) ||
	    json_put(t->s, "mcims", json_array(), why) ||
	    json_put(t->s, "anchors", json_array(), why) ||
	    json_put(t->s, "seen", json_array(), why) || tre_note(t, "init", NULL, why))
		return -1;
	return tre_save(t, why);
}

int tre_keygen(struct tre *t, const char *alg, struct buf *csr, struct why *why)
{
	AUTO(EVP_PKEY) *key = NULL;
	BUF(pem);

	if (*tre_text(t->s, "cert_pem"))
		return why_refuse(why, "wrong-state",
				  "the TRE is personalized already (TR 33.812 B.2.2.1)");
	key = key_generate(alg, why);
	if (!key || key_pem(&pem, key, why) || json_put_text(t->s, "prk", buf_text(&pem), why) ||
	    csr_make(csr, key, tre_own_id(t), why) || tre_note(t, "keygen", NULL, why))
		return -1;
	return tre_save(t, why);
}

/* A certificate that is this TRE's, for the key that is meant. */
static int put_cert(struct tre *t, const char *file, const char *key_field, const char *cert_field,
		    struct why *why)
{
	AUTO(X509) *cert = cert_load(file, why);
	AUTO(EVP_PKEY) *key = NULL;
	const char *pem = tre_text(t->s, key_field);
	char name[TRE_ID_TEXT];
	BUF(text);

	if (!cert || cert_name(name, cert, why))
		return -1;
	if (!*pem)
		return why_refuse(why, "wrong-state", "the TRE has no key yet (TR 33.812 B.2.2.1)");
	key = key_parse(pem, strlen(pem), why);
	if (!key || key_matches(key, cert, why))
		return -1;
	if (strcmp(name, tre_own_id(t)) != 0)
		return why_refuse(why, "wrong-tre", "the certificate is %s's (TR 33.812 B.2.2.1)",
				  name);
	if (!(cert_roles(cert) & CERT_TRE))
		return why_refuse(why, "wrong-usage",
				  "the certificate has not the role of a TRE (m2m-files(5))");
	return cert_pem(&text, cert, why) || json_put_text(t->s, cert_field, buf_text(&text), why)
		       ? -1
		       : 0;
}

static int put_key(struct tre *t, const char *file, const char *field, struct why *why)
{
	AUTO(EVP_PKEY) *key = key_load(file, why);
	BUF(pem);

	return !key || key_pem(&pem, key, why) || json_put_text(t->s, field, buf_text(&pem), why)
		       ? -1
		       : 0;
}

/* The PCID's credential; its window starts at 0. */
static int put_access(struct tre *t, const char *file, struct why *why)
{
	AUTO(json_t) *o = json_load(file, why);
	json_t *access = json_object();
	SECRET(aka_key) key;
	SECRET(sqn_window) w;
	const char *imsi = o ? json_text(o, "imsi", why) : NULL;
	const char *tre_id;
	uint64_t ind_bits;

	if (json_put(t->s, "access", access, why) || !imsi ||
	    json_text_opt(&tre_id, o, "tre_id", why) || tre_credential(&key, &w, o, why) ||
	    json_number(&ind_bits, o, "ind_bits", 0, SQN_IND_BITS, SQN_IND_BITS, why))
		return o ? why_in(why, "%s", file) : -1;
	if (tre_id && strcmp(tre_id, tre_own_id(t)) != 0)
		return why_refuse(why, "wrong-tre",
				  "the credential is for %.64s (TR 33.812 B.2.2.1)", tre_id);
	return json_put_text(access, "imsi", imsi, why) ||
			       json_put_hex(access, "k", key.k, 16, why) ||
			       json_put_hex(access, "opc", key.opc, 16, why) ||
			       json_put_number(access, "ind_bits", ind_bits, why) ||
			       tre_window_put(access, &w, why)
		       ? -1
		       : 0;
}

int tre_anchor_add(struct tre *t, const X509 *cert, const char *sho, const char *state,
		   bool bootstrap, bool mcim, struct why *why)
{
	json_t *o = json_object();
	BUF(pem);

	return json_array_append_new(json_object_get(t->s, "anchors"), o) ||
			       cert_pem(&pem, cert, why) || json_put_text(o, "sho", sho, why) ||
			       json_put_text(o, "state", state, why) ||
			       json_put_bool(o, "bootstrap", bootstrap, why) ||
			       json_put_bool(o, "mcim", mcim, why) ||
			       json_put_text(o, "cert_pem", buf_text(&pem), why)
		       ? -1
		       : 0;
}

static int put_operator(struct tre *t, const char *file, char sho[TRE_ID_TEXT], struct why *why)
{
	AUTO(X509) *cert = cert_load(file, why);
	BUF(pem);

	if (!cert || cert_name(sho, cert, why) || cert_pem(&pem, cert, why) ||
	    json_put_text(t->s, "factory_sho", sho, why) ||
	    json_put_text(t->s, "factory_cert_pem", buf_text(&pem), why))
		return -1;
	return tre_anchor_add(t, cert, sho, "current", true, false, why);
}

static int put_knetver(struct tre *t, const char *file, struct why *why)
{
	json_t *list = json_array();
	uint8_t key[32];
	char hex[65];
	BUF(text);
	char *save = NULL;

	if (json_put(t->s, "knetver", list, why) || slurp(&text, file, SLURP_DOCUMENT, why))
		return -1;
	for (char *line = text.len ? strtok_r((char *)text.bytes, "\r\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\r\n", &save)) {
		if (hex_decode(key, 32, line, "knetver", why))
			return why_in(why, "%s", file);
		hex_encode(hex, key, 32);
		json_array_append_new(list, json_string(hex));
	}
	return 0;
}

static int put_note(struct tre *t, const char *sho, struct buf *out, struct why *why)
{
	AUTO(json_t) *o = json_object();
	const char *enc = tre_text(t->s, "enc_cert_pem");

	return json_put_text(o, "tre_id", tre_own_id(t), why) ||
			       json_put_text(o, "cert_pem", tre_text(t->s, "cert_pem"), why) ||
			       (*enc && json_put_text(o, "enc_cert_pem", enc, why)) ||
			       (*sho && json_put_text(o, "sho", sho, why)) ||
			       json_put_text(o, "pcid",
					     tre_text(json_object_get(t->s, "access"), "imsi"),
					     why) ||
			       json_append_line(out, o, why)
		       ? -1
		       : 0;
}

int tre_personalize(struct tre *t, const struct tre_personal *p, struct buf *delivery_note,
		    struct why *why)
{
	char sho[TRE_ID_TEXT] = "";

	if (*tre_text(t->s, "cert_pem"))
		return why_refuse(why, "wrong-state",
				  "the TRE is personalized already (TR 33.812 B.2.2.1)");
	if ((p->key && put_key(t, p->key, "prk", why)) ||
	    (p->enc_key && put_key(t, p->enc_key, "enc_prk", why)) ||
	    put_cert(t, p->cert, "prk", "cert_pem", why) ||
	    (p->enc_cert && put_cert(t, p->enc_cert, "enc_prk", "enc_cert_pem", why)) ||
	    (p->credential && put_access(t, p->credential, why)) ||
	    (p->operator_cert && put_operator(t, p->operator_cert, sho, why)) ||
	    (p->knetver && put_knetver(t, p->knetver, why)) ||
	    put_note(t, sho, delivery_note, why) || tre_note(t, "personalize", NULL, why))
		return -1;
	return tre_save(t, why);
}

/* ---- boot: measurements, and the integrity of each MCIM (5.1.2.3, t6 cm5, t8 cm8) ---- */

static int measure(json_t *list, const json_t *record, struct why *why)
{
	static const char *const fields[] = {"component", "sha256", "path", NULL};
	const char *component = json_text(record, "component", why), *path, *sha256;
	json_t *o = json_object();
	uint8_t md[32];
	BUF(octets);

	if (json_array_append_new(list, o) || !component || json_only(record, fields, why) ||
	    json_text_opt(&path, record, "path", why) ||
	    json_text_opt(&sha256, record, "sha256", why))
		return -1;
	if (!path == !sha256)
		return why_input(why, "%.40s: want either sha256 or path", component);
	if (path ? slurp(&octets, path, SLURP_LARGE, why) ||
			    ossl_sha256(md, buf_text(&octets), octets.len, why)
		 : json_hex(md, 32, record, "sha256", why))
		return -1;
	return json_put_text(o, "component", component, why) ||
			       json_put_hex(o, "sha256", md, 32, why)
		       ? -1
		       : 0;
}

static int measure_all(struct tre *t, const char *file, struct why *why)
{
	json_t *list = json_array();
	BUF(text);
	char *save = NULL;
	size_t n = 0;

	if (json_put(t->s, "measurements", list, why) || slurp(&text, file, SLURP_DOCUMENT, why))
		return -1;
	for (char *line = text.len ? strtok_r((char *)text.bytes, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		AUTO(json_t) *record = json_parse(line, strlen(line), "component", why);

		n++;
		if (!record || measure(list, record, why))
			return why_in(why, "%s:%zu", slurp_name(file), n);
	}
	return 0;
}

/* An MCIM that is not what was installed is blocked, for good. */
static int check_mcim(struct tre *t, json_t *m, struct why *why)
{
	uint8_t want[32], got[32];
	BUF(der);

	if (json_b64(&der, m, "der_b64", NULL) == 0 && json_hex(want, 32, m, "sha256", NULL) == 0 &&
	    ossl_sha256(got, buf_text(&der), der.len, why) == 0 &&
	    CRYPTO_memcmp(want, got, 32) == 0)
		return 0;
	if (strcmp(tre_text(m, "state"), "deleted") == 0)
		return 0;
	return json_put_text(m, "state", "blocked", why) ||
			       json_put_text(m, "reason", "integrity", why) ||
			       tre_note(t, "mcim-integrity",
					json_pack("{s:s}", "mcim", tre_text(m, "id")), why)
		       ? -1
		       : 0;
}

static int add_mcims(json_t *o, const struct tre *t, const char *as, bool with_imsi,
		     struct why *why)
{
	json_t *list = json_array();
	size_t i;
	json_t *m;

	if (json_put(o, "mcims", list, why))
		return -1;
	json_array_foreach (json_object_get(t->s, "mcims"), i, m) {
		json_t *seen = json_object();

		if (as && strcmp(as, tre_text(m, "operator")) != 0) {
			json_decref(seen);
			continue;
		}
		if (json_array_append_new(list, seen) ||
		    json_put_text(seen, "id", tre_text(m, "id"), why) ||
		    json_put_text(seen, "operator", tre_text(m, "operator"), why) ||
		    json_put_text(seen, "state", tre_text(m, "state"), why) ||
		    (*tre_text(m, "reason") &&
		     json_put_text(seen, "reason", tre_text(m, "reason"), why)) ||
		    (with_imsi && json_put_text(seen, "imsi", tre_text(m, "imsi"), why)))
			return -1;
	}
	return 0;
}

int tre_info_json(struct tre *t, json_t *o, const char *as, struct why *why)
{
	const json_t *measured = json_object_get(t->s, "measurements");

	return json_put_text(o, "tre_id", tre_own_id(t), why) ||
			       json_put_text(o, "type", "tre-sim", why) ||
			       json_put_text(o, "vendor", "m2m-toolkit", why) ||
			       json_put(o, "versions", json_pack("{s:s}", "tre", VERSION), why) ||
			       json_put(o, "boot_counter",
					json_integer(json_integer_value(
						json_object_get(t->s, "boot_counter"))),
					why) ||
			       json_put(o, "measurements",
					measured ? json_deep_copy(measured) : json_array(), why) ||
			       add_mcims(o, t, as, false, why)
		       ? -1
		       : 0;
}

int tre_boot(struct tre *t, const char *components, struct buf *out, struct why *why)
{
	AUTO(json_t) *o = json_object();
	const json_int_t boots = json_integer_value(json_object_get(t->s, "boot_counter"));
	size_t i;
	json_t *m;

	json_array_foreach (json_object_get(t->s, "mcims"), i, m) {
		if (check_mcim(t, m, why))
			return -1;
	}
	if (json_put(t->s, "boot_counter", json_integer(boots + 1), why) ||
	    (components && measure_all(t, components, why)) || tre_note(t, "boot", NULL, why) ||
	    tre_save(t, why) || tre_info_json(t, o, NULL, why))
		return -1;
	return json_append_line(out, o, why);
}

int tre_info(struct tre *t, struct buf *out, struct why *why)
{
	AUTO(json_t) *o = json_object();

	return tre_info_json(t, o, NULL, why) || json_append_line(out, o, why) ? -1 : 0;
}

int tre_list(struct tre *t, const char *as, struct buf *out, struct why *why)
{
	AUTO(json_t) *o = json_object();
	json_t *m;
	size_t i;

	if (add_mcims(o, t, as, as != NULL, why))
		return -1;
	json_array_foreach (json_object_get(o, "mcims"), i, m) {
		if (json_append_line(out, m, why))
			return -1;
	}
	return 0;
}
