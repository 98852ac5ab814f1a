/* SPDX-License-Identifier: Apache-2.0 */
/* m2m-note(1): a signed word between two parties, made or checked. */
#include "base/num.h"
#include "base/outfile.h"
#include "base/party.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "base/when.h"
#include "pki/key.h"
#include "pki/note.h"
#include "register/effects.h"

#include <string.h>

#define EXPIRES_MAX ((uint64_t)10 * 366 * 86400)

static const struct tool tool = {
	"m2m-note",
	"m2m-note make TYPE --key KEY --cert FILE --to ID [--about FILE] [--expires SECONDS] "
	"[--at TIME] [-o FILE] [FIELD=VALUE | FIELD=@FILE ...]\n"
	"m2m-note check TYPE --trust FILE --to ID [--signer ID] [--about FILE] [--register DB] "
	"[--at TIME] [-i FILE] [-o FILE]",
	"Makes and checks the signed notes that parties send one another.",
};

static struct {
	const char *key, *cert, *to, *about, *expires, *at, *trust, *signer, *db, *in, *out;
} a;

static const struct tool_opt make_opts[] = {
	{"key", 0, TOOL_TEXT, &a.key, "KEY", "the signer's private key"},
	{"cert", 0, TOOL_TEXT, &a.cert, "FILE", "the signer's certificate"},
	{"to", 0, TOOL_TEXT, &a.to, "ID", "whom the note is for"},
	{"about", 0, TOOL_TEXT, &a.about, "FILE", "the message that it is about"},
	{"expires", 0, TOOL_TEXT, &a.expires, "SECONDS", "how long it counts; a day"},
	{"at", 0, TOOL_TEXT, &a.at, "TIME", "instead of now; RFC 3339"},
	{"output", 'o', TOOL_TEXT, &a.out, "FILE", "the note"},
	{0}};

static const struct tool_opt check_opts[] = {
	{"trust", 0, TOOL_TEXT, &a.trust, "FILE", "certificates of signers, or of their CAs"},
	{"to", 0, TOOL_TEXT, &a.to, "ID", "whom the note must be for"},
	{"signer", 0, TOOL_TEXT, &a.signer, "ID", "whose word it must be"},
	{"about", 0, TOOL_TEXT, &a.about, "FILE", "the message that it must be about"},
	{"register", 0, TOOL_TEXT, &a.db, "DB", "spend the note, and do what it says"},
	{"at", 0, TOOL_TEXT, &a.at, "TIME", "instead of now; RFC 3339"},
	{"input", 'i', TOOL_TEXT, &a.in, "FILE", "the note"},
	{"output", 'o', TOOL_TEXT, &a.out, "FILE", "its claims, one JSON line"},
	{0}};

/* TYPE, which stands behind the verb, wherever options stand; what follows goes to rest. */
static const char *take_type(const struct tool_opt *opts, int argc, char **argv, char ***rest)
{
	const int first = tool_options(&tool, opts, argc, argv);

	if (first == argc)
		tool_usage("which TYPE of note? none was given");
	if (!note_roles(argv[first]))
		tool_usage("unknown type '%s' of note", argv[first]);
	*rest = argv + first + 1;
	return argv[first];
}

static void need(const char *value, const char *option)
{
	if (!value)
		tool_usage("--%s is missing", option);
}

static int check_id(const char *id, const char *option, struct why *why)
{
	return !strchr(id, ';') ? party_check(id, option, why) : tre_id_check(id, option, why);
}

/* An empty message is a message too, so about is never NULL where one was asked for. */
static int read_about(struct buf *about, struct why *why)
{
	return a.about ? slurp(about, a.about, SLURP_LARGE, why) : 0;
}

static int make(const char *type, char **words, struct why *why)
{
	struct note_spec spec = {.type = type, .to = a.to, .lifetime = NOTE_LIFETIME};
	AUTO(json_t) *fields = note_fields(words, why);
	AUTO(X509) *cert = fields ? cert_load(a.cert, why) : NULL;
	AUTO(EVP_PKEY) *key = cert ? key_load(a.key, why) : NULL;
	uint64_t lifetime = NOTE_LIFETIME;
	BUF(about);
	BUF(note);

	if (!key || key_matches(key, cert, why) || check_id(a.to, "--to", why) ||
	    when_at(&spec.at, a.at, why) || read_about(&about, why) ||
	    (a.expires && num_parse(&lifetime, a.expires, 1, EXPIRES_MAX, "--expires", why)))
		return -1;
	spec.fields = fields;
	spec.lifetime = (int64_t)lifetime;
	spec.about = a.about ? (const uint8_t *)buf_text(&about) : NULL;
	spec.about_len = about.len;
	if (note_make(&note, &spec, key, cert, why) || buf_add(&note, "\n", 1, why))
		return -1;
	return outfile_put(a.out, OUTFILE_PUBLIC, note.bytes, note.len, why);
}

static int run_make(int argc, char **argv)
{
	struct why why = {0};
	char **words;
	const char *type = take_type(make_opts, argc, argv, &words);

	need(a.key, "key");
	need(a.cert, "cert");
	need(a.to, "to");
	return make(type, words, &why) ? tool_fail(&why) : TOOL_OK;
}

/* One transaction: the note is spent, and what it says is done. */
static int enter(const char *type, const json_t *claims, const struct buf *text, int64_t at,
		 struct why *why)
{
	AUTO(REG) *reg = reg_open(a.db, why);
	const char *jti = json_text(claims, "jti", why);
	uint8_t sha256[32];
	uint64_t expires;

	if (!reg || !jti || json_number(&expires, claims, "exp", 0, INT64_MAX / 2, 0, why) ||
	    ossl_sha256(sha256, text->bytes, text->len, why) || reg_begin(reg, why) ||
	    reg_once(reg, "note", jti, (int64_t)expires, "note-replayed", why) ||
	    reg_note_effect(reg, type, claims, sha256, at, why))
		return -1;
	return reg_commit(reg, why);
}

static int check(const char *type, struct why *why)
{
	struct cert_policy policy = {.name = a.signer, .roles = note_roles(type)};
	struct note_check want = {.type = type, .to = a.to, .policy = &policy};
	AUTO(X509_STACK) *trust = cert_load_all(a.trust, why);
	AUTO(json_t) *claims = NULL;
	BUF(about);
	BUF(text);
	BUF(line);

	if (!trust || check_id(a.to, "--to", why) || when_at(&policy.at, a.at, why) ||
	    (a.signer && check_id(a.signer, "--signer", why)) || read_about(&about, why) ||
	    slurp(&text, a.in, JWS_MAX, why))
		return -1;
	policy.trust = trust;
	policy.name_reason = a.signer && strchr(a.signer, ';') ? "wrong-tre" : "wrong-operator";
	want.about = a.about ? (const uint8_t *)buf_text(&about) : NULL;
	want.about_len = about.len;
	claims = note_open(buf_text(&text), text.len, &want, NULL, why);
	if (!claims)
		return why_in(why, "%s", slurp_name(a.in));
	if (json_append_line(&line, claims, why) ||
	    (a.db && enter(type, claims, &text, policy.at, why)))
		return -1;
	return outfile_put(a.out, OUTFILE_PUBLIC, line.bytes, line.len, why);
}

static int run_check(int argc, char **argv)
{
	struct why why = {0};
	char **words;
	const char *type = take_type(check_opts, argc, argv, &words);

	if (*words)
		tool_usage("'%s' is one word too many", *words);
	need(a.trust, "trust");
	need(a.to, "to");
	return check(type, &why) ? tool_fail(&why) : TOOL_OK;
}

int main(int argc, char *argv[])
{
	static const struct tool_verb verbs[] = {{"make", run_make}, {"check", run_check}, {0}};

	secmem_init();
	return tool_verbs(&tool, NULL, verbs, argc, argv);
}
