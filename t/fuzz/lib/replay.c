/* SPDX-License-Identifier: Apache-2.0 */
/* replay FILE...: a target's main without libFuzzer. Each file is run once; one that takes longer
 * than a second of the processor's time, or a process of more than 256 MiB, is no success. */
#include "base/slurp.h"
#include "fuzz.h"

#include <sys/resource.h>
#include <time.h>

#define MOST_KIB (256L * 1024)

static int run(const char *path)
{
	struct why why = {0};
	clock_t before;
	BUF(b);

	if (slurp(&b, path, SLURP_LARGE, &why)) {
		fprintf(stderr, "%s\n", why.text);
		return 1;
	}
	before = clock();
	LLVMFuzzerTestOneInput((const uint8_t *)buf_text(&b), b.len);
	if (clock() - before <= CLOCKS_PER_SEC)
		return 0;
	fprintf(stderr, "%s: longer than a second\n", path);
	return 1;
}

int main(int argc, char **argv)
{
	struct rusage use;
	int rc = 0;

	for (int i = 1; i < argc; i++)
		rc |= run(argv[i]);
	if (getrusage(RUSAGE_SELF, &use) == 0 && use.ru_maxrss > MOST_KIB) {
		fprintf(stderr, "%ld KiB of memory\n", use.ru_maxrss);
		rc = 1;
	}
	return rc;
}
