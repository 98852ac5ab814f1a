/* SPDX-License-Identifier: Apache-2.0 */
/* The card's interface: APDUs, each after its length octet. Whatever comes, the card answers with a
 * status word, its IMSI and pair change by OTA alone, and no key comes out. */
#include "lib/fuzz.h"

#include "base/hex.h"
#include "uicc/card.h"

#include <string.h>
#include <unistd.h>

#define K "465b5ce8b199b49faa5f0a2ee238a6bc"
#define OPC "cd63cb71954a9f4e48a5994e37a02baf"

static char folder[64], state[96];
static struct card card = {.sealed = {.lock = -1}};
static json_t *fresh;
static uint8_t k[16];

static void end(void)
{
	char command[96];

	card_close(&card);
	json_decref(fresh);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	MUST(system(command) == 0);
}

static void make(void)
{
	static const char credential[] =
		"{\"imsi\":\"001010000000001\",\"k\":\"" K "\",\"opc\":\"" OPC "\"}";
	struct why why = {0};
	struct card_personal p = {0};

	snprintf(folder, sizeof(folder), "%s/fuzz-apdu-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	MUST(mkdtemp(folder));
	snprintf(state, sizeof(state), "%s/card", folder);
	MUST(hex_decode(k, 16, K, "k", &why) == 0);
	MUST(card_init(&card, state, NULL, "89430100000000000017", &why) == 0);
	p.credential = fuzz_file((const uint8_t *)credential, strlen(credential));
	MUST(card_personalize(&card, &p, &why) == 0);
	fresh = json_deep_copy(card.s);
	MUST(atexit(end) == 0);
}

static void check(const struct buf *answer)
{
	for (size_t i = 0; i + 16 <= answer->len; i++)
		MUST(memcmp(answer->bytes + i, k, 16) != 0);
	MUST(answer->len >= 2 && answer->len <= 512);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct why why = {0};
	BUF(identity);

	if (!fresh)
		make();
	json_decref(card.s);
	card.s = json_deep_copy(fresh);
	card_reset(&card);
	for (unsigned turns = 0; len && turns < 16; turns++) {
		const size_t n = bytes[0] < len - 1 ? bytes[0] : len - 1;
		BUF(answer);

		MUST(card_apdu(&card, bytes + 1, n, &answer, &why) == 0);
		check(&answer);
		bytes += 1 + n;
		len -= 1 + n;
	}
	MUST(card_identity(&card, &identity, &why) == 0);
	MUST(strstr(buf_text(&identity), "001010000000001"));
	return 0;
}
