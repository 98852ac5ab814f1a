/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader sends: whatever it is, the card ends by itself, and no key goes out. */
#include "lib/fuzz.h"

#include "base/hex.h"
#include "uicc/card.h"
#include "uicc/vpcd.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define K "465b5ce8b199b49faa5f0a2ee238a6bc"
#define INPUT 384 /* what answers it fits into a socket */

static int keep(void *keeper, struct card *c, const struct buf *state, struct why *why)
{
	(void)keeper;
	(void)c;
	(void)state;
	(void)why;
	return 0;
}

static json_t *fresh(void)
{
	static const char record[] = "{\"imsi\":\"001010000000001\",\"k\":\"" K
				     "\",\"opc\":\"cd63cb71954a9f4e48a5994e37a02baf\"}";
	struct why why = {0};
	AUTO(json_t) *o = json_parse(record, strlen(record), "record", &why);
	CARD(c);

	MUST(card_make(&c, "89430100000000000017", &why) == 0);
	MUST(card_personalize_record(&c, o, &why) == 0);
	return json_incref(c.s);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static json_t *state;
	static uint8_t answers[1 << 18];
	uint8_t k[16];
	struct why why = {0};
	int ends[2];
	ssize_t n;
	CARD(c);

	if (len > INPUT)
		return 0;
	if (!state)
		state = fresh();
	c.s = json_deep_copy(state);
	c.keep = keep;
	card_reset(&c);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	MUST(write(ends[0], bytes, len) == (ssize_t)len && shutdown(ends[0], SHUT_WR) == 0);
	(void)!vpcd_serve(&c, ends[1], &why);
	close(ends[1]);
	MUST(hex_decode(k, 16, K, "k", &why) == 0);
	n = recv(ends[0], answers, sizeof(answers), MSG_DONTWAIT);
	for (ssize_t i = 0; i + 16 <= n; i++)
		MUST(memcmp(answers + i, k, 16) != 0);
	close(ends[0]);
	return 0;
}
