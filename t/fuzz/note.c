/* SPDX-License-Identifier: Apache-2.0 */
/* A note with what it is about: as it came, and signed here where it is claims alone. */
#include "lib/fuzz.h"

#include "pki/note.h"

static void run(const char *text, size_t len)
{
	struct why why = {0};
	const struct note_check check = {"ack", "tre", fuzz_policy("sho", 0),
					 (const uint8_t *)"notice", 6};
	AUTO(json_t) *o = note_open(text, len, &check, NULL, &why);

	MUST(!o || json_object_get(o, "iss"));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	BUF(text);

	run((const char *)bytes, len);
	if (fuzz_sign_jws(&text, bytes, len, "m2m-ack", "sho") == 0)
		run(buf_text(&text), text.len);
	return 0;
}
