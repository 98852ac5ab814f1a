/* SPDX-License-Identifier: Apache-2.0 */
/* data = tag | payload_length | payload | version | padding_data: TR 33.812 B.2.3.6. */
#ifndef MCIM_DATA_H
#define MCIM_DATA_H

#include "base/buf.h"

enum mcim_tag {
	MCIM_TAG_MCIM = 1,
	MCIM_TAG_ALGORITHM = 2,
	MCIM_TAG_UPDATE = 3,
	MCIM_TAG_BOOTSTRAP = 4,
	MCIM_TAG_ACCESS = 5,
};

/* mcim, algorithm, update, bootstrap, access; 0 and status 2 where it is none. */
enum mcim_tag mcim_tag_parse(const char *name, struct why *why);
const char *mcim_tag_name(enum mcim_tag tag);

int mcim_data_encode(struct buf *b, enum mcim_tag tag, const void *payload, size_t len,
		     struct why *why) __attribute__((warn_unused_result));
/* Appends the payload; every octet of the padding is looked at. Status 3. */
int mcim_data_decode(struct buf *payload, enum mcim_tag *tag, const void *data, size_t len,
		     struct why *why) __attribute__((warn_unused_result));

#endif
