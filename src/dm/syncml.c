/* SPDX-License-Identifier: Apache-2.0 */
#include "dm/syncml.h"

#include "base/hex.h"
#include "base/xml.h"
#include "dm/wbxml.h"

#include <string.h>

#define NS "SYNCML:SYNCML1.2"
#define METINF "syncml:metinf"

/* Cred of SyncHdr: the client's proof, by a type of the toolkit's own (m2m-files(5)). */
#define CRED_TYPE "m2m:auth-hmac-sha256"

static int put_escaped(struct buf *b, const char *text, struct why *why)
{
	for (; *text; text++) {
		const char *as = *text == '&'   ? "&amp;"
				 : *text == '<' ? "&lt;"
				 : *text == '>' ? "&gt;"
						: NULL;

		if (buf_add(b, as ? as : text, as ? strlen(as) : 1, why))
			return -1;
	}
	return 0;
}

static int put_header(struct buf *b, const struct syncml *s, struct why *why)
{
	if (buf_print(b, why,
		      "<SyncML xmlns=\"" NS
		      "\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto>"
		      "<SessionID>1</SessionID><MsgID>1</MsgID><Target><LocURI>") ||
	    put_escaped(b, s->target, why) ||
	    buf_print(b, why, "</LocURI></Target><Source><LocURI>") ||
	    put_escaped(b, s->source, why) || buf_print(b, why, "</LocURI>"))
		return -1;
	if (s->cred_name && (buf_print(b, why, "<LocName>") || put_escaped(b, s->cred_name, why) ||
			     buf_print(b, why, "</LocName>")))
		return -1;
	if (buf_print(b, why, "</Source>"))
		return -1;
	if (s->cred_name &&
	    (buf_print(b, why,
		       "<Cred><Meta><Format xmlns=\"" METINF "\">b64</Format><Type xmlns=\"" METINF
		       "\">" CRED_TYPE "</Type></Meta><Data>") ||
	     b64_append(b, false, s->cred, s->cred_len, why) ||
	     buf_print(b, why, "</Data></Cred>")))
		return -1;
	return buf_print(b, why, "</SyncHdr>");
}

/* The signed document rides as text: a CDATA section, which ends where the document has "]]>". */
static int put_document(struct buf *b, const char *text, size_t len, struct why *why)
{
	if (memmem(text, len, "]]>", 3))
		return why_input(why, "the document holds ]]> and cannot ride in a package");
	return buf_print(b, why, "<![CDATA[") || buf_add(b, text, len, why) ||
			       buf_print(b, why, "]]>")
		       ? -1
		       : 0;
}

int syncml_pack(struct buf *out, const struct syncml *s, const void *document, size_t len,
		bool is_wbxml, struct why *why)
{
	const char *command = s->is_replace ? "Replace" : "Results";
	BUF(b);

	if (put_header(&b, s, why) ||
	    buf_print(&b, why, "<SyncBody><%s><CmdID>1</CmdID>%s<Item><%s><LocURI>", command,
		      s->is_replace ? "" : "<MsgRef>1</MsgRef><CmdRef>1</CmdRef>",
		      s->is_replace ? "Target" : "Source") ||
	    put_escaped(&b, s->loc_uri, why) ||
	    buf_print(&b, why,
		      "</LocURI></%s><Meta><Format xmlns=\"" METINF
		      "\">chr</Format><Type xmlns=\"" METINF
		      "\">application/xml</Type></Meta><Data>",
		      s->is_replace ? "Target" : "Source") ||
	    put_document(&b, document, len, why) ||
	    buf_print(&b, why, "</Data></Item></%s><Final/></SyncBody></SyncML>", command))
		return -1;
	return is_wbxml ? wbxml_encode(out, b.bytes, b.len, why)
			: buf_add(out, b.bytes, b.len, why);
}

bool syncml_is_package(const void *bytes, size_t len)
{
	return wbxml_language(bytes, len) == WBXML_SYNCML || xml_root_is(bytes, len, "SyncML");
}

static xmlNode *child(const xmlNode *parent, const char *name)
{
	xmlNode *n = parent ? xml_first(parent) : NULL;

	while (n && strcmp((const char *)n->name, name) != 0)
		n = xml_next(n);
	return n;
}

/* The one command of the body that carries an item. */
static xmlNode *item_data(const xmlNode *root)
{
	const xmlNode *body = child(root, "SyncBody");
	const xmlNode *replace = child(body, "Replace"), *results = child(body, "Results");

	if (!replace == !results)
		return NULL;
	return child(child(replace ? replace : results, "Item"), "Data");
}

static int take_text(struct buf *b, const xmlNode *n, const char *what, struct why *why)
{
	char *text = n ? xml_text(n) : NULL;
	int rc;

	if (!text)
		return why_input(why, "SyncML: want %s", what);
	rc = buf_add(b, text, strlen(text), why);
	xml_text_free(text);
	return rc;
}

int syncml_unpack(struct buf *document, struct buf *cred, const void *bytes, size_t len,
		  struct why *why)
{
	AUTO(xmlDoc) *doc = NULL;
	const xmlNode *root, *c;
	BUF(xml);
	BUF(text);

	if (wbxml_language(bytes, len) == WBXML_SYNCML) {
		if (wbxml_decode(&xml, bytes, len, why))
			return -1;
		bytes = buf_text(&xml);
		len = xml.len;
	}
	doc = xml_parse(bytes, len, "SyncML", why);
	if (!doc)
		return -1;
	root = xmlDocGetRootElement(doc);
	if (strcmp((const char *)root->name, "SyncML") != 0)
		return why_input(why, "SyncML: want a SyncML package");
	c = child(child(child(root, "SyncHdr"), "Cred"), "Data");
	if (cred && c &&
	    (take_text(&text, c, "Cred", why) ||
	     b64_decode(cred, false, true, buf_text(&text), text.len, "Cred", why)))
		return -1;
	return take_text(document, item_data(root), "one Replace or Results with a document", why);
}

int syncml_strip(struct buf *message, struct why *why)
{
	BUF(document);

	if (!syncml_is_package(message->bytes, message->len))
		return 0;
	if (syncml_unpack(&document, NULL, message->bytes, message->len, why))
		return -1;
	buf_clear(message);
	return buf_add(message, document.bytes, document.len, why);
}
