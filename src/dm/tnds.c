/* SPDX-License-Identifier: Apache-2.0 */
#include "dm/tnds.h"

#include "base/hex.h"

#include <stdio.h>
#include <string.h>

#define NS "syncml:dmddf1.2"

xmlDoc *tnds_new(struct why *why)
{
	AUTO(xmlDoc) *doc = xmlNewDoc((const xmlChar *)"1.0");
	xmlNode *root = doc ? xmlNewDocNode(doc, NULL, (const xmlChar *)"MgmtTree", NULL) : NULL;

	if (!root) {
		why_sys(why, "XML: out of memory");
		return NULL;
	}
	xmlDocSetRootElement(doc, root);
	xmlSetNs(root, xmlNewNs(root, (const xmlChar *)NS, NULL));
	return xml_add(root, "VerDTD", "1.2", why) ? STEAL(doc) : NULL;
}

static xmlNode *child_node(xmlNode *parent, const char *name, size_t len)
{
	for (xmlNode *n = xml_first(parent); n; n = xml_next(n)) {
		const xmlNode *first = xml_is(n, "Node", NS) ? xml_first(n) : NULL;
		char *text = first ? xml_text(first) : NULL;
		const bool is_it = text && strlen(text) == len && strncmp(text, name, len) == 0;

		xmlFree(text);
		if (is_it)
			return n;
	}
	return NULL;
}

static xmlNode *make_node(xmlNode *parent, const char *name, size_t len, const char *format,
			  struct why *why)
{
	xmlNode *n = xml_add(parent, "Node", NULL, why), *rt, *f;
	char copy[64];

	snprintf(copy, sizeof(copy), "%.*s", (int)len, name);
	if (!n || !xml_add(n, "NodeName", copy, why))
		return NULL;
	rt = xml_add(n, "RTProperties", NULL, why);
	f = rt ? xml_add(rt, "Format", NULL, why) : NULL;
	return f && xml_add(f, format, NULL, why) ? n : NULL;
}

int tnds_add(xmlDoc *doc, const char *path, const char *format, const char *text, xmlNode **value,
	     struct why *why)
{
	xmlNode *n = xmlDocGetRootElement(doc), *v;

	for (const char *slash; (slash = strchr(path, '/')); path = slash + 1) {
		const size_t len = (size_t)(slash - path);
		xmlNode *next = child_node(n, path, len);

		n = next ? next : make_node(n, path, len, "node", why);
		if (!n)
			return -1;
	}
	n = make_node(n, path, strlen(path), format, why);
	v = n ? xml_add(n, "Value", text, why) : NULL;
	if (value)
		*value = v;
	return v ? 0 : -1;
}

int tnds_add_b64(xmlDoc *doc, const char *path, const void *bytes, size_t len, struct why *why)
{
	BUF(text);

	if (b64_append(&text, false, bytes, len, why))
		return -1;
	return tnds_add(doc, path, "b64", buf_text(&text), NULL, why);
}

/* ---- reading ---- */

static int malformed(const xmlNode *n, struct why *why)
{
	return why_input(why, "document:%ld: not the tree that is expected (m2m-files(5))",
			 xmlGetLineNo(n));
}

/* NodeName, RTProperties/Format/F: the node's name and format; the next element behind, or NULL. */
static int read_head(const xmlNode *n, char name[64], char format[8], xmlNode **next,
		     struct why *why)
{
	xmlNode *first = xml_first(n), *rt = first ? xml_next(first) : NULL;
	xmlNode *f = rt ? xml_first(rt) : NULL, *kind = f ? xml_first(f) : NULL;
	char *text;
	bool is_name;

	if (n->properties || !xml_is(first, "NodeName", NS) || !xml_is(rt, "RTProperties", NS) ||
	    !xml_is(f, "Format", NS) || !kind || !xml_is(kind, (const char *)kind->name, NS) ||
	    xml_next(f) || xml_next(kind) || kind->children)
		return malformed(n, why);
	text = xml_text(first);
	is_name = text && *text && strlen(text) < 64 && !strchr(text, '/');
	if (is_name)
		memcpy(name, text, strlen(text) + 1);
	xmlFree(text);
	if (!is_name || strlen((const char *)kind->name) > 4)
		return malformed(n, why);
	snprintf(format, 8, "%s", (const char *)kind->name);
	*next = xml_next(rt);
	return 0;
}

static int add_leaf(struct tnds *t, const char *path, const char *format, xmlNode *value,
		    struct why *why)
{
	struct tnds_leaf *l = &t->leaf[t->leaves];

	if (tnds_has(t, path))
		return why_input(why, "%.100s stands twice", path);
	if (t->leaves == TNDS_LEAVES || strlen(path) >= sizeof(l->path) || strlen(format) > 3)
		return malformed(value, why);
	snprintf(l->path, sizeof(l->path), "%s", path);
	snprintf(l->format, sizeof(l->format), "%.3s", format);
	l->value = value;
	l->is_taken = false;
	t->leaves++;
	return 0;
}

/* Depth is bounded by xml_parse. */
static int read_node(struct tnds *t, const xmlNode *n, const char *above, struct why *why)
{
	char name[64], format[8], path[256];
	xmlNode *next = NULL;

	if (!xml_is(n, "Node", NS) || read_head(n, name, format, &next, why))
		return malformed(n, why);
	if (snprintf(path, sizeof(path), "%s%s%s", above, *above ? "/" : "", name) >=
	    (int)sizeof(path))
		return malformed(n, why);
	if (strcmp(format, "node") != 0)
		return !next || !xml_is(next, "Value", NS) || xml_next(next) || next->properties
			       ? malformed(n, why)
			       : add_leaf(t, path, format, next, why);
	for (; next; next = xml_next(next))
		if (read_node(t, next, path, why))
			return -1;
	return 0;
}

int tnds_read(struct tnds *t, const xmlDoc *doc, struct why *why)
{
	const xmlNode *root = xmlDocGetRootElement(doc);
	const xmlNode *n = xml_is(root, "MgmtTree", NS) ? xml_first(root) : NULL;

	t->leaves = 0;
	if (!n || root->properties || !xml_is(n, "VerDTD", NS))
		return why_input(why, "want a DM tree (MgmtTree of syncml:dmddf1.2)");
	while ((n = xml_next(n)))
		if (read_node(t, n, "", why))
			return -1;
	return 0;
}

bool tnds_has(const struct tnds *t, const char *path)
{
	for (size_t i = 0; i < t->leaves; i++)
		if (strcmp(t->leaf[i].path, path) == 0)
			return true;
	return false;
}

xmlNode *tnds_value(struct tnds *t, const char *path, const char *format, struct why *why)
{
	for (size_t i = 0; i < t->leaves; i++) {
		struct tnds_leaf *l = &t->leaf[i];

		if (strcmp(l->path, path) != 0)
			continue;
		if (strcmp(l->format, format) != 0)
			break;
		l->is_taken = true;
		return l->value;
	}
	why_input(why, "%s: missing, or not of format %s", path, format);
	return NULL;
}

static bool has_controls(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

int tnds_text(struct tnds *t, const char *path, char *text, size_t room, bool is_wanted,
	      struct why *why)
{
	const xmlNode *v;
	char *got;
	bool fits;

	text[0] = '\0';
	if (!is_wanted && !tnds_has(t, path))
		return 0;
	v = tnds_value(t, path, "chr", why);
	got = v ? xml_text(v) : NULL;
	if (!got)
		return v ? malformed(v, why) : -1;
	fits = strlen(got) < room && !has_controls(got);
	if (fits)
		memcpy(text, got, strlen(got) + 1);
	xml_text_free(got);
	return fits ? 0 : why_input(why, "%s: too long, or with control characters", path);
}

int tnds_b64(struct tnds *t, const char *path, struct buf *b, bool is_wanted, struct why *why)
{
	const xmlNode *v;
	char *got;
	int rc;

	if (!is_wanted && !tnds_has(t, path))
		return 0;
	v = tnds_value(t, path, "b64", why);
	got = v ? xml_text(v) : NULL;
	if (!got)
		return v ? malformed(v, why) : -1;
	rc = b64_decode(b, false, true, got, strlen(got), path, why);
	xml_text_free(got);
	return rc;
}

int tnds_octets(struct tnds *t, const char *path, uint8_t *to, size_t want, struct why *why)
{
	BUF(b);

	if (tnds_b64(t, path, &b, true, why))
		return -1;
	if (b.len != want)
		return why_input(why, "%s: want %zu octets, got %zu", path, want, b.len);
	memcpy(to, b.bytes, want);
	return 0;
}

int tnds_done(const struct tnds *t, struct why *why)
{
	for (size_t i = 0; i < t->leaves; i++)
		if (!t->leaf[i].is_taken)
			return why_input(why, "%.100s: no such leaf is expected", t->leaf[i].path);
	return 0;
}
