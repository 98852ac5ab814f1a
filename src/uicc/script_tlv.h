/* SPDX-License-Identifier: Apache-2.0 */
/* The TLV objects of TS 102 226 5.2: for the two files of script.h alone. */
#ifndef UICC_SCRIPT_TLV_H
#define UICC_SCRIPT_TLV_H

#include "base/buf.h"

#define TAG_COMMANDS 0xaa /* Command Scripting template, definite length */
#define TAG_C_APDU 0x22
#define TAG_ACTION 0x81
#define TAG_R_APDU 0x23

/* Appends tag, definite length and value. */
int script_tlv(struct buf *b, uint8_t tag, const void *value, size_t len, struct why *why)
	__attribute__((warn_unused_result));

#endif
