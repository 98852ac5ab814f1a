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

/* openssl-ca(1): status, expiry, revocation[,reason], serial, file, subject, with tabs between. */
enum { STATUS, EXPIRY, REVOKED, SERIAL, FILE_NAME, SUBJECT, FIELDS };
struct row {
	const char *at[FIELDS];
	size_t len[FIELDS];
};

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

/* The next line; 1, 0 at the end, -1 where it is none. */
static int next_row(struct row *r, const char **p, const char *path, struct why *why)
{
	const char *end = *p + strcspn(*p, "\n"), *at = *p;

	if (!**p)
		return 0;
	for (size_t i = 0; i < FIELDS; i++) {
		const char *tab = i == SUBJECT ? end : memchr(at, '\t', (size_t)(end - at));

		if (!tab || !*end)
			return why_input(why,
					 "%s: want lines of six fields with tabs between them, as "
					 "openssl-ca(1) writes",
					 path);
		r->at[i] = at;
		r->len[i] = (size_t)(tab - at);
		at = tab + 1;
	}
	*p = end + 1;
	return 1;
}

/* A 0 octet would end the text early, and hide the revocations behind it. */
static int read_index(struct buf *all, const char *path, struct why *why)
{
	if (slurp(all, path, INDEX_MAX, why))
		return -1;
	if (all->len && memchr(all->bytes, 0, all->len))
		return why_input(why, "%s: a 0 octet, where lines of text are wanted", path);
	return 0;
}

static bool field_is(const struct row *r, size_t i, const char *text)
{
	return r->len[i] == strlen(text) && memcmp(r->at[i], text, r->len[i]) == 0;
}

static int find_row(struct row *r, const char **p, const char *path, const char *serial,
		    struct why *why)
{
	int rc;

	while ((rc = next_row(r, p, path, why)) > 0)
		if (field_is(r, SERIAL, serial))
			return 0;
	return rc < 0 ? -1
		      : why_refuse(why, "unknown-certificate",
				   "%s: the certificate is not in this index (openssl-ca(1))",
				   path);
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
static bool same_reason(const struct row *r, const char *when)
{
	const char *want = strchr(when, ',');
	const char *had = memchr(r->at[REVOKED], ',', r->len[REVOKED]);

	if (!had || !want)
		return !had && !want;
	return (size_t)(r->at[REVOKED] + r->len[REVOKED] - had) == strlen(want) &&
	       memcmp(had, want, strlen(want)) == 0;
}

static int mark(const char *path, const char *serial, const char *when, struct why *why)
{
	const char *p;
	struct row r = {0};
	BUF(all);
	BUF(changed);

	if (read_index(&all, path, why))
		return -1;
	p = buf_text(&all);
	if (find_row(&r, &p, path, serial, why))
		return -1;
	if (field_is(&r, STATUS, "R")) {
		if (same_reason(&r, when))
			return 0;
		return why_refuse(why, "already-revoked",
				  "%s: the certificate was revoked for another reason "
				  "(RFC 5280 5.3.1)",
				  path);
	}
	if (buf_add(&changed, all.bytes, (size_t)(r.at[STATUS] - buf_text(&all)), why) ||
	    buf_print(&changed, why, "R\t%.*s\t%s\t", (int)r.len[EXPIRY], r.at[EXPIRY], when) ||
	    buf_add(&changed, r.at[SERIAL], strlen(r.at[SERIAL]), why))
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
	const char *p;
	struct row r = {0};
	BUF(all);
	int rc;

	if (read_index(&all, path, why))
		return -1;
	p = buf_text(&all);
	while ((rc = next_row(&r, &p, path, why)) > 0) {
		char serial[48], when[64];

		if (!field_is(&r, STATUS, "R"))
			continue;
		if (r.len[SERIAL] >= sizeof(serial) || r.len[REVOKED] >= sizeof(when))
			return why_input(why, "%s: a field is too long", path);
		snprintf(serial, sizeof(serial), "%.*s", (int)r.len[SERIAL], r.at[SERIAL]);
		snprintf(when, sizeof(when), "%.*s", (int)r.len[REVOKED], r.at[REVOKED]);
		if (each(ctx, serial, when, why))
			return why_in(why, "%s", path);
	}
	return rc;
}
