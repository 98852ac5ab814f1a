/* SPDX-License-Identifier: Apache-2.0 */
#include "dm/push.h"

#include "base/hex.h"
#include "base/ossl.h"
#include "base/slurp.h"
#include "pcid/plmn.h"

#include <ctype.h>
#include <string.h>

/* WAP-230-WSP 8.2.4, 8.4: the PDU's type, and the headers' tokens. */
#define PDU_PUSH 0x06
#define LENGTH_QUOTE 0x1f
#define SHORT_LENGTH_MAX 30
#define SHORT_INTEGER 0x80
#define PARAM_SEC 0x11
#define PARAM_MAC 0x12

#define MAC_LEN 20
#define TRANSACTION_ID 1

const char *push_sec_name(enum push_sec sec)
{
	return sec == PUSH_NETWPIN ? "netwpin" : "userpin";
}

static int set_imsi(struct push_key *k, const char *imsi, struct why *why)
{
	uint8_t ef[9];

	if (imsi_check(imsi, "NETWPIN", why) || imsi_encode(ef, imsi, why))
		return -1;
	k->len = ef[0];
	memcpy(k->octets, ef + 1, k->len);
	return 0;
}

int push_key_set(struct push_key *k, enum push_sec sec, const char *digits, struct why *why)
{
	k->sec = sec;
	if (sec == PUSH_NETWPIN)
		return set_imsi(k, digits, why);
	k->len = strlen(digits);
	if (k->len < 4 || k->len > sizeof(k->octets) || strspn(digits, "0123456789") != k->len)
		return why_input(why, "USERPIN: want 4 to %zu digits", sizeof(k->octets));
	memcpy(k->octets, digits, k->len);
	return 0;
}

int push_key_load(struct push_key *k, enum push_sec sec, const char *path, struct why *why)
{
	BUF(text);

	if (slurp(&text, path, 256, why))
		return -1;
	while (text.len && isspace(text.bytes[text.len - 1]))
		text.bytes[--text.len] = '\0';
	return push_key_set(k, sec, buf_text(&text), why) ? why_in(why, "%s", slurp_name(path)) : 0;
}

static int make_mac(uint8_t mac[static MAC_LEN], const struct push_key *k, const void *body,
		    size_t len, struct why *why)
{
	size_t n = 0;

	if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA1", NULL, k->octets, k->len, body, len, mac, MAC_LEN,
		       &n) ||
	    n != MAC_LEN)
		return ossl_why(why, "HMAC");
	return 0;
}

static int put_octet(struct buf *b, unsigned octet, struct why *why)
{
	const uint8_t o = (uint8_t)octet;

	return buf_add(b, &o, 1, why);
}

/* Content-type with the parameters SEC and MAC. */
static int put_secured(struct buf *b, enum push_type type, const struct push_key *k,
		       const void *body, size_t len, struct why *why)
{
	uint8_t mac[MAC_LEN];
	char hex[2 * MAC_LEN + 1];

	if (make_mac(mac, k, body, len, why))
		return -1;
	hex_encode(hex, mac, MAC_LEN);
	for (char *p = hex; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return put_octet(b, SHORT_INTEGER | (unsigned)type, why) ||
			       put_octet(b, SHORT_INTEGER | PARAM_SEC, why) ||
			       put_octet(b, SHORT_INTEGER | (unsigned)k->sec, why) ||
			       put_octet(b, SHORT_INTEGER | PARAM_MAC, why) ||
			       buf_add(b, hex, sizeof(hex), why)
		       ? -1
		       : 0;
}

int push_pack(struct buf *out, enum push_type type, const struct push_key *k, const void *body,
	      size_t len, struct why *why)
{
	BUF(value);
	BUF(pdu);

	if (put_octet(&pdu, TRANSACTION_ID, why) || put_octet(&pdu, PDU_PUSH, why))
		return -1;
	if (!k)
		return put_octet(&pdu, 1, why) ||
				       put_octet(&pdu, SHORT_INTEGER | (unsigned)type, why) ||
				       buf_add(out, pdu.bytes, pdu.len, why) ||
				       buf_add(out, body, len, why)
			       ? -1
			       : 0;
	return put_secured(&value, type, k, body, len, why) ||
			       put_octet(&pdu, (unsigned)value.len + 2, why) ||
			       put_octet(&pdu, LENGTH_QUOTE, why) ||
			       put_octet(&pdu, (unsigned)value.len, why) ||
			       buf_add(out, pdu.bytes, pdu.len, why) ||
			       buf_add(out, value.bytes, value.len, why) ||
			       buf_add(out, body, len, why)
		       ? -1
		       : 0;
}

/* A Push PDU rather than a document. */
static bool is_push(const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	return len > 2 && p[1] == PDU_PUSH && p[0] != '<';
}

/* What is left to read of the PDU. */
struct cursor {
	const uint8_t *at;
	size_t left;
};

static bool next_octet(struct cursor *c, unsigned *octet)
{
	if (!c->left)
		return false;
	*octet = *c->at++;
	c->left--;
	return true;
}

/* Uintvar, WAP-230-WSP 8.1.2: of two octets at most, for headers are short. */
static bool next_uintvar(struct cursor *c, size_t *n)
{
	unsigned first, second;

	if (!next_octet(c, &first))
		return false;
	*n = first & 0x7f;
	if (!(first & 0x80))
		return true;
	if (!next_octet(c, &second) || (second & 0x80))
		return false;
	*n = *n << 7 | second;
	return true;
}

/* A part of n octets, taken from c. */
static bool next_part(struct cursor *c, size_t n, struct cursor *part)
{
	if (n > c->left)
		return false;
	*part = (struct cursor){c->at, n};
	c->at += n;
	c->left -= n;
	return true;
}

struct security {
	bool has_sec, has_mac;
	unsigned sec;
	uint8_t mac[MAC_LEN];
};

static bool next_mac(struct cursor *c, struct security *s)
{
	const uint8_t *end = memchr(c->at, '\0', c->left);

	if (s->has_mac || !end || end - c->at != 2 * MAC_LEN ||
	    hex_decode(s->mac, MAC_LEN, (const char *)c->at, "MAC", NULL))
		return false;
	s->has_mac = true;
	c->left -= 2 * MAC_LEN + 1;
	c->at = end + 1;
	return true;
}

static bool take_params(struct cursor *c, struct security *s)
{
	unsigned name;

	while (next_octet(c, &name)) {
		if (name == (SHORT_INTEGER | PARAM_SEC) && !s->has_sec) {
			if (!next_octet(c, &s->sec) || !(s->sec & SHORT_INTEGER))
				return false;
			s->sec &= ~(unsigned)SHORT_INTEGER;
			s->has_sec = true;
		} else if (name != (SHORT_INTEGER | PARAM_MAC) || !next_mac(c, s)) {
			return false;
		}
	}
	return true;
}

/* The content type, which comes first of the headers; what follows it says nothing of the body. */
static bool take_type(struct cursor *c, struct security *s)
{
	struct cursor value;
	unsigned first, type;
	size_t n;

	if (!next_octet(c, &first))
		return false;
	if (first & SHORT_INTEGER) {
		type = first;
	} else {
		n = first;
		if ((first == LENGTH_QUOTE && !next_uintvar(c, &n)) ||
		    (first != LENGTH_QUOTE && first > SHORT_LENGTH_MAX) ||
		    !next_part(c, n, &value) || !next_octet(&value, &type) ||
		    !take_params(&value, s))
			return false;
	}
	return type == (SHORT_INTEGER | PUSH_CP) || type == (SHORT_INTEGER | PUSH_DM);
}

static int check_mac(const struct push_key *k, const struct security *s, const struct cursor *body,
		     struct why *why)
{
	uint8_t mac[MAC_LEN];

	if (make_mac(mac, k, body->at, body->left, why))
		return -1;
	if (!s->has_mac || !s->has_sec || s->sec != (unsigned)k->sec ||
	    CRYPTO_memcmp(mac, s->mac, MAC_LEN) != 0)
		return why_refuse(why, "mac-mismatch",
				  "the push has not the MAC of this %s (TR 33.812 B.2.2.1)",
				  k->sec == PUSH_NETWPIN ? "NETWPIN" : "USERPIN");
	return 0;
}

int push_open(struct buf *body, const struct push_key *k, const void *bytes, size_t len,
	      struct why *why)
{
	struct cursor pdu = {bytes, len}, headers;
	struct security s = {0};
	unsigned id, type;
	size_t n;

	if (!is_push(bytes, len))
		return k ? why_refuse(why, "mac-mismatch",
				      "not a push, so that it has no MAC (TR 33.812 B.2.2.1)")
			 : buf_add(body, bytes, len, why);
	if (!next_octet(&pdu, &id) || !next_octet(&pdu, &type) || type != PDU_PUSH ||
	    !next_uintvar(&pdu, &n) || !next_part(&pdu, n, &headers) || !take_type(&headers, &s))
		return why_input(why, "push: want a WSP push of a provisioning document or an OMA "
				      "DM package (OMA-WAP-TS-ProvCont)");
	if (k && check_mac(k, &s, &pdu, why))
		return -1;
	return buf_add(body, pdu.at, pdu.left, why);
}
