/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/index.h"

#include "base/outfile.h"
#include "base/slurp.h"
#include "pki/cert.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define INDEX_MAX ((size_t)2 << 30)

static int serial_hex(char hex[static 48], X509 *cert, struct why *why)
{
	AUTO(BIGNUM) *n = ASN1_INTEGER_to_BN(X509_get0_serialNumber(cert), NULL);
	char *text = n ? BN_bn2hex(n) : NULL;

	if (!text || strlen(text) >= 48) {
		OPENSSL_free(text);
		return ossl_why(why, "serial number");
	}
	snprintf(hex, 48, "%s", text);
	OPENSSL_free(text);
	return 0;
}

int index_row(struct buf *rows, X509 *cert, struct why *why)
{
	const ASN1_TIME *end = X509_get0_notAfter(cert);
	char serial[48], name[TRE_ID_TEXT];

	if (serial_hex(serial, cert, why) || cert_name(name, cert, why))
		return -1;
	return buf_print(rows, why, "V\t%.*s\t\t%s\tunknown\t/CN=%s\n", ASN1_STRING_length(end),
			 (const char *)ASN1_STRING_get0_data(end), serial, name);
}

/* An index as a whole, and where in it we are. */
struct rows {
	struct buf all;
	const char *path, *at;
	size_t line;
};
static void rows_free(struct rows *r)
{
	buf_free(&r->all);
}
#define ROWS(name) __attribute__((cleanup(rows_free))) struct rows name = {0}

/* The next line; 1, 0 at the end, -1 where it is none. */
static int next_row(struct index_line *l, struct rows *r, struct why *why)
{
	const char *const stop = buf_text(&r->all) + r->all.len;
	const char *end = memchr(r->at, '\n', (size_t)(stop - r->at));

	if (r->at == stop)
		return 0;
	r->line++;
	if (!end) {
		why_input(why, "%s:%zu: the last line has no end", r->path, r->line);
		return -1;
	}
	if (index_line(l, r->at, (size_t)(end - r->at), why)) {
		why_in(why, "%s:%zu", r->path, r->line);
		return -1;
	}
	r->at = end + 1;
	return 1;
}

/* The whole is looked at before anything of it counts. */
static int read_index(struct rows *r, const char *path, struct why *why)
{
	struct index_line l;
	int rc;

	r->path = path;
	if (slurp(&r->all, path, INDEX_MAX, why))
		return -1;
	r->at = buf_text(&r->all);
	while ((rc = next_row(&l, r, why)) > 0)
		;
	r->at = buf_text(&r->all);
	r->line = 0;
	return rc;
}

static bool field_is(const struct index_line *r, size_t i, const char *text)
{
	return r->len[i] == strlen(text) && memcmp(r->at[i], text, r->len[i]) == 0;
}

static int find_row(struct index_line *l, struct rows *r, const char *serial, struct why *why)
{
	int rc;

	while ((rc = next_row(l, r, why)) > 0)
		if (field_is(l, INDEX_SERIAL, serial))
			return 0;
	if (rc == 0)
		why_refuse(why, "unknown-certificate",
			   "%s: the certificate is not in this index (openssl-ca(1))", r->path);
	return -1;
}

const char *const index_reasons[] = {
	"unspecified", "keyCompromise",        "CACompromise",    "affiliationChanged",
	"superseded",  "cessationOfOperation", "certificateHold", NULL};

/* YYMMDDHHMMSSZ[,reason], as openssl-ca(1) writes it; RFC 5280 4.1.2.5.1. */
static int revocation_field(char out[static 64], const char *reason, int64_t at, struct why *why)
{
	AUTO(ASN1_TIME) *t = ASN1_TIME_set(NULL, (time_t)at);
	size_t i = 0;

	while (reason && index_reasons[i] && strcmp(index_reasons[i], reason) != 0)
		i++;
	if (!index_reasons[i])
		return why_usage(why,
				 "--reason: want unspecified, keyCompromise, CACompromise, "
				 "affiliationChanged, superseded, cessationOfOperation or "
				 "certificateHold, got '%.30s'",
				 reason);
	if (!t)
		return ossl_why(why, "time");
	snprintf(out, 64, "%s%s%s", (const char *)ASN1_STRING_get0_data(t), reason ? "," : "",
		 reason ? reason : "");
	return 0;
}

/* Whether the row's TIME[,REASON] has the reason of when. */
static bool same_reason(const struct index_line *r, const char *when)
{
	const char *want = strchr(when, ',');
	const char *had = memchr(r->at[INDEX_REVOKED], ',', r->len[INDEX_REVOKED]);

	if (!had || !want)
		return !had && !want;
	return (size_t)(r->at[INDEX_REVOKED] + r->len[INDEX_REVOKED] - had) == strlen(want) &&
	       memcmp(had, want, strlen(want)) == 0;
}

static int mark(const char *path, const char *serial, const char *when, struct why *why)
{
	struct index_line l = {0};
	ROWS(r);
	BUF(changed);

	if (read_index(&r, path, why) || find_row(&l, &r, serial, why))
		return -1;
	if (field_is(&l, INDEX_STATUS, "R")) {
		if (same_reason(&l, when))
			return 0;
		return why_refuse(why, "already-revoked",
				  "%s: the certificate was revoked for another reason "
				  "(RFC 5280 5.3.1)",
				  path);
	}
	if (buf_add(&changed, r.all.bytes, (size_t)(l.at[INDEX_STATUS] - buf_text(&r.all)), why) ||
	    buf_print(&changed, why, "R\t%.*s\t%s\t", (int)l.len[INDEX_EXPIRY], l.at[INDEX_EXPIRY],
		      when) ||
	    buf_add(&changed, l.at[INDEX_SERIAL], strlen(l.at[INDEX_SERIAL]), why))
		return -1;
	return outfile_put(path, OUTFILE_PUBLIC, changed.bytes, changed.len, why);
}

int index_revoke(const char *path, X509 *cert, const char *reason, int64_t at, struct why *why)
{
	char serial[48], when[64];
	int fd, rc;

	if (serial_hex(serial, cert, why) || revocation_field(when, reason, at, why))
		return -1;
	if (access(path, R_OK))
		return errno == ENOENT ? why_input(why, "%s: %s", path, strerror(errno))
				       : why_sys(why, "%s: %s", path, strerror(errno));
	fd = index_lock(path, why);
	if (fd < 0)
		return -1;
	rc = mark(path, serial, when, why);
	close(fd);
	return rc;
}

int index_each_revoked(const char *path,
		       int (*each)(void *ctx, const char *serial, const char *when,
				   struct why *why),
		       void *ctx, struct why *why)
{
	struct index_line l = {0};
	ROWS(r);
	int rc;

	if (read_index(&r, path, why))
		return -1;
	while ((rc = next_row(&l, &r, why)) > 0) {
		char serial[48], when[64];

		if (!field_is(&l, INDEX_STATUS, "R"))
			continue;
		if (l.len[INDEX_REVOKED] >= sizeof(when))
			return why_input(why, "%s:%zu: a field is too long", path, r.line);
		snprintf(serial, sizeof(serial), "%.*s", (int)l.len[INDEX_SERIAL],
			 l.at[INDEX_SERIAL]);
		snprintf(when, sizeof(when), "%.*s", (int)l.len[INDEX_REVOKED],
			 l.at[INDEX_REVOKED]);
		if (each(ctx, serial, when, why))
			return why_in(why, "%s:%zu", path, r.line);
	}
	return rc;
}
