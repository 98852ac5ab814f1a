/* SPDX-License-Identifier: Apache-2.0 */
#include "dm/account.h"

#include "base/rng.h"
#include "base/slurp.h"
#include "dm/napdef.h"
#include "mcim/protect.h"

#include <stdio.h>
#include <string.h>

static int set_context(struct bootstrap *b, const char *text, struct why *why)
{
	char *to = strncmp(text, "mcim=", 5) == 0  ? b->mcim_context
		   : strncmp(text, "m2m=", 4) == 0 ? b->m2m_context
						   : NULL;
	const char *url = strchr(text, '=');

	if (!to)
		return why_usage(why, "--context: want mcim=URL or m2m=URL");
	if (*to)
		return why_usage(why, "--context: given twice for the same");
	if (bootstrap_url_check(url + 1, "--context", why))
		return -1;
	snprintf(to, BOOTSTRAP_URL, "%s", url + 1);
	return 0;
}

/* How the server's URL and the operator's name are called: options, or members of a request. */
struct operator_names {
	const char *url, *sho;
};

static int set_operator(struct bootstrap *b, const struct operator_names *names, const char *url,
			const char *said, struct why *why)
{
	if (bootstrap_url_check(url, names->url, why) || cert_name(b->sho, b->server_cert, why) ||
	    (b->sho_cert && cert_name(b->sho, b->sho_cert, why)))
		return -1;
	if (said && strcmp(said, b->sho) != 0)
		return why_refuse(why, "wrong-operator",
				  "%s is %.64s, and the certificate %s's (TR 33.812 B.2.3.3)",
				  names->sho, said, b->sho);
	snprintf(b->server_url, sizeof(b->server_url), "%s", url);
	return 0;
}

/* Only the TRE can open them: another file in their place is found by its form alone. */
static int load_credentials(struct bootstrap *b, const char *path, struct why *why)
{
	struct mcim_protection form;

	if (slurp(&b->credentials, path, SLURP_DOCUMENT, why))
		return -1;
	return mcim_protection_read(&form, buf_text(&b->credentials), b->credentials.len, why)
		       ? why_in(why, "%s", slurp_name(path))
		       : 0;
}

static int load_operator(struct bootstrap *b, const struct account *a, struct why *why)
{
	static const struct operator_names options = {"--server-url", "--sho"};

	if (!(b->server_cert = cert_load(a->server_cert, why)) ||
	    (a->sho_cert && !(b->sho_cert = cert_load(a->sho_cert, why))) ||
	    (a->credentials && load_credentials(b, a->credentials, why)) ||
	    set_operator(b, &options, a->url, a->sho, why))
		return -1;
	for (size_t i = 0; a->contexts[i]; i++)
		if (set_context(b, a->contexts[i], why))
			return -1;
	return 0;
}

int account_load(struct bootstrap *b, const struct account *a, struct why *why)
{
	if (a->is_napdef_only && !a->napdef)
		return why_usage(why, "--napdef is wanted");
	if (!a->is_napdef_only && (!a->url || !a->server_cert))
		return why_usage(why, "--server-url and --server-cert are wanted");
	if (tre_id_check(a->tre_id, "--tre-id", why))
		return -1;
	snprintf(b->tre_id, sizeof(b->tre_id), "%s", a->tre_id);
	b->is_napdef_only = a->is_napdef_only;
	if (a->is_napdef_only ? rng_bytes(b->nonce, NONCE_LEN, why) : load_operator(b, a, why))
		return -1;
	if (!a->napdef)
		return 0;
	b->napdef = json_load(a->napdef, why);
	if (!b->napdef)
		return -1;
	return napdef_check(b->napdef, why) ? why_in(why, "%s", a->napdef) : 0;
}

static int read_cert(X509 **cert, const json_t *o, const char *field, struct why *why)
{
	const char *pem;

	if (json_text_opt(&pem, o, field, why))
		return -1;
	if (!pem)
		return 0;
	*cert = cert_parse(pem, strlen(pem), field, why);
	return *cert ? 0 : -1;
}

int account_read(struct bootstrap *b, const json_t *request, struct why *why)
{
	static const char *const fields[] = {
		"tre_id",       "server_url",      "server_cert_pem", "sho",
		"sho_cert_pem", "credentials_b64", "napdef",          NULL};
	static const struct operator_names members = {"server_url", "sho"};
	const char *tre_id = json_text(request, "tre_id", why), *url, *sho;
	json_t *napdef = json_object_get(request, "napdef");

	if (!tre_id || json_only(request, fields, why) || tre_id_check(tre_id, "tre_id", why) ||
	    !(url = json_text(request, "server_url", why)) ||
	    json_text_opt(&sho, request, "sho", why) ||
	    read_cert(&b->server_cert, request, "server_cert_pem", why) ||
	    read_cert(&b->sho_cert, request, "sho_cert_pem", why) ||
	    (json_object_get(request, "credentials_b64") &&
	     json_b64(&b->credentials, request, "credentials_b64", why)))
		return -1;
	if (!b->server_cert)
		return why_input(why, "server_cert_pem: missing");
	snprintf(b->tre_id, sizeof(b->tre_id), "%s", tre_id);
	b->napdef = json_incref(napdef);
	return set_operator(b, &members, url, sho, why) || (napdef && napdef_check(napdef, why))
		       ? -1
		       : 0;
}
