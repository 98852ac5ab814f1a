/* SPDX-License-Identifier: Apache-2.0 */
#include "dm/cp.h"

#include "base/hex.h"
#include "base/xml.h"
#include "dm/wbxml.h"

#include <ctype.h>
#include <string.h>

#define ROOT "wap-provisioningdoc"
#define VENDOR_NAME "M2ME"
#define VENDOR_PARM "BOOTSTRAP"

static int attribute(xmlNode *n, const char *name, const char *value, struct why *why)
{
	return n && xmlNewProp(n, BAD_CAST name, BAD_CAST value)
		       ? 0
		       : why_sys(why, "out of memory for XML");
}

static xmlNode *characteristic(xmlNode *parent, const char *type, struct why *why)
{
	xmlNode *n = xml_add(parent, "characteristic", NULL, why);

	return n && attribute(n, "type", type, why) == 0 ? n : NULL;
}

/* Nothing where there is no value. */
static int parm(xmlNode *parent, const char *name, const char *value, struct why *why)
{
	xmlNode *n;

	if (!value)
		return 0;
	n = xml_add(parent, "parm", NULL, why);
	return n && attribute(n, "name", name, why) == 0 && attribute(n, "value", value, why) == 0
		       ? 0
		       : -1;
}

/* The DM account, ProvCont 4.6.11 with the registration of w7. */
static int put_application(xmlNode *root, const struct bootstrap *b, const char *napid,
			   struct why *why)
{
	xmlNode *app = characteristic(root, "APPLICATION", why);

	return app && parm(app, "APPID", "w7", why) == 0 &&
			       parm(app, "PROVIDER-ID", b->sho, why) == 0 &&
			       parm(app, "TO-NAPID", napid, why) == 0 &&
			       parm(app, "ADDR", b->server_url, why) == 0
		       ? 0
		       : -1;
}

/* The access point, ProvCont 4.6.5. */
static int put_napdef(xmlNode *root, const json_t *napdef, struct why *why)
{
	const char *auth = json_string_value(json_object_get(napdef, "auth_type"));
	xmlNode *nap = characteristic(root, "NAPDEF", why), *info;
	char type[8] = "";
	static const char *const parms[][2] = {
		{"NAPID", "napid"}, {"NAME", "name"}, {"BEARER", "bearer"}, {"NAP-ADDRESS", "apn"}};

	if (!nap)
		return -1;
	for (size_t i = 0; i < sizeof(parms) / sizeof(*parms); i++)
		if (parm(nap, parms[i][0], json_string_value(json_object_get(napdef, parms[i][1])),
			 why))
			return -1;
	if (parm(nap, "NAP-ADDRTYPE", "APN", why) ||
	    parm(nap, "DNS-ADDR", json_string_value(json_object_get(napdef, "dns")), why))
		return -1;
	if (!auth || strcmp(auth, "none") == 0)
		return 0;
	for (size_t i = 0; i < sizeof(type) - 1 && auth[i]; i++)
		type[i] = (char)toupper((unsigned char)auth[i]);
	info = characteristic(nap, "NAPAUTHINFO", why);
	return info && parm(info, "AUTHTYPE", type, why) == 0 &&
			       parm(info, "AUTHNAME",
				    json_string_value(json_object_get(napdef, "auth_name")),
				    why) == 0
		       ? 0
		       : -1;
}

static int put_document(xmlNode *root, const struct buf *document, struct why *why)
{
	xmlNode *vendor = characteristic(root, "VENDORCONFIG", why);
	BUF(text);

	return vendor && parm(vendor, "NAME", VENDOR_NAME, why) == 0 &&
			       b64_append(&text, false, document->bytes, document->len, why) == 0 &&
			       parm(vendor, VENDOR_PARM, buf_text(&text), why) == 0
		       ? 0
		       : -1;
}

static xmlDoc *build(const struct bootstrap *b, const struct buf *document, struct why *why)
{
	AUTO(xmlDoc) *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root = doc ? xmlNewNode(NULL, BAD_CAST ROOT) : NULL;
	const char *napid = json_string_value(json_object_get(b->napdef, "napid"));

	if (!root) {
		why_sys(why, "out of memory for XML");
		return NULL;
	}
	xmlDocSetRootElement(doc, root);
	return attribute(root, "version", "1.0", why) == 0 &&
			       (b->is_napdef_only || put_application(root, b, napid, why) == 0) &&
			       (!b->napdef || put_napdef(root, b->napdef, why) == 0) &&
			       put_document(root, document, why) == 0
		       ? STEAL(doc)
		       : NULL;
}

int cp_make(struct buf *xml, const struct bootstrap *b, const struct buf *document, struct why *why)
{
	AUTO(xmlDoc) *doc = build(b, document, why);

	return doc ? xml_dump(xml, doc, why) : -1;
}

bool cp_is(const void *bytes, size_t len)
{
	return wbxml_language(bytes, len) == WBXML_PROVISIONING || xml_root_is(bytes, len, ROOT);
}

int cp_text(struct buf *xml, const void *bytes, size_t len, struct why *why)
{
	return wbxml_language(bytes, len) == WBXML_PROVISIONING ? wbxml_decode(xml, bytes, len, why)
								: buf_add(xml, bytes, len, why);
}

/* An attribute's text (borrowed), where the attribute is there once and is text alone; "" where
 * it is missing. */
static const char *text_of(const xmlNode *n, const char *name)
{
	for (const xmlAttr *a = n->properties; a; a = a->next)
		if (strcmp((const char *)a->name, name) == 0)
			return a->children && a->children->content && !a->children->next
				       ? (const char *)a->children->content
				       : "";
	return "";
}

static bool has_type(const xmlNode *n, const char *type)
{
	return xml_is(n, "characteristic", NULL) && strcmp(text_of(n, "type"), type) == 0;
}

/* The one parm of that name below n; NULL: none, or two. */
static const xmlNode *one_parm(const xmlNode *n, const char *name)
{
	const xmlNode *found = NULL;

	for (const xmlNode *p = xml_first(n); p; p = xml_next(p)) {
		if (!xml_is(p, "parm", NULL) || strcmp(text_of(p, "name"), name) != 0)
			continue;
		if (found)
			return NULL;
		found = p;
	}
	return found;
}

int cp_unpack(struct buf *document, const struct buf *xml, struct why *why)
{
	AUTO(xmlDoc) *doc = xml_parse(buf_text(xml), xml->len, "provisioning document", why);
	const xmlNode *found = NULL;
	const char *text;

	if (!doc)
		return -1;
	for (const xmlNode *c = xml_first(xmlDocGetRootElement(doc)); c; c = xml_next(c)) {
		const xmlNode *p = has_type(c, "VENDORCONFIG") ? one_parm(c, VENDOR_PARM) : NULL;

		if (p && found)
			return why_refuse(why, "bad-signature",
					  "two signed documents in one (TR 33.812 B.2.3.3)");
		found = p ? p : found;
	}
	if (!found)
		return why_refuse(why, "bad-signature",
				  "the provisioning document carries no signed one (TR 33.812 "
				  "B.2.3.3)");
	text = text_of(found, "value");
	return b64_decode(document, false, true, text, strlen(text), VENDOR_PARM, why);
}

bool cp_is_signed(const struct buf *bytes)
{
	struct why why = {0};
	BUF(xml);
	BUF(document);

	return cp_text(&xml, bytes->bytes, bytes->len, &why) == 0 &&
	       cp_unpack(&document, &xml, &why) == 0;
}

int cp_agrees(const struct buf *xml, const struct bootstrap *b, const struct buf *document,
	      struct why *why)
{
	AUTO(xmlDoc) *want = build(b, document, why);
	AUTO(xmlDoc) *got = want ? xml_parse(buf_text(xml), xml->len, "document", why) : NULL;
	BUF(want_text);
	BUF(got_text);

	if (!got || xml_canonical(&want_text, want, NULL, why) ||
	    xml_canonical(&got_text, got, NULL, why))
		return -1;
	if (want_text.len != got_text.len ||
	    memcmp(buf_text(&want_text), buf_text(&got_text), got_text.len) != 0)
		return why_refuse(why, "bad-signature",
				  "the characteristics do not say what was signed (TR 33.812 "
				  "B.2.3.3)");
	return 0;
}

static json_t *parm_words(const xmlNode *p, struct why *why)
{
	AUTO(json_t) *o = json_object();

	return json_put_text(o, "name", text_of(p, "name"), why) == 0 &&
			       json_put_text(o, "value", text_of(p, "value"), why) == 0
		       ? STEAL(o)
		       : NULL;
}

/* The parms and characteristics below parent, in their order; the parser limits the depth. */
static json_t *words(const xmlNode *parent, struct why *why) /* NOLINT(misc-no-recursion) */
{
	AUTO(json_t) *o = json_object();
	json_t *parms = json_array(), *below = json_array();

	if ((has_type(parent, text_of(parent, "type")) &&
	     json_put_text(o, "type", text_of(parent, "type"), why)) ||
	    json_put(o, "parms", parms, why) || json_put(o, "characteristics", below, why))
		return NULL;
	for (const xmlNode *n = xml_first(parent); n; n = xml_next(n)) {
		const bool is_parm = xml_is(n, "parm", NULL);

		if (!is_parm && !xml_is(n, "characteristic", NULL)) {
			why_input(why, "provisioning document: want characteristic or parm");
			return NULL;
		}
		if (json_array_append_new(is_parm ? parms : below,
					  is_parm ? parm_words(n, why) : words(n, why)))
			return NULL;
	}
	return STEAL(o);
}

json_t *cp_to_json(const struct buf *xml, struct why *why)
{
	AUTO(xmlDoc) *doc = xml_parse(buf_text(xml), xml->len, "provisioning document", why);

	return doc ? words(xmlDocGetRootElement(doc), why) : NULL;
}
