/* SPDX-License-Identifier: Apache-2.0 */
#include "uicc/script.h"
#include "uicc/script_tlv.h"

static int put_length(struct buf *b, size_t len, struct why *why)
{
	const uint8_t octets[] = {0x82, (uint8_t)(len >> 8), (uint8_t)len};

	if (len < 0x80)
		return buf_add(b, octets + 2, 1, why);
	if (len < 0x100) {
		const uint8_t two[] = {0x81, (uint8_t)len};

		return buf_add(b, two, 2, why);
	}
	return buf_add(b, octets, 3, why);
}

int script_tlv(struct buf *b, uint8_t tag, const void *value, size_t len, struct why *why)
{
	return buf_add(b, &tag, 1, why) || put_length(b, len, why) || buf_add(b, value, len, why)
		       ? -1
		       : 0;
}

/* Takes a definite length; -1 where it is none, or more than is there. */
static int take_length(struct script_reader *r, size_t *len)
{
	unsigned octets;

	if (!r->len)
		return -1;
	*len = *r->p++;
	r->len--;
	if (*len < 0x80)
		return *len > r->len ? -1 : 0;
	octets = *len & 0x7f;
	if (octets < 1 || octets > 2 || octets > r->len)
		return -1;
	for (*len = 0; octets; octets--, r->len--)
		*len = *len << 8 | *r->p++;
	return *len > r->len ? -1 : 0;
}

int script_open(struct script_reader *r, const uint8_t *data, size_t len, struct why *why)
{
	size_t inside;

	*r = (struct script_reader){data, len, len && data[0] == TAG_COMMANDS};
	if (!r->is_expanded)
		return 0;
	r->p++;
	r->len--;
	if (take_length(r, &inside) || inside != r->len)
		return why_input(why, "the scripting template is cut (TS 102 226 5.2.1.2)");
	return 0;
}

/* Case 2 commands have P3 as Le, all others as Lc: TS 102 226 5.1.1. */
static bool has_data(uint8_t ins)
{
	return ins != 0xb0 && ins != 0xb2 && ins != 0xc0 && ins != 0x12 && ins != 0xf2;
}

int script_next(struct script_reader *r, const uint8_t **apdu, size_t *len, bool *is_action,
		struct why *why)
{
	uint8_t tag;

	*is_action = false;
	if (!r->len)
		return 0;
	if (!r->is_expanded) {
		*len = r->len < 5 ? 6 : has_data(r->p[1]) ? 5U + r->p[4] : 5;
		if (*len > r->len)
			return why_input(why, "a command APDU is cut (TS 102 226 5.1.1)");
	} else {
		tag = *r->p++;
		r->len--;
		if ((tag != TAG_C_APDU && tag != TAG_ACTION) || take_length(r, len) ||
		    (tag == TAG_C_APDU && *len < 4))
			return why_input(why, "no C-APDU or immediate action (TS 102 226 5.2.1.2)");
		*is_action = tag == TAG_ACTION;
	}
	*apdu = r->p;
	r->p += *len;
	r->len -= *len;
	return 1;
}

void script_answer_free(struct script_answer *a)
{
	buf_free(&a->responses);
	buf_free(&a->last);
}

int script_answered(struct script_answer *a, const uint8_t *data, size_t len, uint16_t sw,
		    struct why *why)
{
	const uint8_t octets[] = {(uint8_t)(sw >> 8), (uint8_t)sw};
	BUF(response);

	a->executed++;
	a->sw = sw;
	buf_clear(&a->last);
	return buf_add(&a->last, data, len, why) || buf_add(&response, data, len, why) ||
			       buf_add(&response, octets, 2, why) ||
			       script_tlv(&a->responses, TAG_R_APDU, response.bytes, response.len,
					  why)
		       ? -1
		       : 0;
}

int script_answer_close(struct buf *out, const struct script_answer *a, bool is_expanded,
			struct why *why)
{
	const uint8_t compact[] = {(uint8_t)a->executed, (uint8_t)(a->sw >> 8), (uint8_t)a->sw};
	const uint8_t count[] = {0x80, 1, (uint8_t)a->executed};
	BUF(inside);

	if (!is_expanded)
		return buf_add(out, compact, 3, why) ||
				       buf_add(out, buf_text(&a->last), a->last.len, why)
			       ? -1
			       : 0;
	return buf_add(&inside, count, 3, why) ||
			       buf_add(&inside, buf_text(&a->responses), a->responses.len, why) ||
			       script_tlv(out, 0xab, inside.bytes, inside.len, why)
		       ? -1
		       : 0;
}

/* The last R-APDU of an expanded answer: its data and status word. */
static int read_expanded(struct script_reader *r, unsigned *executed, const uint8_t **last,
			 size_t *last_len)
{
	size_t len;

	*last = NULL;
	*last_len = 0;
	r->p++;
	r->len--;
	if (take_length(r, &len) || len != r->len || len < 3 || r->p[0] != 0x80 || r->p[1] != 1)
		return -1;
	*executed = r->p[2];
	for (r->p += 3, r->len -= 3; r->len; r->p += len, r->len -= len) {
		if (*r->p++ != TAG_R_APDU || !r->len-- || take_length(r, &len) || len < 2)
			return -1;
		*last = r->p;
		*last_len = len;
	}
	return 0;
}

json_t *script_answer_read(const uint8_t *bytes, size_t len)
{
	struct script_reader r = {bytes, len, len && bytes[0] == 0xab};
	AUTO(json_t) *o = NULL;
	const uint8_t *data, *sw;
	size_t data_len;
	unsigned executed;

	if (len < 3)
		return NULL;
	o = json_object();
	executed = bytes[0];
	sw = bytes + 1;
	data = bytes + 3;
	data_len = len - 3;
	if (r.is_expanded) {
		if (read_expanded(&r, &executed, &data, &data_len))
			return NULL;
		data_len = data ? data_len - 2 : 0;
		sw = data ? data + data_len : NULL;
	}
	if (json_put_number(o, "executed", executed, NULL) ||
	    (sw && json_put_hex(o, "sw", sw, 2, NULL)) ||
	    (data_len && json_put_hex(o, "response", data, data_len, NULL)))
		return NULL;
	return STEAL(o);
}
