#include "desk/mailing.h"

enum { AT_A_TIME = 256 };

static const struct { struct str about, words; } notices[] = {
#define NOTICE(about, words) { { #about, sizeof #about - 1 }, { words, sizeof words - 1 } },
#include "desk/notice.def"
#undef NOTICE
};

static struct str
words_of(struct str about)
{
	for (ptrdiff_t i = 0; i < COUNT(notices); i++)
		if (str_eq(notices[i].about, about))
			return notices[i].words;
	return S("There is something new");
}

enum err
mailing_upto(struct cx *cx, struct desk *d, int64_t *out)
{
	struct row_meta_get *row;

	TRY(sql_meta_get(cx, d->db, S("mailed_upto"), &row));
	*out = -1;
	if (row && !str_int(row->value, out))
		return fail(cx, ERR_BROKEN, "mailed_upto holds “%.*s”", F(row->value));
	return OK;
}

/* The letters of one entry are [from, n). */
struct letters { struct mailing_letter *at; ptrdiff_t from, n, room; };

static enum err
letter_add(struct cx *cx, struct desk *d, struct letters *l, const struct row_notices_to_mail *notice,
    struct str address)
{
	struct row_delivery_get *had;

	if (!address.n || l->n == l->room)
		return OK;
	for (ptrdiff_t i = l->from; i < l->n; i++)
		if (str_eq(l->at[i].address, address))
			return OK;
	/* recorded already: the clerk ended between writing that down and saying how far it had come */
	TRY(sql_delivery_get(cx, d->db, notice->notice_id, address, &had));
	if (!had)
		l->at[l->n++] = (struct mailing_letter){ .notice = notice->notice_id, .seq = notice->seq, .address = address };
	return OK;
}

/* "p:<actor>", "r:<role>", "r:<role>@<department>". */
static enum err
letters_of(struct cx *cx, struct desk *d, struct letters *l, const struct row_notices_to_mail *notice)
{
	struct row_role_holders *holders;
	struct row_person_get *p;
	struct str role, department;
	struct id actor;
	ptrdiff_t n;

	if (str_starts(notice->token, S("p:"))) {
		if (!id_read(str_sub(notice->token, 2, 32), &actor))
			return OK;
		TRY(sql_person_get(cx, d->db, actor, &p));
		return p && p->active ? letter_add(cx, d, l, notice, p->email) : OK;
	}
	if (!str_starts(notice->token, S("r:")))
		return OK;
	str_cut(str_sub(notice->token, 2, notice->token.n), '@', &role, &department);
	TRY(sql_role_holders(cx, d->db, role, &holders, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		if (str_eq(holders[i].department, department))
			TRY(letter_add(cx, d, l, notice, holders[i].email));
	return OK;
}

static enum err
count_people(struct cx *cx, struct desk *d, const struct row_notices_to_mail *rows, ptrdiff_t n, ptrdiff_t *out)
{
	struct row_role_holders *holders;
	struct str role, department;
	ptrdiff_t held;

	*out = n;
	for (ptrdiff_t i = 0; i < n; i++) {
		if (!str_starts(rows[i].token, S("r:")))
			continue;
		str_cut(str_sub(rows[i].token, 2, rows[i].token.n), '@', &role, &department);
		TRY(sql_role_holders(cx, d->db, role, &holders, &held));
		*out += held;
	}
	return OK;
}

enum err
mailing_new(struct cx *cx, struct desk *d, int64_t after, struct mailing_letter **out, ptrdiff_t *n_out,
    int64_t *upto)
{
	struct row_notices_to_mail *rows;
	struct letters l = { NULL, 0, 0, 0 };
	ptrdiff_t n;

	*upto = after;
	TRY(sql_notices_to_mail(cx, d->db, after, AT_A_TIME, &rows, &n));
	if (n == AT_A_TIME && rows[0].seq != rows[n - 1].seq) /* the last entry may have more than fitted */
		for (int64_t last = rows[n - 1].seq; rows[n - 1].seq == last;)
			n--;
	TRY(count_people(cx, d, rows, n, &l.room));
	*out = l.at = NEW(cx, struct mailing_letter, l.room);
	for (ptrdiff_t i = 0; i < n; i++) {
		if (i && rows[i].seq != rows[i - 1].seq)
			l.from = l.n;
		TRY(letters_of(cx, d, &l, &rows[i]));
		*upto = rows[i].seq;
	}
	*n_out = l.n;
	return OK;
}

enum err
mailing_due(struct cx *cx, struct desk *d, ptrdiff_t most, struct mailing_letter **out, ptrdiff_t *n)
{
	struct row_delivery_due *rows;

	TRY(sql_delivery_due(cx, d->db, cx->now, most, &rows, n));
	*out = NEW(cx, struct mailing_letter, *n);
	for (ptrdiff_t i = 0; i < *n; i++) {
		struct mailing_letter *l = &(*out)[i];
		struct row_person_of_email *people;
		struct row_notice_get *notice;
		struct row_case_get *k = NULL;
		ptrdiff_t found;

		*l = (struct mailing_letter){ .notice = rows[i].notice_id, .seq = rows[i].seq, .address = rows[i].address,
			.tries = (int)rows[i].tries };
		TRY(sql_notice_get(cx, d->db, l->seq, l->notice, &notice));
		if (notice)
			TRY(sql_case_get(cx, d->db, notice->case_id, &k));
		l->words = words_of(notice ? notice->about : S(""));
		l->ref = k ? k->ref : S("");
		TRY(sql_person_of_email(cx, d->db, l->address, &people, &found));
		for (ptrdiff_t p = 0; p < found; p++)
			l->staff |= people[p].person.n > 0;
	}
	return OK;
}
