/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#ifndef M2M_VERSION
#define M2M_VERSION "0.1.0"
#endif

#endif
