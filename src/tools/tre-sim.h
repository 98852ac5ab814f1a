/* SPDX-License-Identifier: Apache-2.0 */
/* The words of tre-sim(1), synopsis and options: for tre-sim.c alone. */
#ifndef TRE_SIM_H
#define TRE_SIM_H

#include "base/tool.h"
#include "tre/tre.h"

static const struct tool tool = {
	"tre-sim",
	"tre-sim --state DIR [--device DIR] init --tre-id ID [--pin FILE] [--policy F]\n"
	"tre-sim --state DIR [--device DIR] keygen [--alg ALG] --csr-out F [--force]\n"
	"tre-sim --state DIR [--device DIR] personalize [--key F] --cert F [--enc-key F "
	"--enc-cert F] --credential F [--operator-cert F] [--knetver F] [--delivery-note F]\n"
	"tre-sim --state DIR [--device DIR] certify --cert F [--pin FILE] [--user NAME] [--at "
	"TIME]\n"
	"tre-sim --state DIR [--device DIR] certify --ask --to ID [--at TIME] [-o REQUEST]\n"
	"tre-sim --state DIR [--device DIR] firmware --image F [-i NOTE] [--pin FILE] [--user "
	"NAME] "
	"[--at TIME]\n"
	"tre-sim --state DIR [--device DIR] policy [-i NOTE] [--pin FILE] [--user NAME] [--at "
	"TIME]\n"
	"tre-sim --state DIR [--device DIR] boot [--components F] [-o FILE]\n"
	"tre-sim --state DIR [--device DIR] info [-o FILE]\n"
	"tre-sim --state DIR [--device DIR] list [--as ID] [-o FILE]\n"
	"tre-sim --state DIR [--device DIR] audit [--verify] [-o FILE]\n"
	"tre-sim --state DIR [--device DIR] report --to ID [--at TIME] [-o NOTE]\n"
	"tre-sim --state DIR [--device DIR] attach --identity [--at TIME] [-o FILE]\n"
	"tre-sim --state DIR [--device DIR] attach --rand HEX --autn HEX [--at TIME] "
	"[-o FILE]\n"
	"tre-sim --state DIR [--device DIR] bootstrap [-i BOOTSTRAP] [--netwpin | --userpin F] "
	"[-o FILE]\n"
	"tre-sim --state DIR [--device DIR] token --to ID --to-cert F "
	"[--pin FILE] [--user NAME] [--at TIME] [-o TOKEN]\n"
	"tre-sim --state DIR [--device DIR] provision [-i MCIMOBJ] [-o STATUS]\n"
	"tre-sim --state DIR [--device DIR] provision --stage [-i MCIMOBJ] [-o STATUS]\n"
	"tre-sim --state DIR [--device DIR] provision --beside [-i MCIMOBJ] [-o STATUS]\n"
	"tre-sim --state DIR [--device DIR] provision --commit [--ack NOTE] [-o STATUS]\n"
	"tre-sim --state DIR [--device DIR] discard --operator ID [-o NOTICE]\n"
	"tre-sim --state DIR [--device DIR] user NAME [--new-pin FILE] [--rights LIST] [--pin "
	"FILE] "
	"[--at TIME]\n"
	"tre-sim --state DIR [--device DIR] user NAME --remove [--pin FILE] [--at TIME]\n"
	"tre-sim --state DIR [--device DIR] login [--user NAME] --pin FILE [--at TIME]\n"
	"tre-sim --state DIR [--device DIR] logout\n"
	"tre-sim --state DIR [--device DIR] select MCIM [--pin FILE] [--user NAME] [--at TIME]\n"
	"tre-sim --state DIR [--device DIR] deselect MCIM [--pin FILE] [--user NAME] [--at TIME]\n"
	"tre-sim --state DIR [--device DIR] read MCIM --file EFID [--pin FILE] [--user NAME] "
	"[--at TIME] [-o FILE]\n"
	"tre-sim --state DIR [--device DIR] controls [-i CONTROLS] [--pin FILE] [--user NAME] "
	"[--at TIME]\n"
	"tre-sim --state DIR [--device DIR] revert [--at TIME] [-o FILE]\n"
	"tre-sim --state DIR [--device DIR] pristine [--pin FILE] [--user NAME] [--at TIME]\n"
	"tre-sim --state DIR [--device DIR] pristine --order NOTE [--at TIME]\n"
	"tre-sim --state DIR [--device DIR] renew [--at TIME] [-o REQUEST]\n"
	"tre-sim --state DIR [--device DIR] access [--at TIME] [-i NOTE] [-o STATUS]\n"
	"tre-sim --state DIR [--device DIR] consent MCIM --ask [--at TIME] [-o REQUEST]\n"
	"tre-sim --state DIR [--device DIR] consent MCIM [--at TIME] [-i NOTE]\n"
	"tre-sim --state DIR [--device DIR] command [--signed] [--at TIME] [-i NOTE] [-o FILE]\n"
	"tre-sim --fleet DIR [--device DIR] many [--pin FILE] [--to ID] [--to-cert F] "
	"[--operator-cert F] [--at TIME] [-i ACTS] [-o OUTCOMES]",
	"The Trusted Environment (TRE) of an M2ME: keys, MCIMs and their life cycle, AKA."};

static const char *state, *device, *fleet;
static struct tre_order o;
static const struct tool_opt common[] = {
	{"state", 0, TOOL_TEXT, &state, "DIR", "folder of the sealed state"},
	{"device", 0, TOOL_TEXT, &device, "DIR", "the device's key and counter (DIR.device)"},
	{"fleet", 0, TOOL_TEXT, &fleet, "DIR", "folder of many TREs, for the verb many"},
	{0}};
static const struct tool_opt all[] = {
	{"tre-id", 0, TOOL_TEXT, &o.tre_id, "ID", "init: VENDOR;NUMBER"},
	{"pin", 0, TOOL_TEXT, &o.pin, "FILE", "the PIN of who asks"},
	{"user", 0, TOOL_TEXT, &o.user, "NAME", "who asks, if not the owner"},
	{"new-pin", 0, TOOL_TEXT, &o.new_pin, "FILE", "user: its PIN from now on"},
	{"rights", 0, TOOL_TEXT, &o.rights, "LIST", "user: what it may do, with commas between"},
	{"remove", 0, TOOL_FLAG, &o.remove, NULL, "user: it goes"},
	{"policy", 0, TOOL_TEXT, &o.policy, "F", "init: the TRE's security policy, JSON"},
	{"alg", 0, TOOL_TEXT, &o.alg, "ALG", "keygen: ec-p256 (default) to rsa-4096"},
	{"csr-out", 0, TOOL_TEXT, &o.out, "F", "keygen: the certificate signing request"},
	{"force", 0, TOOL_FLAG, &o.force, NULL, "keygen: another key, if one is there already"},
	{"key", 0, TOOL_TEXT, &o.personal.key, "F",
	 "personalize: PrK_TRE, if made outside, or its URI"},
	{"cert", 0, TOOL_TEXT, &o.personal.cert, "F", "personalize, certify: Cert_TRE"},
	{"enc-key", 0, TOOL_TEXT, &o.personal.enc_key, "F",
	 "personalize: the second key, for encryption"},
	{"enc-cert", 0, TOOL_TEXT, &o.personal.enc_cert, "F", "personalize: its certificate"},
	{"credential", 0, TOOL_TEXT, &o.personal.credential, "F",
	 "personalize: {PCID, K}, a record"},
	{"operator-cert", 0, TOOL_TEXT, &o.personal.operator_cert, "F", "personalize: Cert_SHO[0]"},
	{"knetver", 0, TOOL_TEXT, &o.personal.knetver, "F",
	 "personalize: K_NetVer in hex, a line each"},
	{"delivery-note", 0, TOOL_TEXT, &o.out, "F", "personalize: what the owner gets, JSON"},
	{"image", 0, TOOL_TEXT, &o.image, "F", "firmware: the image that the note is about"},
	{"components", 0, TOOL_TEXT, &o.components, "F", "boot: components to measure, JSON Lines"},
	{"as", 0, TOOL_TEXT, &o.as, "ID", "list: what this operator may see"},
	{"verify", 0, TOOL_FLAG, &o.verify, NULL, "audit: check the chain of hashes"},
	{"identity", 0, TOOL_FLAG, &o.identity, NULL, "attach: the IMSI or PCID to present"},
	{"rand", 0, TOOL_TEXT, &o.rand, "HEX", "attach: RAND"},
	{"autn", 0, TOOL_TEXT, &o.autn, "HEX", "attach: AUTN"},
	{"netwpin", 0, TOOL_FLAG, &o.push.netwpin, NULL,
	 "bootstrap: secure push under the IMSI in use"},
	{"userpin", 0, TOOL_TEXT, &o.push.userpin, "F",
	 "bootstrap: secure push under the PIN in this file"},
	{"to", 0, TOOL_TEXT, &o.to, "ID", "token: the new operator; report, certify: who hears"},
	{"to-cert", 0, TOOL_TEXT, &o.to_cert, "F", "token: the new operator's certificate"},
	{"stage", 0, TOOL_FLAG, &o.stage, NULL, "provision: check and keep it, and change nothing"},
	{"commit", 0, TOOL_FLAG, &o.commit, NULL, "provision: install what is staged"},
	{"beside", 0, TOOL_FLAG, &o.beside, NULL, "provision: install it beside the one in use"},
	{"ack", 0, TOOL_TEXT, &o.ack, "NOTE", "provision: the old operator's acknowledgement"},
	{"operator", 0, TOOL_TEXT, &o.sho, "ID", "discard: the old operator"},
	{"signed", 0, TOOL_FLAG, &o.is_signed, NULL, "command: the answer as a signed STATUS"},
	{"file", 0, TOOL_TEXT, &o.file, "EFID", "read: 4 hex digits"},
	{"ask", 0, TOOL_FLAG, &o.ask, NULL, "consent, certify: the question, not the answer"},
	{"order", 0, TOOL_TEXT, &o.order, "NOTE", "pristine: the RO's order, instead of the PIN"},
	{"at", 0, TOOL_TEXT, &o.at, "TIME", "the time, instead of the clock's"},
	{"input", 'i', TOOL_TEXT, &o.in, "FILE", "read this instead of stdin"},
	{"output", 'o', TOOL_TEXT, &o.out, "FILE", "write this instead of stdout"},
	{0}};

#endif
