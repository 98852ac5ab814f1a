/* SPDX-License-Identifier: Apache-2.0 */
#include "pcid/routes.h"

#include "pcid/e212.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const routes_columns[] = {"imsi", "plmn", "operator", "msin", NULL};

/* The first digits, and what an answer says behind the IMSI: it stands in the table's text. */
struct route {
	char digits[IMSI_TEXT];
	size_t text, len;
};

struct routes {
	enum record_form form;
	struct buf route; /* sorted by digits */
	struct buf text;
	unsigned lengths; /* of digits: a bit each */
};

void routes_free(struct routes *r)
{
	if (!r)
		return;
	buf_free(&r->route);
	buf_free(&r->text);
	free(r);
}

static const struct route *all(const struct routes *r, size_t *n)
{
	*n = r->route.len / sizeof(struct route);
	return (const struct route *)(const void *)r->route.bytes;
}

static int read_digits(struct route *route, const json_t *record, const char *plmn, struct why *why)
{
	struct plmn p;
	const char *msin;
	int n;

	if (plmn_parse(&p, plmn, "plmn", why) || json_text_opt(&msin, record, "msin", why))
		return -1;
	e212_warn(&p, "plmn");
	n = snprintf(route->digits, sizeof(route->digits), "%s%s%s", p.mcc, p.mnc,
		     msin ? msin : "");
	if ((size_t)n >= sizeof(route->digits) || (msin && msin[strspn(msin, "0123456789")]))
		return why_input(why, "msin: want the first digits of one, got %s", WHY_GOT(msin));
	return 0;
}

/* What stands behind the IMSI, in the form of the answers. */
static int add_text(struct routes *r, const json_t *record, const char *plmn, const char *name,
		    struct why *why)
{
	AUTO(json_t) *o = json_object();
	json_t *msin = json_object_get(record, "msin");
	BUF(text);

	if (json_put_text(o, "plmn", plmn, why) || json_put_text(o, "operator", name, why) ||
	    (msin && json_put(o, "msin", json_incref(msin), why)) ||
	    record_append(&text, r->form, routes_columns + 1, o, why))
		return -1;
	/* a JSON object goes on where that of the IMSI stands open */
	return buf_add(&r->text, text.bytes + (r->form == RECORD_JSONL),
		       text.len - (r->form == RECORD_JSONL), why);
}

static int add(void *ctx, const json_t *record, struct why *why)
{
	const char *plmn = json_text(record, "plmn", why),
		   *name = plmn ? json_text(record, "operator", why) : NULL;
	struct routes *r = ctx;
	struct route route = {.text = r->text.len};

	if (!name || read_digits(&route, record, plmn, why) || add_text(r, record, plmn, name, why))
		return -1;
	route.len = r->text.len - route.text;
	r->lengths |= 1U << strlen(route.digits);
	return buf_add(&r->route, &route, sizeof(route), why);
}

static int by_digits(const void *a, const void *b)
{
	return strcmp(((const struct route *)a)->digits, ((const struct route *)b)->digits);
}

struct routes *routes_load(const char *path, enum record_form form, struct why *why)
{
	const size_t len = strlen(path);
	const bool is_csv = len > 4 && strcmp(path + len - 4, ".csv") == 0;
	AUTO(ROUTES) *r = calloc(1, sizeof(*r));
	const struct route *route;
	size_t n;

	if (!r) {
		why_sys(why, "out of memory");
		return NULL;
	}
	r->form = form;
	if (record_each(path, is_csv ? RECORD_CSV : RECORD_TSV, add, r, why))
		return NULL;
	route = all(r, &n);
	if (n)
		qsort(r->route.bytes, n, sizeof(*route), by_digits);
	for (size_t i = 1; i < n; i++)
		if (by_digits(&route[i - 1], &route[i]) == 0) {
			why_input(why, "%s: plmn: %.6s stands twice", path, route[i].digits);
			return NULL;
		}
	return STEAL(r);
}

static int answer(struct buf *out, const struct routes *r, const struct route *route,
		  const char *imsi, struct why *why)
{
	const char *text = (const char *)r->text.bytes + route->text;

	if (r->form != RECORD_JSONL)
		return buf_print(out, why, "%s%c%.*s", imsi, r->form == RECORD_TSV ? '\t' : ',',
				 (int)route->len, text);
	return buf_add(out, "{\"imsi\":\"", 9, why) || buf_add(out, imsi, strlen(imsi), why) ||
			       buf_add(out, "\",", 2, why) || buf_add(out, text, route->len, why)
		       ? -1
		       : 0;
}

int routes_find(struct buf *out, const struct routes *r, const char *imsi, struct why *why)
{
	const char *country;
	const struct route *route, *found;
	struct route key = {{0}, 0, 0};
	size_t n;

	if (imsi_check(imsi, "imsi", why))
		return -1;
	route = all(r, &n);
	memcpy(key.digits, imsi, strlen(imsi));
	for (size_t digits = strlen(imsi); digits >= 5; digits--) {
		key.digits[digits] = '\0';
		if (!(r->lengths >> digits & 1))
			continue;
		found = bsearch(&key, route, n, sizeof(key), by_digits);
		if (found)
			return answer(out, r, found, imsi, why);
	}
	country = e212_country(imsi);
	return why_refuse(why, "no-route",
			  "no operator has the MCC and MNC of %s%s%s (TR 33.812 B.2.2.2)", imsi,
			  country ? ", country " : "", country ? country : "");
}
