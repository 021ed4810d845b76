/* Conditions in plain words. */
#include "core/condition_part.h"

/* Words. `facts` NULL: the condition as such; else only what decided that it is `truth`, as it stands. */
struct saying { struct buf b; struct cx *cx; const struct facts *facts; };

static void
say_values(struct saying *s, const struct condition *c)
{
	for (ptrdiff_t k = 0; k < c->n; k++) {
		buf_put(&s->b, k == 0 ? S("") : k == c->n - 1 ? S(" or ") : S(", "));
		buf_put(&s->b, value_words(s->cx, c->fact, &c->values[k]));
	}
}

static void
say_fact(struct saying *s, const struct condition *c, bool truth)
{
	static const char *const orders[] = { [OP_LESS] = "below", [OP_LEQ] = "at most", [OP_MORE] = "above",
		[OP_MEQ] = "at least" };
	const struct fact_about *a = fact_about(c->fact);
	const struct value *v = s->facts ? &s->facts->v[c->fact] : NULL;

	if (c->op == OP_BOOL || (c->op == OP_IN && a->type == FACT_BOOL && c->n == 1)) {
		bool yes = c->op == OP_BOOL ? truth : truth == ((c->values->i != 0) != c->negated);

		buf_put(&s->b, yes ? a->words : a->words_not);
		return;
	}
	buf_put(&s->b, a->words);
	if (v && !v->known) {
		buf_put(&s->b, S(" is not known"));
	} else if (c->op == OP_HAS) {
		buf_put(&s->b, truth ? S(" includes ") : S(" does not include "));
		say_values(s, c);
	} else if (v) {
		buf_put(&s->b, S(" is "));
		buf_put(&s->b, value_words(s->cx, c->fact, v));
	} else {
		buf_put(&s->b, (c->op == OP_IN ? truth != c->negated : truth) ? S(" is ") : S(" is not "));
		if (c->op != OP_IN)
			buf_fmt(&s->b, "%s ", orders[c->op]);
		say_values(s, c);
	}
}

static void say(struct saying *, const struct condition *, bool truth, bool inside);

/* One more part of a list, unless the same words stand in it already; starts[] says where each part begins. */
static void
say_part(struct saying *s, const struct condition *p, bool truth, struct str between, ptrdiff_t *starts, ptrdiff_t *n)
{
	ptrdiff_t before = s->b.n, from;
	struct str all, now;

	if (*n)
		buf_put(&s->b, between);
	from = s->b.n;
	say(s, p, truth, !str_eq(between, S(" or ")));
	all = buf_str(&s->b);
	now = str_sub(all, from, all.n);
	for (ptrdiff_t k = 0; k < *n; k++) {
		struct str old = str_sub(all, starts[k], now.n);
		ptrdiff_t end = starts[k] + now.n;

		if (str_eq(old, now) && (end == before || str_starts(str_sub(all, end, all.n), between))) {
			s->b.n = before;
			return;
		}
	}
	starts[(*n)++] = from;
}

static void
say(struct saying *s, const struct condition *c, bool truth, bool inside)
{
	/* a negated “or” reads as an “and” of what is not so, and the other way about */
	bool all = (c->op == OP_AND) == truth, brackets = !all && !s->facts && inside;
	ptrdiff_t *starts, n = 0;

	if (c->op == OP_NOT) {
		say(s, c->first, !truth, inside);
		return;
	}
	if (c->op != OP_OR && c->op != OP_AND) {
		say_fact(s, c, truth);
		return;
	}
	for (const struct condition *p = c->first; p; p = p->next)
		n++;
	starts = NEW(s->cx, ptrdiff_t, n);
	n = 0;
	if (brackets)
		buf_char(&s->b, '(');
	for (const struct condition *p = c->first; p; p = p->next)
		if (!s->facts || condition_holds(p, s->facts) == truth)
			say_part(s, p, truth, all || s->facts ? S(" and ") : S(" or "), starts, &n);
	if (brackets)
		buf_char(&s->b, ')');
}

struct str
condition_words(struct cx *cx, const struct condition *c)
{
	struct saying s = { buf_new(cx), cx, NULL };

	if (!c)
		return S("always");
	say(&s, c, true, false);
	return buf_str(&s.b);
}

struct str
condition_why(struct cx *cx, const struct condition *c, const struct facts *facts)
{
	struct saying s = { buf_new(cx), cx, facts };

	if (!c)
		return S("");
	say(&s, c, condition_holds(c, facts), false);
	return buf_str(&s.b);
}
