/* SPDX-License-Identifier: Apache-2.0 */
/* aka/aka_json: what the parser of flat objects reads, the full one reads the same; mutated lines
 * of random seed ($SEED, else the clock). */
#include "aka/aka_json.h"

#include "ok.h"

#include <string.h>
#include <time.h>

#define ROUNDS 200000

static uint64_t state;

static unsigned next(unsigned below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % below;
}

static const char *const lines[] = {
	"{\"k\":\"465b5ce8b199b49faa5f0a2ee238a6bc\",\"opc\":\"cd63cb71954a9f4e48a5994e37a02baf\"}",
	"{ \"imsi\" : \"001010000000001\" "
	",\t\"sqn\":\"ff9bb4d0b607\",\"note\":\"x\",\"amf\":\"B9b9\" }",
	"{\"rand\":\"23553cbe9637a89d218ae64dae47bf35\",\"a\":\"1\",\"b\":\"2\",\"a2\":\"3\"}",
	"{\"autn\":\"55f328b43577b9b94a9ffac354dfafb3\",\"auts\":\"ba853f3c123ccf44e93596e355c6\"}",
	"{\"op\":\"cdc202d5123e20f62b6d676ac72cb318\",\"\":\"\",\"k\":null,\"n\":[{\"k\":1}]}",
	"{}"};

/* Cuts, doubles, swaps and changes of single characters, of those that matter above all. */
static size_t mutate(char *line, size_t len, size_t room)
{
	static const char some[] = "\"\\:,{}[] \t0aF\x01\x7f\xc3\xa9u";

	for (unsigned n = next(4); n--;) {
		const size_t at = len ? next((unsigned)len) : 0;

		switch (next(4)) {
		case 0:
			if (len)
				line[at] = some[next(sizeof(some) - 1)];
			break;
		case 1:
			if (len) {
				memmove(line + at, line + at + 1, len - at - 1);
				len--;
			}
			break;
		case 2:
			if (len + 1 < room) {
				memmove(line + at + 1, line + at, len - at);
				line[at] = some[next(sizeof(some) - 1)];
				len++;
			}
			break;
		default:
			if (len && 2 * len - at < room) {
				memcpy(line + len, line + at, len - at);
				len += len - at;
			}
		}
	}
	line[len] = '\0';
	return len;
}

static bool same(const struct aka_input *a, const struct aka_input *b)
{
	return a->has == b->has &&
	       (!(a->has >> AKA_K & 1) || (a->k_len == b->k_len && !memcmp(a->k, b->k, 16))) &&
	       (!(a->has >> AKA_OP & 1) || !memcmp(a->op, b->op, 16)) &&
	       (!(a->has >> AKA_OPC & 1) || !memcmp(a->opc, b->opc, 16)) &&
	       (!(a->has >> AKA_RAND & 1) || !memcmp(a->rand, b->rand, 16)) &&
	       (!(a->has >> AKA_SQN & 1) || !memcmp(a->sqn, b->sqn, 6)) &&
	       (!(a->has >> AKA_AMF & 1) || !memcmp(a->amf, b->amf, 2)) &&
	       (!(a->has >> AKA_AUTN & 1) || !memcmp(a->autn, b->autn, 16)) &&
	       (!(a->has >> AKA_AUTS & 1) || !memcmp(a->auts, b->auts, 14)) &&
	       (!(a->has >> AKA_IMSI & 1) || !strcmp(a->imsi, b->imsi));
}

int main(void)
{
	const char *seed = getenv("SEED");
	struct aka_options o;
	static struct aka_shape shape;
	int flat_read = 0, both_refused = 0, shape_read = 0;

	state = (seed ? strtoull(seed, NULL, 10) : (unsigned long long)time(NULL)) | 1;
	printf("seed %llu\n", (unsigned long long)state);
	aka_options_init(&o, AKA_MILENAGE);
	for (int i = 0; i < ROUNDS; i++) {
		const char *from = lines[next(sizeof(lines) / sizeof(*lines))];
		struct aka_input flat = {0}, full = {0}, as_before = {0};
		static char line[512];
		static size_t len;

		if (len && next(3) == 0) { /* the line before, a character changed */
			line[next((unsigned)len)] = "0123456789abcdefABCDEFg\"\\"[next(25)];
		} else {
			snprintf(line, sizeof(line), "%s", from);
			len = mutate(line, strlen(line), sizeof(line));
		}
		/* as the line before, whose digits may have been others */
		if (aka_shape_read(&shape, &as_before, line, len)) {
			shape_read++;
			if (aka_json_full(&full, &o, line, len, NULL) || !same(&as_before, &full)) {
				fprintf(stderr, "not the same by its shape: %s\n", line);
				return 1;
			}
			memset(&full, 0, sizeof(full));
		}
		if (aka_json_flat(&flat, &shape, &o, line, len)) {
			flat_read++;
			if (aka_json_full(&full, &o, line, len, NULL) || !same(&flat, &full)) {
				fprintf(stderr, "not the same: %s\n", line);
				return 1;
			}
		} else {
			both_refused += aka_json_full(&full, &o, line, len, NULL) != 0;
		}
	}
	printf("flat %d, by shape %d, refused %d\n", flat_read, shape_read, both_refused);
	/* it tried all sides */
	OK(flat_read > ROUNDS / 20 && both_refused > ROUNDS / 20 && shape_read > ROUNDS / 50);
	return 0;
}
