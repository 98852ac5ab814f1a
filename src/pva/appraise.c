/* SPDX-License-Identifier: Apache-2.0 */
#include "pva/appraise.h"

#include <stdio.h>
#include <string.h>

static const char *const names[PVA_CHECKS] = {"signature",
					      "chain",
					      "key-usage",
					      "validity",
					      "tre-id",
					      "revocation",
					      "revocation-freshness",
					      "nonce-a",
					      "client-credentials",
					      "measurements"};

int pva_checks_parse(unsigned *set, const char *list, struct why *why)
{
	*set = 0;
	while (*list) {
		const size_t len = strcspn(list, ",");
		unsigned i = 0;

		while (i < PVA_CHECKS &&
		       (strlen(names[i]) != len || strncmp(names[i], list, len) != 0))
			i++;
		if (i == PVA_CHECKS)
			return why_usage(why, "--require: there is no check '%.*s'", (int)len,
					 list);
		*set |= 1U << i;
		list += len + (list[len] == ',');
	}
	return 0;
}

int pva_record(struct appraisal *a, enum pva_check c, int rc, const struct why *own,
	       struct why *why)
{
	if (rc == 0) {
		a->outcome[c] = PVA_PASS;
		return 0;
	}
	if (own->status != TOOL_NO) {
		if (why)
			*why = *own;
		return -1;
	}
	a->outcome[c] = PVA_FAIL;
	if (!a->first.status)
		a->first = *own;
	return 0;
}

int pva_missing(enum pva_check c, struct why *why)
{
	return why_refuse(why, "check-missing",
			  "the check %s is wanted and was not made (TR 33.812 5.1.3.6.3 step 12)",
			  names[c]);
}

X509 *pva_issuer(X509 *cert, const X509_STACK *trust)
{
	for (int i = 0; i < sk_X509_num(trust); i++)
		if (X509_check_issued(sk_X509_value(trust, i), cert) == X509_V_OK)
			return sk_X509_value(trust, i);
	return NULL;
}

/* cert_check's one refusal is the outcome of the check that it belongs to; those before it passed.
 */
int pva_certificate(struct appraisal *a, X509 *cert, X509_STACK *trust, const char *tre_id,
		    int64_t at, struct why *why)
{
	static const struct {
		const char *reason;
		enum pva_check check;
	} belongs[] = {{"untrusted-chain", PVA_CHAIN},  {"expired", PVA_VALIDITY},
		       {"not-yet-valid", PVA_VALIDITY}, {"wrong-usage", PVA_KEY_USAGE},
		       {"wrong-tre", PVA_TRE_ID},       {"bad-certificate", PVA_TRE_ID}};
	const struct cert_policy policy = {.trust = trust,
					   .roles = CERT_TRE,
					   .name = tre_id,
					   .name_reason = "wrong-tre",
					   .at = at};
	struct why own = {0};
	size_t i = 0;

	if (cert_check(cert, &policy, &own) == 0) {
		a->outcome[PVA_CHAIN] = a->outcome[PVA_KEY_USAGE] = PVA_PASS;
		a->outcome[PVA_VALIDITY] = a->outcome[PVA_TRE_ID] = PVA_PASS;
		return 0;
	}
	while (i < sizeof(belongs) / sizeof(*belongs) && strcmp(belongs[i].reason, own.reason) != 0)
		i++;
	return pva_record(a, i < sizeof(belongs) / sizeof(*belongs) ? belongs[i].check : PVA_CHAIN,
			  -1, &own, why);
}

static const json_t *find(const json_t *list, const json_t *component)
{
	size_t i;
	const json_t *o;

	json_array_foreach (list, i, o) {
		if (json_equal(json_object_get(o, "component"), component))
			return o;
	}
	return NULL;
}

/* For messages: a TRE may have signed anything. */
static const char *component_of(const json_t *o)
{
	const char *name = json_string_value(json_object_get(o, "component"));

	return name ? name : "without a name";
}

int pva_measurements(const json_t *tre_info, const json_t *reference, struct why *why)
{
	const json_t *measured = json_object_get(tre_info, "measurements"), *o;
	size_t i;

	json_array_foreach (measured, i, o) {
		const json_t *want = find(reference, json_object_get(o, "component"));

		if (!want ||
		    !json_equal(json_object_get(want, "sha256"), json_object_get(o, "sha256")))
			return why_refuse(
				why, "wrong-measurement",
				"component %.60s is not what is expected (TR 33.812 5.1.2.4)",
				component_of(o));
	}
	json_array_foreach (reference, i, o) {
		if (!find(measured, json_object_get(o, "component")))
			return why_refuse(why, "wrong-measurement",
					  "component %.60s was not measured (TR 33.812 5.1.2.4)",
					  component_of(o));
	}
	return json_array_size(measured) == json_array_size(reference)
		       ? 0
		       : why_refuse(why, "wrong-measurement",
				    "a component was measured twice (TR 33.812 5.1.2.4)");
}

int pva_conclude(struct result *r, const struct appraisal *a, unsigned require, struct why *why)
{
	static const char *const words[] = {"skip", "pass", "fail"};
	struct why first = a->first;

	r->checks = json_object();
	r->verdict = !first.status;
	for (unsigned i = 0; i < PVA_CHECKS; i++) {
		if (json_put_text(r->checks, names[i], words[a->outcome[i]], why))
			return -1;
		if (require >> i & 1 && a->outcome[i] != PVA_PASS) {
			if (!first.status)
				pva_missing(i, &first);
			r->verdict = false;
		}
	}
	if (r->verdict)
		return 0;
	snprintf(r->reason, sizeof(r->reason), "%s", first.reason);
	if (why)
		*why = first;
	return 0;
}
