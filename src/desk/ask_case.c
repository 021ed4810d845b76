#include "desk/ask.h"

#include "core/receipt.h"

/* What one page shows of them: so many, and no more text than that, but always one. Whoever writes much and often shall
 * not make a case that nobody can open. */
enum { TIMELINE = 100, MESSAGES = 50, TEXT_MOST = 192 << 10, PIECE = 8 };

enum err
ask_person(struct cx *cx, const struct desk *d, struct id id, struct ask_person *out)
{
	struct row_person_get *p = NULL;

	*out = (struct ask_person){ .id = id };
	if (!id_zero(id))
		TRY(sql_person_get(cx, d->db, id, &p));
	if (p)
		*out = (struct ask_person){ id, p->name, p->person, p->email, p->department };
	return OK;
}

/* Only what is addressed to the actor: that is what a stub shows. */
static void
keep_own(struct ask_case *c, const struct actor *a)
{
	ptrdiff_t kept = 0;

	for (ptrdiff_t i = 0; i < c->n_duties; i++)
		if (access_has_token(a, c->duties[i].token))
			c->duties[kept++] = c->duties[i];
	c->n_duties = kept;
}

static void
keep_shared(struct ask_case *c)
{
	ptrdiff_t kept = 0;

	for (ptrdiff_t i = 0; i < c->n_timeline; i++)
		if (str_eq(c->timeline[i].audience, S("both")))
			c->timeline[kept++] = c->timeline[i];
	c->n_timeline = kept;
	c->n_duties = 0;
}

/* Names stand in identities alone: here they come to what was done to whom. */
static enum err
name_whom(struct cx *cx, const struct desk *d, struct ask_case *c)
{
	for (ptrdiff_t i = 0; i < c->n_timeline; i++) {
		struct row_timeline *t = &c->timeline[i];
		struct ask_person p;

		if (id_zero(t->whom))
			continue;
		TRY(ask_person(cx, d, t->whom, &p));
		t->what = str_fmt(cx, "%.*s %.*s", F(t->what), F(p.name.n ? p.name : S("somebody whose name is gone")));
	}
	return OK;
}

void
ask_stub(struct row_case_get *r)
{
	r->title = r->ref;
	r->narrative = r->answers = r->facts = r->category = r->department = r->level = S("");
	r->reporter_id = r->owner_id = (struct id){ { 0 } };
}

enum err
ask_timeline(struct cx *cx, const struct desk *d, struct id id, int64_t before, struct row_timeline **out, ptrdiff_t *n,
    int64_t *older)
{
	struct row_timeline *rows;
	ptrdiff_t m = PIECE, text = 0;

	*out = NEW(cx, struct row_timeline, TIMELINE);
	for (*n = 0, *older = before; m == PIECE; ) {
		TRY(sql_timeline(cx, d->db, id, *older, PIECE, &rows, &m));
		for (ptrdiff_t i = 0; i < m; i++) {
			text += rows[i].words.n;
			if (*n == TIMELINE || (*n && text > TEXT_MOST))
				return OK;
			(*out)[(*n)++] = rows[i];
			*older = rows[i].seq;
		}
	}
	*older = 0;
	return OK;
}

enum err
ask_messages(struct cx *cx, const struct desk *d, struct id id, struct row_messages **out, ptrdiff_t *n, bool *more)
{
	struct row_messages *rows, *all = NEW(cx, struct row_messages, MESSAGES);
	ptrdiff_t m = PIECE, text = 0;
	int64_t before = INT64_MAX;

	*more = false;
	for (*n = 0; m == PIECE && !*more; ) {
		TRY(sql_messages(cx, d->db, id, before, PIECE, &rows, &m));
		for (ptrdiff_t i = 0; i < m && !*more; i++) {
			text += rows[i].words.n;
			*more = *n == MESSAGES || (*n && text > TEXT_MOST);
			if (!*more)
				all[MESSAGES - ++*n] = rows[i];
			before = rows[i].seq;
		}
	}
	*out = all + MESSAGES - *n; /* the oldest of them first */
	return OK;
}

enum err
ask_case(struct cx *cx, const struct desk *d, const struct actor *a, struct str ref, int64_t older, struct ask_case *c)
{
	struct row_case_id_of_ref *row = NULL;
	struct str tidy;

	*c = (struct ask_case){ .sight = SEES_NOTHING };
	if (receipt_ref_read(cx, desk_setting(d, S("prefix"), S("INC")), ref, &tidy))
		TRY(sql_case_id_of_ref(cx, d->db, tidy, &row));
	if (!row)
		return fail(cx, ERR_NOT_FOUND, "there is no such case");
	TRY(kase_load(cx, (struct desk *)d, row->case_id, &c->kase));
	TRY(access_sight(cx, d->db, a, row->case_id, &c->sight));
	c->reporter = id_eq(a->only_case, row->case_id) || (!id_zero(a->id) && id_eq(a->id, c->kase.reporter));
	if (!c->reporter && !access_may(NEED_STUB, a, c->sight, false))
		return fail(cx, ERR_NOT_FOUND, "there is no such case");
	if (d->policy)
		policy_derive(d->policy, &c->kase.facts, &c->derived);
	TRY(sql_duties_of_case(cx, d->db, row->case_id, &c->duties, &c->n_duties));
	c->title = c->kase.row->title;
	if (c->sight < SEES_IT_ALL && !c->reporter) {
		keep_own(c, a);
		ask_stub(c->kase.row);
		c->title = c->kase.ref;
		c->kase.facts = c->derived = (struct facts){ 0 };
		return OK;
	}
	TRY(ask_timeline(cx, d, row->case_id, older, &c->timeline, &c->n_timeline, &c->older));
	TRY(ask_messages(cx, d, row->case_id, &c->messages, &c->n_messages, &c->more_messages));
	TRY(sql_attachments(cx, d->db, row->case_id, &c->files, &c->n_files));
	if (c->sight < SEES_IT_ALL)
		keep_shared(c);
	return name_whom(cx, d, c);
}
