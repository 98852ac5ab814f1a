/* SPDX-License-Identifier: Apache-2.0 */
/* The initial network-access credential, and a new one in its place: TR 33.812 5.1.3.7.4.3 NOTE 2.
 */
#include "base/when.h"
#include "mcim/protect.h"
#include "pcid/plmn.h"
#include "pki/note.h"
#include "tre/state.h"

#include <string.h>

#define RENEW_AHEAD ((int64_t)30 * 24 * 3600) /* seconds before its end that it may be renewed */

/* What the algorithm and the window have that is not their default (m2m-files(5), efid 4). */
static int put_aka(json_t *access, const json_t *o, struct why *why)
{
	static const char *const fields[] = {"delta", "limit", "r", "c"};

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		const json_t *v = json_object_get(o, fields[i]);

		if (v && json_put(access, fields[i], json_deep_copy(v), why))
			return -1;
	}
	return 0;
}

int tre_access_set(struct tre *t, const json_t *o, struct why *why)
{
	AUTO(json_t) *access = json_object();
	SECRET(aka_key) key = {0};
	SECRET(sqn_window) w = {0};
	const char *imsi = json_text(o, "imsi", why), *tre_id, *not_after;
	uint64_t ind_bits;
	int64_t end;

	if (!imsi || imsi_check(imsi, "imsi", why) || json_text_opt(&tre_id, o, "tre_id", why) ||
	    json_text_opt(&not_after, o, "not_after", why) ||
	    (not_after && when_parse(&end, not_after, "not_after", why)) ||
	    tre_credential(&key, &w, o, why) ||
	    json_number(&ind_bits, o, "ind_bits", 0, SQN_IND_BITS, SQN_IND_BITS, why))
		return -1;
	if (tre_id && strcmp(tre_id, tre_own_id(t)) != 0)
		return why_refuse(why, "wrong-tre",
				  "the credential is for %.64s (TR 33.812 B.2.2.1)", tre_id);
	return json_put_text(access, "imsi", imsi, why) ||
			       json_put_hex(access, "k", key.k, 16, why) ||
			       json_put_hex(access, "opc", key.opc, 16, why) ||
			       json_put_number(access, "ind_bits", ind_bits, why) ||
			       put_aka(access, o, why) ||
			       (not_after && json_put_text(access, "not_after", not_after, why)) ||
			       tre_window_put(t, access, &w, why) ||
			       json_put(t->s, "access", STEAL(access), why)
		       ? -1
		       : 0;
}

/* Whether its lifetime ends soon; one without a lifetime may be renewed at any time. */
static int check_due(const struct tre *t, int64_t at, struct why *why)
{
	const char *not_after = tre_text(json_object_get(t->s, "access"), "not_after");
	int64_t end;

	if (!*not_after)
		return 0;
	if (when_parse(&end, not_after, "not_after", why))
		return -1;
	return at >= end - RENEW_AHEAD
		       ? 0
		       : why_refuse(why, "too-early",
				    "the credential counts until %s (TR 33.812 5.1.3.7.4.3 NOTE 2)",
				    not_after);
}

int tre_renew(struct tre *t, int64_t at, struct buf *request, struct why *why)
{
	AUTO(X509) *cert = tre_cert(t, why);
	AUTO(EVP_PKEY) *key = cert ? tre_key(t, false, why) : NULL;
	const char *pcid = tre_text(json_object_get(t->s, "access"), "imsi");
	AUTO(json_t) *fields = json_pack("{s:s, s:s}", "tre_id", tre_own_id(t), "pcid", pcid);
	const char *to = tre_text(t->s, "factory_sho");
	const struct note_spec spec = {"renewal", to, fields, NULL, 0, at, 0};
	uint8_t md[32];

	if (!key)
		return -1;
	if (!*to || !*pcid)
		return why_refuse(
			why, "wrong-state",
			"there is no initial credential to renew (TR 33.812 5.1.3.7.4.3)");
	if (check_due(t, at, why) || note_make(request, &spec, key, cert, why) ||
	    buf_add(request, "\n", 1, why) || ossl_sha256(md, request->bytes, request->len, why) ||
	    json_put_hex(t->s, "renewal", md, 32, why) || tre_note(t, "renewal-asked", NULL, why))
		return -1;
	return tre_save(t, why);
}

/* What answers a request answers the one that was made; what the network sends unasked says so by
 * being about nothing. */
static int check_asked(const struct tre *t, const json_t *note, struct why *why)
{
	const char *about = tre_text(note, "about");

	return !*about || strcmp(about, tre_text(t->s, "renewal")) == 0
		       ? 0
		       : why_refuse(why, "wrong-subject",
				    "the credential answers another request (TR 33.812 "
				    "5.1.3.7.4.3 NOTE 2)");
}

/* The blob of tag access, for this TRE and of that operator, as a credential's record. */
static json_t *open_blob(struct tre *t, const json_t *note, X509 *signer, struct why *why)
{
	AUTO(EVP_PKEY) *key = tre_key(t, true, why);
	AUTO(json_t) *record = NULL;
	const json_t *end = json_object_get(note, "not_after");
	json_t *aka;
	uint8_t operator_sha256[32];
	enum mcim_tag tag;
	MCIM_BLOB(m);
	BUF(blob);
	BUF(payload);

	if (!key || cert_sha256(operator_sha256, signer, why) ||
	    json_b64(&blob, note, "blob_b64", why) ||
	    mcim_unprotect(&payload, &tag, key, tre_own_id(t), blob.bytes, blob.len, why))
		return NULL;
	if (tag != MCIM_TAG_ACCESS) {
		why_input(why, "the blob has tag %s, and access is wanted (TR 33.812 B.2.3.6)",
			  mcim_tag_name(tag));
		return NULL;
	}
	if (mcim_blob_decode(&m, payload.bytes, payload.len, why) || mcim_blob_complete(&m, why) ||
	    tre_mcim_bound(t, &m, operator_sha256, why) || !(record = mcim_blob_to_json(&m, why)))
		return NULL;
	aka = json_object_get(record, "aka");
	if (aka && json_object_update_missing(record, aka)) {
		why_sys(why, "out of memory");
		return NULL;
	}
	return end && json_put(record, "not_after", json_incref((json_t *)end), why)
		       ? NULL
		       : STEAL(record);
}

int tre_access(struct tre *t, const char *text, size_t len, int64_t at, struct buf *status,
	       struct why *why)
{
	AUTO(X509_STACK) *trust = NULL;
	AUTO(json_t) *note = NULL;
	AUTO(json_t) *record = NULL;
	AUTO(X509) *signer = NULL;
	struct cert_policy policy = {.at = at};
	const struct note_check check = {"access", tre_own_id(t), &policy, NULL, 0};
	struct tre_status s = {.result = "installed", .about = text, .len = len};

	if (tre_anchor_stack(t, "bootstrap", &trust, why))
		return -1;
	policy.trust = trust;
	note = note_open(text, len, &check, &signer, why);
	if (!note || check_asked(t, note, why) || tre_spend_jti(t, note, at, why) ||
	    !(record = open_blob(t, note, signer, why)) || tre_access_set(t, record, why))
		return -1;
	json_object_del(t->s, "renewal");
	s.to = tre_text(note, "iss");
	return tre_note(t, "access-renewed", NULL, why) || tre_save(t, why) ||
			       tre_status_put(t, &s, status, why)
		       ? -1
		       : 0;
}
