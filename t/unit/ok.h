/* SPDX-License-Identifier: Apache-2.0 */
/* A unit program ends with status 1 at the first claim that does not hold, and names it. */
#ifndef T_UNIT_OK_H
#define T_UNIT_OK_H

#include <stdio.h>
#include <stdlib.h>

#define OK(claim)                                                                   \
	do {                                                                        \
		if (!(claim)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #claim); \
			exit(1);                                                    \
		}                                                                   \
	} while (0)

#endif
