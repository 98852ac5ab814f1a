/* SPDX-License-Identifier: Apache-2.0 */
/* What a batch writes of an equipment: PEM, a JSON line, rows of the index. */
#include "base/hex.h"
#include "pki/batch_inside.h"

#include <string.h>

#define PEM_OCTETS 48 /* a line of 64 characters */
#define PEM_LINE 64
#define RECORD_ROOM 2000 /* of an EC pair */

static uint8_t *put(uint8_t *to, const char *text, size_t len)
{
	memcpy(to, text, len);
	return to + len;
}

/* -----BEGIN LABEL----- or END, with the line's end. */
static uint8_t *put_edge(uint8_t *to, const char *edge, const char *label, const char *end)
{
	to = put(to, edge, strlen(edge));
	to = put(to, label, strlen(label));
	to = put(to, "-----", 5);
	return put(to, end, strlen(end));
}

static int add_pem(struct buf *out, const char *label, const uint8_t *der, size_t len, bool json,
		   struct why *why)
{
	const char *end = json ? "\\n" : "\n";
	const size_t lines = len / PEM_OCTETS + 1, edges = 2 * (strlen(label) + 20);
	uint8_t *p;

	if (buf_reserve(out, edges + lines * (PEM_LINE + 2) + 1, why))
		return -1;
	p = put_edge(out->bytes + out->len, "-----BEGIN ", label, end);
	for (size_t n; len; der += n, len -= n) {
		n = len < PEM_OCTETS ? len : PEM_OCTETS;
		p += EVP_EncodeBlock(p, der, (int)n);
		p = put(p, end, strlen(end));
	}
	p = put_edge(p, "-----END ", label, end);
	*p = '\0';
	out->len = (size_t)(p - out->bytes);
	return 0;
}

int batch_key_pem(struct buf *out, const struct minted *x, struct line_key *line_key, bool json,
		  struct why *why)
{
	BUF(der);

	if (!line_key)
		return add_pem(out, "PRIVATE KEY", x->key.bytes, x->key.len, json, why);
	return line_key_seal(line_key, &der, &x->key, why) ||
			       add_pem(out, "ENCRYPTED PRIVATE KEY", der.bytes, der.len, json, why)
		       ? -1
		       : 0;
}

int batch_cert_pem(struct buf *out, const struct minted *x, bool json, struct why *why)
{
	return add_pem(out, "CERTIFICATE", x->cert.bytes, x->cert.len, json, why);
}

static int add(struct buf *out, const char *text, struct why *why)
{
	return buf_add(out, text, strlen(text), why);
}

/* ,"enc_NAME":" */
static int add_name(struct buf *out, const char *before, const char *enc, const char *name,
		    struct why *why)
{
	return add(out, before, why) || add(out, enc, why) || add(out, name, why) ||
			       add(out, "\":\"", why)
		       ? -1
		       : 0;
}

/* ,"cert_pem":…,"key_pem":…,"point":…, or each with enc_ before it. */
static int add_pair(struct buf *out, const struct batch_part *p, const struct minted *x,
		    struct line_key *line_key, const char *enc, struct why *why)
{
	const bool is_ec = !p->b->alg || strncmp(p->b->alg, "ec-", 3) == 0;

	return add_name(out, ",\"", enc, "cert_pem", why) || batch_cert_pem(out, x, true, why) ||
			       add_name(out, "\",\"", enc, "key_pem", why) ||
			       batch_key_pem(out, x, line_key, true, why) ||
			       add_name(out, "\",\"", enc, is_ec ? "point" : "modulus", why) ||
			       hex_append(out, x->public.bytes, x->public.len, why) ||
			       add(out, "\"", why)
		       ? -1
		       : 0;
}

int batch_record(const struct batch_part *p, unsigned thread, struct batch_item *i)
{
	struct buf *out = &i->record;
	struct line_key *line_key = p->line[thread];
	struct why *why = &i->why;

	return buf_reserve(out, RECORD_ROOM, why) || add(out, "{\"tre_id\":\"", why) ||
			       add(out, i->tre_id, why) || add(out, "\"", why) ||
			       add_pair(out, p, &p->pair[thread], line_key, "", why) ||
			       (p->b->two &&
				add_pair(out, p, &p->enc[thread], line_key, "enc_", why)) ||
			       add(out, "}\n", why)
		       ? -1
		       : 0;
}

int batch_expiry(struct batch_part *p, struct why *why)
{
	const int64_t end = p->b->spec.not_before + (int64_t)p->b->spec.days * 86400;
	AUTO(ASN1_TIME) *t = ASN1_TIME_set(NULL, (time_t)end);
	const char *text = t ? (const char *)ASN1_STRING_get0_data(t) : "";

	if (!t || strlen(text) >= sizeof(p->expiry))
		return ossl_why(why, "time");
	memcpy(p->expiry, text, strlen(text) + 1);
	return 0;
}

static int add_row(const struct batch_part *p, struct batch_item *i, const struct minted *x)
{
	struct buf *out = &i->rows;
	struct why *why = &i->why;

	return add(out, "V\t", why) || add(out, p->expiry, why) || add(out, "\t\t", why) ||
			       add(out, x->serial, why) || add(out, "\tunknown\t/CN=", why) ||
			       add(out, i->tre_id, why) || add(out, "\n", why)
		       ? -1
		       : 0;
}

int batch_rows(const struct batch_part *p, struct batch_item *i, const struct minted *pair,
	       const struct minted *enc)
{
	return add_row(p, i, pair) || (p->b->two && add_row(p, i, enc)) ? -1 : 0;
}
