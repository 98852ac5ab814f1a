/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates of a part of a batch, by several threads. */
#include "base/progress.h"
#include "pki/batch_inside.h"

#include <stdlib.h>

static int make_item(struct batch_part *p, unsigned thread, struct batch_item *i)
{
	struct minted *pair = p->b->folder ? &i->pair : &p->pair[thread];
	struct minted *enc = p->b->folder ? &i->enc : &p->enc[thread];

	if (mint_make(p->sign[thread], pair, i->tre_id, &i->why) ||
	    (p->b->two && mint_make(p->encrypt[thread], enc, i->tre_id, &i->why)) ||
	    (p->b->index && batch_rows(p, i, pair, enc)))
		return -1;
	return p->b->folder ? 0 : batch_record(p, thread, i);
}

struct worker {
	struct batch_part *p;
	unsigned number;
};

/* A few at a time: one is too little for the lock where keys are fast. */
static void *work(void *arg)
{
	const struct worker *w = arg;
	struct batch_part *p = w->p;
	const size_t step = p->n > (size_t)64 * p->jobs ? 16 : 1;

	for (;;) {
		size_t from;

		pthread_mutex_lock(&p->lock);
		from = p->next;
		p->next += step;
		pthread_mutex_unlock(&p->lock);
		if (from >= p->n || progress_is_stopped())
			return NULL;
		for (size_t n = from; n < from + step && n < p->n; n++)
			if (!p->item[n].is_done && !p->item[n].why.status)
				p->item[n].is_done = make_item(p, w->number, &p->item[n]) == 0;
	}
}

int batch_mints(struct batch_part *p, struct why *why)
{
	const enum issue_kind kind = p->b->two ? ISSUE_SIGN : ISSUE_BOTH;

	for (unsigned i = 0; i < p->jobs; i++)
		if (!(p->sign[i] = mint_new(&p->b->spec, kind, p->b->alg, why)) ||
		    (p->b->two &&
		     !(p->encrypt[i] = mint_new(&p->b->spec, ISSUE_ENCRYPT, p->b->alg, why))) ||
		    (p->line_key.len && !(p->line[i] = line_key_new(&p->line_key, why))))
			return -1;
	return batch_expiry(p, why);
}

void batch_mints_free(struct batch_part *p)
{
	for (unsigned i = 0; i < p->jobs; i++) {
		mint_free(p->sign[i]);
		mint_free(p->encrypt[i]);
		line_key_free(p->line[i]);
	}
}

int batch_make(struct batch_part *p, struct why *why)
{
	pthread_t thread[BATCH_JOBS_MAX];
	struct worker w[BATCH_JOBS_MAX] = {{p, 0}};
	unsigned started = 0;

	p->next = 0;
	for (; started < p->jobs; started++) {
		w[started] = (struct worker){p, started};
		if (started && pthread_create(&thread[started], NULL, work, &w[started]))
			break;
	}
	work(&w[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(thread[i], NULL);
	return started == p->jobs ? 0 : why_sys(why, "a thread does not start");
}

void batch_part_clear(struct batch_part *p)
{
	for (size_t n = 0; n < p->n; n++) {
		struct batch_item *i = &p->item[n];

		free(i->tre_id);
		i->tre_id = NULL;
		i->record.len = i->rows.len = 0;
		minted_free(&i->pair);
		minted_free(&i->enc);
		i->is_done = false;
		i->why = (struct why){0};
	}
	p->n = 0;
}

void batch_part_free(struct batch_part *p)
{
	batch_part_clear(p);
	for (size_t n = 0; n < p->size; n++) {
		buf_free(&p->item[n].record);
		buf_free(&p->item[n].rows);
	}
	for (unsigned i = 0; i < p->jobs; i++) {
		minted_free(&p->pair[i]);
		minted_free(&p->enc[i]);
	}
	free(p->item);
	buf_free(&p->line_key);
}
