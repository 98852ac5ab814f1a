/* SPDX-License-Identifier: Apache-2.0 */
/* APDUs on stdin and stdout, in hex, so that other card tools can drive the card. */
#include "base/hex.h"
#include "base/tool.h"
#include "uicc/order.h"

#include <stdio.h>
#include <string.h>

#define LINE 600

static int put_line(const uint8_t *bytes, size_t len, struct why *why)
{
	BUF(text);

	if (hex_append(&text, bytes, len, why))
		return -1;
	puts(buf_text(&text));
	return fflush(stdout) ? why_sys(why, "stdout: write error") : 0;
}

/* A line of hex each way; `reset` is answered by the ATR. */
static int exchange(struct card *c, const char *line, struct why *why)
{
	BUF(apdu);
	BUF(answer);

	if (strcmp(line, "reset") == 0) {
		card_reset(c);
		return put_line(card_atr, card_atr_len, why);
	}
	return hex_decode_buf(&apdu, line, "APDU", why) ||
			       (apdu.len > CARD_APDU_MAX &&
				why_input(why, "an APDU has 261 octets at most")) ||
			       card_apdu(c, apdu.bytes, apdu.len, &answer, why) ||
			       put_line(answer.bytes, answer.len, why)
		       ? -1
		       : 0;
}

int card_order_apdu(const struct card_order *o)
{
	struct why why = {0};
	char line[LINE];
	STACK(s);
	CARD(c);

	if (card_order_open(o, &s, &c, &why))
		return tool_fail(&why);
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (*line && exchange(&c, line, &why))
			return tool_fail(&why);
	}
	return tool_close_stdout(&why) ? tool_fail(&why) : TOOL_OK;
}
