/* SPDX-License-Identifier: Apache-2.0 */
/* pki/: keys, certificates, JWS, notes, tokens, envelopes. Returns 1 at the first line that is
 * wrong. */
#include "base/hex.h"
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "pki/csr.h"
#include "pki/envelope.h"
#include "pki/issue.h"
#include "pki/key.h"
#include "pki/note.h"
#include "pki/pair.h"
#include "pki/token.h"

#include "ok.h"
#include <openssl/rsa.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOW INT64_C(1795219200) /* 2026-11-21 */
#define DAY INT64_C(86400)

static bool refused(const struct why *why, const char *reason)
{
	return why->status == TOOL_NO && strcmp(why->reason, reason) == 0;
}

static void make(struct pair *p, const struct issue *spec, const char *alg)
{
	struct why why = {0};

	OK(pair_make(p, spec, alg, false, &why) == 0);
}

/* A pair of a TRE under ca, or of an operator of its own. */
static void party(struct pair *p, const char *name, unsigned roles, const struct pair *ca,
		  const char *alg)
{
	struct issue spec = {ISSUE_BOTH, name, roles, NULL, NULL, NULL, NOW, 10};

	if (ca) {
		spec.ca_key = ca->key;
		spec.ca_cert = ca->cert;
	}
	make(p, &spec, alg);
}

static void authority(struct pair *p)
{
	const struct issue spec = {ISSUE_CA, "PVA", 0, NULL, NULL, NULL, NOW, 20};

	make(p, &spec, NULL);
}

static void test_keys(void)
{
	static const struct {
		const char *alg;
		size_t len;
	} kinds[] = {{"ec-p256", 64}, {"ec-p384", 96}, {"rsa-2048", 256}};

	for (size_t i = 0; i < 3; i++) {
		struct why why = {0};
		AUTO(EVP_PKEY) *key = key_generate(kinds[i].alg, &why);
		AUTO(EVP_PKEY) *again = NULL;
		BUF(sig);
		BUF(pem);

		OK(key && strcmp(key_alg(key), kinds[i].alg) == 0);
		OK(key_sign(&sig, key, "text", 4, &why) == 0 && sig.len == kinds[i].len);
		OK(key_pem(&pem, key, &why) == 0);
		again = key_parse(pem.bytes, pem.len, &why);
		OK(again && key_verify(again, sig.bytes, sig.len, "text", 4, &why) == 0);
		OK(key_verify(key, sig.bytes, sig.len, "Text", 4, &why) &&
		   refused(&why, "bad-signature"));
		for (size_t n = 0; n < sig.len; n++)
			OK(key_verify(key, sig.bytes, n, "text", 4, &why));
		sig.bytes[sig.len - 1] ^= 1;
		OK(key_verify(key, sig.bytes, sig.len, "text", 4, &why));
	}
}

static void test_key_input(void)
{
	struct why why = {0};
	AUTO(EVP_PKEY) *weak = EVP_RSA_gen(1024);
	AUTO(EVP_PKEY) *curve = EVP_EC_gen("secp256k1");
	BUF(pem);
	BUF(sig);

	OK(!key_generate("ec-p521", &why) && why.status == TOOL_USAGE);
	OK(!key_alg(weak) && !key_alg(curve));
	OK(key_pem(&pem, weak, &why) == 0);
	OK(!key_parse(pem.bytes, pem.len, &why) && why.status == TOOL_INPUT);
	OK(key_sign(&sig, curve, "x", 1, &why) && why.status == TOOL_INPUT);
	OK(!key_parse("-----BEGIN", 10, &why) && why.status == TOOL_INPUT);
	OK(!key_parse("", 0, &why) && why.status == TOOL_INPUT);
	OK(!key_load("nosuch:thing", &why) && why.status == TOOL_SYS);
}

static int checked(const struct pair *p, X509 *trust, unsigned roles, const char *name, int64_t at,
		   struct why *why)
{
	AUTO(X509_STACK) *anchors = sk_X509_new_null();
	const struct cert_policy policy = {.trust = anchors,
					   .roles = roles,
					   .name = name,
					   .name_reason = "wrong-tre",
					   .at = at};

	OK(X509_up_ref(trust) && sk_X509_push(anchors, trust));
	return cert_check(p->cert, &policy, why);
}

static void test_cert(void)
{
	struct why why = {0};
	const struct issue enc = {ISSUE_ENCRYPT, "A;1", CERT_TRE, NULL, NULL, NULL, NOW, 10};
	PAIR(ca);
	PAIR(other);
	PAIR(tre);
	PAIR(sho);
	PAIR(forged);
	PAIR(encrypts);

	authority(&ca);
	authority(&other);
	party(&tre, "A;1", CERT_TRE, &ca, NULL);
	party(&sho, "sho-a", CERT_DRF | CERT_MCIM, NULL, NULL);
	OK(checked(&tre, ca.cert, CERT_TRE, "A;1", NOW + 1, &why) == 0);
	OK(checked(&sho, sho.cert, CERT_MCIM, "sho-a", NOW + 1, &why) == 0);
	OK(checked(&tre, tre.cert, CERT_TRE, NULL, NOW + 1, &why) == 0);
	OK(checked(&tre, other.cert, CERT_TRE, NULL, NOW + 1, &why) &&
	   refused(&why, "untrusted-chain"));
	OK(checked(&tre, ca.cert, CERT_ATTESTATION, NULL, NOW + 1, &why) &&
	   refused(&why, "wrong-usage"));
	OK(checked(&tre, ca.cert, CERT_TRE, "A;2", NOW + 1, &why) && refused(&why, "wrong-tre"));
	OK(checked(&tre, ca.cert, CERT_TRE, NULL, NOW + 11 * DAY, &why) &&
	   refused(&why, "expired"));
	OK(checked(&sho, sho.cert, 0, NULL, NOW + 11 * DAY, &why) && refused(&why, "expired"));
	OK(checked(&tre, ca.cert, CERT_TRE, NULL, NOW - 1, &why) && refused(&why, "not-yet-valid"));
	OK(checked(&sho, sho.cert, 0, NULL, NOW - 1, &why) && refused(&why, "not-yet-valid"));
	make(&encrypts, &enc, NULL);
	OK(checked(&encrypts, encrypts.cert, CERT_TRE, NULL, NOW + 1, &why) &&
	   refused(&why, "wrong-usage"));
	/* an operator's pinned certificate is no CA: it certifies nobody */
	party(&forged, "sho-b", CERT_MCIM, &sho, NULL);
	OK(checked(&forged, sho.cert, CERT_MCIM, NULL, NOW + 1, &why) &&
	   refused(&why, "untrusted-chain"));
}

/* A JWS of any header and payload, signed with key. */
static void sign_raw(struct buf *b, const char *header, const char *payload, EVP_PKEY *key)
{
	struct why why = {0};
	BUF(sig);

	OK(b64_append(b, true, header, strlen(header), &why) == 0 &&
	   buf_add(b, ".", 1, &why) == 0 &&
	   b64_append(b, true, payload, strlen(payload), &why) == 0);
	OK(key_sign(&sig, key, b->bytes, b->len, &why) == 0 && buf_add(b, ".", 1, &why) == 0 &&
	   b64_append(b, true, sig.bytes, sig.len, &why) == 0);
}

/* RFC 8725: the header decides nothing. %s is x5c's content. */
static void test_jws_headers(void)
{
	static const char *const headers[] = {
		"{\"alg\":\"none\",\"typ\":\"m2m-x\",\"x5c\":[\"%s\"]}",
		"{\"alg\":\"ES384\",\"typ\":\"m2m-x\",\"x5c\":[\"%s\"]}",
		"{\"alg\":\"HS256\",\"typ\":\"m2m-x\",\"x5c\":[\"%s\"]}",
		"{\"alg\":\"ES256\",\"typ\":\"m2m-x\",\"x5c\":[\"%s\"],\"crit\":[\"b64\"]}",
		"{\"alg\":\"ES256\",\"typ\":\"m2m-x\",\"x5c\":[\"%s\"],\"jku\":\"http://x/\"}",
		"{\"alg\":\"ES256\",\"typ\":\"m2m-x\",\"x5c\":[\"%s\"],\"jwk\":{}}",
		"{\"alg\":\"ES256\",\"typ\":\"m2m-x\",\"x5c\":[\"%s\"],\"alg\":\"ES256\"}",
		"{\"alg\":\"ES256\",\"x5c\":[\"%s\"]}",
		"{\"alg\":\"ES256\",\"typ\":\"m2m-x\",\"x5c\":\"%s\"}",
		"{\"alg\":\"ES256\",\"typ\":\"m2m-x\"}",
		"{\"alg\":\"ES256\",\"typ\":\"m2m-x\",\"x5c\":[\"%s\",\"AAAA\"]}",
	};
	struct why why = {0};
	PAIR(p);
	BUF(der);
	BUF(x5c);

	party(&p, "sho-a", CERT_MCIM, NULL, NULL);
	OK(cert_der(&der, p.cert, &why) == 0 &&
	   b64_append(&x5c, false, der.bytes, der.len, &why) == 0);
	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		const char *at = strstr(headers[i], "%s");
		JWS(j);
		BUF(h);
		BUF(text);

		OK(buf_add(&h, headers[i], at ? (size_t)(at - headers[i]) : strlen(headers[i]),
			   &why) == 0);
		if (at)
			OK(buf_print(&h, &why, "%s%s", buf_text(&x5c), at + 2) == 0);
		sign_raw(&text, buf_text(&h), "{}", p.key);
		OK(jws_open(&j, "m2m-x", buf_text(&text), text.len, &why) &&
		   why.status == TOOL_INPUT);
		OK(!j.payload);
	}
}

static void test_jws(const char *alg)
{
	struct why why = {0};
	AUTO(json_t) *o = json_pack("{s:s}", "a", "b");
	PAIR(p);
	BUF(text);

	party(&p, "sho-a", CERT_MCIM, NULL, alg);
	OK(jws_make(&text, "m2m-x", o, p.key, p.cert, &why) == 0);
	{
		JWS(j);
		OK(jws_open(&j, "m2m-x", buf_text(&text), text.len, &why) == 0);
		OK(json_equal(j.payload, o) && X509_cmp(j.cert, p.cert) == 0);
	}
	for (size_t n = 0; n < text.len; n++) {
		JWS(j);
		OK(jws_open(&j, "m2m-x", buf_text(&text), n, &why) && !j.payload);
	}
	for (size_t n = 0; n < text.len; n += 7) {
		JWS(j);
		const uint8_t was = text.bytes[n];

		text.bytes[n] = was == 'A' ? 'B' : 'A';
		OK(jws_open(&j, "m2m-x", buf_text(&text), text.len, &why) && !j.payload);
		text.bytes[n] = was;
	}
	{
		JWS(j);
		OK(jws_open(&j, "m2m-y", buf_text(&text), text.len, &why) &&
		   refused(&why, "wrong-type"));
	}
}

static void test_token(void)
{
	struct why why = {0};
	AUTO(X509_STACK) *trust = sk_X509_new_null();
	struct cert_policy policy = {.trust = trust, .at = NOW + 1};
	struct token t = {"A;1",     "sho-b",  "sho-a",
			  {1, 2, 3}, 7,        "000102030405060708090a0b0c0d0e0f",
			  NOW,       NOW + 100};
	struct token got;
	PAIR(ca);
	PAIR(tre);
	PAIR(sho);
	BUF(text);
	BUF(theirs);
	BUF(op);

	authority(&ca);
	party(&tre, "A;1", CERT_TRE, &ca, NULL);
	party(&sho, "sho-a", CERT_MCIM, &ca, NULL);
	OK(X509_up_ref(ca.cert) && sk_X509_push(trust, ca.cert));
	OK(token_make(&text, &t, tre.key, tre.cert, &why) == 0);
	memset(&got, 0, sizeof(got));
	OK(token_open(&got, buf_text(&text), text.len, &policy, &why) == 0);
	OK(got.seq == 7 && strcmp(got.new_sho, "sho-b") == 0 && strcmp(got.cur_sho, "sho-a") == 0 &&
	   strcmp(got.tre_id, "A;1") == 0 && strcmp(got.jti, t.jti) == 0 &&
	   memcmp(got.x5t_sha256, t.x5t_sha256, 32) == 0 && got.exp == NOW + 100);
	policy.at = NOW + 100;
	OK(token_open(&got, buf_text(&text), text.len, &policy, &why) &&
	   refused(&why, "token-expired"));
	policy.at = NOW + 1;
	OK(token_make(&op, &t, sho.key, sho.cert, &why) == 0);
	OK(token_open(&got, buf_text(&op), op.len, &policy, &why) && refused(&why, "wrong-usage"));
	strcpy(t.tre_id, "A;2");
	OK(token_make(&theirs, &t, tre.key, tre.cert, &why) == 0);
	OK(token_open(&got, buf_text(&theirs), theirs.len, &policy, &why) &&
	   refused(&why, "wrong-tre"));
}

static void test_envelope(const char *alg)
{
	static const char text[] = "the quick brown fox";
	struct why why = {0};
	PAIR(p);
	PAIR(q);
	BUF(der);
	BUF(out);

	party(&p, "A;1", CERT_TRE, NULL, alg);
	party(&q, "A;2", CERT_TRE, NULL, alg);
	OK(envelope_seal(&der, p.cert, text, sizeof(text), &why) == 0);
	OK(envelope_open(&out, p.key, p.cert, der.bytes, der.len, &why) == 0);
	OK(out.len == sizeof(text) && memcmp(out.bytes, text, sizeof(text)) == 0);
	buf_clear(&out);
	OK(envelope_open(&out, q.key, q.cert, der.bytes, der.len, &why) &&
	   refused(&why, "mac-mismatch"));
	for (size_t n = 0; n < der.len; n++)
		OK(envelope_open(&out, p.key, p.cert, der.bytes, n, &why) &&
		   refused(&why, "mac-mismatch") && out.len == 0);
	for (size_t n = 0; n < der.len; n++) {
		der.bytes[n] ^= 1;
		OK(envelope_open(&out, p.key, p.cert, der.bytes, der.len, &why) &&
		   refused(&why, "mac-mismatch") && out.len == 0);
		der.bytes[n] ^= 1;
	}
	OK(buf_add(&der, "", 1, &why) == 0);
	OK(envelope_open(&out, p.key, p.cert, der.bytes, der.len, &why) &&
	   refused(&why, "mac-mismatch"));
}

/* The tag, which ends the DER, cut to n octets, with every length round it. */
static void cut_tag(struct buf *der, size_t n)
{
	static const size_t lengths[] = {2, 19, 23};
	const size_t less = 16 - n;

	for (size_t i = 0; i < 3; i++) {
		uint8_t *p = der->bytes + lengths[i];
		const size_t len = (size_t)(p[0] << 8 | p[1]) - less;

		OK(p[-1] == 0x82);
		p[0] = (uint8_t)(len >> 8);
		p[1] = (uint8_t)len;
	}
	OK(der->bytes[der->len - 17] == 16);
	der->bytes[der->len - 17] = (uint8_t)n;
	der->len -= less;
}

/* OpenSSL by itself opens an envelope with a tag of one octet. */
static void test_short_tags(void)
{
	for (size_t n = 0; n <= 16; n++) {
		struct why why = {0};
		PAIR(p);
		BUF(der);
		BUF(out);

		party(&p, "A;1", CERT_TRE, NULL, NULL);
		OK(envelope_seal(&der, p.cert, "0123456789", 10, &why) == 0);
		cut_tag(&der, n);
		if (n == 16)
			OK(envelope_open(&out, p.key, p.cert, der.bytes, der.len, &why) == 0);
		else
			OK(envelope_open(&out, p.key, p.cert, der.bytes, der.len, &why) &&
			   refused(&why, "mac-mismatch") && out.len == 0);
	}
}

static void run_openssl(const char *const argv[])
{
	const pid_t pid = fork();
	int status;

	OK(pid >= 0);
	if (pid == 0) {
		execvp("openssl", (char *const *)argv);
		_exit(127);
	}
	OK(waitpid(pid, &status, 0) == pid && status == 0);
}

/* What is sealed here opens there, and the other way round. */
static void test_envelope_peer(const char *alg, const char *keyopt, const char *keyopt2)
{
	char folder[] = "/tmp/envelopeXXXXXX";
	const struct pair_files files = {.key = "key", .cert = "cert"};
	struct why why = {0};
	PAIR(p);
	BUF(der);
	BUF(plain);
	BUF(theirs);

	OK(mkdtemp(folder) && chdir(folder) == 0);
	party(&p, "A;1", CERT_TRE, NULL, alg);
	OK(pair_write(&p, &files, "A;1", &why) == 0);
	OK(envelope_seal(&der, p.cert, "one\ntwo", 7, &why) == 0);
	OK(outfile_put("der", OUTFILE_PUBLIC, der.bytes, der.len, &why) == 0);
	run_openssl((const char *const[]){"openssl", "cms", "-decrypt", "-binary", "-inform", "DER",
					  "-in", "der", "-inkey", "key", "-recip", "cert", "-out",
					  "plain", NULL});
	OK(slurp(&plain, "plain", 100, &why) == 0 && plain.len == 7 &&
	   memcmp(plain.bytes, "one\ntwo", 7) == 0);
	run_openssl((const char *const[]){"openssl", "cms", "-encrypt", "-binary", "-aes-256-gcm",
					  "-outform", "DER", "-in", "plain", "-out", "theirs",
					  "-recip", "cert", "-keyopt", keyopt, "-keyopt", keyopt2,
					  NULL});
	OK(slurp(&theirs, "theirs", SLURP_DOCUMENT, &why) == 0);
	buf_clear(&plain);
	OK(envelope_open(&plain, p.key, p.cert, theirs.bytes, theirs.len, &why) == 0);
	OK(plain.len == 7 && memcmp(plain.bytes, "one\ntwo", 7) == 0);
	OK(!unlink("key") && !unlink("cert") && !unlink("der") && !unlink("plain") &&
	   !unlink("theirs") && chdir("/") == 0 && rmdir(folder) == 0);
}

static void test_csr(void)
{
	struct why why = {0};
	AUTO(EVP_PKEY) *key = key_generate(NULL, &why);
	AUTO(EVP_PKEY) *got = NULL;
	char name[TRE_ID_TEXT];
	BUF(pem);

	OK(csr_make(&pem, key, "A;1", &why) == 0);
	got = csr_open(name, sizeof(name), buf_text(&pem), pem.len, &why);
	OK(got && EVP_PKEY_eq(got, key) == 1 && strcmp(name, "A;1") == 0);
	OK(!csr_open(name, sizeof(name), "x", 1, &why) && why.status == TOOL_INPUT);
}

int main(void)
{
	secmem_init();
	test_keys();
	test_key_input();
	test_cert();
	test_jws("ec-p256");
	test_jws("ec-p384");
	test_jws("rsa-2048");
	test_jws_headers();
	test_token();
	test_envelope("ec-p256");
	test_envelope("rsa-2048");
	test_short_tags();
	test_envelope_peer("ec-p384", "ecdh_kdf_md:sha256", "ecdh_cofactor_mode:0");
	test_envelope_peer("rsa-2048", "rsa_padding_mode:oaep", "rsa_oaep_md:sha256");
	test_csr();
	return 0;
}
