/* SPDX-License-Identifier: Apache-2.0 */
/* A card in use: commands one behind the other (each with its length before it), and the same
 * octets as a packet over the air. */
#include "lib/fuzz.h"

#include "uicc/card.h"

#include <string.h>
#include <unistd.h>

static char folder[64], device[96];

static void end(void)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	MUST(system(command) == 0);
}

static void make(struct card *c)
{
	static const char credential[] =
		"{\"imsi\":\"001010000000001\",\"k\":\"465b5ce8b199b49faa5f0a2ee238a6bc\","
		"\"opc\":\"cd63cb71954a9f4e48a5994e37a02baf\",\"alg\":\"milenage\"}";
	const struct card_personal p = {
		.credential = fuzz_file((const uint8_t *)credential, sizeof(credential) - 1)};
	struct why why = {0};

	snprintf(folder, sizeof(folder), "%s/fuzz-apdu-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	MUST(mkdtemp(folder) && atexit(end) == 0);
	snprintf(device, sizeof(device), "%s/device", folder);
	if (card_init(c, folder, device, "8949012345678901234", &why) ||
	    card_personalize(c, &p, &why)) {
		fprintf(stderr, "%s\n", why.text);
		exit(1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct card c;
	struct ota_header h = {0};
	struct why why = {0};
	BUF(response);

	if (!*folder)
		make(&c);
	card_reset(&c);
	for (size_t at = 0, n; at < len; at += 1 + n) {
		BUF(answer);

		n = bytes[at] < len - at - 1 ? bytes[at] : len - at - 1;
		MUST(card_apdu(&c, bytes + at + 1, n, &answer, &why) == 0);
		MUST(answer.len >= 2 && answer.len <= 258);
	}
	(void)!card_remote(&c, bytes, len, &h, &response, &why);
	MUST(why.status != TOOL_SYS);
	return 0;
}
