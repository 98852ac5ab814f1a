/* SPDX-License-Identifier: Apache-2.0 */
/* EF_IMSI and EF_ICCID. */
#include "mcim/ef_kinds.h"

#include "pcid/plmn.h"

/* ---- EF_IMSI, TS 31.102 4.2.2; EF_ICCID, TS 102 221 13.2 ---- */

int ef_imsi_in(struct buf *out, const json_t *v, struct why *why)
{
	const char *text = ef_text(v, "imsi", why);
	uint8_t ef[9];

	return !text || imsi_encode(ef, text, why) ? -1 : buf_add(out, ef, sizeof(ef), why);
}

json_t *ef_imsi_out(const uint8_t *bytes, size_t len)
{
	char imsi[IMSI_TEXT];

	return imsi_decode(imsi, bytes, len, NULL) ? NULL : json_string(imsi);
}

int ef_iccid_in(struct buf *out, const json_t *v, struct why *why)
{
	const char *text = ef_text(v, "iccid", why);
	uint8_t ef[10];

	return !text || iccid_encode(ef, text, why) ? -1 : buf_add(out, ef, sizeof(ef), why);
}

json_t *ef_iccid_out(const uint8_t *bytes, size_t len)
{
	char iccid[ICCID_TEXT];

	return len != 10 || iccid_decode(iccid, bytes, NULL) ? NULL : json_string(iccid);
}
