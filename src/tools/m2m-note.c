/* SPDX-License-Identifier: Apache-2.0 */
/* m2m-note(1): a signed word between two parties, made or checked. */
#include "base/outfile.h"
#include "base/secmem.h"
#include "base/tool.h"
#include "dm/syncml.h"
#include "pki/note_order.h"
#include "register/effects.h"
#include "sho/batch.h"

static const struct tool tool = {
	"m2m-note",
	"m2m-note make TYPE --key KEY --cert FILE --to ID [--about FILE] [--expires SECONDS] "
	"[--at TIME] [-o FILE] [FIELD=VALUE | FIELD=@FILE ...]\n"
	"m2m-note check TYPE --trust FILE --to ID [--signer ID] [--about FILE] [--register DB] "
	"[--at TIME] [-i FILE] [-o FILE]\n"
	"m2m-note check TYPE --trust FILE --to ID --batch REQUESTS.jsonl [--signer ID] "
	"[--register DB] [--at TIME] [--resume] [-o FILE]",
	"Makes and checks the signed notes that parties send one another.",
};

/* A note is about the document, whether it came bare or in a package. */
static struct note_order o = {.inside = syncml_strip};
static const char *db, *out, *batch;
static bool resume;

static const struct tool_opt make_opts[] = {
	{"key", 0, TOOL_TEXT, &o.key, "KEY", "the signer's private key"},
	{"cert", 0, TOOL_TEXT, &o.cert, "FILE", "the signer's certificate"},
	{"to", 0, TOOL_TEXT, &o.to, "ID", "whom the note is for"},
	{"about", 0, TOOL_TEXT, &o.about, "FILE", "the message that it is about"},
	{"expires", 0, TOOL_TEXT, &o.expires, "SECONDS", "how long it counts; a day"},
	{"at", 0, TOOL_TEXT, &o.at, "TIME", "instead of now; RFC 3339"},
	{"output", 'o', TOOL_TEXT, &out, "FILE", "the note"},
	{0}};

static const struct tool_opt check_opts[] = {
	{"trust", 0, TOOL_TEXT, &o.trust, "FILE", "certificates of signers, or of their CAs"},
	{"to", 0, TOOL_TEXT, &o.to, "ID", "whom the note must be for"},
	{"signer", 0, TOOL_TEXT, &o.signer, "ID", "whose word it must be"},
	{"about", 0, TOOL_TEXT, &o.about, "FILE", "the message that it must be about"},
	{"register", 0, TOOL_TEXT, &db, "DB", "spend the note, and do what it says"},
	{"at", 0, TOOL_TEXT, &o.at, "TIME", "instead of now; RFC 3339"},
	LEDGER_OPTIONS(&batch, &resume),
	{"input", 'i', TOOL_TEXT, &o.in, "FILE", "the note"},
	{"output", 'o', TOOL_TEXT, &out, "FILE", "its claims, one JSON line"},
	{0}};

/* TYPE, which stands behind the verb, wherever options stand. Returns what follows. */
static char **take_type(const struct tool_opt *opts, int argc, char **argv)
{
	const int first = tool_options(&tool, opts, argc, argv);

	if (first == argc)
		tool_usage("which TYPE of note? none was given");
	if (!note_roles(argv[first]))
		tool_usage("unknown type '%s' of note", argv[first]);
	o.type = argv[first];
	return argv + first + 1;
}

static int run_make(int argc, char **argv)
{
	char **words = take_type(make_opts, argc, argv);
	struct why why = {0};
	BUF(note);

	return note_order_make(&note, &o, words, &why) ||
			       outfile_put(out, OUTFILE_PUBLIC, note.bytes, note.len, &why)
		       ? tool_fail(&why)
		       : TOOL_OK;
}

static int enter(const json_t *claims, const struct buf *text, int64_t at, struct buf *line,
		 struct why *why)
{
	struct publication told = {.path = out, .mode = OUTFILE_PUBLIC, .bytes = line};
	AUTO(REG) *reg = reg_open(db, why);

	return reg ? reg_note_enter(reg, o.type, claims, text, at, &told, why) : -1;
}

static int check(struct why *why)
{
	AUTO(json_t) *claims = NULL;
	int64_t at;
	BUF(text);
	BUF(line);

	claims = note_order_check(&o, &text, &at, why);
	return !claims || json_append_line(&line, claims, why) ||
			       (db ? enter(claims, &text, at, &line, why)
				   : outfile_put(out, OUTFILE_PUBLIC, line.bytes, line.len, why))
		       ? -1
		       : 0;
}

static int run_batch(void)
{
	struct ledger l = {.in = batch, .out = out, .resume = resume, .report = tool_fail};
	struct why why = {0};
	int worst = TOOL_OK;

	return sho_batch_notes(&l, &o, db, &worst, &why) ? tool_fail(&why) : worst;
}

static int run_check(int argc, char **argv)
{
	char **words = take_type(check_opts, argc, argv);
	struct why why = {0};

	if (*words)
		tool_usage("'%s' is one word too many", *words);
	if (batch ? o.in || o.about : resume)
		tool_usage("--batch: each request says it; --resume goes with it");
	if (batch)
		return run_batch();
	return check(&why) ? tool_fail(&why) : TOOL_OK;
}

int main(int argc, char *argv[])
{
	static const struct tool_verb verbs[] = {{"make", run_make}, {"check", run_check}, {0}};

	secmem_init();
	return tool_verbs(&tool, NULL, verbs, argc, argv);
}
