/* SPDX-License-Identifier: Apache-2.0 */
/* Codes of short messages: for the two files of sms.h alone. */
#ifndef UICC_SMS_CODES_H
#define UICC_SMS_CODES_H

#define IE_CONCATENATED 0x00
#define IE_COMMAND 0x70  /* CPI, TS 31.115 4.2 */
#define IE_RESPONSE 0x71 /* RPI */
#define PID_USIM 0x7f    /* (U)SIM data download, TS 23.040 9.2.3.9 */
#define DCS_CLASS2 0xf6  /* 8-bit data, class 2 */

#endif
