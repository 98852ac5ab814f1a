/* SPDX-License-Identifier: Apache-2.0 */
#include "uicc/vpcd.h"

#include "base/tool.h"
#include "uicc/order.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { POWER_OFF = 0, POWER_ON = 1, RESET = 2, GET_ATR = 4 };

static int try_each(const struct addrinfo *all)
{
	for (; all; all = all->ai_next) {
		const int s = socket(all->ai_family, all->ai_socktype | SOCK_CLOEXEC, 0);

		if (s >= 0 && connect(s, all->ai_addr, all->ai_addrlen) == 0)
			return s;
		if (s >= 0)
			close(s);
	}
	return -1;
}

/* ADDRESS:PORT; the socket, or -1: status 2, and 5 where nobody listens. */
static int connect_to(const char *address, struct why *why)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	const char *colon = strrchr(address, ':');
	struct addrinfo *all = NULL;
	char *host;
	int s, code;

	if (!colon || colon == address || !colon[1])
		return why_usage(why, "--vpcd: want ADDRESS:PORT, got '%.60s'", address);
	host = strndup(address, (size_t)(colon - address));
	if (!host)
		return why_sys(why, "out of memory");
	code = getaddrinfo(host, colon + 1, &hints, &all);
	free(host);
	if (code)
		return why_usage(why, "--vpcd: %.60s: %s", address, gai_strerror(code));
	s = try_each(all);
	if (s < 0)
		why_busy(why, "%.60s: %s", address, strerror(errno));
	freeaddrinfo(all);
	return s;
}

/* 1; 0: the other side has closed before the first octet; -1. */
static int receive(int s, uint8_t *bytes, size_t len, struct why *why)
{
	for (size_t at = 0; at < len;) {
		const ssize_t n = recv(s, bytes + at, len - at, 0);

		if (n == 0 && at == 0)
			return 0;
		if (n == 0)
			return why_input(why, "vpcd: the message is cut");
		if (n < 0 && errno != EINTR)
			return why_sys(why, "vpcd: %s", strerror(errno));
		if (n > 0)
			at += (size_t)n;
	}
	return 1;
}

static int send_message(int s, const uint8_t *bytes, size_t len, struct why *why)
{
	const uint8_t head[] = {(uint8_t)(len >> 8), (uint8_t)len};
	BUF(all);

	if (buf_add(&all, head, 2, why) || buf_add(&all, bytes, len, why))
		return -1;
	for (size_t at = 0; at < all.len;) {
		const ssize_t n = send(s, all.bytes + at, all.len - at, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return why_sys(why, "vpcd: %s", strerror(errno));
		if (n > 0)
			at += (size_t)n;
	}
	return 0;
}

static int command(struct card *c, int s, uint8_t what, struct why *why)
{
	if (what == GET_ATR)
		return send_message(s, card_atr, card_atr_len, why);
	if (what == POWER_OFF || what == POWER_ON || what == RESET)
		card_reset(c);
	return 0;
}

static int answer(struct card *c, int s, const uint8_t *message, size_t len, struct why *why)
{
	static const uint8_t wrong_length[] = {0x67, 0x00};
	BUF(out);

	if (len == 1)
		return command(c, s, message[0], why);
	if (len > CARD_APDU_MAX)
		return send_message(s, wrong_length, 2, why);
	return card_apdu(c, message, len, &out, why) || send_message(s, out.bytes, out.len, why)
		       ? -1
		       : 0;
}

int vpcd_serve(struct card *c, int s, struct why *why)
{
	uint8_t head[2];
	int got;

	while ((got = receive(s, head, 2, why)) > 0) {
		const size_t len = (size_t)head[0] << 8 | head[1];
		BUF(message);

		if (!len)
			continue;
		if (buf_reserve(&message, len, why))
			return -1;
		got = receive(s, message.bytes, len, why);
		if (got <= 0)
			return got < 0 ? -1 : why_input(why, "vpcd: the message is cut");
		if (answer(c, s, message.bytes, len, why))
			return -1;
	}
	return got;
}

int card_order_serve(const struct card_order *o)
{
	struct why why = {0};
	int socket, rc;
	STACK(s);
	CARD(c);

	if (card_order_open(o, &s, &c, &why))
		return tool_fail(&why);
	socket = connect_to(o->vpcd ? o->vpcd : VPCD_ADDRESS, &why);
	if (socket < 0)
		return tool_fail(&why);
	rc = vpcd_serve(&c, socket, &why);
	close(socket);
	return rc ? tool_fail(&why) : TOOL_OK;
}
