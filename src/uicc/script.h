/* SPDX-License-Identifier: Apache-2.0 */
/* What OTA packets carry for remote file management: TS 102 226 (V9.0.0) 5. */
#ifndef UICC_SCRIPT_H
#define UICC_SCRIPT_H

#include "base/json.h"

#include <stdbool.h>

/* The proprietary file of TR 33.812 5.3.2 under ADF_USIM, one octet: the index of the K/OTA-key
 * pair that is used from the next activation on. */
#define UICC_EF_KEY_INDEX 0x6ff1

/* Commands being put together. is_expanded: Command Scripting template AA with C-APDU TLVs, and
 * the immediate action of `refresh`, which the compact form has not. */
struct script {
	struct buf apdus;
	bool is_expanded;
};
void script_free(struct script *s);
#define SCRIPT(name) __attribute__((cleanup(script_free))) struct script name = {0}

/* One line of a script: `select FID...`, `read-binary OFFSET COUNT`, `read-record N COUNT`,
 * `update-binary OFFSET HEX`, `update-record N HEX`, `apdu HEX`, `refresh`; FIDs and HEX in hex,
 * the rest decimal; `#` begins a comment. Status 3. */
int script_line(struct script *s, const char *line, struct why *why)
	__attribute__((warn_unused_result));
/* All lines of a file. */
int script_load(struct script *s, const char *path, struct why *why)
	__attribute__((warn_unused_result));
/* Shorthands: selects and writes EF_IMSI; the index of the K/OTA-key pair (5.3.2). */
int script_imsi(struct script *s, const char *imsi, struct why *why)
	__attribute__((warn_unused_result));
int script_key_index(struct script *s, unsigned index, struct why *why)
	__attribute__((warn_unused_result));
/* Appends the secured data. */
int script_close(struct buf *out, const struct script *s, struct why *why)
	__attribute__((warn_unused_result));

/* The receiver's side: takes the commands one by one. */
struct script_reader {
	const uint8_t *p;
	size_t len;
	bool is_expanded;
};
int script_open(struct script_reader *r, const uint8_t *data, size_t len, struct why *why)
	__attribute__((warn_unused_result));
/* 1: a C-APDU, borrowed; or an immediate action (is_action), whose bytes are its value. 0: the end.
 * -1: the octets are no commands (status 3). */
int script_next(struct script_reader *r, const uint8_t **apdu, size_t *len, bool *is_action,
		struct why *why) __attribute__((warn_unused_result));

/* The answer: executed commands, the last status word, and the last command's data (compact), or
 * all of them (expanded: Response Scripting template AB). */
struct script_answer {
	struct buf responses; /* expanded: R-APDU TLVs */
	struct buf last;      /* data of the last command */
	unsigned executed;
	uint16_t sw;
};
void script_answer_free(struct script_answer *a);
int script_answered(struct script_answer *a, const uint8_t *data, size_t len, uint16_t sw,
		    struct why *why) __attribute__((warn_unused_result));
int script_answer_close(struct buf *out, const struct script_answer *a, bool is_expanded,
			struct why *why) __attribute__((warn_unused_result));
/* The answer in words: {"executed", "sw", "data"}; NULL where the octets are none. Owned. */
json_t *script_answer_read(const uint8_t *bytes, size_t len);

#endif
