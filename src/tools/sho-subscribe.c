/* SPDX-License-Identifier: Apache-2.0 */
/* sho-subscribe(1): steps 1 and 2 of TR 33.812 B.2.3.2 at the new operator. */
#include "base/hex.h"
#include "base/lines.h"
#include "base/outfile.h"
#include "base/rng.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "base/when.h"
#include "dm/bootstrap.h"
#include "mcim/protect.h"
#include "pki/key.h"
#include "pki/note.h"
#include "pki/token.h"
#include "register/subscriber.h"

#include <stdio.h>
#include <string.h>

#define NONCE_LIFETIME (30 * 24 * 3600)

static const struct tool tool = {
	"sho-subscribe",
	"sho-subscribe --register DB --name ID --key KEY --cert F --tre-cert F --trust F --token F "
	"--current-sho ID --plmn MCC-MNC [--tre-enc-cert F] [--server-url U] [--knetver F] "
	"[--op FILE] [--mcim-out F] [--at TIME] [-o REGISTRATION]",
	"Makes the subscription of an M2ME at the new operator, and its registration at the "
	"current one."};

static struct {
	const char *db, *name, *key, *cert, *tre_cert, *trust, *token, *current, *plmn, *url,
		*knetver, *op;
	const char *enc_cert, *mcim_out, *at, *out;
} o;

struct work {
	EVP_PKEY *key;
	X509 *cert, *tre_cert, *enc_cert;
	struct token token;
	struct plmn plmn;
	struct buf token_text;
	uint8_t op[16];
	int64_t at;
	char url[BOOTSTRAP_URL];
	struct bootstrap_credentials credentials;
};

static void work_free(struct work *w)
{
	EVP_PKEY_free(w->key);
	X509_free(w->cert);
	X509_free(w->tre_cert);
	X509_free(w->enc_cert);
	buf_free(&w->token_text);
	OPENSSL_cleanse(w, sizeof(*w));
}

/* The certificate to encrypt for: of a second pair (B.2.2.1 NOTE 4), of the same TRE and maker. */
static int take_enc_cert(struct work *w, const char *tre_id, X509_STACK *trust, struct why *why)
{
	const struct cert_policy policy = {.trust = trust,
					   .roles = CERT_TRE,
					   .name = tre_id,
					   .name_reason = "wrong-tre",
					   .at = w->at,
					   .for_encryption = true};

	w->enc_cert = cert_load(o.enc_cert ? o.enc_cert : o.tre_cert, why);
	return w->enc_cert ? cert_check(w->enc_cert, &policy, why) : -1;
}

/* The TRE by Cert_PVA, and then the token by the TRE: for this operator's certificate. */
static int check_token(struct work *w, struct why *why)
{
	AUTO(X509_STACK) *trust = cert_load_all(o.trust, why);
	const struct cert_policy policy = {.trust = trust, .roles = CERT_TRE, .at = w->at};
	uint8_t md[32];
	char name[TRE_ID_TEXT];

	w->tre_cert = cert_load(o.tre_cert, why);
	if (!trust || !w->tre_cert || cert_check(w->tre_cert, &policy, why) ||
	    cert_name(name, w->tre_cert, why) || take_enc_cert(w, name, trust, why) ||
	    slurp(&w->token_text, o.token, SLURP_DOCUMENT, why))
		return -1;
	{
		const struct cert_policy own = {
			.trust = trust, .name = name, .name_reason = "wrong-tre", .at = w->at};

		if (token_open(&w->token, buf_text(&w->token_text), w->token_text.len, &own, why))
			return -1;
	}
	if (cert_sha256(md, w->cert, why))
		return -1;
	if (strcmp(w->token.new_sho, o.name) != 0 || memcmp(md, w->token.x5t_sha256, 32) != 0)
		return why_refuse(why, "wrong-operator",
				  "the token is for another operator (TR 33.812 B.2.3.2)");
	if (strcmp(w->token.cur_sho, o.current) != 0)
		return why_refuse(
			why, "wrong-operator",
			"the token says that %s is the current operator (TR 33.812 B.2.3.2)",
			w->token.cur_sho);
	return 0;
}

/* Without --server-url, a host of the operator's name. */
static int put_url(struct work *w, struct why *why)
{
	if (o.url && bootstrap_url_check(o.url, "--server-url", why))
		return -1;
	snprintf(w->url, sizeof(w->url), "%s%s%s", o.url ? o.url : "https://dpf.",
		 o.url ? "" : o.name, o.url ? "" : "/");
	return 0;
}

static int prepare(struct work *w, struct why *why)
{
	char name[TRE_ID_TEXT];
	BUF(op);

	if (party_check(o.name, "--name", why) || party_check(o.current, "--current-sho", why) ||
	    plmn_parse(&w->plmn, o.plmn, "--plmn", why) || put_url(w, why) ||
	    when_at(&w->at, o.at, why) || !(w->key = key_load(o.key, why)) ||
	    !(w->cert = cert_load(o.cert, why)) || key_matches(w->key, w->cert, why) ||
	    cert_name(name, w->cert, why))
		return -1;
	if (strcmp(name, o.name) != 0)
		return why_refuse(why, "wrong-operator",
				  "the certificate is %s's (TR 33.812 B.2.3.2)", name);
	if (o.op) {
		if (slurp(&op, o.op, 64, why))
			return -1;
		while (op.len && strchr("\r\n", op.bytes[op.len - 1]))
			op.bytes[--op.len] = '\0';
		if (hex_decode(w->op, 16, buf_text(&op), "--op", why))
			return -1;
	}
	return check_token(w, why);
}

/* username, password and nonce_A for the DM session: offered, and encrypted for the TRE. */
static int offer_credentials(struct work *w, struct reg *r, struct why *why)
{
	struct bootstrap_credentials *c = &w->credentials;
	AUTO(json_t) *attached = json_object();
	uint8_t octets[24];
	char nonce[2 * NONCE_LEN + 1], user[17];

	if (rng_bytes(c->nonce_a, NONCE_LEN, why) || rng_bytes(octets, 8, why))
		return -1;
	hex_encode(user, octets, 8);
	snprintf(c->username, sizeof(c->username), "m2me-%s", user);
	if (rng_key(octets, 16, why))
		return -1;
	hex_encode(c->password, octets, 16);
	OPENSSL_cleanse(octets, sizeof(octets));
	snprintf(c->server_url, sizeof(c->server_url), "%s", w->url);
	hex_encode(nonce, c->nonce_a, NONCE_LEN);
	return cert_sha256(c->sho_cert_sha256, w->cert, why) ||
			       json_put_text(attached, "username", c->username, why) ||
			       json_put_text(attached, "password", c->password, why) ||
			       reg_offer(r, "nonce_a", nonce, w->token.tre_id, attached,
					 w->at + NONCE_LIFETIME, why)
		       ? -1
		       : 0;
}

static int put_registers(struct work *w, struct reg *r, json_t **subscriber, struct why *why)
{
	const struct subscription s = {.plmn = &w->plmn,
				       .first = 1,
				       .alg = "milenage",
				       .op = o.op ? w->op : NULL,
				       .tre_id = w->token.tre_id,
				       .with_key = true};
	AUTO(json_t) *equipment = json_object();
	AUTO(json_t) *discovery = json_object();
	BUF(pem);

	return reg_once(r, "token", w->token.jti, w->token.exp, "token-reused", why) ||
			       reg_subscribe(r, &s, subscriber, why) ||
			       offer_credentials(w, r, why) || cert_pem(&pem, w->tre_cert, why) ||
			       json_put_text(equipment, "tre_id", w->token.tre_id, why) ||
			       json_put_text(equipment, "cert_pem", buf_text(&pem), why) ||
			       json_put_text(equipment, "status", "active", why) ||
			       reg_put(r, REG_EQUIPMENT, equipment, why) ||
			       json_put(discovery, "pcid",
					json_incref(json_object_get(*subscriber, "imsi")), why) ||
			       json_put_text(discovery, "tre_id", w->token.tre_id, why) ||
			       json_put_text(discovery, "sho", o.name, why) ||
			       json_put_text(discovery, "dpf_url", w->url, why) ||
			       json_put_text(discovery, "status", "subscribing", why) ||
			       reg_put(r, REG_DISCOVERY, discovery, why)
		       ? -1
		       : 0;
}

static int put_knetver(json_t *mcim, struct why *why)
{
	json_t *list = json_array();
	LINES(keys);

	if (json_put(mcim, "knetver", list, why) || lines_load(&keys, o.knetver, why))
		return -1;
	for (const char *hex; (hex = lines_next(&keys));)
		if (json_array_append_new(list, json_string(hex)))
			return why_input(why, "%s: want K_NetVer in hex", o.knetver);
	return 0;
}

/* MCIM.json: the subscription in the words of mcim-wrap(1); the access class is the IMSI's last
 * digit (TS 22.011 4.2). */
static int make_mcim(struct buf *b, const json_t *subscriber, struct why *why)
{
	AUTO(json_t) *m = json_object();
	const char *imsi = json_string_value(json_object_get(subscriber, "imsi"));

	return json_put_text(m, "application", "usim", why) ||
			       json_put_text(m, "imsi", imsi, why) ||
			       json_put_text(m, "alg", "milenage", why) ||
			       json_put(m, "k", json_incref(json_object_get(subscriber, "k")),
					why) ||
			       json_put(m, "opc", json_incref(json_object_get(subscriber, "opc")),
					why) ||
			       json_put(m, "aka",
					json_pack("{s:O}", "ind_bits",
						  json_object_get(subscriber, "ind_bits")),
					why) ||
			       json_put(m, "acc", json_pack("[i]", imsi[strlen(imsi) - 1] - '0'),
					why) ||
			       json_put(m, "ad",
					json_pack("{s:i, s:s, s:i}", "mode", 0, "info", "0000",
						  "mnc_length",
						  (int)strlen(strchr(o.plmn, '-') + 1)),
					why) ||
			       json_put(m, "fplmn", json_array(), why) ||
			       (o.knetver && put_knetver(m, why)) || json_append_line(b, m, why)
		       ? -1
		       : 0;
}

static int make_registration(struct buf *b, struct work *w, struct why *why)
{
	AUTO(json_t) *fields = json_object();
	const struct mcim_target target = {w->enc_cert, w->token.tre_id, MCIM_FORMAT_TR33812,
					   MCIM_SUITE_MODERN};
	const struct note_spec spec = {"registration",      o.current,         fields,
				       w->token_text.bytes, w->token_text.len, w->at,
				       NONCE_LIFETIME};
	BUF(json);
	BUF(blob);
	BUF(pem);

	return bootstrap_credentials_encode(&json, &w->credentials, why) ||
			       mcim_protect(&blob, &target, MCIM_TAG_BOOTSTRAP, json.bytes,
					    json.len, why) ||
			       cert_pem(&pem, w->cert, why) ||
			       json_put_text(fields, "tre_id", w->token.tre_id, why) ||
			       json_put_text(fields, "server_url", w->url, why) ||
			       json_put_text(fields, "cert_pem", buf_text(&pem), why) ||
			       json_put_b64(fields, "credentials_b64", blob.bytes, blob.len, why) ||
			       note_make(b, &spec, w->key, w->cert, why) || buf_add(b, "\n", 1, why)
		       ? -1
		       : 0;
}

static int run(struct why *why)
{
	__attribute__((cleanup(work_free))) struct work w = {0};
	AUTO(REG) *r = NULL;
	AUTO(json_t) *subscriber = NULL;
	OUTFILE(mcim_file);
	BUF(mcim);
	BUF(registration);

	if (prepare(&w, why) || !(r = reg_open(o.db, why)) || reg_begin(r, why) ||
	    put_registers(&w, r, &subscriber, why) || make_mcim(&mcim, subscriber, why) ||
	    make_registration(&registration, &w, why) ||
	    (o.mcim_out &&
	     outfile_stage(&mcim_file, o.mcim_out, OUTFILE_SECRET, mcim.bytes, mcim.len, why)) ||
	    reg_commit(r, why) || (o.mcim_out && outfile_commit(&mcim_file, why)))
		return -1;
	return outfile_put(o.out, OUTFILE_PUBLIC, registration.bytes, registration.len, why);
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"register", 0, TOOL_TEXT, &o.db, "DB", "the new operator's register"},
		{"name", 0, TOOL_TEXT, &o.name, "ID", "its identity"},
		{"key", 0, TOOL_TEXT, &o.key, "KEY", "its key"},
		{"cert", 0, TOOL_TEXT, &o.cert, "F", "its certificate, Cert_SHO[i+1]"},
		{"tre-cert", 0, TOOL_TEXT, &o.tre_cert, "F", "Cert_TRE, from the delivery note"},
		{"tre-enc-cert", 0, TOOL_TEXT, &o.enc_cert, "F",
		 "the TRE's second certificate, for encryption (B.2.2.1 NOTE 4)"},
		{"trust", 0, TOOL_TEXT, &o.trust, "F", "Cert_PVA"},
		{"token", 0, TOOL_TEXT, &o.token, "F", "the authorization token"},
		{"current-sho", 0, TOOL_TEXT, &o.current, "ID", "SHO_id of the current operator"},
		{"plmn", 0, TOOL_TEXT, &o.plmn, "MCC-MNC", "of the new IMSI"},
		{"server-url", 0, TOOL_TEXT, &o.url, "U", "its DPF (https://dpf.NAME/)"},
		{"knetver", 0, TOOL_TEXT, &o.knetver, "F", "K_NetVer in hex, a line each"},
		{"op", 0, TOOL_TEXT, &o.op, "FILE", "OP in hex (without it OPc is random)"},
		{"mcim-out", 0, TOOL_TEXT, &o.mcim_out, "F", "MCIM.json, for mcim-wrap(1)"},
		{"at", 0, TOOL_TEXT, &o.at, "TIME", "the time, instead of the clock's"},
		{"output", 'o', TOOL_TEXT, &o.out, "REGISTRATION", "write this instead of stdout"},
		{0}};
	struct why why = {0};

	secmem_init();
	if (tool_options(&tool, opts, argc, argv) != argc)
		tool_usage("no operand is wanted");
	if (!o.db || !o.name || !o.key || !o.cert || !o.tre_cert || !o.trust || !o.token ||
	    !o.current || !o.plmn)
		tool_usage("--register, --name, --key, --cert, --tre-cert, --trust, --token, "
			   "--current-sho and --plmn are wanted");
	return run(&why) ? tool_fail(&why) : TOOL_OK;
}
