/* SPDX-License-Identifier: Apache-2.0 */
#include "pcid/plmn.h"

#include <stdio.h>
#include <string.h>

#define FILLER 15

static bool all_digits(const char *text, size_t len)
{
	return strspn(text, "0123456789") >= len;
}

int plmn_parse(struct plmn *p, const char *text, const char *what, struct why *why)
{
	const size_t len = strlen(text);

	if ((len != 6 && len != 7) || text[3] != '-' || !all_digits(text, 3) ||
	    !all_digits(text + 4, len - 4))
		return why_input(why, "%s: want MCC-MNC such as 262-01 or 310-410, got %s", what,
				 WHY_GOT(text));
	memcpy(p->mcc, text, 3);
	p->mcc[3] = '\0';
	snprintf(p->mnc, sizeof(p->mnc), "%s", text + 4);
	return 0;
}

void plmn_format(char text[static PLMN_TEXT], const struct plmn *p)
{
	snprintf(text, PLMN_TEXT, "%s-%s", p->mcc, p->mnc);
}

static uint8_t nibbles(unsigned high, unsigned low)
{
	return (uint8_t)(high << 4 | low);
}

static unsigned digit(char c)
{
	return (unsigned)(c - '0');
}

void plmn_encode(uint8_t out[static 3], const struct plmn *p)
{
	out[0] = nibbles(digit(p->mcc[1]), digit(p->mcc[0]));
	out[1] = nibbles(p->mnc[2] ? digit(p->mnc[2]) : FILLER, digit(p->mcc[2]));
	out[2] = nibbles(digit(p->mnc[1]), digit(p->mnc[0]));
}

bool plmn_decode(struct plmn *p, const uint8_t in[static 3])
{
	const unsigned n[6] = {in[0] & 15, in[0] >> 4, in[1] & 15,
			       in[2] & 15, in[2] >> 4, in[1] >> 4};

	for (size_t i = 0; i < 6; i++)
		if (n[i] > 9 && !(i == 5 && n[i] == FILLER))
			return false;
	for (size_t i = 0; i < 3; i++) {
		p->mcc[i] = (char)('0' + n[i]);
		p->mnc[i] = n[3 + i] == FILLER ? '\0' : (char)('0' + n[3 + i]);
	}
	p->mcc[3] = p->mnc[3] = '\0';
	return true;
}

int imsi_check(const char *imsi, const char *what, struct why *why)
{
	const size_t len = strlen(imsi);

	if (len < 6 || len > 15 || !all_digits(imsi, len))
		return why_input(why, "%s: want 6 to 15 digits, got %s", what, WHY_GOT(imsi));
	return 0;
}

int imsi_encode(uint8_t ef[static 9], const char *imsi, struct why *why)
{
	const size_t len = strlen(imsi);
	/* the parity bit (odd: 1) and the type (1: IMSI) stand in the first nibble */
	unsigned low = 1U | (len % 2 ? 8U : 0U);

	if (imsi_check(imsi, "imsi", why))
		return -1;
	memset(ef, 0xff, 9);
	ef[0] = (uint8_t)(len / 2 + 1);
	for (size_t i = 0; i <= len / 2; i++) {
		const size_t at = 2 * i;

		if (i > 0)
			low = digit(imsi[at - 1]);
		ef[1 + i] = nibbles(at < len ? digit(imsi[at]) : FILLER, low);
	}
	return 0;
}

int imsi_decode(char imsi[static IMSI_TEXT], const uint8_t *ef, size_t len, struct why *why)
{
	const bool is_odd = len > 1 && (ef[1] & 8);
	size_t n = 0;

	if (len != 9 || ef[0] < 1 || ef[0] > 8 || (ef[1] & 7) != 1)
		return why_input(
			why, "EF_IMSI: want a length octet of 1 to 8, the type IMSI and 9 octets");
	for (size_t i = 1; i < 2U * ef[0]; i++) {
		const unsigned v = i % 2 ? ef[1 + i / 2] >> 4 : ef[1 + i / 2] & 15U;
		const bool is_last = i == 2U * ef[0] - 1;

		if (is_last && !is_odd && v == FILLER)
			break;
		if (v > 9 || (is_last && !is_odd))
			return why_input(why, "EF_IMSI: a nibble that is no digit");
		imsi[n++] = (char)('0' + v);
	}
	imsi[n] = '\0';
	for (size_t i = 1U + ef[0]; i < len; i++)
		if (ef[i] != 0xff)
			return why_input(why, "EF_IMSI: want FF behind the octets in use");
	return imsi_check(imsi, "EF_IMSI", why);
}

int iccid_encode(uint8_t ef[static 10], const char *iccid, struct why *why)
{
	const size_t len = strlen(iccid);

	if (len < 18 || len > 20 || !all_digits(iccid, len))
		return why_input(why, "iccid: want 18 to 20 digits, got %s", WHY_GOT(iccid));
	for (size_t i = 0; i < 10; i++)
		ef[i] = nibbles(2 * i + 1 < len ? digit(iccid[2 * i + 1]) : FILLER,
				2 * i < len ? digit(iccid[2 * i]) : FILLER);
	return 0;
}

int iccid_decode(char iccid[static ICCID_TEXT], const uint8_t ef[static 10], struct why *why)
{
	size_t n = 0;

	for (size_t i = 0; i < 20; i++) {
		const unsigned v = i % 2 ? ef[i / 2] >> 4 : ef[i / 2] & 15U;

		if (v == FILLER)
			continue;
		if (v > 9 || n != i)
			return why_input(why, "EF_ICCID: a nibble that is no digit");
		iccid[n++] = (char)('0' + v);
	}
	iccid[n] = '\0';
	return n >= 18 ? 0 : why_input(why, "EF_ICCID: want 18 to 20 digits, got %zu", n);
}

char iccid_luhn(const char *digits)
{
	unsigned sum = 0;
	const size_t len = strlen(digits);

	for (size_t i = 0; i < len; i++) {
		const unsigned v = digit(digits[len - 1 - i]) * (i % 2 ? 1 : 2);

		sum += v > 9 ? v - 9 : v;
	}
	return (char)('0' + (10 - sum % 10) % 10);
}
