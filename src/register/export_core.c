/* SPDX-License-Identifier: Apache-2.0 */
/* The subscriber documents of Open5GS and free5GC: ours is what a new subscriber has there. */
#include "register/export.h"

#include <inttypes.h>
#include <stdio.h>

static int put(struct buf *out, json_t *o, struct why *why)
{
	AUTO(json_t) *own = o;

	return own ? json_append_line(out, own, why) : why_sys(why, "out of memory");
}

static const char *amf_of(const json_t *r)
{
	const char *amf = export_text(r, "amf");

	return *amf ? amf : "8000";
}

/* ---- Open5GS: a document of `subscribers` ---- */

/* A data rate of TS 29.272: value and the power of 1000. */
static json_t *rate(int value, int unit)
{
	return json_pack("{s:{s:i, s:i}, s:{s:i, s:i}}", "downlink", "value", value, "unit", unit,
			 "uplink", "value", value, "unit", unit);
}

/* One slice with one IPv4v6 session, QCI 9. */
static json_t *default_slices(void)
{
	return json_pack("[{s:i, s:b, s:[{s:s, s:i, s:o, s:{s:i, s:{s:i, s:i, s:i}}, s:[]}]}]",
			 "sst", 1, "default_indicator", 1, "session", "name", "internet", "type", 3,
			 "ambr", rate(1, 3), "qos", "index", 9, "arp", "priority_level", 8,
			 "pre_emption_capability", 1, "pre_emption_vulnerability", 1, "pcc_rule");
}

/* MongoDB's extended JSON: a 64-bit number is its digits. Open5GS keeps the SQN that it will use
 * next; subscriber_status 1 is operator-determined barring (TS 29.272 7.3.29). */
int export_open5gs(struct buf *out, const json_t *r, struct why *why)
{
	char digits[24];
	uint64_t sqn;

	if (export_next_sqn(&sqn, r, why))
		return -1;
	snprintf(digits, sizeof(digits), "%" PRIu64, sqn);
	return put(out,
		   json_pack("{s:s, s:[], s:[], s:{s:s, s:n, s:s, s:s, s:{s:s}}, s:o, s:i, s:i, "
			     "s:i, s:i, s:i, s:o}",
			     "imsi", export_text(r, "imsi"), "msisdn", "imeisv", "security", "k",
			     export_text(r, "k"), "op", "opc", export_text(r, "opc"), "amf",
			     amf_of(r), "sqn", "$numberLong", digits, "ambr", rate(1, 3),
			     "access_restriction_data", 32, "subscriber_status",
			     export_is_active(r) ? 0 : 1, "network_access_mode", 0,
			     "subscribed_rau_tau_timer", 12, "schema_version", 1, "slice",
			     default_slices()),
		   why);
}

/* ---- free5GC: what its web console posts for a subscriber ---- */

static json_t *authentication(const json_t *r, const char *sqn)
{
	return json_pack("{s:s, s:s, s:s, s:{s:s, s:i, s:i}, s:{s:{s:s, s:i, s:i}}, s:{s:s, s:i, "
			 "s:i}}",
			 "authenticationMethod", "5G_AKA", "authenticationManagementField",
			 amf_of(r), "sequenceNumber", sqn, "permanentKey", "permanentKeyValue",
			 export_text(r, "k"), "encryptionKey", 0, "encryptionAlgorithm", 0,
			 "milenage", "op", "opValue", "", "encryptionKey", 0, "encryptionAlgorithm",
			 0, "opc", "opcValue", export_text(r, "opc"), "encryptionKey", 0,
			 "encryptionAlgorithm", 0);
}

static json_t *access_and_mobility(void)
{
	return json_pack("{s:[], s:{s:[{s:i, s:s}], s:[]}, s:{s:s, s:s}}", "gpsis", "nssai",
			 "defaultSingleNssais", "sst", 1, "sd", "010203", "singleNssais",
			 "subscribedUeAmbr", "uplink", "1 Gbps", "downlink", "1 Gbps");
}

static json_t *session(void)
{
	return json_pack("{s:{s:s, s:[s, s]}, s:{s:s, s:[s]}, s:{s:s, s:s}, s:{s:i, s:{s:i, s:s, "
			 "s:s}, s:i}}",
			 "sscModes", "defaultSscMode", "SSC_MODE_1", "allowedSscModes",
			 "SSC_MODE_2", "SSC_MODE_3", "pduSessionTypes", "defaultSessionType",
			 "IPV4", "allowedSessionTypes", "IPV4", "sessionAmbr", "uplink", "1 Gbps",
			 "downlink", "1 Gbps", "5gQosProfile", "5qi", 9, "arp", "priorityLevel", 8,
			 "preemptCap", "", "preemptVuln", "", "priorityLevel", 8);
}

static json_t *session_management(void)
{
	return json_pack("[{s:{s:i, s:s}, s:{s:o}}]", "singleNssai", "sst", 1, "sd", "010203",
			 "dnnConfigurations", "internet", session());
}

static json_t *policy(void)
{
	return json_pack("{s:{s:{s:{s:i, s:s}, s:{s:{s:s}}}}}", "smPolicySnssaiData", "01010203",
			 "snssai", "sst", 1, "sd", "010203", "smPolicyDnnData", "internet", "dnn",
			 "internet");
}

int export_free5gc(struct buf *out, const struct plmn *plmn, const json_t *r, struct why *why)
{
	char sqn[13], id[8], ue[5 + IMSI_TEXT];
	uint64_t next;

	if (export_next_sqn(&next, r, why))
		return -1;
	snprintf(sqn, sizeof(sqn), "%012" PRIx64, next & 0xffffffffffff);
	snprintf(id, sizeof(id), "%s%s", plmn->mcc, plmn->mnc);
	snprintf(ue, sizeof(ue), "imsi-%.15s", export_text(r, "imsi"));
	return put(out,
		   json_pack("{s:s, s:s, s:o, s:o, s:o, s:{s:{s:{s:[{s:s}]}}}, s:{s:[s]}, s:o, "
			     "s:[], s:[]}",
			     "plmnID", id, "ueId", ue, "AuthenticationSubscription",
			     authentication(r, sqn), "AccessAndMobilitySubscriptionData",
			     access_and_mobility(), "SessionManagementSubscriptionData",
			     session_management(), "SmfSelectionSubscriptionData",
			     "subscribedSnssaiInfos", "01010203", "dnnInfos", "dnn", "internet",
			     "AmPolicyData", "subscCats", "free5gc", "SmPolicyData", policy(),
			     "FlowRules", "QosFlows"),
		   why);
}
