/* SPDX-License-Identifier: Apache-2.0 */
#include "aka/aka_result.h"

#include "aka/aka_input.h"
#include "base/hex_vector.h"

#include <stdio.h>
#include <string.h>

#define LINE_ROOM (2 * AKA_RESULT_MAX + AKA_ITEMS * 32) /* names and quotes stay below 32 */

void aka_result_add_text(struct aka_result *r, const char *name, const char *text)
{
	aka_result_add(r, name, text, strlen(text));
	r->item[r->items - 1].is_text = true;
}

static const char *const *names_of(const struct aka_options *o, enum aka_act act)
{
	static const char *const all[] = {"", "f1", "f1s", "f2", "f3", "f4", "f5", "f5s", NULL};
	static const char *const gsm[] = {"",   "f1",  "f1s",   "f2",    "f3", "f4",
					  "f5", "f5s", "sres1", "sres2", "kc", NULL};
	static const char *const av[] = {"imsi", "rand", "autn", "xres", "ck", "ik", NULL};
	static const char *const eps[] = {"imsi", "rand", "autn", "xres", "kasme", NULL};
	static const char *const he[] = {"imsi", "rand", "autn", "xres_star", "kausf", NULL};
	static const char *const usim[] = {"res", "ck", "ik", "sqn", "auts", NULL};
	static const char *const ue[] = {"res", "ck", "ik", "res_star", "sqn", "auts", NULL};
	static const char *const resync[] = {"sqn_ms", "sqn_he", NULL};
	static const char *const opc[] = {"", NULL};

	switch (act) {
	case AKA_DO_ALL: return o->gsm ? gsm : all;
	case AKA_DO_AV: return o->has_plmn ? eps : o->snn ? he : av;
	case AKA_DO_USIM: return o->snn ? ue : usim;
	case AKA_DO_RESYNC: return resync;
	case AKA_DO_OPC: break;
	}
	return opc;
}

void aka_columns_init(struct aka_columns *c, const struct aka_options *o, enum aka_act act,
		      bool has_sqn)
{
	const char *const *names = names_of(o, act);
	size_t n = 0;

	*c = (struct aka_columns){0};
	for (; names[n] && !(act == AKA_DO_RESYNC && n == 1 && !has_sqn); n++) {
		c->name[n] = *names[n] ? names[n] : aka_field_name(o, AKA_OPC);
		c->json_len[n] =
			(size_t)snprintf(c->json[n], sizeof(c->json[n]), ",\"%s\":\"", c->name[n]);
	}
	c->columns = n;
}

/* The names are mostly one string. */
static bool is_named(const struct aka_item *item, const char *name)
{
	return item->name == name || (*item->name == *name && strcmp(item->name, name) == 0);
}

/* Octets that are known to fit. */
static inline char *put_item(char *p, const struct aka_item *item)
{
	const uint8_t *octets = item->octets;
	const size_t len = item->len;

	if (item->is_text)
		return mempcpy(p, octets, len);
	if (len == 16)
		hex_write_16(p, octets);
	else if (len == 8)
		hex_write_8(p, octets);
	else
		hex_write(p, octets, len);
	return p + 2 * len;
}

static char *put_json(char *p, const struct aka_columns *c, const struct aka_result *r)
{
	char *const start = p;
	size_t next = 0;

	for (size_t i = 0; i < c->columns && next < r->items; i++) {
		if (!is_named(&r->item[next], c->name[i]))
			continue;
		memcpy(p, c->json[i], sizeof(c->json[i]));
		p = put_item(p + c->json_len[i], &r->item[next++]);
		*p++ = '"';
	}
	*start = '{'; /* where the first comma stands */
	*p++ = '}';
	return p;
}

static char *put_cells(char *p, char sep, const struct aka_columns *c, const struct aka_result *r)
{
	const struct aka_item *item = r->item, *const end = item + r->items;

	for (const char *const *name = c->name; *name; name++) {
		if (item < end && is_named(item, *name))
			p = put_item(p, item++);
		*p++ = sep;
	}
	return p - 1; /* behind the last there is none */
}

int aka_result_write(struct buf *out, enum record_form form, const struct aka_columns *c,
		     const struct aka_result *r, struct why *why)
{
	char *start, *p;

	if (out->room < out->len + LINE_ROOM + 1 && buf_reserve(out, LINE_ROOM, why))
		return -1;
	start = (char *)out->bytes + out->len;
	p = form == RECORD_JSONL ? put_json(start, c, r)
				 : put_cells(start, form == RECORD_TSV ? '\t' : ',', c, r);
	*p++ = '\n';
	out->len += (size_t)(p - start);
	return 0;
}
