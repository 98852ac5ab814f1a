/* SPDX-License-Identifier: Apache-2.0 */
/* For the files of pki/batch.h alone. */
#ifndef PKI_BATCH_INSIDE_H
#define PKI_BATCH_INSIDE_H

#include "base/outfile.h"
#include "pki/batch.h"
#include "pki/line_key.h"
#include "pki/mint.h"

#include <pthread.h>

#define BATCH_JOBS_MAX 64

/* One equipment of a part of the batch. */
struct batch_item {
	char *tre_id;
	size_t line;
	bool is_done;
	struct buf record;       /* JSON line; nothing where files were asked for */
	struct buf rows;         /* of the index */
	struct minted pair, enc; /* of files; a line's are its thread's */
	struct why why;
};

struct batch_part {
	const struct batch *b;
	int folder;          /* held where the batch has one, or -1 */
	struct buf line_key; /* or empty */
	struct batch_item *item;
	size_t n, size;
	size_t next; /* under the lock */
	pthread_mutex_t lock;
	struct mint *sign[BATCH_JOBS_MAX], *encrypt[BATCH_JOBS_MAX]; /* a thread each */
	struct minted pair[BATCH_JOBS_MAX], enc[BATCH_JOBS_MAX];
	struct line_key *line[BATCH_JOBS_MAX]; /* NULL where there is none */
	char expiry[16 + 1];                   /* as the index has it */
	unsigned jobs;
};

/* The mints of all threads, before any of them starts. */
int batch_mints(struct batch_part *p, struct why *why) __attribute__((warn_unused_result));
void batch_mints_free(struct batch_part *p);

/* Makes all that is not done of the part; what failed says so in its own why. */
int batch_make(struct batch_part *p, struct why *why) __attribute__((warn_unused_result));
/* Empties the part; its memory is kept for the next, and is wiped when it goes. */
void batch_part_clear(struct batch_part *p);
void batch_part_free(struct batch_part *p);

/* The PEM of a pair's private key, encrypted where line_key is not NULL; with line ends as `\n` of
 * two characters, for JSON, or as they are. */
int batch_key_pem(struct buf *out, const struct minted *x, struct line_key *line_key, bool json,
		  struct why *why) __attribute__((warn_unused_result));
int batch_cert_pem(struct buf *out, const struct minted *x, bool json, struct why *why)
	__attribute__((warn_unused_result));

/* The end of all the certificates, once; an equipment's JSON line; its rows of the index
 * (openssl-ca(1): status, expiry, revocation, serial, file, subject). */
int batch_expiry(struct batch_part *p, struct why *why) __attribute__((warn_unused_result));
int batch_record(const struct batch_part *p, unsigned thread, struct batch_item *i)
	__attribute__((warn_unused_result));
int batch_rows(const struct batch_part *p, struct batch_item *i, const struct minted *pair,
	       const struct minted *enc) __attribute__((warn_unused_result));

/* Where records go: a stream, or files beside the result that take its name at the end. */
struct batch_out {
	struct outfile stream;
	bool is_stream;
	int fd, rows_fd; /* of OUT.part and OUT.part.index; -1: none */
	char *part, *rows;
	struct buf text[2]; /* records and rows on their way */
	size_t records;     /* that are there, or on their way */
	pthread_t writer;   /* of text, while the next part is made */
	bool is_writing;
	struct why why; /* the writer's */
};
void batch_out_free(struct batch_out *o);
#define BATCH_OUT(name) \
	__attribute__((cleanup(batch_out_free))) struct batch_out name = {.fd = -1, .rows_fd = -1}

/* Opens what is written on. With resume, what an earlier run has written whole stays, and done is
 * called with the TRE_id of each record. Refused: `file-exists`, `run-differs`; 5 where another
 * works on it. */
int batch_out_open(struct batch_out *o, const struct batch_part *p,
		   int (*done)(void *ctx, const char *tre_id, struct why *why), void *ctx,
		   struct why *why) __attribute__((warn_unused_result));
/* Whether a record is as this order makes them. Refused: `run-differs`. */
int batch_same(const struct batch_part *p, const char *line, struct why *why)
	__attribute__((warn_unused_result));
/* What of a part is done: to the index, then to the records, and durable before the next one is put
 * or the run ends. */
int batch_out_put(struct batch_out *o, const struct batch *b, const struct batch_part *p,
		  struct why *why) __attribute__((warn_unused_result));
/* Under its name, with all of it in the index before. keep: where there are no records too. */
int batch_out_close(struct batch_out *o, const struct batch *b, bool keep, struct why *why)
	__attribute__((warn_unused_result));

/* One equipment's files in the folder, certificates first. */
int batch_files(const struct batch_part *p, const struct batch_item *i, struct why *why)
	__attribute__((warn_unused_result));
/* Whether they are there; a private key is the last of them. */
bool batch_has_files(const struct batch *b, const char *tre_id);
bool batch_has_key(const struct batch *b, const char *tre_id);
/* The first pair's, and whether there is a second. */
int batch_read_files(const struct batch *b, const char *tre_id, struct buf *cert, struct buf *key,
		     bool *has_two, struct why *why) __attribute__((warn_unused_result));
/* batch_same() of them. */
int batch_same_files(const struct batch_part *p, const char *tre_id, struct why *why)
	__attribute__((warn_unused_result));

#endif
