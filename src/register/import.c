/* SPDX-License-Identifier: Apache-2.0 */
#include "register/import.h"

#include "aka/milenage.h"
#include "aka/sqn.h"
#include "base/hex.h"
#include "base/outfile.h"
#include "base/record.h"
#include "base/slurp.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

/* What pySim-prog writes has no header line; its reader wants one. */
#define PYSIM_HEADER "name,iccid,mcc,mnc,imsi,smsp,ki,opc\n"

struct import {
	enum export_form form;
	char *name; /* for messages */
	struct record_reader *reader;
	struct osmo *osmo;
	size_t shift; /* lines that were put before the file's */
};

void import_close(struct import *in)
{
	if (!in)
		return;
	record_close(in->reader);
	osmo_close(in->osmo);
	free(in->name);
	free(in);
}

/* ---- text that is not quite what the reader reads ---- */

/* One array of documents becomes a document a line. */
static int split_array(struct buf *text, struct why *why)
{
	AUTO(json_t) *all =
		json_loadb((const char *)text->bytes, text->len, JSON_REJECT_DUPLICATES, NULL);
	json_t *o;
	size_t i;

	if (!json_is_array(all))
		return why_input(why, "not a JSON array, nor JSON Lines");
	buf_clear(text);
	json_array_foreach (all, i, o)
		if (json_append_line(text, o, why))
			return -1;
	return 0;
}

/* Column names in lower case; a header where there is none. */
static int fix_header(struct buf *text, size_t *shift, struct why *why)
{
	char *start = (char *)text->bytes, *end = start + text->len;
	bool has_header = false;
	BUF(with);

	for (char *p = start; p < end && *p != '\n'; p++) {
		*p = (char)tolower((unsigned char)*p);
		has_header = has_header || strncasecmp(p, "imsi", 4) == 0;
	}
	if (has_header)
		return 0;
	*shift = 1;
	if (buf_add(&with, PYSIM_HEADER, sizeof(PYSIM_HEADER) - 1, why) ||
	    buf_add(&with, buf_text(text), text->len, why))
		return -1;
	buf_free(text);
	*text = with;
	with = (struct buf){0};
	return 0;
}

static int prepare(struct import *in, struct buf *text, struct why *why)
{
	size_t start = 0;

	if (in->form == EXPORT_PYSIM)
		return fix_header(text, &in->shift, why);
	while (start < text->len && isspace(text->bytes[start]))
		start++;
	if (in->form == EXPORT_OPEN5GS && start < text->len && text->bytes[start] == '[')
		return split_array(text, why);
	return 0;
}

/* The text stands in memory, in place of stdin. */
static int put_stdin(const struct buf *text, struct why *why)
{
	const int fd = memfd_create("register", MFD_CLOEXEC);

	if (fd < 0 || outfile_write_all(fd, text->bytes, text->len) ||
	    lseek(fd, 0, SEEK_SET) != 0 || dup2(fd, STDIN_FILENO) < 0)
		return why_sys(why, "no memory for the input");
	close(fd);
	return 0;
}

/* The reader calls its input stdin, and counts a header that we put there. */
static void rename_input(const struct import *in, size_t line, struct why *why)
{
	const char *text = strncmp(why->text, "stdin:", 6) == 0 ? strstr(why->text, ": ") : NULL;

	if (!text)
		return;
	memmove(why->text, text + 2, strlen(text + 2) + 1);
	why_in(why, "%s:%zu", in->name, line);
}

static int open_text(struct import *in, const char *path, const struct buf *opened, struct why *why)
{
	const bool is_csv = in->form == EXPORT_CSV || in->form == EXPORT_PYSIM;
	BUF(text);

	if (!opened && (in->form == EXPORT_JSONL || in->form == EXPORT_CSV)) {
		in->reader = record_open(path, is_csv ? RECORD_CSV : RECORD_JSONL, why);
		return in->reader ? 0 : -1;
	}
	if (opened ? buf_add(&text, buf_text(opened), opened->len, why)
		   : slurp(&text, path, SLURP_LARGE, why))
		return -1;
	buf_drop_mark(&text);
	if (prepare(in, &text, why))
		return why_in(why, "%s", in->name);
	if (put_stdin(&text, why))
		return -1;
	in->reader = record_open(NULL, is_csv ? RECORD_CSV : RECORD_JSONL, why);
	if (!in->reader)
		rename_input(in, 1, why);
	return in->reader ? 0 : -1;
}

struct import *import_open(const char *path, enum export_form form, const struct buf *opened,
			   struct why *why)
{
	AUTO(IMPORT) *in = calloc(1, sizeof(*in));

	if (!in || !(in->name = strdup(slurp_name(path)))) {
		why_sys(why, "out of memory");
		return NULL;
	}
	in->form = form;
	if (form == EXPORT_FREE5GC || form == EXPORT_SRSRAN) {
		why_usage(why, "--format: import takes jsonl, csv, open5gs, osmo-hlr and pysim");
		return NULL;
	}
	if (form != EXPORT_OSMO_HLR)
		return open_text(in, path, opened, why) ? NULL : STEAL(in);
	if (!path || strcmp(path, "-") == 0 || opened) {
		why_usage(why, "--format osmo-hlr: want -i FILE, its database");
		return NULL;
	}
	in->osmo = osmo_open(path, why);
	return in->osmo ? STEAL(in) : NULL;
}

/* ---- records ---- */

int import_keys(json_t *record, const char *k, const char *opc, const char *op, struct why *why)
{
	SECRET(aka_key) key = {0};

	if (hex_decode(key.k, 16, k, "k", why) || json_put_hex(record, "k", key.k, 16, why))
		return -1;
	if (opc && *opc)
		return hex_decode(key.opc, 16, opc, "opc", why) ||
				       json_put_hex(record, "opc", key.opc, 16, why)
			       ? -1
			       : 0;
	if (!op || !*op)
		return why_input(why, "opc: missing, and op too");
	if (hex_decode(key.c[0], 16, op, "op", why) || milenage_opc(key.opc, key.k, key.c[0], why))
		return -1;
	return json_put_hex(record, "opc", key.opc, 16, why);
}

/* Open5GS's web interface keeps K in groups of digits with blanks between. */
static int squeeze(char out[static 33], const json_t *o, const char *field, struct why *why)
{
	const json_t *v = json_object_get(o, field);
	const char *text = json_string_value(v);
	size_t n = 0;

	*out = '\0';
	if (!v || json_is_null(v))
		return 0;
	for (; text && *text && n < 33; text++)
		if (*text != ' ')
			out[n++] = *text;
	out[n < 33 ? n : 32] = '\0';
	return text && n <= 32 ? 0 : why_input(why, "%s: want 32 hex digits", field);
}

/* A number, or MongoDB's extended JSON for one. */
static int mongo_number(uint64_t *n, const json_t *o, const char *field, struct why *why)
{
	static const char *const forms[] = {"$numberLong", "$numberInt"};
	const json_t *v = json_object_get(o, field);

	if (!json_is_object(v))
		return json_number(n, o, field, 0, SQN_MAX, 0, why);
	for (int i = 0; i < 2; i++)
		if (json_object_get(v, forms[i]))
			return json_number(n, v, forms[i], 0, SQN_MAX, 0, why);
	return why_input(why, "%s: not a whole number", field);
}

struct groups {
	char k[33], opc[33], op[33], amf[33];
};
DEFINE_WIPE(groups)

static int from_open5gs(json_t *to, const json_t *o, struct why *why)
{
	const json_t *security = json_object_get(o, "security");
	SECRET(groups) g;
	uint8_t octets[6];
	uint64_t sqn = 0, status = 0;

	if (!json_is_object(security))
		return why_input(why, "security: missing, or not an object");
	if (squeeze(g.k, security, "k", why) || squeeze(g.opc, security, "opc", why) ||
	    squeeze(g.op, security, "op", why) || squeeze(g.amf, security, "amf", why) ||
	    mongo_number(&sqn, security, "sqn", why) ||
	    mongo_number(&status, o, "subscriber_status", why))
		return -1;
	sqn_octets(octets, sqn);
	return json_put(to, "imsi", json_incref(json_object_get(o, "imsi")), why) ||
			       import_keys(to, g.k, g.opc, g.op, why) ||
			       json_put_text(to, "amf", *g.amf ? g.amf : "8000", why) ||
			       json_put_hex(to, "sqn", octets, 6, why) ||
			       json_put_text(to, "status", status ? "blocked" : "active", why)
		       ? -1
		       : 0;
}

static int from_pysim(json_t *to, const json_t *o, struct why *why)
{
	const char *imsi = json_text(o, "imsi", why), *ki = json_text(o, "ki", why), *opc, *iccid;

	if (!imsi || !ki || json_text_opt(&opc, o, "opc", why) ||
	    json_text_opt(&iccid, o, "iccid", why))
		return -1;
	return json_put_text(to, "imsi", imsi, why) || import_keys(to, ki, opc, NULL, why) ||
			       json_put_text(to, "amf", "8000", why) ||
			       json_put_text(to, "sqn", "000000000000", why) ||
			       json_put_text(to, "status", "active", why) ||
			       (iccid && json_put_text(to, "iccid", iccid, why))
		       ? -1
		       : 0;
}

struct record_reader *import_reader(const struct import *in)
{
	return in->form == EXPORT_JSONL || in->form == EXPORT_CSV ? in->reader : NULL;
}

size_t import_line(const struct import *in)
{
	return in->osmo ? 0 : record_line(in->reader) - in->shift;
}

int import_why(const struct import *in, size_t line, struct why *why)
{
	return in->osmo ? why_in(why, "%s", in->name) : why_in(why, "%s:%zu", in->name, line);
}

int import_next(struct import *in, json_t **record, struct why *why)
{
	AUTO(json_t) *foreign = NULL;
	AUTO(json_t) *o = NULL;
	int got;

	if (in->osmo) {
		got = osmo_next(in->osmo, record, why);
		return got < 0 ? import_why(in, import_line(in), why) : got;
	}
	got = record_next(in->reader, &foreign, why);
	if (got < 0)
		rename_input(in, import_line(in), why);
	if (got <= 0)
		return got;
	if (in->form == EXPORT_JSONL || in->form == EXPORT_CSV) {
		*record = STEAL(foreign);
		return 1;
	}
	o = json_object();
	if (json_put_text(o, "alg", "milenage", why) ||
	    (in->form == EXPORT_OPEN5GS ? from_open5gs(o, foreign, why)
					: from_pysim(o, foreign, why)))
		return import_why(in, import_line(in), why);
	*record = STEAL(o);
	return 1;
}
