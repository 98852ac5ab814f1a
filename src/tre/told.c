/* SPDX-License-Identifier: Apache-2.0 */
/* The last STATUS that was given for an MCIMobj that was taken: whoever did not get it, because its
 * file or its connection broke, sends that MCIMobj again (TR 33.812 B.2.3.4 step 8). */
#include "base/hex.h"
#include "tre/state.h"

#include <string.h>

static int hash_of(char hex[65], const void *document, size_t len, struct why *why)
{
	uint8_t md[32];

	if (ossl_sha256(md, document, len, why))
		return -1;
	hex_encode(hex, md, 32);
	return 0;
}

int tre_told_put(struct tre *t, const struct tre_status *s, const struct buf *status,
		 struct why *why)
{
	json_t *told = json_object();
	char hash[65];

	return json_put(t->s, "told", told, why) || hash_of(hash, s->about, s->len, why) ||
			       json_put_text(told, "sha256", hash, why) ||
			       json_put_text(told, "mcim", s->mcim, why) ||
			       json_put_text(told, "result", s->result, why) ||
			       json_put_text(told, "status", buf_text(status), why)
		       ? -1
		       : 0;
}

/* The MCIM that was told of is still there. */
static bool is_true_yet(const struct tre *t, const json_t *told, enum tre_how how)
{
	const char *id = tre_text(told, "mcim");

	if (strcmp(tre_text(told, "result"), "staged") == 0)
		return how == TRE_STAGE &&
		       strcmp(tre_text(json_object_get(t->s, "staged"), "id"), id) == 0;
	return tre_mcim(t, id) != NULL;
}

int tre_told_again(struct tre *t, const struct buf *document, enum tre_how how, struct buf *status,
		   bool *is_again, struct why *why)
{
	const json_t *told = json_object_get(t->s, "told");
	const char *text = tre_text(told, "status");
	char hash[65];

	*is_again = false;
	if (!told || hash_of(hash, document->bytes, document->len, why))
		return told ? -1 : 0;
	if (strcmp(hash, tre_text(told, "sha256")) != 0 || !is_true_yet(t, told, how))
		return 0;
	*is_again = true;
	return tre_note(t, "status-again", json_pack("{s:s}", "mcim", tre_text(told, "mcim")),
			why) || tre_save(t, why) ||
			       buf_add(status, text, strlen(text), why)
		       ? -1
		       : 0;
}
