/* SPDX-License-Identifier: Apache-2.0 */
#include "sho/words.h"

#include "aka/sqn.h"

#include <string.h>

static int put_identity(json_t *m, const json_t *subscriber, struct why *why)
{
	static const char *const secrets[] = {"k", "opc", NULL};
	const char *imsi = json_text(subscriber, "imsi", why);
	uint64_t ind_bits;

	if (!imsi ||
	    json_number(&ind_bits, subscriber, "ind_bits", 0, SQN_IND_BITS, SQN_IND_BITS, why) ||
	    json_put_text(m, "application", "usim", why) || json_put_text(m, "imsi", imsi, why) ||
	    json_put_text(m, "alg", "milenage", why))
		return -1;
	for (size_t i = 0; secrets[i]; i++)
		if (!json_text(subscriber, secrets[i], why) ||
		    json_put(m, secrets[i], json_incref(json_object_get(subscriber, secrets[i])),
			     why))
			return -1;
	return json_put(m, "aka", json_pack("{s:I}", "ind_bits", (json_int_t)ind_bits), why);
}

/* The access class is the IMSI's last digit (TS 22.011 4.2). */
json_t *sho_mcim_words(const json_t *subscriber, const struct plmn *plmn, struct why *why)
{
	AUTO(json_t) *m = json_object();
	const char *imsi;

	if (put_identity(m, subscriber, why))
		return NULL;
	imsi = json_string_value(json_object_get(m, "imsi"));
	return json_put(m, "acc", json_pack("[i]", imsi[strlen(imsi) - 1] - '0'), why) ||
			       json_put(m, "ad",
					json_pack("{s:i, s:s, s:i}", "mode", 0, "info", "0000",
						  "mnc_length", (int)strlen(plmn->mnc)),
					why) ||
			       json_put(m, "fplmn", json_array(), why)
		       ? NULL
		       : STEAL(m);
}
