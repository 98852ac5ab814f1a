/* SPDX-License-Identifier: Apache-2.0 */
/* Secured packets, commands and responses, under each protection; and what they carry. */
#include "lib/fuzz.h"

#include "uicc/packet.h"
#include "uicc/script.h"

#include <string.h>

static const struct ota_keyset keyset = {.kic = {1, 2, 3, 4, 5, 6, 7, 8, 9},
					 .kid = {9, 8, 7, 6, 5, 4, 3, 2, 1},
					 .kic_len = 16,
					 .kid_len = 16,
					 .kic_alg = OTA_AES,
					 .kid_alg = OTA_AES,
					 .cmac_len = 8,
					 .weak = true};

static void run_script(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	struct script_reader r;
	const uint8_t *apdu;
	size_t n, all = 0;
	bool is_action;

	if (script_open(&r, bytes, len, &why))
		return;
	while (script_next(&r, &apdu, &n, &is_action, &why) > 0) {
		MUST(apdu >= bytes && apdu + n <= bytes + len);
		all += n;
	}
	MUST(all <= len);
}

/* What was made of the input opens again. */
static void round_trip(const uint8_t *bytes, size_t len, bool is_response)
{
	struct ota_header h = {.spi = {0x16, 0x39}, .kic = 0x12, .kid = 0x12, .cntr = 7}, got = h;
	struct why why = {0};
	BUF(packet);
	BUF(data);

	if (is_response) {
		MUST(ota_response_make(&packet, &h, &keyset, bytes, len, &why) == 0);
		MUST(ota_response_open(&data, &got, &keyset, packet.bytes, packet.len, &why) == 0);
	} else {
		MUST(ota_command_make(&packet, &h, &keyset, bytes, len, &why) == 0);
		MUST(ota_command_open(&data, &got, &keyset, packet.bytes, packet.len, &why) == 0);
	}
	MUST(got.cntr == 7 && data.len == len && (!len || memcmp(data.bytes, bytes, len) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	struct ota_header h = {0};
	BUF(command);
	BUF(response);

	if (ota_command_open(&command, &h, &keyset, bytes, len, &why))
		MUST(!command.len);
	for (unsigned spi = 0; spi < 0x20; spi++) {
		h = (struct ota_header){.spi = {0, (uint8_t)spi}, .kic = 0x15, .kid = 0x15};
		buf_clear(&response);
		if (ota_response_open(&response, &h, &keyset, bytes, len, &why))
			MUST(!response.len);
	}
	json_decref(script_answer_read(bytes, len));
	run_script(bytes, len);
	round_trip(bytes, len, false);
	round_trip(bytes, len, true);
	return 0;
}
