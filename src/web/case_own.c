#include "web/case_own.h"

#include "core/evaluate.h"
#include "web/page/staff.h"
#include "web/report_ask.h"
#include "web/typed.h"
#include "web/word.h"

enum { MOST_STEPS = 12 };

/* The reporter's own facts as the policy reads them, so that advice follows from nothing else. */
static struct facts
own_facts(struct visit *v, const struct ask_report_case *c)
{
	struct facts facts = c->facts, known;

	policy_derive(v->policy, &facts, &known);
	return known;
}

const struct view_card *
case_own_cards(struct visit *v, const struct ask_report_case *c, int *n)
{
	struct cx *cx = v->turn->cx;
	const struct card *const *cards;
	struct view_card *out;
	struct facts facts;
	ptrdiff_t m;

	*n = 0;
	if (!v->policy)
		return NULL;
	facts = own_facts(v, c);
	m = policy_cards(cx, v->policy, &facts, &cards);
	out = NEW(cx, struct view_card, m);
	for (ptrdiff_t i = 0; i < m; i++)
		out[(*n)++] = (struct view_card){ cards[i]->title, cards[i]->text, (int)cards[i]->n_text };
	return out;
}

static struct str
role_words(const struct role *r)
{
	return r->is == ROLE_MANAGER_OF_REPORTER ? S("Your line manager") : r->title;
}

/* Who was told, in one step: "IT Service Desk and Internal Audit are told". */
static void
told_step(struct cx *cx, const struct ask_report_case *c, struct view_step *out, int *n)
{
	struct buf b = buf_new(cx);
	struct str names[12];
	ptrdiff_t m = 0;

	for (ptrdiff_t i = 0; i < c->n_duties && m < COUNT(names); i++) {
		const struct role *r = c->duties[i].role;
		bool there = !r || c->duties[i].nobody || !str_eq(c->duties[i].act, S("inform"));

		for (ptrdiff_t k = 0; k < m; k++)
			there |= r && str_eq(names[k], role_words(r));
		if (!there)
			names[m++] = role_words(r);
	}
	for (ptrdiff_t i = 0; i < m; i++) {
		struct str name = i && str_eq(names[i], S("Your line manager")) ? S("your line manager") : names[i];

		buf_fmt(&b, "%s%.*s", i == 0 ? "" : i == m - 1 ? " and " : ", ", F(name));
	}
	if (m)
		out[(*n)++] = (struct view_step){ str_fmt(cx, "%.*s %s told", F(buf_str(&b)), m == 1 ? "is" : "are"),
		    S("At once, by this service.") };
}

/* What is owed that a reporter should know of; the rest is the team's own. */
static const struct { struct str act; enum word words; } tells[] = {
	{ { "assess", 6 }, WORD_next_assess }, { { "contain", 7 }, WORD_next_contain },
	{ { "reset_credentials", 17 }, WORD_next_reset }, { { "advise", 6 }, WORD_next_advise },
	{ { "keep_informed", 13 }, WORD_next_keep_informed },
};

static bool
said_before(const struct view_step *out, int n, struct str what)
{
	for (int i = 0; i < n; i++)
		if (str_eq(out[i].what, what))
			return true;
	return false;
}

const struct view_step *
case_own_next(struct visit *v, const struct ask_report_case *c, int *n)
{
	struct cx *cx = v->turn->cx;
	struct view_step *out = NEW(cx, struct view_step, MOST_STEPS + 1);

	*n = 0;
	told_step(cx, c, out, n);
	for (ptrdiff_t k = 0; k < COUNT(tells); k++)
		for (ptrdiff_t i = 0; i < c->n_duties && *n < MOST_STEPS; i++) {
			const struct ask_report_duty *d = &c->duties[i];
			struct str what;

			if (!d->role || !d->open || d->nobody || !str_eq(d->act, tells[k].act))
				continue;
			what = str_fmt(cx, "%.*s %.*s", F(role_words(d->role)), F(word_of(tells[k].words)));
			if (!said_before(out, *n, what))
				out[(*n)++] = (struct view_step){ what, d->due == NEVER ? S("") : d->due <= cx->now ? S("Now.") :
					str_fmt(cx, "By %.*s.", F(visit_time(v, d->due).words)) };
		}
	return out;
}

static struct view_row
row(struct str key, struct str value)
{
	return (struct view_row){ .key = key, .value = value };
}

/* Facts that the form asks for itself. */
static const struct { enum fact fact; const char *key; } stated[] = {
	{ FACT_discovered_at, "When you noticed" }, { FACT_occurred_at, "When it happened" },
};

const struct view_row *
case_own_rows(struct visit *v, const struct ask_report_case *c, int *n)
{
	struct cx *cx = v->turn->cx;
	const struct category *category = v->policy ? policy_category(v->policy, c->category) : NULL;
	struct view_row *out = NEW(cx, struct view_row, 3 + c->answers->n + COUNT(stated) + c->n_added);

	*n = 0;
	if (category)
		out[(*n)++] = row(S("What happened"), category->label);
	out[(*n)++] = row(S("In your words"), c->narrative);
	for (const struct js *a = c->answers->first; a; a = a->next) {
		const struct question *q = v->policy ? policy_question(v->policy, a->key) : NULL;

		if (q && report_ask_words(cx, q, a).n)
			out[(*n)++] = row(q->label, report_ask_words(cx, q, a));
	}
	for (ptrdiff_t i = 0; i < COUNT(stated); i++)
		if (c->facts.v[stated[i].fact].known)
			out[(*n)++] = row(str_of(stated[i].key), typed_words(cx, c->facts.v[stated[i].fact].at));
	for (ptrdiff_t i = 0; i < c->n_added; i++)
		out[(*n)++] = row(str_fmt(cx, "Added %.*s", F(visit_time(v, c->added[i].at).words)), c->added[i].words);
	return out;
}

enum err
case_own_receipt(struct visit *v, const struct ask_report_case *c, struct str code, struct str proof, struct str back)
{
	struct page_receipt p = { .ref = c->ref, .code = code, .seal = c->seal, .said = c->said,
		.sent = visit_time(v, c->received),
		.entry = c->entry, .proof_href = proof };

	p.rows = case_own_rows(v, c, &p.n_rows);
	p.next = case_own_next(v, c, &p.n_next);
	p.frame = visit_frame(v, S("Receipt"), false);
	p.frame.back_href = back;
	page_receipt(visit_page(v, 200), &p);
	return OK;
}

static enum err
proved(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct visit *v = visit_of(t);
	struct str *back = arg, text[1];
	struct view_link links[1];
	struct page_message p = { .heading = S("The proof is not ready yet") };

	TRY(e);
	if (js_str(ok, S("proof")).n) {
		turn_answer(t, 200, S("application/json"), js_text(t->cx, ok));
		turn_set_download(t, str_fmt(t->cx, "%.*s-receipt.json", F(js_str(ok, S("ref")))));
		return OK;
	}
	text[0] = S("The journal is signed about once a minute, and the proof leads to that signature. "
	    "Try again in a minute.");
	links[0] = (struct view_link){ S("Back to the receipt"), *back };
	p.text = text;
	p.n_text = 1;
	p.links = links;
	p.n_links = 1;
	p.frame = visit_frame(v, p.heading, false);
	page_message(visit_page(v, 503), &p);
	return OK;
}

enum err
case_own_proof(struct visit *v, struct credential as, struct str ref, struct str back)
{
	struct cx *cx = v->turn->cx;
	struct str *where = NEW(cx, struct str, 1);

	*where = back;
	return door_send(v->door, v->turn, (struct id){ { 0 } }, as, S("receipt"), ref, js_object(cx), proved, where);
}
