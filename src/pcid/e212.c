/* SPDX-License-Identifier: Apache-2.0 */
#include "pcid/e212.h"

#include "base/tool.h"
#include "pcid/e212_table.h"

#include <stdlib.h>
#include <string.h>

static int by_mcc(const void *digits, const void *row)
{
	return strncmp(digits, ((const struct e212_row *)row)->mcc, 3);
}

static const struct e212_row *find(const char *digits)
{
	return bsearch(digits, e212_table, sizeof(e212_table) / sizeof(*e212_table),
		       sizeof(*e212_table), by_mcc);
}

const char *e212_country(const char *digits)
{
	const struct e212_row *row = find(digits);

	return row ? row->country : NULL;
}

unsigned e212_mnc_digits(const char *digits)
{
	const struct e212_row *row = find(digits);

	return row ? row->digits : 0;
}

void e212_warn(const struct plmn *p, const char *what)
{
	const unsigned digits = e212_mnc_digits(p->mcc);

	if (digits && strlen(p->mnc) != digits)
		tool_warn("%s: %s-%s: MNCs of %s (%s) have %u digits (ITU-T E.212)", what, p->mcc,
			  p->mnc, p->mcc, e212_country(p->mcc), digits);
}
