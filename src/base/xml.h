/* SPDX-License-Identifier: Apache-2.0 */
/* XML over libxml2, from memory, with nothing that reaches outside the document. */
#ifndef BASE_XML_H
#define BASE_XML_H

#include "base/auto.h"
#include "base/buf.h"

#include <libxml/tree.h>
#include <stdbool.h>

DEFINE_AUTO(xmlDoc, xmlFreeDoc)

#define XML_DEPTH 32

/* Parses a document of at most SLURP_DOCUMENT octets, UTF-8. Refused (status 3): a DOCTYPE, an
 * entity reference, a comment, a processing instruction, more than XML_DEPTH levels, and whatever
 * libxml2 calls an error or a namespace error. what stands before the message. Caller owns the
 * result. */
xmlDoc *xml_parse(const void *bytes, size_t len, const char *what, struct why *why);

/* Whether the text starts, behind its XML declaration, with a root element of that name: to tell
 * forms apart, before anything is parsed. */
bool xml_root_is(const void *bytes, size_t len, const char *name);

/* The whole text of an element that holds text alone; NULL where it has element children. Caller
 * frees with xmlFree (it may be wiped by xml_text_free). "" for an empty element. */
char *xml_text(const xmlNode *element);
void xml_text_free(char *text); /* wipes, and frees */

/* Whether the node is an element of that local name and namespace (ns NULL: none). */
int xml_is(const xmlNode *node, const char *name, const char *ns);

/* The first child element, or the next sibling element; NULL at the end. Borrowed. */
xmlNode *xml_first(const xmlNode *parent);
xmlNode *xml_next(const xmlNode *node);

/* Appends an element with text (NULL: none) under parent, or as root of doc. Borrowed result. */
xmlNode *xml_add(xmlNode *parent, const char *name, const char *text, struct why *why);

/* Exclusive canonical XML 1.0 without comments of the whole document, less the subtree of
 * without (NULL: nothing), appended to b. */
int xml_canonical(struct buf *b, xmlDoc *doc, const xmlNode *without, struct why *why)
	__attribute__((warn_unused_result));

/* Exclusive canonical XML of the subtree of top alone. */
int xml_canonical_subtree(struct buf *b, xmlDoc *doc, const xmlNode *top, struct why *why)
	__attribute__((warn_unused_result));

/* The document as UTF-8 text, with its XML declaration, as it is (no added white space). */
int xml_dump(struct buf *b, xmlDoc *doc, struct why *why) __attribute__((warn_unused_result));

#endif
