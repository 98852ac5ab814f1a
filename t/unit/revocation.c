/* SPDX-License-Identifier: Apache-2.0 */
/* pki/revocation and pki/index against openssl's own responder. Returns 1 at the first line that is
 * wrong. */
#include "pki/revocation.h"
#include "base/secmem.h"
#include "base/when.h"
#include "pki/index.h"
#include "pki/pair.h"

#include "ok.h"
#include <openssl/pem.h>
#include <signal.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DAY INT64_C(86400)

static bool refused(const struct why *why, const char *reason)
{
	return why->status == TOOL_NO && strcmp(why->reason, reason) == 0;
}

static void make(struct pair *p, enum issue_kind kind, const char *name, const struct pair *ca)
{
	struct issue spec = {kind, name, 0, NULL, NULL, NULL, when_now() - 10, 10};
	struct why why = {0};

	if (ca) {
		spec.ca_key = ca->key;
		spec.ca_cert = ca->cert;
	}
	OK(pair_make(p, &spec, NULL, false, &why) == 0);
}

static void enter(const struct pair *p)
{
	struct why why = {0};
	BUF(rows);

	OK(pair_rows(&rows, p, &why) == 0 && index_add("index", &rows, &why) == 0);
}

/* openssl's responder on a port of its own choice; url is where it listens. */
static pid_t responder(char url[static 64])
{
	int fds[2];
	pid_t pid;
	FILE *f;
	char line[256];
	unsigned port = 0;

	OK(pipe(fds) == 0);
	pid = fork();
	OK(pid >= 0);
	if (pid == 0) {
		dup2(fds[1], 1);
		close(fds[0]);
		close(fds[1]);
		OK(freopen("responder.log", "w", stderr));
		execlp("openssl", "openssl", "ocsp", "-port", "0", "-index", "index", "-CA",
		       "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.key", "-ndays", "1",
		       (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	f = fdopen(fds[0], "r");
	while (f && !port && fgets(line, sizeof(line), f)) {
		const char *colon = strncmp(line, "ACCEPT ", 7) == 0 ? strrchr(line, ':') : NULL;

		if (colon)
			port = (unsigned)strtoul(colon + 1, NULL, 10);
	}
	OK(port != 0);
	fclose(f);
	snprintf(url, 64, "http://127.0.0.1:%u/", port);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

/* Asks about cert with a new nonce, as pva/revocation does. */
static int ask(struct buf *answer, const char *url, X509 *cert, X509 *issuer, uint8_t nonce[32],
	       struct why *why)
{
	BUF(request);

	return ocsp_request(&request, cert, issuer, nonce, why) ||
			       ocsp_send(answer, url, &request, why)
		       ? -1
		       : 0;
}

static void test_answers(const char *url, const struct pair *ca, const struct pair *good,
			 const struct pair *bad, const struct pair *unknown)
{
	struct why why = {0};
	uint8_t nonce[32], other[32] = {0};
	const int64_t now = when_now();
	BUF(answer);
	BUF(no);
	BUF(strange);

	OK(ask(&answer, url, good->cert, ca->cert, nonce, &why) == 0);
	OK(ocsp_check(answer.bytes, answer.len, good->cert, ca->cert, nonce, now, &why) == 0);
	OK(ocsp_check(answer.bytes, answer.len, good->cert, ca->cert, NULL, now, &why) == 0);
	OK(ocsp_check(answer.bytes, answer.len, good->cert, ca->cert, other, now, &why) &&
	   refused(&why, "nonce-unknown"));
	OK(ocsp_check(answer.bytes, answer.len, bad->cert, ca->cert, NULL, now, &why) &&
	   refused(&why, "revocation-unknown"));
	OK(ocsp_check(answer.bytes, answer.len, good->cert, ca->cert, nonce, now + 2 * DAY, &why) &&
	   refused(&why, "revocation-stale"));
	OK(ocsp_check(answer.bytes, answer.len, good->cert, ca->cert, nonce, now - 1000, &why) &&
	   why.status == TOOL_NO);
	OK(ask(&no, url, bad->cert, ca->cert, nonce, &why) == 0);
	OK(ocsp_check(no.bytes, no.len, bad->cert, ca->cert, nonce, now, &why) &&
	   refused(&why, "revoked"));
	OK(ask(&strange, url, unknown->cert, ca->cert, nonce, &why) == 0);
	OK(ocsp_check(strange.bytes, strange.len, unknown->cert, ca->cert, nonce, now, &why) &&
	   refused(&why, "revocation-unknown"));
	for (size_t n = 0; n < answer.len; n++)
		OK(ocsp_check(answer.bytes, n, good->cert, ca->cert, nonce, now, &why));
	for (size_t n = 0; n < answer.len; n += 5) {
		answer.bytes[n] ^= 1;
		OK(ocsp_check(answer.bytes, answer.len, good->cert, ca->cert, nonce, now, &why));
		answer.bytes[n] ^= 1;
	}
}

static X509_EXTENSION *critical(const char *oid)
{
	ASN1_OBJECT *type = OBJ_txt2obj(oid, 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *e;

	OK(type && value && ASN1_OCTET_STRING_set(value, (const unsigned char *)"\5\0", 2));
	OK((e = X509_EXTENSION_create_by_OBJ(NULL, type, 1, value)) != NULL);
	ASN1_OBJECT_free(type);
	ASN1_OCTET_STRING_free(value);
	return e;
}

/* An answer of ca's own with what is said about cert, in this order, each by a hash of its own. */
struct said {
	int status;
	const EVP_MD *md;
	const char *critical; /* an extension's OID, or NULL */
};

static OCSP_BASICRESP *begin(X509 *cert, const struct pair *ca, const struct said *said, size_t n)
{
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	AUTO(ASN1_TIME) *now = ASN1_TIME_set(NULL, (time_t)when_now());

	OK(basic && now);
	for (size_t i = 0; i < n; i++) {
		AUTO(OCSP_CERTID) *id = OCSP_cert_to_id(said[i].md, cert, ca->cert);
		const bool is_revoked = said[i].status == V_OCSP_CERTSTATUS_REVOKED;
		OCSP_SINGLERESP *s = OCSP_basic_add1_status(basic, id, said[i].status,
							    OCSP_REVOKED_STATUS_NOSTATUS,
							    is_revoked ? now : NULL, now, NULL);

		AUTO(X509_EXTENSION) *e = said[i].critical ? critical(said[i].critical) : NULL;

		OK(s && (!e || OCSP_SINGLERESP_add_ext(s, e, -1) == 1));
	}
	return basic;
}

static int judge(OCSP_BASICRESP *basic, X509 *cert, const struct pair *ca, struct why *why)
{
	AUTO(OCSP_RESPONSE) *r = NULL;
	unsigned char *der = NULL;
	int len, rc;

	OK(OCSP_basic_sign(basic, ca->cert, ca->key, EVP_sha256(), NULL, 0) == 1);
	OK((r = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic)) != NULL);
	OK((len = i2d_OCSP_RESPONSE(r, &der)) > 0);
	rc = ocsp_check(der, (size_t)len, cert, ca->cert, NULL, when_now(), why);
	OPENSSL_free(der);
	return rc;
}

static int judge_said(X509 *cert, const struct pair *ca, const struct said *said, size_t n,
		      struct why *why)
{
	AUTO(OCSP_BASICRESP) *basic = begin(cert, ca, said, n);

	return judge(basic, cert, ca, why);
}

/* RFC 6960 4.2.1: a response may say more than one thing, and the worst of them about cert counts.
 */
static void test_contradictions(const struct pair *ca, const struct pair *good)
{
	const struct said yes = {V_OCSP_CERTSTATUS_GOOD, EVP_sha1(), NULL},
			  yes256 = {V_OCSP_CERTSTATUS_GOOD, EVP_sha256(), NULL},
			  no = {V_OCSP_CERTSTATUS_REVOKED, EVP_sha1(), NULL},
			  no256 = {V_OCSP_CERTSTATUS_REVOKED, EVP_sha256(), NULL},
			  no384 = {V_OCSP_CERTSTATUS_REVOKED, EVP_sha384(), NULL},
			  perhaps = {V_OCSP_CERTSTATUS_UNKNOWN, EVP_sha256(), NULL};
	const struct {
		struct said said[3];
		const char *reason;
	} t[] = {{{yes, yes256, yes}, NULL},
		 {{yes, no, yes}, "revoked"},
		 {{yes, yes, no256}, "revoked"},
		 {{no256, yes, yes}, "revoked"},
		 {{yes, yes, no384}, "revoked"},
		 {{perhaps, yes, no}, "revoked"},
		 {{yes, perhaps, yes}, "revocation-unknown"}};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct why why = {0};
		const int rc = judge_said(good->cert, ca, t[i].said, 3, &why);

		OK(t[i].reason ? rc && refused(&why, t[i].reason) : rc == 0);
	}
}

/* RFC 6960 4.4: an extension that is critical and not known spoils the answer; the nonce is known.
 */
static void test_critical(const struct pair *ca, const struct pair *good)
{
	const struct said plain = {V_OCSP_CERTSTATUS_GOOD, EVP_sha1(), NULL},
			  odd = {V_OCSP_CERTSTATUS_GOOD, EVP_sha1(), "1.2.3.4"};
	AUTO(OCSP_BASICRESP) *strange = begin(good->cert, ca, &plain, 1);
	AUTO(OCSP_BASICRESP) *nonce = begin(good->cert, ca, &plain, 1);
	AUTO(X509_EXTENSION) *unknown = critical("1.2.3.4");
	AUTO(X509_EXTENSION) *known = critical("1.3.6.1.5.5.7.48.1.2");
	struct why why = {0};

	OK(judge_said(good->cert, ca, &odd, 1, &why) && refused(&why, "revocation-unknown"));
	OK(OCSP_BASICRESP_add_ext(strange, unknown, -1) == 1);
	OK(judge(strange, good->cert, ca, &why) && refused(&why, "revocation-unknown"));
	OK(OCSP_BASICRESP_add_ext(nonce, known, -1) == 1);
	OK(judge(nonce, good->cert, ca, &why) == 0);
}

/* Another CA of the same name signs: its answers are nobody's. */
static void test_forged(const char *url, const struct pair *ca, const struct pair *good)
{
	struct why why = {0};
	uint8_t nonce[32];
	BUF(answer);

	OK(ask(&answer, url, good->cert, ca->cert, nonce, &why) == 0);
	OK(ocsp_check(answer.bytes, answer.len, good->cert, ca->cert, nonce, when_now(), &why) &&
	   refused(&why, "bad-signature"));
}

static void test_out_of_reach(const struct pair *ca, const struct pair *good)
{
	/* a line of its own in the URL would be a header of its own in the request */
	static const char *const no_address[] = {
		"https://127.0.0.1:1/", "http://127.0.0.1:1/a\r\nX: y", "http://127.0.0.1:1/a b",
		"http://127.0.0.1:1/\x7f", "http:///"};
	struct why why = {0};
	uint8_t nonce[32];
	BUF(answer);

	OK(ask(&answer, "http://127.0.0.1:1/", good->cert, ca->cert, nonce, &why) &&
	   why.status == TOOL_BUSY);
	for (size_t i = 0; i < sizeof(no_address) / sizeof(*no_address); i++)
		OK(ask(&answer, no_address[i], good->cert, ca->cert, nonce, &why) &&
		   why.status == TOOL_INPUT);
	OK(answer.len == 0);
	OK(ocsp_check("x", 1, good->cert, ca->cert, NULL, 0, &why) && why.status == TOOL_INPUT);
	OK(ocsp_check("\x30\x03\x0a\x01\x03", 5, good->cert, ca->cert, NULL, 0, &why) &&
	   why.status == TOOL_BUSY);
	OK(ocsp_check("\x30\x03\x0a\x01\x06", 5, good->cert, ca->cert, NULL, 0, &why) &&
	   refused(&why, "revocation-unknown"));
}

static CRL *crl_of(const struct pair *ca)
{
	struct why why = {0};
	CRL *crl;
	BUF(pem);

	OK(crl_make(&pem, "index", ca->key, ca->cert, when_now(), 7, &why) == 0);
	OK((crl = crl_read(pem.bytes, pem.len, &why)) != NULL);
	return crl;
}

/* An authority of the same name: whose signature was found right once says nothing of another's. */
static void test_crl(const struct pair *ca, const struct pair *other, const struct pair *good,
		     const struct pair *bad)
{
	struct why why = {0};
	const int64_t now = when_now();
	AUTO(CRL) *crl = crl_of(ca);
	PAIR(theirs);

	make(&theirs, ISSUE_SIGN, "A;1", other);
	OK(crl_check(crl, theirs.cert, other->cert, now, &why) && refused(&why, "bad-signature"));
	OK(crl_check(crl, good->cert, ca->cert, now, &why) == 0);
	OK(crl_check(crl, theirs.cert, other->cert, now, &why) && refused(&why, "bad-signature"));
	OK(crl_check(crl, good->cert, ca->cert, now, &why) == 0);
	OK(crl_check(crl, bad->cert, ca->cert, now, &why) && refused(&why, "revoked"));
	OK(crl_check(crl, good->cert, other->cert, now, &why) &&
	   refused(&why, "revocation-unknown"));
	OK(crl_check(crl, good->cert, ca->cert, now + 8 * DAY, &why) &&
	   refused(&why, "revocation-stale"));
	OK(crl_check(crl, good->cert, ca->cert, now - 1000, &why) &&
	   refused(&why, "revocation-stale"));
	OK(!crl_read("x", 1, &why) && why.status == TOOL_INPUT);
}

/* Signs list again, and asks it about good. */
static int judge_list(X509_CRL *list, const struct pair *ca, const struct pair *good,
		      struct why *why)
{
	AUTO(CRL) *crl = NULL;
	AUTO(BIO) *out = BIO_new(BIO_s_mem());
	char *pem;
	long len;

	OK(X509_CRL_sign(list, ca->key, EVP_sha256()) > 0);
	OK(out && PEM_write_bio_X509_CRL(out, list) == 1 &&
	   (len = BIO_get_mem_data(out, &pem)) > 0);
	OK((crl = crl_read(pem, (size_t)len, why)) != NULL);
	return crl_check(crl, good->cert, ca->cert, when_now(), why);
}

static X509_CRL *list_of(const struct pair *ca)
{
	struct why why = {0};
	AUTO(BIO) *in = NULL;
	X509_CRL *list;
	BUF(pem);

	OK(crl_make(&pem, "index", ca->key, ca->cert, when_now(), 7, &why) == 0);
	OK((in = BIO_new_mem_buf(pem.bytes, (int)pem.len)) != NULL);
	OK((list = PEM_read_bio_X509_CRL(in, NULL, NULL, NULL)) != NULL);
	return list;
}

/* RFC 5280 5.3: a critical extension of any entry spoils the list; 5.2.4, 5.2.5: a delta, or a
 * part, is none also where it forgot to say so critically. */
static void test_crl_exts(const struct pair *ca, const struct pair *good)
{
	AUTO(X509_CRL) *plain = list_of(ca);
	AUTO(X509_CRL) *entry = list_of(ca);
	AUTO(X509_CRL) *delta = list_of(ca);
	AUTO(X509_EXTENSION) *odd = critical("1.2.3.4");
	AUTO(ASN1_INTEGER) *base = ASN1_INTEGER_new();
	X509_REVOKED *other = sk_X509_REVOKED_value(X509_CRL_get_REVOKED(entry), 0);
	struct why why = {0};

	OK(judge_list(plain, ca, good, &why) == 0);
	OK(other && X509_REVOKED_add_ext(other, odd, -1) == 1);
	OK(judge_list(entry, ca, good, &why) && refused(&why, "revocation-unknown"));
	OK(base && ASN1_INTEGER_set(base, 1) == 1 &&
	   X509_CRL_add1_ext_i2d(delta, NID_delta_crl, base, 0, 0) == 1);
	OK(judge_list(delta, ca, good, &why) && refused(&why, "revocation-unknown"));
}

static void test_index(const struct pair *bad, const struct pair *unknown)
{
	struct why why = {0};
	const int64_t now = when_now();

	OK(index_revoke("index", bad->cert, "boredom", now, &why) && why.status == TOOL_USAGE);
	OK(index_revoke("index", unknown->cert, NULL, now, &why) &&
	   refused(&why, "unknown-certificate"));
	OK(index_revoke("index", bad->cert, "keyCompromise", now, &why) == 0);
	OK(index_revoke("index", bad->cert, "keyCompromise", now + 9, &why) == 0);
	OK(index_revoke("index", bad->cert, "superseded", now, &why) &&
	   refused(&why, "already-revoked"));
}

static void clear_folder(void)
{
	static const char *const names[] = {"ca.key",     "ca.pem",     "index",
					    "index.attr", "index.lock", "responder.log"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		OK(unlink(names[i]) == 0);
}

int main(void)
{
	char folder[] = "/tmp/revocationXXXXXX", url[64];
	const struct pair_files files = {.key = "ca.key", .cert = "ca.pem", .force = true};
	struct why why = {0};
	pid_t pid;
	PAIR(ca);
	PAIR(other);
	PAIR(good);
	PAIR(bad);
	PAIR(unknown);

	secmem_init();
	OK(mkdtemp(folder) && chdir(folder) == 0);
	make(&ca, ISSUE_CA, "PVA", NULL);
	make(&other, ISSUE_CA, "PVA", NULL);
	make(&good, ISSUE_SIGN, "A;1", &ca);
	make(&bad, ISSUE_SIGN, "A;1", &ca);
	make(&unknown, ISSUE_SIGN, "A;3", &ca);
	enter(&good);
	enter(&bad);
	test_index(&bad, &unknown);
	OK(pair_write(&ca, &files, "PVA", &why) == 0);
	pid = responder(url);
	test_answers(url, &ca, &good, &bad, &unknown);
	end(pid);
	OK(pair_write(&other, &files, "PVA", &why) == 0);
	pid = responder(url);
	test_forged(url, &ca, &good);
	end(pid);
	test_out_of_reach(&ca, &good);
	test_contradictions(&ca, &good);
	test_critical(&ca, &good);
	test_crl(&ca, &other, &good, &bad);
	test_crl_exts(&ca, &good);
	clear_folder();
	OK(chdir("/") == 0 && rmdir(folder) == 0);
	return 0;
}
