/* SPDX-License-Identifier: Apache-2.0 */
/* The MCIM as files: MCIMBLOB of TR 33.812 B.2.6 in strict DER, and its description in words. */
#ifndef MCIM_BLOB_H
#define MCIM_BLOB_H

#include "base/buf.h"
#include "base/json.h"

#include <stdbool.h>

/* efids below 256, which no 3GPP file has; 1 is the report's, the others the toolkit's. */
enum mcim_efid {
	MCIM_AKAKEY = 1,
	MCIM_ALGORITHM = 2,   /* 1 octet: 1 Milenage, 2 TUAK */
	MCIM_OPC = 3,         /* OPc (16), or TOPc (32) */
	MCIM_AKA = 4,         /* AKA parameters */
	MCIM_APPLICATION = 5, /* 1 octet: 1 USIM, 2 ISIM */
	MCIM_KNETVER = 6,
	MCIM_TRE_ID = 7,
	MCIM_OPERATOR = 8, /* SHA-256 of the operator's certificate */
	MCIM_CONTROLS = 9,
	MCIM_IMPI = 0x6f02, /* of an ISIM */
	MCIM_IMSI = 0x6f07, /* of a USIM; an ISIM's IST */
};

#define MCIM_FILES 128
#define MCIM_CODE_MAX ((size_t)64 * 1024)

struct mcim_file {
	uint16_t efid;
	uint8_t *bytes; /* owned */
	size_t len;
};

struct mcim_blob {
	struct mcim_file file[MCIM_FILES]; /* ascending efid */
	size_t files;
	uint8_t *code; /* swcodeBinary, owned; NULL: none */
	size_t code_len;
};
void mcim_blob_free(struct mcim_blob *m); /* wipes all */
#define MCIM_BLOB(name) __attribute__((cleanup(mcim_blob_free))) struct mcim_blob name = {0}

/* Borrowed; NULL where the blob has no such file. */
const struct mcim_file *mcim_blob_file(const struct mcim_blob *m, unsigned efid);

/* Copies the bytes in, replacing a file of that efid. */
int mcim_blob_set(struct mcim_blob *m, unsigned efid, const void *bytes, size_t len,
		  struct why *why) __attribute__((warn_unused_result));

/* The same of the code package; at most MCIM_CODE_MAX octets (status 3). */
int mcim_blob_set_code(struct mcim_blob *m, const void *bytes, size_t len, struct why *why)
	__attribute__((warn_unused_result));

/* Strict: version v1, no efid twice, known efids, DER alone, nothing behind. Status 3. */
int mcim_blob_decode(struct mcim_blob *m, const void *der, size_t len, struct why *why)
	__attribute__((warn_unused_result));
int mcim_blob_encode(struct buf *b, const struct mcim_blob *m, struct why *why)
	__attribute__((warn_unused_result));
/* Unaligned PER of the same (B.2.6's other encoding). */
int mcim_blob_encode_uper(struct buf *b, const struct mcim_blob *m, struct why *why)
	__attribute__((warn_unused_result));

bool mcim_blob_is_isim(const struct mcim_blob *m);

/* Whether the blob may be installed: akakey, IMSI, algorithm, OPc, application, and they fit
 * together. Status 3. */
int mcim_blob_complete(const struct mcim_blob *m, struct why *why)
	__attribute__((warn_unused_result));

/* The description (MCIM.json of mcim-wrap(1)) to files and back: the same description comes back.
 * Unknown members, and values that TS 31.102 or 31.103 does not allow, are status 3. */
int mcim_blob_from_json(struct mcim_blob *m, const json_t *description, struct why *why)
	__attribute__((warn_unused_result));
json_t *mcim_blob_to_json(const struct mcim_blob *m, struct why *why);

#endif
