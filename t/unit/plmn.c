/* SPDX-License-Identifier: Apache-2.0 */
/* pcid/plmn: PLMN, IMSI and ICCID against published octets ($SPECS/ts31102-ef.tsv), and back. */
#include "pcid/plmn.h"

#include "base/hex.h"
#include "ok.h"
#include "pcid/e212.h"
#include "pcid/e212_table.h"

#include <string.h>

static void test_plmn(const char *hex, const char *value)
{
	struct plmn p = {0}, back;
	uint8_t octets[3], want[3];
	char text[PLMN_TEXT];

	OK(hex_decode(want, 3, hex, "row", NULL) == 0 && plmn_parse(&p, value, "row", NULL) == 0);
	plmn_encode(octets, &p);
	OK(memcmp(octets, want, 3) == 0);
	OK(plmn_decode(&back, want));
	plmn_format(text, &back);
	OK(strcmp(text, value) == 0);
}

static void test_imsi(const char *hex, const char *value)
{
	uint8_t ef[9], want[9];
	char back[IMSI_TEXT];

	OK(hex_decode(want, 9, hex, "row", NULL) == 0 && imsi_encode(ef, value, NULL) == 0);
	OK(memcmp(ef, want, 9) == 0);
	OK(imsi_decode(back, want, 9, NULL) == 0 && strcmp(back, value) == 0);
}

static void test_iccid(const char *hex, const char *value)
{
	uint8_t ef[10], want[10];
	char back[ICCID_TEXT], digits[ICCID_TEXT];
	const size_t last = strlen(value) - 1;

	OK(hex_decode(want, 10, hex, "row", NULL) == 0 && iccid_encode(ef, value, NULL) == 0);
	OK(memcmp(ef, want, 10) == 0);
	OK(iccid_decode(back, want, NULL) == 0 && strcmp(back, value) == 0);
	/* a digit that is changed changes the Luhn digit */
	memcpy(digits, value, last);
	digits[last] = '\0';
	{
		const char luhn = iccid_luhn(digits);

		digits[last - 1] = digits[last - 1] == '9' ? '0' : (char)(digits[last - 1] + 1);
		OK(iccid_luhn(digits) != luhn);
	}
}

static int test_rows(const char *path)
{
	FILE *f = fopen(path, "r");
	char line[1024];
	int rows = 0;

	OK(f);
	while (fgets(line, sizeof(line), f)) {
		char *save = NULL, *ef = strtok_r(line, "\t\n", &save);
		const bool has_fid = strncmp(ef, "EF_", 3) == 0;
		const char *hex, *value;

		if (has_fid)
			strtok_r(NULL, "\t\n", &save);
		hex = strtok_r(NULL, "\t\n", &save);
		value = strtok_r(NULL, "\t\n", &save);
		if (strcmp(ef, "PLMN") == 0)
			test_plmn(hex, value);
		else if (strcmp(ef, "EF_IMSI") == 0)
			test_imsi(hex, value);
		else if (strcmp(ef, "EF_ICCID") == 0)
			test_iccid(hex, value);
		else if (strcmp(ef, "LUHN") == 0)
			OK(iccid_luhn(hex) == *value);
		else
			continue;
		rows++;
	}
	fclose(f);
	return rows;
}

static void test_refusals(void)
{
	static const char *const plmns[] = {"",       "262",    "26-01",   "262-1", "262-0123",
					    "262_01", "2a2-01", "262-01 ", "-01"};
	static const char *const imsis[] = {"", "12345", "1234567890123456", "00101000000000a"};
	static const uint8_t no_plmn[][3] = {
		{0xff, 0xff, 0xff}, {0xa2, 0xf2, 0x10}, {0x62, 0xf2, 0xa0}, {0x62, 0xf2, 0xf0}};
	static const uint8_t no_imsi[][9] = {
		{0, 0x09, 0x10, 0x10, 0, 0, 0, 0, 0}, /* no octets in use */
		{9, 0x09, 0x10, 0x10, 0, 0, 0, 0, 0}, /* more than there are */
		{8, 0x01, 0x10, 0x10, 0, 0, 0, 0, 0}, /* even, and no F at the end */
		{8, 0x09, 0x10, 0x1a, 0, 0, 0, 0, 0}, /* no digit */
		{8, 0x0a, 0x10, 0x10, 0, 0, 0, 0, 0}, /* not an IMSI: TS 24.008 10.5.1.4 */
		{4, 0x09, 0x10, 0x10, 0, 0, 0xff, 0xff, 0xff}}; /* digits behind the end */
	struct plmn p;
	char text[IMSI_TEXT];

	for (size_t i = 0; i < sizeof(plmns) / sizeof(*plmns); i++)
		OK(plmn_parse(&p, plmns[i], "x", NULL));
	for (size_t i = 0; i < sizeof(imsis) / sizeof(*imsis); i++)
		OK(imsi_check(imsis[i], "x", NULL));
	for (size_t i = 0; i < sizeof(no_plmn) / sizeof(*no_plmn); i++)
		OK(!plmn_decode(&p, no_plmn[i]));
	for (size_t i = 0; i < sizeof(no_imsi) / sizeof(*no_imsi); i++)
		OK(imsi_decode(text, no_imsi[i], 9, NULL));
}

/* Sorted, so that it is found; no MCC twice; countries are two small letters. */
static void test_e212(void)
{
	const size_t n = sizeof(e212_table) / sizeof(*e212_table);

	OK(n > 220);
	for (size_t i = 0; i < n; i++) {
		const struct e212_row *r = &e212_table[i];

		OK(i == 0 || strcmp(r[-1].mcc, r->mcc) < 0);
		OK(strlen(r->mcc) == 3 && strspn(r->mcc, "0123456789") == 3 && r->mcc[0] >= '2');
		OK(strlen(r->country) == 2 && r->country[0] >= 'a' && r->country[1] >= 'a');
		OK(r->digits == 2 || r->digits == 3 || r->digits == E212_BOTH);
		OK(strcmp(e212_country(r->mcc), r->country) == 0);
	}
	OK(strcmp(e212_country("310410123456789"), "us") == 0 && e212_mnc_digits("310") == 3);
	OK(strcmp(e212_country("26201"), "de") == 0 && e212_mnc_digits("26201") == 2);
	OK(strcmp(e212_country("405025"), "in") == 0 && e212_mnc_digits("405") == 0);
	OK(!e212_country("001") && !e212_country("901") && !e212_country("999") &&
	   !e212_country("26") && e212_mnc_digits("001") == 0);
}

int main(void)
{
	const char *specs = getenv("SPECS");
	char path[4096];

	test_refusals();
	test_e212();
	OK(specs);
	snprintf(path, sizeof(path), "%s/ts31102-ef.tsv", specs);
	OK(test_rows(path) >= 20);
	return 0;
}
