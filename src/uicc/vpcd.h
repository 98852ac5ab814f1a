/* SPDX-License-Identifier: Apache-2.0 */
/* The card at a virtual reader: the protocol of vsmartcard's vpcd, which is a driver of pcscd. Each
 * message has two octets of length before it, the high one first. One octet from the reader is a
 * command: 0 power off, 1 power on, 2 reset, 4 asks for the ATR. All else is an APDU. */
#ifndef UICC_VPCD_H
#define UICC_VPCD_H

#include "uicc/card.h"

#define VPCD_ADDRESS "127.0.0.1:35963"

/* Answers until the reader closes the connection: 0, or -1. */
int vpcd_serve(struct card *c, int socket, struct why *why) __attribute__((warn_unused_result));

#endif
