/* SPDX-License-Identifier: Apache-2.0 */
#include "base/xml.h"

#include "base/slurp.h"

#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <stdbool.h>
#include <string.h>

static void quiet(void *ctx, const char *fmt, ...)
{
	(void)ctx;
	(void)fmt;
}

static void quiet_error(void *ctx, xmlErrorPtr e)
{
	(void)ctx;
	(void)e;
}

/* The depth of the tree, and no node that the profile does not have; without recursion. */
static int check_nodes(const xmlDoc *doc, const char *what, struct why *why)
{
	const xmlNode *n = doc->children;
	int depth = 1;

	if (doc->intSubset || doc->extSubset)
		return why_input(why, "%s: a DOCTYPE is not allowed", what);
	while (n) {
		if (n->type == XML_COMMENT_NODE || n->type == XML_PI_NODE ||
		    n->type == XML_ENTITY_REF_NODE || n->type == XML_DTD_NODE)
			return why_input(why,
					 "%s:%ld: a comment, processing instruction or entity "
					 "is not allowed",
					 what, xmlGetLineNo(n));
		if (depth > XML_DEPTH)
			return why_input(why, "%s:%ld: deeper than %d levels", what,
					 xmlGetLineNo(n), XML_DEPTH);
		if (n->type == XML_ELEMENT_NODE && n->children) {
			n = n->children;
			depth++;
			continue;
		}
		while (n && !n->next) {
			n = n->parent;
			depth--;
			if (!n || n->type == XML_DOCUMENT_NODE)
				return 0;
		}
		n = n ? n->next : NULL;
	}
	return 0;
}

/* Whether libxml2 should see the text at all: a DOCTYPE is refused before it is parsed, and so is
 * a document with too many attributes, whose check for doubles is quadratic. */
static int check_text(const char *text, size_t len, const char *what, struct why *why)
{
	if (len > SLURP_DOCUMENT)
		return why_input(why, "%s: longer than the limit of %zu octets", what,
				 SLURP_DOCUMENT);
	if (!len)
		return why_input(why, "%s: empty, and no XML", what);
	if (*text == 'L') /* '<' in EBCDIC, which libxml2 knows by that */
		return why_input(why, "%s:1: want XML in UTF-8", what);
	if (memchr(text, 0, len))
		return why_input(why, "%s: a 0 octet in the XML", what);
	if (memmem(text, len, "<!DOCTYPE", 9) || memmem(text, len, "<!ENTITY", 8))
		return why_input(why, "%s: a DOCTYPE is not allowed", what);
	return 0;
}

#define MAX_ATTRIBUTES 256

/* Counts the equals signs of each tag, roughly: more than any attribute list of ours holds. */
static int check_attributes(const char *text, size_t len, const char *what, struct why *why)
{
	size_t n = 0;
	bool inside = false;
	char quote = '\0';

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '<') { /* no value has one */
			inside = true;
			quote = '\0';
			n = 0;
		} else if (inside && (quote ? text[i] == quote : strchr("'\"", text[i]) != NULL)) {
			quote = quote ? '\0' : text[i];
		} else if (text[i] == '>' && !quote) {
			inside = false;
		} else if (inside && !quote && text[i] == '=' && ++n > MAX_ATTRIBUTES) {
			return why_input(why, "%s: more than %d attributes in one element", what,
					 MAX_ATTRIBUTES);
		}
	}
	return 0;
}

xmlDoc *xml_parse(const void *bytes, size_t len, const char *what, struct why *why)
{
	AUTO(xmlDoc) *doc = NULL;
	const xmlError *e;

	if (check_text(bytes, len, what, why) || check_attributes(bytes, len, what, why))
		return NULL;
	xmlSetGenericErrorFunc(NULL, quiet);
	xmlSetStructuredErrorFunc(NULL, quiet_error);
	xmlResetLastError();
	doc = xmlReadMemory(bytes, (int)len, NULL, NULL,
			    XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOERROR |
				    XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES);
	e = xmlGetLastError();
	if (!doc || (e && e->level >= XML_ERR_ERROR)) {
		why_input(why, "%s:%d: not well-formed XML", what, e ? e->line : 1);
		return NULL;
	}
	if (doc->encoding && xmlStrcasecmp(doc->encoding, (const xmlChar *)"UTF-8") != 0) {
		why_input(why, "%s: want UTF-8", what);
		return NULL;
	}
	/* libxml2 reads 1.1, and any version to come, by the rules of 1.0: others would read it
	 * otherwise */
	if (doc->version && xmlStrcmp(doc->version, (const xmlChar *)"1.0") != 0) {
		why_input(why, "%s:1: want XML 1.0", what);
		return NULL;
	}
	return check_nodes(doc, what, why) ? NULL : STEAL(doc);
}

bool xml_root_is(const void *bytes, size_t len, const char *name)
{
	const char *p = bytes, *end = p + len;
	const size_t n = strlen(name);

	if (len > 5 && memcmp(p, "<?xml", 5) == 0) {
		const char *close = memmem(p, len, "?>", 2);

		p = close ? close + 2 : end;
	}
	while (p < end && strchr(" \t\r\n", *p))
		p++;
	return (size_t)(end - p) > n + 1 && *p == '<' && memcmp(p + 1, name, n) == 0 &&
	       strchr(" \t\r\n/>", p[n + 1]);
}

char *xml_text(const xmlNode *element)
{
	for (const xmlNode *n = element->children; n; n = n->next)
		if (n->type != XML_TEXT_NODE && n->type != XML_CDATA_SECTION_NODE)
			return NULL;
	return (char *)xmlNodeGetContent(element);
}

void xml_text_free(char *text)
{
	if (text)
		OPENSSL_cleanse(text, strlen(text));
	xmlFree(text);
}

int xml_is(const xmlNode *node, const char *name, const char *ns)
{
	return node && node->type == XML_ELEMENT_NODE &&
	       xmlStrcmp(node->name, (const xmlChar *)name) == 0 &&
	       (ns ? node->ns && xmlStrcmp(node->ns->href, (const xmlChar *)ns) == 0 : !node->ns);
}

static xmlNode *element_from(xmlNode *n)
{
	while (n && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

xmlNode *xml_first(const xmlNode *parent)
{
	return element_from(parent->children);
}

xmlNode *xml_next(const xmlNode *node)
{
	return element_from(node->next);
}

xmlNode *xml_add(xmlNode *parent, const char *name, const char *text, struct why *why)
{
	/* xmlNewTextChild escapes its content; xmlNewChild would take entities from it */
	xmlNode *n = xmlNewTextChild(parent, NULL, (const xmlChar *)name, (const xmlChar *)text);

	if (!n)
		why_sys(why, "XML: out of memory");
	return n;
}

static int outside(void *without, xmlNodePtr node, xmlNodePtr parent)
{
	/* a namespace node's own links are no tree links; its parent comes beside it */
	const xmlNode *n = node && node->type != XML_NAMESPACE_DECL ? node : parent;

	for (; n; n = n->parent)
		if (n == without)
			return 0;
	return 1;
}

static int inside(void *top, xmlNodePtr node, xmlNodePtr parent)
{
	return !outside(top, node, parent);
}

static int canonical(struct buf *b, xmlDoc *doc, xmlC14NIsVisibleCallback visible,
		     const xmlNode *node, struct why *why)
{
	xmlBufferPtr text = xmlBufferCreate();
	xmlOutputBufferPtr out = text ? xmlOutputBufferCreateBuffer(text, NULL) : NULL;
	int rc = -1;

	if (!out) {
		xmlBufferFree(text);
		return why_sys(why, "XML: out of memory");
	}
	if (xmlC14NExecute(doc, visible, (void *)node, XML_C14N_EXCLUSIVE_1_0, NULL, 0, out) < 0 ||
	    xmlOutputBufferFlush(out) < 0)
		why_sys(why, "XML: canonicalization failed");
	else
		rc = buf_add(b, xmlBufferContent(text), (size_t)xmlBufferLength(text), why);
	xmlOutputBufferClose(out);
	xmlBufferFree(text);
	return rc;
}

int xml_canonical(struct buf *b, xmlDoc *doc, const xmlNode *without, struct why *why)
{
	return canonical(b, doc, outside, without, why);
}

int xml_canonical_subtree(struct buf *b, xmlDoc *doc, const xmlNode *top, struct why *why)
{
	return canonical(b, doc, inside, top, why);
}

int xml_dump(struct buf *b, xmlDoc *doc, struct why *why)
{
	xmlChar *text = NULL;
	int len = 0, rc;

	xmlDocDumpMemoryEnc(doc, &text, &len, "UTF-8");
	if (!text)
		return why_sys(why, "XML: out of memory");
	rc = buf_add(b, text, (size_t)len, why);
	xmlFree(text);
	return rc;
}
