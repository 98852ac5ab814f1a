/* SPDX-License-Identifier: Apache-2.0 */
/* uicc-keys(1): the UICC manufacturer's list of K/OTA-key pairs (TR 33.812 5.3.2). */
#include "base/num.h"
#include "base/outfile.h"
#include "base/record.h"
#include "base/secmem.h"
#include "base/slurp.h"
#include "base/tool.h"
#include "base/when.h"
#include "pcid/imsi_list.h"
#include "pcid/plmn.h"
#include "pki/envelope.h"
#include "pki/key.h"
#include "pki/note.h"
#include "register/pairs.h"
#include "register/uicc.h"

#include <stdlib.h>
#include <string.h>

static const struct tool tool = {
	"uicc-keys",
	"uicc-keys make --register DB --iccid N --count N --entitled ID [-o FILE]\n"
	"uicc-keys import --register DB [-i FILE]\n"
	"uicc-keys release --register DB --iccid N --index N --recipient CERT [--trust F "
	"--handover NOTE --to ID] [--at TIME] [-o FILE]\n"
	"uicc-keys open --key KEY --imsi IMSI [-i FILE] [-o FILE]\n"
	"uicc-keys handover --register DB --plmn MCC-MNC --recipient CERT [--with-sqn] [-i LIST] "
	"[-o FILE]",
	"K/OTA-key pairs of UICCs: made, kept, and released to the entitled operator."};

static struct {
	const char *db, *iccid, *count, *entitled, *index, *recipient, *trust, *handover, *to, *at;
	const char *key, *imsi, *plmn, *in, *out;
	bool with_sqn;
} o;

static const struct tool_opt db_opt = {"register", 0,    TOOL_TEXT,
				       &o.db,      "DB", "the manufacturer's register"};

static int take(void *ctx, const json_t *pair, struct why *why)
{
	return json_append_line(ctx, pair, why);
}

static int make(struct why *why)
{
	AUTO(REG) *r = NULL;
	uint64_t count;
	BUF(out);

	return num_parse(&count, o.count, 1, 15, "--count", why) || !(r = reg_open(o.db, why)) ||
			       reg_begin(r, why) ||
			       reg_pairs_make(r, o.iccid, (unsigned)count, o.entitled, take, &out,
					      why) ||
			       reg_commit(r, why) ||
			       outfile_put(o.out, OUTFILE_SECRET, out.bytes, out.len, why)
		       ? -1
		       : 0;
}

/* One bad line does not stop the rest. */
static int import(void)
{
	struct why why = {0};
	AUTO(REG) *r = reg_open(o.db, &why);
	AUTO(RECORD_READER) *in = r ? record_open(o.in, RECORD_JSONL, &why) : NULL;
	int worst = TOOL_OK, got;

	if (!in || reg_begin(r, &why))
		return tool_fail(&why);
	do {
		AUTO(json_t) *pair = NULL;

		got = record_next(in, &pair, &why);
		if (got == 1 && reg_pair_import(r, pair, &why))
			got = record_why(in, &why);
		if (got < 0 && tool_fail(&why) > worst)
			worst = why.status;
	} while (got && why.status != TOOL_SYS);
	if (worst >= TOOL_SYS || reg_commit(r, &why))
		return worst >= TOOL_SYS ? worst : tool_fail(&why);
	return worst;
}

/* The holder of the pair before says, signed, who gets this one. */
static int check_handover(struct reg *r, unsigned index, const char *to, int64_t at,
			  struct why *why)
{
	struct cert_policy policy = {.at = at, .name_reason = "wrong-operator"};
	struct note_check check = {.type = "handover", .to = o.to, .policy = &policy};
	AUTO(X509_STACK) *trust = cert_load_all(o.trust, why);
	AUTO(json_t) *note = NULL;
	char *holder = NULL;
	int held;
	BUF(text);

	policy.trust = trust;
	if (!trust || slurp(&text, o.handover, SLURP_DOCUMENT, why))
		return -1;
	held = index > 1 ? reg_pair_holder(r, o.iccid, index - 1, &holder, why) : 0;
	policy.name = holder;
	if (held <= 0)
		return held ? -1
			    : why_refuse(why, "not-entitled",
					 "nobody holds the pair before %u (TR 33.812 5.3.2.2)",
					 index);
	note = note_open(buf_text(&text), text.len, &check, NULL, why);
	free(holder);
	return note ? reg_pair_handed_over(r, note, o.iccid, index, to, why) : -1;
}

static int release(struct why *why)
{
	AUTO(X509) *cert = cert_load(o.recipient, why);
	AUTO(REG) *r = cert ? reg_open(o.db, why) : NULL;
	AUTO(json_t) *pair = NULL;
	char to[TRE_ID_TEXT];
	uint64_t index;
	int64_t at;
	BUF(line);
	BUF(cms);

	if (!r || cert_name(to, cert, why) || when_at(&at, o.at, why) ||
	    num_parse(&index, o.index, 1, 255, "--index", why) || reg_begin(r, why) ||
	    (o.handover && check_handover(r, (unsigned)index, to, at, why)) ||
	    reg_pair_release(r, o.iccid, (unsigned)index, to, o.handover, &pair, why) ||
	    json_append_line(&line, pair, why) ||
	    envelope_seal(&cms, cert, line.bytes, line.len, why) || reg_commit(r, why))
		return -1;
	return outfile_put(o.out, OUTFILE_PUBLIC, cms.bytes, cms.len, why);
}

/* The subscriber's record out of a pair that was released. */
static int open_pair(struct why *why)
{
	AUTO(EVP_PKEY) *key = key_load(o.key, why);
	AUTO(json_t) *pair = NULL;
	BUF(cms);
	BUF(line);
	BUF(out);

	if (!key || imsi_check(o.imsi, "--imsi", why) || slurp(&cms, o.in, SLURP_DOCUMENT, why) ||
	    envelope_open(&line, key, NULL, cms.bytes, cms.len, why) ||
	    !(pair = json_parse(line.bytes, line.len, slurp_name(o.in), why)))
		return -1;
	json_object_del(pair, "released_to");
	json_object_del(pair, "index");
	return json_put_text(pair, "imsi", o.imsi, why) ||
			       json_put_text(pair, "amf", "8000", why) ||
			       json_put_text(pair, "sqn", "000000000000", why) ||
			       json_put_text(pair, "status", "active", why) ||
			       json_append_line(&out, pair, why) ||
			       outfile_put(o.out, OUTFILE_SECRET, out.bytes, out.len, why)
		       ? -1
		       : 0;
}

/* One line of the list, {iccid, imsi}. */
static int hand_over(struct reg *r, struct imsi_list *list, const json_t *line, struct buf *out,
		     struct why *why)
{
	const char *iccid = json_text(line, "iccid", why), *imsi;
	AUTO(json_t) *record = NULL;

	return !iccid || !(imsi = json_text(line, "imsi", why)) ||
			       imsi_list_check(list, iccid, imsi, why) ||
			       reg_card_handover(r, iccid, imsi, o.with_sqn, &record, why) ||
			       json_append_line(out, record, why)
		       ? -1
		       : 0;
}

/* Seals what could be handed over; the lines that could not are named. */
static int seal(struct reg *r, const struct buf *out, struct why *why)
{
	AUTO(X509) *cert = cert_load(o.recipient, why);
	BUF(cms);

	return !cert || envelope_seal(&cms, cert, buf_text(out), out->len, why) ||
			       reg_commit(r, why) ||
			       outfile_put(o.out, OUTFILE_PUBLIC, cms.bytes, cms.len, why)
		       ? -1
		       : 0;
}

static int handover(void)
{
	struct why why = {0};
	AUTO(REG) *r = reg_open(o.db, &why);
	AUTO(RECORD_READER) *in = r ? record_open(o.in, RECORD_JSONL, &why) : NULL;
	int worst = TOOL_OK, got;
	IMSI_LIST(list);
	BUF(out);

	if (!in || imsi_list_start(&list, o.plmn, &why) || reg_begin(r, &why))
		return tool_fail(&why);
	do {
		AUTO(json_t) *line = NULL;

		got = record_next(in, &line, &why);
		if (got == 1 && hand_over(r, &list, line, &out, &why))
			got = record_why(in, &why);
		if (got < 0 && tool_fail(&why) > worst)
			worst = why.status;
	} while (got && why.status != TOOL_SYS);
	if (worst >= TOOL_SYS || (worst && !out.len))
		return worst;
	return seal(r, &out, &why) ? tool_fail(&why) : worst;
}

static void options(const struct tool_opt *opts, int wanted, int argc, char **argv)
{
	if (tool_options(&tool, opts, argc, argv) != argc)
		tool_usage("%s: no operand is wanted", argv[0]);
	for (int i = 0; i < wanted; i++)
		if (!*(const char *const *)opts[i].value)
			tool_usage("--%s is wanted", opts[i].name);
	if (o.handover ? !o.trust || !o.to : o.trust || o.to)
		tool_usage("--handover, --trust and --to go together");
}

static int do_make(int argc, char **argv)
{
	const struct tool_opt opts[] = {
		db_opt,
		{"iccid", 0, TOOL_TEXT, &o.iccid, "N", "the card"},
		{"count", 0, TOOL_TEXT, &o.count, "N", "so many pairs, 15 at most"},
		{"entitled", 0, TOOL_TEXT, &o.entitled, "ID", "the operator that gets the first"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	struct why why = {0};

	options(opts, 4, argc, argv);
	return make(&why) ? tool_fail(&why) : TOOL_OK;
}

static int do_import(int argc, char **argv)
{
	const struct tool_opt opts[] = {
		db_opt,
		{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
		{0}};

	options(opts, 1, argc, argv);
	return import();
}

static int do_release(int argc, char **argv)
{
	const struct tool_opt opts[] = {
		db_opt,
		{"iccid", 0, TOOL_TEXT, &o.iccid, "N", "the card"},
		{"index", 0, TOOL_TEXT, &o.index, "N", "the pair"},
		{"recipient", 0, TOOL_TEXT, &o.recipient, "CERT",
		 "the operator's certificate: to it, and sealed for it"},
		{"trust", 0, TOOL_TEXT, &o.trust, "F", "the certificate of who hands over"},
		{"handover", 0, TOOL_TEXT, &o.handover, "NOTE", "its signed word"},
		{"to", 0, TOOL_TEXT, &o.to, "ID", "the manufacturer's own name"},
		{"at", 0, TOOL_TEXT, &o.at, "TIME", "the time, instead of the clock's"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	struct why why = {0};

	options(opts, 4, argc, argv);
	return release(&why) ? tool_fail(&why) : TOOL_OK;
}

static int do_open(int argc, char **argv)
{
	const struct tool_opt opts[] = {
		{"key", 0, TOOL_TEXT, &o.key, "KEY", "the operator's key"},
		{"imsi", 0, TOOL_TEXT, &o.imsi, "IMSI", "the subscriber's"},
		{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};
	struct why why = {0};

	options(opts, 2, argc, argv);
	return open_pair(&why) ? tool_fail(&why) : TOOL_OK;
}

static int do_handover(int argc, char **argv)
{
	const struct tool_opt opts[] = {
		{"register", 0, TOOL_TEXT, &o.db, "DB", "the old operator's register"},
		{"plmn", 0, TOOL_TEXT, &o.plmn, "MCC-MNC", "of the new operator's IMSIs"},
		{"recipient", 0, TOOL_TEXT, &o.recipient, "CERT", "the new operator's certificate"},
		{"with-sqn", 0, TOOL_FLAG, &o.with_sqn, NULL, "hand SQN_HE over too"},
		{"input", 'i', TOOL_TEXT, &o.in, "LIST", "iccid and imsi, JSON Lines"},
		{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
		{0}};

	options(opts, 3, argc, argv);
	return handover();
}

int main(int argc, char **argv)
{
	static const struct tool_verb verbs[] = {{"make", do_make},         {"import", do_import},
						 {"release", do_release},   {"open", do_open},
						 {"handover", do_handover}, {0}};

	secmem_init();
	return tool_verbs(&tool, NULL, verbs, argc, argv);
}
