/* SPDX-License-Identifier: Apache-2.0 */
#include "register/audit.h"

#include "base/hex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENOUGH 1000   /* octets */
#define CHI2_LOW 120  /* six times the standard deviation off, */
#define CHI2_HIGH 392 /* on either side of 255 */

void audit_free(struct audit *a)
{
	buf_free(&a->keys);
	buf_free(&a->iccids);
	OPENSSL_cleanse(a, sizeof(*a));
}

static int add_key(struct audit *a, const char *hex, struct why *why)
{
	BUF(k);

	if (hex_decode_buf(&k, hex, "k", why))
		return -1;
	if (k.len < 16)
		return why_input(why, "k: want 16 or 32 octets");
	for (size_t i = 0; i < k.len; i++)
		a->octets[k.bytes[i]]++;
	a->octets_total += k.len;
	a->with_key++;
	return buf_add(&a->keys, k.bytes, 8, why);
}

/* 20 digits do not fit in 64 bits; 19 without the Luhn digit do. */
static int add_iccid(struct audit *a, const char *iccid, struct why *why)
{
	char digits[20] = "";
	uint64_t n;

	strncat(digits, iccid, 19);
	n = strtoull(digits, NULL, 10) ^ (uint64_t)strlen(iccid) << 60;
	a->with_iccid++;
	return buf_add(&a->iccids, &n, sizeof(n), why);
}

int audit_add(struct audit *a, const json_t *record, struct why *why)
{
	const char *imsi = json_text(record, "imsi", why);
	const char *k = json_string_value(json_object_get(record, "k"));
	const char *iccid = json_string_value(json_object_get(record, "iccid"));
	const char *status = json_string_value(json_object_get(record, "status"));

	if (!imsi || (k && add_key(a, k, why)) || (iccid && add_iccid(a, iccid, why)))
		return -1;
	if (!a->count || strcmp(imsi, a->first) < 0)
		snprintf(a->first, sizeof(a->first), "%.15s", imsi);
	if (strcmp(imsi, a->last) > 0)
		snprintf(a->last, sizeof(a->last), "%.15s", imsi);
	a->count++;
	a->with_tre_id += json_object_get(record, "tre_id") != NULL;
	a->waiting += status && strcmp(status, "waiting") == 0;
	a->blocked += status && strcmp(status, "blocked") == 0;
	return 0;
}

struct taker {
	struct audit *a;
	const char *prefix;
};

static int take(void *ctx, json_t *record, struct why *why)
{
	const struct taker *t = ctx;
	const char *imsi = json_string_value(json_object_get(record, "imsi"));

	if (imsi && strncmp(imsi, t->prefix, strlen(t->prefix)) != 0)
		return 0;
	return audit_add(t->a, record, why);
}

int audit_register(struct audit *a, struct reg *r, const char *prefix, struct why *why)
{
	struct taker t = {a, prefix};

	return reg_each(r, REG_SUBSCRIBERS, NULL, NULL, take, &t, why) < 0 ? -1 : 0;
}

static int by_octets(const void *a, const void *b)
{
	return memcmp(a, b, 8);
}

static uint64_t doubles(struct buf *b)
{
	uint64_t n = 0;

	if (b->len)
		qsort(b->bytes, b->len / 8, 8, by_octets);
	for (size_t at = 8; at < b->len; at += 8)
		n += memcmp(b->bytes + at - 8, b->bytes + at, 8) == 0;
	return n;
}

static double chi2(const struct audit *a)
{
	const double want = (double)a->octets_total / 256;
	double sum = 0;

	for (size_t i = 0; i < 256 && a->octets_total; i++)
		sum += ((double)a->octets[i] - want) * ((double)a->octets[i] - want) / want;
	return sum;
}

json_t *audit_report(struct audit *a, struct why *why)
{
	AUTO(json_t) *o = json_object();
	const double spread = chi2(a);
	const uint64_t keys = doubles(&a->keys), iccids = doubles(&a->iccids);
	const bool even = a->octets_total < ENOUGH || (spread > CHI2_LOW && spread < CHI2_HIGH);

	if (json_put_number(o, "count", a->count, why) ||
	    json_put_text(o, "first", a->first, why) || json_put_text(o, "last", a->last, why) ||
	    json_put_number(o, "with_key", a->with_key, why) ||
	    json_put_number(o, "with_tre_id", a->with_tre_id, why) ||
	    json_put_number(o, "with_iccid", a->with_iccid, why) ||
	    json_put_number(o, "waiting", a->waiting, why) ||
	    json_put_number(o, "blocked", a->blocked, why) ||
	    json_put_number(o, "k_twice", keys, why) ||
	    json_put_number(o, "iccid_twice", iccids, why) ||
	    json_put_number(o, "k_chi2", (uint64_t)(spread + 0.5), why) ||
	    json_put_bool(o, "well", !keys && !iccids && even, why))
		return NULL;
	return STEAL(o);
}

int audit_verdict(const json_t *report, struct why *why)
{
	if (json_is_true(json_object_get(report, "well")))
		return 0;
	return why_refuse(why, "audit-failed",
			  "a K or an ICCID stands there twice, or the keys are not random "
			  "(TR 33.812 5.1.3.4.1)");
}
