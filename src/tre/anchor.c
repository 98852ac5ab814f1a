/* SPDX-License-Identifier: Apache-2.0 */
/* Whom the TRE trusts, and for what: TR 33.812 B.2.2.1, B.2.3.3 step 4; roles: m2m-files(5). */
#include "tre/state.h"

#include <string.h>

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

static bool is_in(const json_t *anchor, const char *state)
{
	return strcmp(tre_text(anchor, "state"), state) == 0;
}

int tre_anchor_stack(struct tre *t, const char *role, X509_STACK **stack, struct why *why)
{
	size_t i;
	json_t *a;

	*stack = sk_X509_new_null();
	json_array_foreach (json_object_get(t->s, "anchors"), i, a) {
		const char *pem = tre_text(a, "cert_pem");
		X509 *cert;

		if (!json_is_true(json_object_get(a, role)) && !is_in(a, role))
			continue;
		cert = cert_parse(pem, strlen(pem), "anchor", why);
		if (!cert)
			return -1;
		if (!*stack || !sk_X509_push(*stack, cert)) {
			X509_free(cert);
			return why_sys(why, "out of memory");
		}
	}
	return *stack ? 0 : why_sys(why, "out of memory");
}

void tre_anchor_drop_pending(struct tre *t)
{
	json_t *anchors = json_object_get(t->s, "anchors");

	for (size_t i = json_array_size(anchors); i-- > 0;)
		if (is_in(json_array_get(anchors, i), "pending") ||
		    is_in(json_array_get(anchors, i), "pending-dpf"))
			json_array_remove(anchors, i);
}

static json_t *anchor_in(struct tre *t, const char *state, const char *sho)
{
	size_t i;
	json_t *a;

	json_array_foreach (json_object_get(t->s, "anchors"), i, a) {
		if (is_in(a, state) && (!sho || strcmp(tre_text(a, "sho"), sho) == 0))
			return a;
	}
	return NULL;
}

static int put_aside(json_t *a, struct why *why)
{
	return json_put_text(a, "state", "beside", why) ||
			       json_put_bool(a, "bootstrap", false, why) ||
			       json_put_bool(a, "mcim", false, why)
		       ? -1
		       : 0;
}

int tre_anchor_beside(struct tre *t, struct why *why)
{
	json_t *new = anchor_in(t, "pending", NULL);

	if (!new || put_aside(new, why))
		return -1;
	tre_anchor_drop_pending(t);
	return 0;
}

int tre_anchor_follow(struct tre *t, const char *sho, struct why *why)
{
	json_t *new = anchor_in(t, "beside", sho), *old = anchor_in(t, "current", NULL);

	if (!new)
		return 0; /* the current operator's own */
	if (old && put_aside(old, why))
		return -1;
	return json_put_text(new, "state", "current", why) ||
			       json_put_bool(new, "bootstrap", !tre_policy(t, "ro_bootstraps"), why)
		       ? -1
		       : 0;
}

const char *tre_current_sho(const struct tre *t)
{
	size_t i;
	json_t *a;

	json_array_foreach (json_object_get(t->s, "anchors"), i, a) {
		if (is_in(a, "current"))
			return tre_text(a, "sho");
	}
	/* B.2.2.1 NOTE 2: the RO has no certificate here where secure push is agreed with it */
	return tre_text(json_object_get(t->s, "policy"), "secure_push");
}

/* Annex B: Cert_SHO[i+1] takes the place of Cert_SHO[i], and a former operator signs nothing any
 * more. 5.1.3.7: the bootstraps go on coming from the RO, where the policy says so. */
static int move_anchors(struct tre *t, struct why *why)
{
	json_t *anchors = json_object_get(t->s, "anchors");
	const bool ro = tre_policy(t, "ro_bootstraps");

	for (size_t i = json_array_size(anchors); i-- > 0;) {
		json_t *a = json_array_get(anchors, i);
		const bool factory =
			strcmp(tre_text(a, "cert_pem"), tre_text(t->s, "factory_cert_pem")) == 0;

		if (is_in(a, "pending")) {
			if (json_put_text(a, "state", "current", why) ||
			    json_put_bool(a, "bootstrap", !ro || factory, why) ||
			    json_put_bool(a, "mcim", false, why))
				return -1;
		} else if (ro && factory && !is_in(a, "pending-dpf")) {
			if (json_put_text(a, "state", "ro", why))
				return -1;
		} else if (!is_in(a, "beside")) {
			json_array_remove(anchors, i);
		}
	}
	return 0;
}

int tre_complete(struct tre *t, struct why *why)
{
	const char *replaced = tre_text(json_object_get(t->s, "change"), "old");
	json_t *old = *replaced ? tre_mcim(t, replaced) : NULL;

	if (old && tre_mcim_act(t, old, ACT_DELETE, "replaced", why))
		return -1;
	if (old)
		tre_mcim_forget(t, old);
	json_object_del(t->s, "change");
	json_object_del(t->s, "bootstrap");
	json_object_del(t->s, "token");
	json_object_del(t->s, "nonce_b");
	return move_anchors(t, why) || tre_note(t, "change-complete", NULL, why) ? -1 : 0;
}
