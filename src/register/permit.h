/* SPDX-License-Identifier: Apache-2.0 */
/* What a subscriber may do: restrictions that the network keeps for an IMSI (TR 33.812 5.2.4,
 * 5.2.5.3; 5.1.3.3.2.2). A record's member `restrictions`: {services, places, end_points, apns},
 * each a list, and authenticate, which is `always`. What is not there is not restricted. */
#ifndef REGISTER_PERMIT_H
#define REGISTER_PERMIT_H

#include "register/register.h"

/* Status 3 where it has another form. */
int permit_check(const json_t *restrictions, struct why *why) __attribute__((warn_unused_result));

/* What is asked for, each may be NULL. service: equal to one of the list. place: MCC-MNC-LAC-CI,
 * from the left as far as one of the list goes. end_point: HOST or HOST:PORT, equal to one of the
 * list, which without a port is for all ports, and with `*.` before it for all hosts under it. apn:
 * equal to one of the list, in any case. */
struct permit_asked {
	const char *imsi, *service, *place, *end_point, *apn;
};

/* Appends {imsi, authenticate: always or usual}. Refused: `unknown-imsi`, `subscriber-blocked`,
 * `subscriber-waiting`, `service-restricted`, `place-restricted`, `end-point-restricted`,
 * `apn-restricted`. */
int reg_permit(struct reg *r, const struct permit_asked *asked, struct buf *out, struct why *why)
	__attribute__((warn_unused_result));

/* The AuC's question: whether a subscriber's record leaves it to this access point (NULL: none was
 * named) that it authenticates. Refused: `apn-restricted`, also where the record has a list and
 * nothing was named. */
int permit_apn(const json_t *record, const char *apn, struct why *why)
	__attribute__((warn_unused_result));

#endif
