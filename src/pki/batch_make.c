/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates of a part of a batch, by several threads. */
#include "base/hex.h"
#include "base/progress.h"
#include "base/rng.h"
#include "base/when.h"
#include "pki/batch_inside.h"

#include <openssl/pkcs12.h>
#include <string.h>

#define PEM_OCTETS 48 /* a line of 64 characters */
#define SALT_LEN 16

/* ---- text ---- */

static int add_pem(struct buf *out, const char *label, const uint8_t *der, size_t len, bool json,
		   struct why *why)
{
	const char *end = json ? "\\n" : "\n";
	unsigned char line[PEM_OCTETS / 3 * 4 + 1];

	if (buf_print(out, why, "-----BEGIN %s-----%s", label, end))
		return -1;
	for (size_t n; len; der += n, len -= n) {
		n = len < PEM_OCTETS ? len : PEM_OCTETS;
		if (buf_add(out, line, (size_t)EVP_EncodeBlock(line, der, (int)n), why) ||
		    buf_add(out, end, strlen(end), why))
			return -1;
	}
	OPENSSL_cleanse(line, sizeof(line));
	return buf_print(out, why, "-----END %s-----%s", label, end);
}

/* PKCS #8 under a secret of 256 random bits: one iteration is enough, nobody guesses it (RFC 8018
 * 4.2 wants many for what people think of). */
static int encrypt(struct buf *der, const struct buf *plain, const struct buf *line_key,
		   struct why *why)
{
	const unsigned char *p = plain->bytes;
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)plain->len);
	unsigned char salt[SALT_LEN], *out = NULL;
	X509_SIG *sealed = NULL;
	int len = -1, rc = -1;

	if (info && rng_bytes(salt, sizeof(salt), why) == 0)
		sealed = PKCS8_encrypt(-1, EVP_aes_256_cbc(), buf_text(line_key),
				       (int)line_key->len, salt, sizeof(salt), 1, info);
	if (sealed)
		len = i2d_X509_SIG(sealed, &out);
	rc = len > 0 ? buf_add(der, out, (size_t)len, why) : ossl_why(why, "private key");
	OPENSSL_free(out);
	X509_SIG_free(sealed);
	PKCS8_PRIV_KEY_INFO_free(info);
	return rc;
}

int batch_key_pem(struct buf *out, const struct minted *x, const struct buf *line_key, bool json,
		  struct why *why)
{
	BUF(der);

	if (!line_key->len)
		return add_pem(out, "PRIVATE KEY", x->key.bytes, x->key.len, json, why);
	return encrypt(&der, &x->key, line_key, why) ||
			       add_pem(out, "ENCRYPTED PRIVATE KEY", der.bytes, der.len, json, why)
		       ? -1
		       : 0;
}

int batch_cert_pem(struct buf *out, const struct minted *x, bool json, struct why *why)
{
	return add_pem(out, "CERTIFICATE", x->cert.bytes, x->cert.len, json, why);
}

/* ,"cert_pem":…,"key_pem":…,"point":…, or each with enc_ before it. */
static int add_pair(struct buf *out, const struct batch_part *p, const struct minted *x,
		    const char *enc, struct why *why)
{
	const bool is_ec = !p->b->alg || strncmp(p->b->alg, "ec-", 3) == 0;

	return buf_print(out, why, ",\"%scert_pem\":\"", enc) ||
			       batch_cert_pem(out, x, true, why) ||
			       buf_print(out, why, "\",\"%skey_pem\":\"", enc) ||
			       batch_key_pem(out, x, &p->line_key, true, why) ||
			       buf_print(out, why, "\",\"%s%s\":\"", enc,
					 is_ec ? "point" : "modulus") ||
			       hex_append(out, x->public.bytes, x->public.len, why) ||
			       buf_add(out, "\"", 1, why)
		       ? -1
		       : 0;
}

/* openssl-ca(1): status, expiry, revocation, serial, file, subject. */
static int add_row(const struct batch_part *p, struct batch_item *i, const struct minted *x)
{
	const int64_t end = p->b->spec.not_before + (int64_t)p->b->spec.days * 86400;
	AUTO(ASN1_TIME) *t = ASN1_TIME_set(NULL, (time_t)end);

	if (!t)
		return ossl_why(&i->why, "time");
	return buf_print(&i->rows, &i->why, "V\t%s\t\t%s\tunknown\t/CN=%s\n",
			 (const char *)ASN1_STRING_get0_data(t), x->serial, i->tre_id);
}

/* ---- threads ---- */

static int make_item(const struct batch_part *p, unsigned thread, struct batch_item *i)
{
	struct buf *out = &i->record;
	const bool two = p->b->two;

	if (mint_make(p->sign[thread], &i->pair, i->tre_id, &i->why) ||
	    (two && mint_make(p->encrypt[thread], &i->enc, i->tre_id, &i->why)) ||
	    (p->b->index && (add_row(p, i, &i->pair) || (two && add_row(p, i, &i->enc)))))
		return -1;
	if (p->b->folder)
		return 0;
	return buf_print(out, &i->why, "{\"tre_id\":\"%s\"", i->tre_id) ||
			       add_pair(out, p, &i->pair, "", &i->why) ||
			       (two && add_pair(out, p, &i->enc, "enc_", &i->why)) ||
			       buf_add(out, "}\n", 2, &i->why)
		       ? -1
		       : 0;
}

struct worker {
	struct batch_part *p;
	unsigned number;
};

/* A few at a time: one is too little for the lock where keys are fast. */
static void *work(void *arg)
{
	const struct worker *w = arg;
	struct batch_part *p = w->p;
	const size_t step = p->n > (size_t)64 * p->jobs ? 16 : 1;

	for (;;) {
		size_t from;

		pthread_mutex_lock(&p->lock);
		from = p->next;
		p->next += step;
		pthread_mutex_unlock(&p->lock);
		if (from >= p->n || progress_is_stopped())
			return NULL;
		for (size_t n = from; n < from + step && n < p->n; n++)
			if (!p->item[n].is_done && !p->item[n].why.status)
				p->item[n].is_done = make_item(p, w->number, &p->item[n]) == 0;
	}
}

int batch_mints(struct batch_part *p, struct why *why)
{
	const enum issue_kind kind = p->b->two ? ISSUE_SIGN : ISSUE_BOTH;

	for (unsigned i = 0; i < p->jobs; i++)
		if (!(p->sign[i] = mint_new(&p->b->spec, kind, p->b->alg, why)) ||
		    (p->b->two &&
		     !(p->encrypt[i] = mint_new(&p->b->spec, ISSUE_ENCRYPT, p->b->alg, why))))
			return -1;
	return 0;
}

void batch_mints_free(struct batch_part *p)
{
	for (unsigned i = 0; i < p->jobs; i++) {
		mint_free(p->sign[i]);
		mint_free(p->encrypt[i]);
	}
}

int batch_make(struct batch_part *p, struct why *why)
{
	pthread_t thread[BATCH_JOBS_MAX];
	struct worker w[BATCH_JOBS_MAX] = {{p, 0}};
	unsigned started = 0;

	p->next = 0;
	for (; started < p->jobs; started++) {
		w[started] = (struct worker){p, started};
		if (started && pthread_create(&thread[started], NULL, work, &w[started]))
			break;
	}
	work(&w[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(thread[i], NULL);
	return started == p->jobs ? 0 : why_sys(why, "a thread does not start");
}

void batch_part_clear(struct batch_part *p)
{
	for (size_t n = 0; n < p->n; n++) {
		buf_free(&p->item[n].record);
		buf_free(&p->item[n].rows);
		minted_free(&p->item[n].pair);
		minted_free(&p->item[n].enc);
		p->item[n] = (struct batch_item){0};
	}
	p->n = 0;
}
