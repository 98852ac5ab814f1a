/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/token.h"

#include "base/hex.h"
#include "pki/jws.h"
#include "pki/note.h"

#include <stdio.h>
#include <string.h>

#define TYP "m2m-token"

int token_make(struct buf *b, const struct token *t, EVP_PKEY *key, X509 *cert, struct why *why)
{
	AUTO(json_t) *o = json_object();
	AUTO(json_t) *aud = json_pack("[s, s, s]", t->tre_id, t->new_sho, t->cur_sho);
	BUF(x5t);

	if (b64_append(&x5t, true, t->x5t_sha256, 32, why) ||
	    json_put_text(o, "iss", t->tre_id, why) || json_put(o, "aud", STEAL(aud), why) ||
	    json_put_text(o, "new", t->new_sho, why) || json_put_text(o, "cur", t->cur_sho, why) ||
	    json_put_text(o, "x5t#S256", buf_text(&x5t), why) ||
	    json_put_number(o, "seq", t->seq, why) || json_put_text(o, "jti", t->jti, why) ||
	    json_put_number(o, "iat", (uint64_t)t->iat, why) ||
	    json_put_number(o, "exp", (uint64_t)t->exp, why))
		return -1;
	return jws_make(b, TYP, o, key, cert, why);
}

static int take(char out[static TRE_ID_TEXT], const json_t *o, const char *field,
		int (*check)(const char *, const char *, struct why *), struct why *why)
{
	const char *text = json_text(o, field, why);

	if (!text || check(text, field, why))
		return -1;
	snprintf(out, TRE_ID_TEXT, "%s", text);
	return 0;
}

static int check_audience(const struct token *t, const json_t *o, struct why *why)
{
	const json_t *aud = json_object_get(o, "aud");
	const char *const want[] = {t->tre_id, t->new_sho, t->cur_sho};

	for (size_t i = 0; i < 3; i++) {
		const char *got = json_string_value(json_array_get(aud, i));

		if (!got || strcmp(got, want[i]) != 0 || json_array_size(aud) != 3)
			return why_input(why, "aud: want TRE_id, the new and the current SHO");
	}
	return 0;
}

static int read_claims(struct token *t, const json_t *o, struct why *why)
{
	static const char *const fields[] = {"iss", "aud", "new", "cur", "x5t#S256",
					     "seq", "jti", "iat", "exp", NULL};
	const char *jti = json_text(o, "jti", why);
	const char *x5t = jti ? json_text(o, "x5t#S256", why) : NULL;
	uint64_t iat, exp;
	uint8_t octets[16];
	BUF(md);

	if (!x5t || json_only(o, fields, why) || take(t->tre_id, o, "iss", tre_id_check, why) ||
	    take(t->new_sho, o, "new", party_check, why) ||
	    take(t->cur_sho, o, "cur", party_check, why) || check_audience(t, o, why) ||
	    hex_decode(octets, sizeof(octets), jti, "jti", why) ||
	    b64_decode(&md, true, false, x5t, strlen(x5t), "x5t#S256", why) ||
	    jws_number(&t->seq, o, "seq", why) || jws_number(&iat, o, "iat", why) ||
	    jws_number(&exp, o, "exp", why))
		return -1;
	if (t->seq == 0)
		return why_input(why, "seq: want a number from 1");
	if (md.len != sizeof(t->x5t_sha256))
		return why_input(why, "x5t#S256: want 32 octets, got %zu", md.len);
	memcpy(t->x5t_sha256, md.bytes, sizeof(t->x5t_sha256));
	hex_encode(t->jti, octets, sizeof(octets));
	t->iat = (int64_t)iat;
	t->exp = (int64_t)exp;
	return 0;
}

int token_open(struct token *t, const char *text, size_t len, const struct cert_policy *policy,
	       struct why *why)
{
	JWS(j);
	struct cert_policy p = *policy;
	char name[TRE_ID_TEXT];

	p.roles = CERT_TRE;
	if (jws_open(&j, TYP, text, len, why) || cert_check(j.cert, &p, why) ||
	    read_claims(t, j.payload, why) || cert_name(name, j.cert, why))
		return -1;
	if (strcmp(name, t->tre_id) != 0)
		return why_refuse(why, "wrong-tre",
				  "the token is %s's, and %s signed it (TR 33.812 B.2.3.2)",
				  t->tre_id, name);
	if (t->iat > policy->at + NOTE_SKEW)
		return why_refuse(why, "not-yet-valid",
				  "the token is of a time to come (RFC 7519 4.1.6)");
	if (t->exp <= policy->at)
		return why_refuse(why, "token-expired",
				  "the token has expired (TR 33.812 B.2.3.2)");
	return 0;
}
