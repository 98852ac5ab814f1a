/* SPDX-License-Identifier: Apache-2.0 */
/* Short messages: user data, TPDUs, concatenation, and their lines of text. */
#include "lib/fuzz.h"

#include "uicc/sms.h"

#include <string.h>

static void round_trip(const uint8_t *bytes, size_t len, enum sms_form form, bool is_response)
{
	const struct sms_spec s = {.form = form,
				   .is_response = is_response,
				   .submit = true,
				   .originator = "12345",
				   .reference = 3};
	struct why why = {0};
	BUF(lines);
	BUF(packet);

	MUST(sms_lines(&lines, &s, bytes, len, &why) == 0);
	MUST(sms_join(&packet, form, is_response, buf_text(&lines), "sms", &why) == 0);
	MUST(packet.len == len && (!len || memcmp(packet.bytes, bytes, len) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	struct sms_part p;
	BUF(text);
	BUF(packet);

	for (unsigned form = SMS_PACKET; form <= SMS_TPDU; form++) {
		if (sms_read(&p, (enum sms_form)form, bytes, len, &why) == 0)
			MUST(p.part && p.part <= p.parts && p.len <= len && p.bytes >= bytes &&
			     p.bytes + p.len <= bytes + len);
		if (len) {
			round_trip(bytes, len, (enum sms_form)form, false);
			round_trip(bytes, len, (enum sms_form)form, true);
		}
	}
	MUST(buf_add(&text, bytes, len, &why) == 0);
	(void)!sms_join(&packet, SMS_UD, false, buf_text(&text), "sms", &why);
	buf_clear(&packet);
	(void)!sms_join(&packet, SMS_TPDU, true, buf_text(&text), "sms", &why);
	return 0;
}
