/* SPDX-License-Identifier: Apache-2.0 */
/* OTA: short messages of each form, command and response packets under keys of three kinds, and the
 * scripts that they carry, as octets and in words. */
#include "lib/fuzz.h"

#include "uicc/packet.h"
#include "uicc/script.h"
#include "uicc/sms.h"

static void open_packets(const uint8_t *bytes, size_t len)
{
	static const enum ota_alg ciphers[] = {OTA_3DES2_CBC, OTA_AES, OTA_DES_ECB},
				  checks[] = {OTA_3DES2_CBC, OTA_AES, OTA_CRC32};

	for (size_t i = 0; i < 3; i++) {
		SECRET(ota_keyset)
		k = {.kic = {1, 2},
		     .kid = {3, 4},
		     .kic_len = 16,
		     .kid_len = 16,
		     .kic_alg = ciphers[i],
		     .kid_alg = checks[i],
		     .cmac_len = 8,
		     .weak = true};
		struct ota_header h = {0}, r;
		struct why why = {0};
		BUF(data);
		BUF(answer);

		if (ota_command_peek(&h, bytes, len, &why) == 0 &&
		    ota_command_open(&data, &h, &k, bytes, len, &why))
			MUST(data.len == 0);
		r = h;
		if (ota_response_open(&answer, &r, &k, bytes, len, &why))
			MUST(answer.len == 0);
	}
}

static void read_messages(const uint8_t *bytes, size_t len, const char *text)
{
	struct why why = {0};

	for (int form = SMS_PACKET; form <= SMS_TPDU; form++) {
		struct sms_part p = {0};
		BUF(packet);
		BUF(response);

		if (sms_read(&p, (enum sms_form)form, bytes, len, &why) == 0)
			MUST(p.bytes >= bytes && p.bytes + p.len <= bytes + len);
		(void)!sms_join(&packet, (enum sms_form)form, false, text, &why);
		(void)!sms_join(&response, (enum sms_form)form, true, text, &why);
	}
}

static void read_script(const uint8_t *bytes, size_t len, const char *text)
{
	struct why why = {0};
	struct script_reader r = {0};
	struct script s = {.is_expanded = false};
	const uint8_t *apdu;
	bool is_action;
	size_t n;
	AUTO(json_t) *words = script_answer_read(bytes, len);

	MUST(!words || json_is_object(words));
	if (script_open(&r, bytes, len, &why) == 0)
		while (script_next(&r, &apdu, &n, &is_action, &why) == 1)
			MUST(apdu >= bytes && apdu + n <= bytes + len);
	(void)!script_line(&s, text, &why);
	script_free(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	BUF(text);

	MUST(buf_add(&text, bytes, len, &why) == 0);
	open_packets(text.bytes, len);
	read_messages(text.bytes, len, buf_text(&text));
	read_script(text.bytes, len, buf_text(&text));
	return 0;
}
