/* SPDX-License-Identifier: Apache-2.0 */
#include "mcim/ef_kinds.h"

#include <string.h>

#define BOTH (EF_USIM | EF_ISIM)

const struct ef_kind ef_kinds[] = {
	{0x2f00, BOTH, "dir", NULL, NULL},
	{0x2f05, BOTH, "pl", ef_pl_in, ef_pl_out},
	{0x2f06, BOTH, "arr_mf", NULL, NULL},
	{0x2fe2, BOTH, "iccid", ef_iccid_in, ef_iccid_out},
	{0x6f02, EF_ISIM, "impi", ef_impi_in, ef_impi_out},
	{0x6f03, EF_ISIM, "domain", ef_impi_in, ef_impi_out},
	{0x6f04, EF_ISIM, "impu", ef_impu_in, ef_impu_out},
	{0x6f06, BOTH, "arr", NULL, NULL},
	{0x6f07, EF_ISIM, "ist", ef_services_in, ef_services_out},
	{0x6f07, EF_USIM, "imsi", ef_imsi_in, ef_imsi_out},
	{0x6f08, EF_USIM, "keys", ef_keys_in, ef_keys_out},
	{0x6f09, EF_ISIM, "pcscf", ef_pcscf_in, ef_pcscf_out},
	{0x6f09, EF_USIM, "keys_ps", ef_keys_in, ef_keys_out},
	{0x6f2c, EF_USIM, "dck", ef_dck_in, ef_dck_out},
	{0x6f31, EF_USIM, "hpplmn", ef_hpplmn_in, ef_hpplmn_out},
	{0x6f32, EF_USIM, "cnl", ef_cnl_in, ef_cnl_out},
	{0x6f38, EF_USIM, "mst", ef_services_in, ef_services_out},
	{0x6f5b, EF_USIM, "start_hfn", ef_start_in, ef_start_out},
	{0x6f5c, EF_USIM, "thresh", ef_thresh_in, ef_thresh_out},
	{0x6f73, EF_USIM, "psloci", ef_psloci_in, ef_psloci_out},
	{0x6f78, EF_USIM, "acc", ef_acc_in, ef_acc_out},
	{0x6f7b, EF_USIM, "fplmn", ef_fplmn_in, ef_fplmn_out},
	{0x6f7e, EF_USIM, "loci", ef_loci_in, ef_loci_out},
	{0x6fad, BOTH, "ad", ef_ad_in, ef_ad_out},
	{0x6fb7, EF_USIM, "ecc", ef_ecc_in, ef_ecc_out},
	{0x6fc3, EF_USIM, "hidden_key", ef_hidden_in, ef_hidden_out},
	{0x6fc4, EF_USIM, "netpar", NULL, NULL},
	{0x6fc6, EF_USIM, "opl", ef_opl_in, ef_opl_out},
	{0, 0, NULL, NULL, NULL},
};

const struct ef_kind *ef_kind_find(unsigned efid, bool is_isim)
{
	const unsigned app = is_isim ? EF_ISIM : EF_USIM;

	for (const struct ef_kind *k = ef_kinds; k->efid; k++)
		if (k->efid == efid && k->applications & app)
			return k;
	return NULL;
}

bool ef_is_file(unsigned efid)
{
	return efid >> 8 == 0x2f || efid >> 8 == 0x6f;
}

json_t *ef_words(const struct ef_kind *k, const uint8_t *bytes, size_t len)
{
	AUTO(json_t) *words = k && k->decode ? k->decode(bytes, len) : NULL;
	BUF(again);

	if (!words || k->encode(&again, words, NULL) || again.len != len ||
	    memcmp(buf_text(&again), bytes, len) != 0)
		return NULL;
	return STEAL(words);
}
