/* SPDX-License-Identifier: Apache-2.0 */
/* pva-verify(1): the appraisal of an M2MEobj or a TRE's certificate (TR 33.812 B.2.3.4 step 6). */
#include "base/hex.h"
#include "base/outfile.h"
#include "base/record.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "base/when.h"
#include "pki/key.h"
#include "pki/revocation.h"
#include "pva/appraise.h"
#include "register/register.h"

#include <string.h>

static const struct tool tool = {
	"pva-verify",
	"pva-verify --trust F [--register DB | --nonce-a-file F] [--tre-id ID] [--reference F] "
	"[--ocsp URL | --ocsp-response F | --crl F] [--ocsp-request-out F] [--ocsp-response-out F] "
	"[--require CHECK,...] [--at TIME] [--sign-key KEY --sign-cert F] [--to ID] [-i M2MEOBJ] "
	"[-o RESULT]\n"
	"pva-verify --trust F --cert TRE_CERT [--tre-id ID] [--ocsp URL | --ocsp-response F | "
	"--crl F] "
	"[--require CHECK,...] [--at TIME] [--sign-key KEY --sign-cert F] [--to ID] [-o RESULT]",
	"Appraises a platform: chain, revocation, signature, nonces, credentials, measurements."};

static struct {
	const char *trust, *db, *nonce_file, *tre_id, *reference, *ocsp, *ocsp_response, *crl,
		*require;
	const char *request_out, *response_out, *at, *sign_key, *sign_cert, *to, *in, *out, *cert;
} o;

/* What one run works on. */
struct work {
	struct appraisal a;
	struct m2meobj object;
	X509 *cert;
	X509_STACK *trust;
	REG *reg;
	json_t *equipment;
	int64_t at;
	struct result result;
};

static void work_free(struct work *w)
{
	m2meobj_free(&w->object);
	X509_free(w->cert);
	x509_stack_free(w->trust);
	reg_close(w->reg);
	json_decref(w->equipment);
	result_free(&w->result);
}

static int open_evidence(struct work *w, struct why *why)
{
	BUF(in);
	BUF(der);

	if (o.cert) {
		w->cert = cert_load(o.cert, why);
		return !w->cert || cert_der(&der, w->cert, why) ||
				       ossl_sha256(w->result.evidence_sha256, der.bytes, der.len,
						   why)
			       ? -1
			       : 0;
	}
	if (slurp(&in, o.in, SLURP_DOCUMENT, why) ||
	    m2meobj_open(&w->object, &w->cert, w->result.evidence_sha256, buf_text(&in), in.len,
			 why))
		return -1;
	w->a.outcome[PVA_SIGNATURE] = PVA_PASS;
	w->result.has_nonce_b = true;
	memcpy(w->result.nonce_b, w->object.nonce_b, NONCE_LEN);
	return 0;
}

static int ask_responder(struct work *w, X509 *issuer, struct why *why)
{
	uint8_t nonce[32];
	BUF(url);
	BUF(request);
	BUF(answer);

	if (strcmp(o.ocsp, "cert") == 0 ? cert_ocsp_url(&url, w->cert, why)
					: buf_add(&url, o.ocsp, strlen(o.ocsp), why))
		return -1;
	if (ocsp_request(&request, w->cert, issuer, nonce, why) ||
	    ocsp_send(&answer, buf_text(&url), &request, why) ||
	    (o.request_out &&
	     outfile_put(o.request_out, OUTFILE_PUBLIC, request.bytes, request.len, why)) ||
	    (o.response_out &&
	     outfile_put(o.response_out, OUTFILE_PUBLIC, answer.bytes, answer.len, why)))
		return -1;
	return ocsp_check(answer.bytes, answer.len, w->cert, issuer, nonce, w->at, why);
}

static int ask_file(struct work *w, X509 *issuer, struct why *why)
{
	const char *file = o.crl ? o.crl : o.ocsp_response;
	BUF(in);

	if (slurp(&in, file, SLURP_DOCUMENT, why))
		return -1;
	return o.crl ? crl_check(in.bytes, in.len, w->cert, issuer, w->at, why)
		     : ocsp_check(in.bytes, in.len, w->cert, issuer, NULL, w->at, why);
}

static int check_revocation(struct work *w, struct why *why)
{
	X509 *issuer = pva_issuer(w->cert, w->trust);
	struct why own = {0};
	int rc;

	if (w->equipment &&
	    strcmp("revoked", json_string_value(json_object_get(w->equipment, "status"))
				      ? json_string_value(json_object_get(w->equipment, "status"))
				      : "") == 0) {
		why_refuse(&own, "revoked",
			   "the register has this equipment as revoked (TR 33.812 B.2.3.4 step 6)");
		return pva_record(&w->a, PVA_REVOCATION, -1, &own, why);
	}
	if ((!o.ocsp && !o.ocsp_response && !o.crl) || !issuer)
		return 0;
	rc = o.ocsp ? ask_responder(w, issuer, &own) : ask_file(w, issuer, &own);
	if (rc && strcmp(own.reason, "revocation-stale") == 0)
		return pva_record(&w->a, PVA_REVOCATION_FRESHNESS, rc, &own, why);
	if (rc == 0)
		w->a.outcome[PVA_REVOCATION_FRESHNESS] = PVA_PASS;
	return pva_record(&w->a, PVA_REVOCATION, rc, &own, why);
}

/* nonce_A and the client's credentials, from the register (spent) or from a file. */
static int check_nonce(struct work *w, struct why *why)
{
	AUTO(json_t) *known = NULL;
	struct m2meobj want = w->object;
	const char *password, *username;
	struct why own = {0};
	uint8_t nonce[NONCE_LEN];
	char hex[2 * NONCE_LEN + 1];
	int rc = 0;

	hex_encode(hex, w->object.nonce_a, NONCE_LEN);
	if (w->reg) {
		if (reg_begin(w->reg, why))
			return -1;
		rc = reg_spend(w->reg, "nonce_a", hex, w->result.tre_id, w->at, &known, &own);
		if (rc == 0 && reg_commit(w->reg, why))
			return -1;
	} else {
		known = json_load(o.nonce_file, why);
		if (!known || json_hex(nonce, NONCE_LEN, known, "nonce_a", why))
			return -1;
		if (CRYPTO_memcmp(nonce, w->object.nonce_a, NONCE_LEN) != 0)
			rc = why_refuse(&own, "nonce-unknown",
					"nonce_A is not the one that was given out (TR 33.812 "
					"B.2.3.4 step 5)");
	}
	if (pva_record(&w->a, PVA_NONCE_A, rc, &own, why) || rc)
		return rc && own.status != TOOL_NO ? -1 : 0;
	username = known ? json_text(known, "username", why) : NULL;
	password = username ? json_text(known, "password", why) : NULL;
	if (!password || m2meobj_prove(&want, password, w->result.tre_id, why))
		return -1;
	if (strcmp(username, w->object.username) != 0 ||
	    CRYPTO_memcmp(want.proof, w->object.proof, 32) != 0)
		rc = why_refuse(&own, "bad-credentials",
				"the client's credentials are wrong (TR 33.812 B.2.3.3)");
	return pva_record(&w->a, PVA_CLIENT_CREDENTIALS, rc, &own, why);
}

static int check_measurements(struct work *w, struct why *why)
{
	AUTO(json_t) *reference = NULL;
	struct why own = {0};

	if (o.reference) {
		AUTO(RECORD_READER) *r = record_open(o.reference, RECORD_JSONL, why);
		json_t *one = NULL;
		int got = r ? 0 : -1;

		reference = json_array();
		while (r && (got = record_next(r, &one, why)) == 1)
			json_array_append_new(reference, one);
		if (got < 0)
			return -1;
	} else {
		reference = json_incref(json_object_get(w->equipment, "reference"));
	}
	if (!reference)
		return 0;
	return pva_record(&w->a, PVA_MEASUREMENTS,
			  pva_measurements(w->object.tre_info, reference, &own), &own, why);
}

/* TRE_info's TRE_id is the certificate's: who signed is whom it is about. */
static int check_tre_id(struct work *w, struct why *why)
{
	const char *said = o.cert ? NULL : json_text(w->object.tre_info, "tre_id", why);
	struct why own = {0};

	if (cert_name(w->result.tre_id, w->cert, &own))
		return pva_record(&w->a, PVA_TRE_ID, -1, &own, why);
	if (o.cert)
		return 0;
	if (!said)
		return -1;
	if (strcmp(said, w->result.tre_id) == 0)
		return 0;
	why_refuse(&own, "wrong-tre",
		   "TREinfo is of another TRE than the certificate (TR 33.812 B.2.3.4 step 5)");
	return pva_record(&w->a, PVA_TRE_ID, -1, &own, why);
}

static int appraise(struct work *w, struct why *why)
{
	if (pva_certificate(&w->a, w->cert, w->trust, o.tre_id, w->at, why) || check_tre_id(w, why))
		return -1;
	if (w->a.first.status)
		return 0;
	if (o.db &&
	    ((!w->reg && !(w->reg = reg_open(o.db, why))) ||
	     reg_get(w->reg, REG_EQUIPMENT, "tre_id", w->result.tre_id, &w->equipment, why) < 0))
		return -1;
	if (check_revocation(w, why))
		return -1;
	if (w->a.first.status || o.cert)
		return 0;
	/* a nonce is spent only for a platform that passed all that stands before */
	if ((o.db || o.nonce_file) && check_nonce(w, why))
		return -1;
	return w->a.first.status ? 0 : check_measurements(w, why);
}

static int put_result(struct work *w, struct buf *out, struct why *why)
{
	AUTO(EVP_PKEY) *key = NULL;
	AUTO(X509) *cert = NULL;
	AUTO(json_t) *plain = NULL;
	char name[TRE_ID_TEXT];

	if (!o.sign_key) {
		plain = result_to_json(&w->result, why);
		return !plain || json_append_line(out, plain, why) ? -1 : 0;
	}
	key = key_load(o.sign_key, why);
	cert = key ? cert_load(o.sign_cert, why) : NULL;
	if (!cert || key_matches(key, cert, why) || cert_name(name, cert, why))
		return -1;
	return result_make(out, &w->result, o.to ? o.to : name, w->at, key, cert, why);
}

static int run(void)
{
	__attribute__((cleanup(work_free))) struct work w = {0};
	struct why why = {0}, verdict = {0};
	unsigned require = o.cert ? 1U << PVA_CHAIN : 1U << PVA_SIGNATURE | 1U << PVA_CHAIN;
	BUF(out);

	if ((o.require && pva_checks_parse(&require, o.require, &why)) ||
	    when_at(&w.at, o.at, &why))
		return tool_fail(&why);
	w.trust = cert_load_all(o.trust, &why);
	if (!w.trust)
		return tool_fail(&why);
	if (open_evidence(&w, &why) || appraise(&w, &why) ||
	    pva_conclude(&w.result, &w.a, require, &verdict) || put_result(&w, &out, &why) ||
	    outfile_put(o.out, OUTFILE_PUBLIC, out.bytes, out.len, &why))
		return tool_fail(&why);
	return w.result.verdict ? TOOL_OK : tool_fail(&verdict);
}

int main(int argc, char **argv)
{
	static const struct tool_opt opts[] = {
		{"trust", 0, TOOL_TEXT, &o.trust, "F",
		 "Cert_PVA: certificates that TREs are trusted by"},
		{"register", 0, TOOL_TEXT, &o.db, "DB", "nonce_A is looked up and spent there"},
		{"nonce-a-file", 0, TOOL_TEXT, &o.nonce_file, "F",
		 "nonce_A, username and password, JSON"},
		{"tre-id", 0, TOOL_TEXT, &o.tre_id, "ID", "the TRE that is expected"},
		{"reference", 0, TOOL_TEXT, &o.reference, "F",
		 "measurements that are expected, JSON Lines"},
		{"ocsp", 0, TOOL_TEXT, &o.ocsp, "URL",
		 "ask this responder; `cert`: the certificate's"},
		{"ocsp-response", 0, TOOL_TEXT, &o.ocsp_response, "F",
		 "an answer that somebody got"},
		{"crl", 0, TOOL_TEXT, &o.crl, "F", "a revocation list instead"},
		{"ocsp-request-out", 0, TOOL_TEXT, &o.request_out, "F",
		 "keep what the responder was asked"},
		{"ocsp-response-out", 0, TOOL_TEXT, &o.response_out, "F", "keep what it answered"},
		{"require", 0, TOOL_TEXT, &o.require, "CHECK,...",
		 "checks that must be made, and pass"},
		{"at", 0, TOOL_TEXT, &o.at, "TIME", "the time, instead of the clock's"},
		{"sign-key", 0, TOOL_TEXT, &o.sign_key, "KEY", "sign the result"},
		{"sign-cert", 0, TOOL_TEXT, &o.sign_cert, "F",
		 "its certificate, of the role attestation"},
		{"to", 0, TOOL_TEXT, &o.to, "ID", "whom the result is for (the signer)"},
		{"cert", 0, TOOL_TEXT, &o.cert, "TRE_CERT", "appraise a certificate alone"},
		{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};

	secmem_init();
	if (tool_options(&tool, opts, argc, argv) != argc)
		tool_usage("no operand is wanted");
	if (!o.trust)
		tool_usage("--trust is wanted");
	if (!o.sign_key != !o.sign_cert)
		tool_usage("--sign-key and --sign-cert go together");
	if ((o.db && o.nonce_file) ||
	    (o.ocsp != NULL) + (o.ocsp_response != NULL) + (o.crl != NULL) > 1)
		tool_usage("one source of nonces, and one of revocation");
	return run();
}
