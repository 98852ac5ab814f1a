/* SPDX-License-Identifier: Apache-2.0 */
#include "register/auc.h"

#include "aka/kdf.h"
#include "base/hex.h"
#include "base/outfile.h"
#include "base/when.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct derived {
	uint8_t key[32];
	uint8_t xres_star[16];
};
DEFINE_WIPE(derived)

struct made {
	struct auc_vector v[VECTORS_MAX];
};
DEFINE_WIPE(made)

/* A block under way; it may be done more than once. */
struct block {
	const struct auc_options *o;
	struct auc_request *requests;
	size_t n;
	struct buf *out;
	size_t out_start;
	struct buf audit;
};

int auc_check_snn(const char *snn, struct why *why)
{
	static const char form[] = "5G:mnc000.mcc000.3gppnetwork.org";
	bool right = strlen(snn) == sizeof(form) - 1;

	for (size_t i = 0; right && form[i]; i++)
		right = form[i] == '0' ? snn[i] >= '0' && snn[i] <= '9' : snn[i] == form[i];
	return right ? 0
		     : why_input(why,
				 "--5g: want 5G:mncNNN.mccNNN.3gppnetwork.org (TS 33.501 6.1.1.4)");
}

/* ---- what is told ---- */

static int put_umts(json_t *o, const struct auc_vector *v, struct why *why)
{
	return json_put_hex(o, "xres", v->av.xres, v->xres_len, why) ||
			       json_put_hex(o, "ck", v->av.ck, v->ck_len, why) ||
			       json_put_hex(o, "ik", v->av.ik, v->ik_len, why)
		       ? -1
		       : 0;
}

static int put_eps(json_t *o, const struct auc_options *asked, const struct auc_vector *v,
		   struct why *why)
{
	SECRET(derived) d;
	uint8_t sn_id[3];

	plmn_encode(sn_id, &asked->plmn);
	return kdf_kasme(NULL, d.key, v->av.ck, v->av.ik, sn_id, v->av.autn, why) ||
			       json_put_hex(o, "xres", v->av.xres, v->xres_len, why) ||
			       json_put_hex(o, "kasme", d.key, 32, why)
		       ? -1
		       : 0;
}

static int put_5g(json_t *o, const struct auc_options *asked, const struct auc_vector *v,
		  struct why *why)
{
	SECRET(derived) d;

	return kdf_kausf(NULL, d.key, v->av.ck, v->av.ik, asked->snn, v->av.autn, why) ||
			       kdf_res_star(NULL, d.xres_star, v->av.ck, v->av.ik, asked->snn,
					    v->av.rand, v->av.xres, v->xres_len, why) ||
			       json_put_hex(o, "xres_star", d.xres_star, 16, why) ||
			       json_put_hex(o, "kausf", d.key, 32, why)
		       ? -1
		       : 0;
}

/* CK and IK do not leave the home for EPS and 5GS, and the AMF says so to the card. */
static int check_form(const struct auc_options *asked, const struct auc_vector *v, struct why *why)
{
	if (asked->form == AUC_UMTS)
		return 0;
	if (!(v->av.autn[6] & 0x80))
		return why_input(why, "amf: its separation bit is 0 (TS 33.102 Annex H, TS 33.401 "
				      "6.1.2)");
	if (v->ck_len != 16 || v->ik_len != 16)
		return why_input(why, "want CK and IK of 16 octets (TS 33.401 A.2)");
	return 0;
}

static int tell(struct block *b, const char *imsi, const struct auc_vector *v, struct why *why)
{
	AUTO(json_t) *o = json_object();

	if (json_put_text(o, "imsi", imsi, why) || json_put_hex(o, "rand", v->av.rand, 16, why) ||
	    json_put_hex(o, "autn", v->av.autn, v->autn_len, why) ||
	    (b->o->form == AUC_UMTS  ? put_umts(o, v, why)
	     : b->o->form == AUC_EPS ? put_eps(o, b->o, v, why)
				     : put_5g(o, b->o, v, why)))
		return -1;
	return json_append_line(b->out, o, why);
}

/* ---- the audit: who got what kind of vector, and no key, RES or AK ---- */

static int put_purpose(json_t *o, const struct auc_options *asked, struct why *why)
{
	char plmn[PLMN_TEXT];

	if (asked->form == AUC_UMTS)
		return json_put_text(o, "form", "umts", why);
	if (asked->form == AUC_5G)
		return json_put_text(o, "form", "5g", why) ||
				       json_put_text(o, "serving_network", asked->snn, why)
			       ? -1
			       : 0;
	plmn_format(plmn, &asked->plmn);
	return json_put_text(o, "form", "eps", why) ||
			       json_put_text(o, "serving_network", plmn, why)
		       ? -1
		       : 0;
}

/* v is NULL for a refusal. */
static int audit(struct block *b, const struct auc_request *q, const struct auc_vector *v,
		 const char *outcome, struct why *why)
{
	AUTO(json_t) *o = json_object();
	char time[WHEN_TEXT];

	if (!b->o->audit)
		return 0;
	when_format(time, b->o->at);
	if (json_put_text(o, "time", time, why) || json_put_text(o, "imsi", q->imsi, why) ||
	    put_purpose(o, b->o, why) || json_put_bool(o, "resynchronised", v && q->resync, why) ||
	    (v && (json_put_hex(o, "rand", v->av.rand, 16, why) ||
		   json_put_hex(o, "sqn", v->sqn, 6, why))) ||
	    json_put_text(o, "outcome", outcome, why))
		return -1;
	return json_append_line(&b->audit, o, why);
}

/* ---- a block ---- */

static int make(struct reg *r, struct block *b, const struct auc_request *q, struct why *why)
{
	const struct vectors_asked asked = {q->imsi,     q->resync, b->o->apn,
					    b->o->count, b->o->ind, b->o->at};
	SECRET(made) made;

	if (reg_vectors(r, &asked, made.v, why) || check_form(b->o, &made.v[0], why))
		return -1;
	for (unsigned i = 0; i < b->o->count; i++)
		if (tell(b, q->imsi, &made.v[i], why) || audit(b, q, &made.v[i], "vector", why))
			return -1;
	return 0;
}

/* -1: the block cannot go on. A refusal is undone alone. */
static int serve(struct reg *r, struct block *b, struct auc_request *q, struct why *why)
{
	const size_t out = b->out->len, log = b->audit.len;

	q->why = (struct why){0};
	if (reg_mark(r, why))
		return -1;
	if (make(r, b, q, &q->why) == 0)
		return reg_keep(r, why);
	b->out->len = out;
	b->audit.len = log;
	if (q->why.status == TOOL_SYS || q->why.status == TOOL_BUSY) {
		*why = q->why;
		return -1;
	}
	if (reg_undo(r, why))
		return -1;
	return audit(b, q, NULL, q->why.reason[0] ? q->why.reason : "malformed", why);
}

static int work(struct reg *r, void *ctx, struct why *why)
{
	struct block *b = ctx;

	b->out->len = b->out_start;
	b->audit.len = 0;
	for (size_t i = 0; i < b->n; i++)
		if (serve(r, b, &b->requests[i], why))
			return -1;
	return 0;
}

static int append_file(const char *path, const struct buf *text, struct why *why)
{
	const bool is_new = access(path, F_OK) != 0;
	const int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0)
		return why_sys(why, "%s: %s", path, strerror(errno));
	/* one write: the lines of two processes do not mix */
	rc = write(fd, text->bytes, text->len) == (ssize_t)text->len &&
			     (fdatasync(fd) == 0 || errno == EINVAL)
		     ? 0
		     : why_sys(why, "%s: %s", path, strerror(errno));
	close(fd);
	return rc || (is_new && outfile_sync_folder(path, why)) ? -1 : 0;
}

int auc_block(struct reg *r, const struct auc_options *o, struct auc_request *requests, size_t n,
	      struct buf *out, struct why *why)
{
	struct block b = {o, requests, n, out, out->len, {0}};
	int rc = reg_transact(r, work, &b, why);

	if (!rc && b.audit.len)
		rc = append_file(o->audit, &b.audit, why);
	if (rc)
		out->len = b.out_start;
	buf_free(&b.audit);
	return rc;
}
