/* SPDX-License-Identifier: Apache-2.0 */
/* A batch's files, some an equipment. */
#include "base/slurp.h"
#include "pki/batch_inside.h"

#include <stdio.h>
#include <unistd.h>

#define PATH_ROOM 4096

static int path_of(char path[static PATH_ROOM], const struct batch *b, const char *tre_id,
		   const char *end, struct why *why)
{
	return snprintf(path, PATH_ROOM, "%s/%s%s", b->folder, tre_id, end) < PATH_ROOM
		       ? 0
		       : why_input(why, "%s: this path is too long", b->folder);
}

static bool has(const struct batch *b, const char *tre_id, const char *end)
{
	char path[PATH_ROOM];

	return path_of(path, b, tre_id, end, NULL) == 0 && access(path, F_OK) == 0;
}

bool batch_has_key(const struct batch *b, const char *tre_id)
{
	return has(b, tre_id, ".key.pem");
}

bool batch_has_files(const struct batch *b, const char *tre_id)
{
	return batch_has_key(b, tre_id) && (!b->two || has(b, tre_id, ".enc.key.pem"));
}

int batch_read_files(const struct batch *b, const char *tre_id, struct buf *cert, struct buf *key,
		     bool *has_two, struct why *why)
{
	char path[PATH_ROOM];

	*has_two = has(b, tre_id, ".enc.key.pem");
	return path_of(path, b, tre_id, ".cert.pem", why) ||
			       slurp(cert, path, SLURP_DOCUMENT, why) ||
			       path_of(path, b, tre_id, ".key.pem", why) ||
			       slurp(key, path, SLURP_DOCUMENT, why)
		       ? -1
		       : 0;
}

static int stage_key(struct outfile *o, const struct batch_part *p, const char *tre_id,
		     const char *end, const struct minted *x, struct why *why)
{
	char path[PATH_ROOM];
	BUF(pem);

	return path_of(path, p->b, tre_id, end, why) ||
			       batch_key_pem(&pem, x, p->line[0], false, why) ||
			       outfile_stage(o, path,
					     p->b->force || p->b->resume ? OUTFILE_SECRET
									 : OUTFILE_NEW_KEY,
					     pem.bytes, pem.len, why)
		       ? -1
		       : 0;
}

static int stage_cert(struct outfile *o, const struct batch_part *p, const char *tre_id,
		      const char *end, const struct minted *x, struct why *why)
{
	char path[PATH_ROOM];
	BUF(pem);

	return path_of(path, p->b, tre_id, end, why) || batch_cert_pem(&pem, x, false, why) ||
			       outfile_stage(o, path, OUTFILE_PUBLIC, pem.bytes, pem.len, why)
		       ? -1
		       : 0;
}

int batch_files(const struct batch_part *p, const struct batch_item *i, struct why *why)
{
	OUTFILE(key);
	OUTFILE(cert);
	OUTFILE(enc_key);
	OUTFILE(enc_cert);
	struct outfile *const in_order[] = {&cert, &enc_cert, &enc_key, &key, NULL};

	if (stage_key(&key, p, i->tre_id, ".key.pem", &i->pair, why) ||
	    stage_cert(&cert, p, i->tre_id, ".cert.pem", &i->pair, why) ||
	    (p->b->two && (stage_key(&enc_key, p, i->tre_id, ".enc.key.pem", &i->enc, why) ||
			   stage_cert(&enc_cert, p, i->tre_id, ".enc.cert.pem", &i->enc, why))))
		return -1;
	for (size_t n = 0; in_order[n]; n++)
		if (in_order[n]->staged && outfile_commit(in_order[n], why))
			return -1;
	return 0;
}
