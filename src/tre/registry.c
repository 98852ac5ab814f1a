/* SPDX-License-Identifier: Apache-2.0 */
/* The registry of MCIMs: entries, integrity, security controls (TR 33.812 5.1.2.3). */
#include "base/hex.h"
#include "mcim/protect.h"
#include "tre/state.h"

#include <string.h>

json_t *tre_mcim_with(const struct tre *t, const char *member, const char *value)
{
	size_t i;
	json_t *m;

	json_array_foreach (json_object_get(t->s, "mcims"), i, m) {
		if (strcmp(tre_text(m, member), value) == 0)
			return m;
	}
	return NULL;
}

json_t *tre_mcim(const struct tre *t, const char *id)
{
	return tre_mcim_with(t, "id", id);
}

json_t *tre_mcim_known(const struct tre *t, const char *id, struct why *why)
{
	json_t *m = tre_mcim(t, id);

	if (!m)
		why_refuse(why, "unknown-mcim", "%.64s is not in the registry (TR 33.812 5.1.2.3)",
			   id);
	return m;
}

json_t *tre_mcim_in(const struct tre *t, const char *state)
{
	return tre_mcim_with(t, "state", state);
}

/* The entry's copy of what attaching needs; TR 33.812 B.2.6 names the files. */
int tre_mcim_fill(json_t *m, const struct mcim_blob *b, struct why *why)
{
	static const char *const texts[] = {"imsi", "k", "opc"};
	AUTO(json_t) *words = NULL;
	const json_t *aka, *controls;
	uint8_t md[32];
	BUF(der);

	if (mcim_blob_complete(b, why))
		return -1;
	if (mcim_blob_is_isim(b))
		return why_input(why, "application: want usim: an ISIM has no IMSI to attach with");
	words = mcim_blob_to_json(b, why);
	if (!words)
		return -1;
	if (strcmp(tre_text(words, "alg"), "milenage") != 0)
		return why_input(why, "alg: want milenage: TUAK is not run here");
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (json_put_text(m, texts[i], tre_text(words, texts[i]), why))
			return -1;
	aka = json_object_get(words, "aka");
	controls = json_object_get(words, "controls");
	json_object_del(m, "controls");
	if ((aka && json_object_update(m, (json_t *)aka)) ||
	    (controls && json_object_set(m, "controls", (json_t *)controls)))
		return why_sys(why, "out of memory");
	if (b->code && (ossl_sha256(md, b->code, b->code_len, why) ||
			json_put_hex(m, "code_sha256", md, 32, why)))
		return -1;
	return mcim_blob_encode(&der, b, why) || ossl_sha256(md, der.bytes, der.len, why) ||
			       json_put_b64(m, "der_b64", der.bytes, der.len, why) ||
			       json_put_hex(m, "sha256", md, 32, why)
		       ? -1
		       : 0;
}

int tre_mcim_bound(const struct tre *t, const struct mcim_blob *b,
		   const uint8_t operator_sha256[static 32], struct why *why)
{
	const struct mcim_file *id = mcim_blob_file(b, MCIM_TRE_ID),
			       *op = mcim_blob_file(b, MCIM_OPERATOR);
	const char *own = tre_own_id(t);

	if (!id || id->len != strlen(own) || memcmp(id->bytes, own, id->len) != 0)
		return why_refuse(why, "wrong-tre",
				  "the MCIM is for another TRE (TR 33.812 B.2.3.6)");
	if (!op || op->len != 32 || CRYPTO_memcmp(op->bytes, operator_sha256, 32) != 0)
		return why_refuse(why, "wrong-operator",
				  "the MCIM is another operator's (TR 33.812 B.2.3.4 step 8)");
	return 0;
}

bool tre_mcim_is_whole(const json_t *m)
{
	uint8_t want[32], got[32];
	MCIM_BLOB(b);
	BUF(der);

	return json_b64(&der, m, "der_b64", NULL) == 0 &&
	       json_hex(want, 32, m, "sha256", NULL) == 0 &&
	       ossl_sha256(got, buf_text(&der), der.len, NULL) == 0 &&
	       CRYPTO_memcmp(want, got, 32) == 0 &&
	       mcim_blob_decode(&b, der.bytes, der.len, NULL) == 0;
}

int tre_mcim_act(struct tre *t, json_t *m, enum mcim_act a, const char *by, struct why *why)
{
	enum mcim_state next = MCIM_INSTALLED;
	const int now = mcim_state_parse(tre_text(m, "state"));

	if (now < 0)
		return why_refuse(why, "wrong-state", "the MCIM has no state (TR 33.812 5.1.1.1)");
	if (a == ACT_UNBLOCK && strcmp(tre_text(m, "reason"), "integrity") == 0)
		return why_refuse(
			why, "wrong-state",
			"an MCIM whose integrity is broken stays blocked (TR 33.812 5.1.2.3)");
	if (mcim_next(&next, (enum mcim_state)now, a, why) ||
	    json_put_text(m, "state", mcim_state_name(next), why) ||
	    tre_note(t, "mcim-state",
		     json_pack("{s:s, s:s, s:s}", "mcim", tre_text(m, "id"), "state",
			       mcim_state_name(next), "by", by),
		     why))
		return -1;
	json_object_del(m, "reason");
	return a == ACT_BLOCK ? json_put_text(m, "reason", by, why) : 0;
}

void tre_mcim_forget(struct tre *t, const json_t *m)
{
	json_t *all = json_object_get(t->s, "mcims");

	for (size_t i = json_array_size(all); i-- > 0;)
		if (json_array_get(all, i) == m)
			json_array_remove(all, i);
}

static int view(json_t *list, const json_t *m, bool with_imsi, struct why *why)
{
	json_t *seen = json_object();

	return json_array_append_new(list, seen) ||
			       json_put_text(seen, "id", tre_text(m, "id"), why) ||
			       json_put_text(seen, "operator", tre_text(m, "operator"), why) ||
			       json_put_text(seen, "state", tre_text(m, "state"), why) ||
			       (*tre_text(m, "reason") &&
				json_put_text(seen, "reason", tre_text(m, "reason"), why)) ||
			       (with_imsi &&
				json_put_text(seen, "imsi", tre_text(m, "imsi"), why)) ||
			       (with_imsi && *tre_text(m, "code_sha256") &&
				json_put_text(seen, "code_sha256", tre_text(m, "code_sha256"), why))
		       ? -1
		       : 0;
}

int tre_mcim_view(const struct tre *t, json_t *list, const char *as, const char *cert_sha256,
		  bool with_imsi, struct why *why)
{
	size_t i;
	json_t *m;

	json_array_foreach (json_object_get(t->s, "mcims"), i, m) {
		if ((as && strcmp(as, tre_text(m, "operator")) != 0) ||
		    !tre_mcim_allows(t, m, "list", as ? "operator" : "owner"))
			continue;
		if (cert_sha256 && strcmp(cert_sha256, tre_text(m, "operator_cert_sha256")) != 0)
			continue;
		if (view(list, m, with_imsi, why))
			return -1;
	}
	return 0;
}

/* Ours: an update changes files, and no key and no identity; those come as an MCIM of their own. */
static bool is_fixed(unsigned efid)
{
	return efid == MCIM_AKAKEY || efid == MCIM_ALGORITHM || efid == MCIM_OPC ||
	       efid == MCIM_AKA || efid == MCIM_IMSI;
}

static int merge(struct mcim_blob *to, const struct mcim_blob *from, struct why *why)
{
	for (size_t i = 0; i < from->files; i++) {
		const struct mcim_file *f = &from->file[i], *old = mcim_blob_file(to, f->efid);
		const bool same = old && old->len == f->len &&
				  CRYPTO_memcmp(old->bytes, f->bytes, f->len) == 0;

		if (is_fixed(f->efid) && !same)
			return why_input(why, "efid %04x: an update changes no key and no identity",
					 f->efid);
		if (!same && mcim_blob_set(to, f->efid, f->bytes, f->len, why))
			return -1;
	}
	return from->code ? mcim_blob_set_code(to, from->code, from->code_len, why) : 0;
}

/* B.2.3.6: files of tag update, or a code package of tag algorithm, which is kept and measured with
 * the MCIM (B.2.6), and never executed. */
static int apply(const struct tre *t, struct mcim_blob *to, enum mcim_tag tag,
		 const struct buf *payload, const uint8_t operator_sha256[static 32],
		 struct why *why)
{
	MCIM_BLOB(change);

	if (tag == MCIM_TAG_ALGORITHM)
		return mcim_blob_set_code(to, buf_text(payload), payload->len, why);
	if (tag != MCIM_TAG_UPDATE)
		return why_input(
			why,
			"the blob has tag %s, and update or algorithm is wanted (TR 33.812 "
			"B.2.3.6)",
			mcim_tag_name(tag));
	return mcim_blob_decode(&change, payload->bytes, payload->len, why) ||
			       tre_mcim_bound(t, &change, operator_sha256, why) ||
			       merge(to, &change, why)
		       ? -1
		       : 0;
}

int tre_mcim_update(struct tre *t, json_t *m, const void *blob, size_t len, struct why *why)
{
	AUTO(EVP_PKEY) *key = tre_key(t, true, why);
	uint8_t operator_sha256[32];
	enum mcim_tag tag;
	MCIM_BLOB(now);
	BUF(payload);
	BUF(der);

	if (!key || json_hex(operator_sha256, 32, m, "operator_cert_sha256", why) ||
	    mcim_unprotect(&payload, &tag, key, tre_own_id(t), blob, len, why) ||
	    json_b64(&der, m, "der_b64", why) || mcim_blob_decode(&now, der.bytes, der.len, why) ||
	    apply(t, &now, tag, &payload, operator_sha256, why) || tre_mcim_fill(m, &now, why))
		return -1;
	return tre_note(
		t, "mcim-updated",
		json_pack("{s:s, s:s}", "mcim", tre_text(m, "id"), "tag", mcim_tag_name(tag)), why);
}
