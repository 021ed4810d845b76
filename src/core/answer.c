/* What people answer to a policy's questions, as facts. */
#include "core/evaluate.h"

static void
wrong(struct cx *cx, const struct question *q, const char *words)
{
	fault_add(cx, q->id, 0, 0, S("answer"), "%s", words);
}

static const struct option *
option_of(const struct question *q, struct str value)
{
	for (ptrdiff_t i = 0; i < q->n_options; i++)
		if (str_eq(q->options[i].value, value))
			return &q->options[i];
	return NULL;
}

static bool
yes_no(const struct question *q)
{
	return q->kind == ASK_YES_NO || q->kind == ASK_YES_NO_UNSURE;
}

/* One chosen value: known to the question; its meanings are gathered, its fact set. */
static void
choose(struct cx *cx, const struct question *q, struct str value, struct means *said, ptrdiff_t *n, struct value *v)
{
	const struct option *o = option_of(q, value);
	enum fact_type type = q->sets == FACT_none ? FACT_CHOICE : fact_about(q->sets)->type;
	bool known = o || (yes_no(q) && (str_eq(value, S("yes")) || str_eq(value, S("no")) ||
	    (q->kind == ASK_YES_NO_UNSURE && str_eq(value, S("unsure")))));
	struct value one;

	if (!known) {
		wrong(cx, q, "is not one of the answers");
		return;
	}
	if (o)
		said[(*n)++] = o->means;
	if (q->sets == FACT_none)
		return;
	if (yes_no(q) && type == FACT_BOOL) {
		if (!str_eq(value, S("unsure")))
			*v = (struct value){ .known = true, .i = str_eq(value, S("yes")) };
		return;
	}
	if (yes_no(q) && fact_value_index(q->sets, value) < 0)
		value = S("unknown");
	if (value_read(cx, q->sets, value, &one) != OK)
		wrong(cx, q, cx->why);
	else if (type == FACT_SET && v->known)
		v->i |= one.i;
	else
		*v = one;
}

/* "Payroll, Housing Benefit" becomes the ids payroll and housing-benefit. */
static struct str
ids_of(struct cx *cx, struct str text)
{
	struct str s = str_lower(cx, str_trim(text));
	char *p = (char *)(uintptr_t)s.p;
	ptrdiff_t n = 0;

	for (ptrdiff_t i = 0; i < s.n; i++) {
		bool keep = fact_id_ok(str_sub(s, i, 1)), blank = n == 0 || p[n - 1] == ',' || p[n - 1] == '-';

		if (keep || (s.p[i] == ',' && n && p[n - 1] != ','))
			p[n++] = s.p[i];
		else if (!blank)
			p[n++] = '-';
	}
	while (n && (p[n - 1] == '-' || p[n - 1] == ','))
		n--;
	return (struct str){ p, n };
}

static void
written(struct cx *cx, const struct question *q, const struct js *a, struct value *v)
{
	struct str text = a->type == JS_INT ? str_fmt(cx, "%lld", (long long)a->i) : a->str;

	if (a->type != JS_STR && !(a->type == JS_INT && q->kind == ASK_NUMBER)) {
		wrong(cx, q, "is a text");
		return;
	}
	if (q->sets == FACT_none || text.n == 0)
		return;
	if (q->kind == ASK_TEXT)
		text = ids_of(cx, text);
	if (q->kind == ASK_TEXT && !text.n) /* no id can be made of it: then the words stand for themselves */
		return;
	if (value_read(cx, q->sets, text, v) != OK)
		wrong(cx, q, cx->why);
}

static void
answer(struct cx *cx, const struct question *q, const struct js *a, struct means *said, ptrdiff_t *n,
    struct facts *facts)
{
	struct value none = { 0 }, *v = q->sets == FACT_none ? &none : &facts->v[q->sets];

	switch (q->kind) {
	case ASK_CHOICES:
		if (a->type != JS_ARRAY) {
			wrong(cx, q, "is a list of answers");
			break;
		}
		*v = none;
		for (const struct js *m = a->first; m; m = m->next)
			choose(cx, q, m->str, said, n, v);
		break;
	case ASK_CHOICE:
	case ASK_YES_NO:
	case ASK_YES_NO_UNSURE:
		if (a->type == JS_STR)
			choose(cx, q, a->str, said, n, v);
		else
			wrong(cx, q, "is one answer");
		break;
	case ASK_TEXT:
	case ASK_NUMBER:
	case ASK_DATE:
		written(cx, q, a, v);
		break;
	}
}

void
policy_answers(struct cx *cx, const struct policy *p, const struct js *answers, struct facts *facts)
{
	ptrdiff_t most = 0, n = 0;
	struct means *said;

	for (const struct js *m = answers->first; m; m = m->next)
		most += m->type == JS_ARRAY ? m->n : 1;
	said = NEW(cx, struct means, most);
	for (const struct js *m = answers->first; m; m = m->next) {
		const struct question *q = policy_question(p, m->key);

		if (q)
			answer(cx, q, m, said, &n, facts);
		else
			fault_add(cx, m->key, 0, 0, S("unknown-question"), "the policy asks no such question");
	}
	for (ptrdiff_t i = 0; i < n; i++) /* after all of them: what was stated outweighs what an answer means */
		for (ptrdiff_t k = 0; k < said[i].n; k++)
			if (!facts->v[said[i].set[k].fact].known)
				facts->v[said[i].set[k].fact] = said[i].set[k].value;
}
