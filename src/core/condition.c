#include "core/condition.h"

#include <assert.h>

enum op { OP_OR, OP_AND, OP_NOT, OP_BOOL, OP_IN, OP_HAS, OP_LESS, OP_LEQ, OP_MORE, OP_MEQ };

/* One part. `=`, `in` and, negated, `!=` and `not in` are one thing: the fact is among the values. */
struct condition {
	enum op op;
	enum fact fact;                /* of everything but OR, AND, NOT */
	bool negated;                  /* of OP_IN: != or not in */
	const struct value *values;    /* what it is compared with */
	const ptrdiff_t *offsets;      /* where each of them stands in the text */
	ptrdiff_t n;
	struct condition *first, *next; /* the parts of OR, AND, NOT */
	struct str text;               /* of the whole condition, at its root */
};

struct reading {
	struct cx *cx;
	struct str text, token;        /* token: the one that is looked at; empty at the end */
	const struct source *from;
	int deep;
	bool failed;
};

static bool
in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
	    c == '.' || c == ':' || c == '+';
}

static void
step(struct reading *r)
{
	ptrdiff_t at = r->token.p - r->text.p + r->token.n, n = 0;

	while (at < r->text.n && (r->text.p[at] == ' ' || r->text.p[at] == '\t' || r->text.p[at] == '\n'))
		at++;
	while (at + n < r->text.n && in_word(r->text.p[at + n]))
		n++;
	if (n == 0 && at < r->text.n) {
		char c = r->text.p[at], d = at + 1 < r->text.n ? r->text.p[at + 1] : 0;

		n = (c == '!' || c == '<' || c == '>') && d == '=' ? 2 : 1;
		while (at + n < r->text.n && (r->text.p[at + n] & 0xC0) == 0x80)
			n++; /* a fault shows whole characters */
	}
	r->token = (struct str){ r->text.p + at, n };
}

static bool
token_is(const struct reading *r, const char *word)
{
	return str_eq(r->token, str_of(word));
}

static bool
take(struct reading *r, const char *word)
{
	if (!token_is(r, word))
		return false;
	step(r);
	return true;
}

/* Only the first fault counts: what follows it has lost its footing. */
static void
wrong(struct reading *r, const char *rule, struct str words)
{
	if (!r->failed)
		source_fault(r->cx, r->from, r->text, r->token.p - r->text.p, str_of(rule), "%.*s", F(words));
	r->failed = true;
}

static void
unexpected(struct reading *r, const char *wanted)
{
	if (r->token.n)
		wrong(r, "condition", str_fmt(r->cx, "“%.*s” stands where %s should", F(utf8_cut(r->token, 64)), wanted));
	else
		wrong(r, "condition", str_fmt(r->cx, "the condition ends where %s should stand", wanted));
}

static bool
reserved(struct str w)
{
	return str_eq(w, S("or")) || str_eq(w, S("and")) || str_eq(w, S("not")) || str_eq(w, S("in")) || str_eq(w, S("has"));
}

static bool
is_word(const struct reading *r)
{
	return r->token.n && in_word(r->token.p[0]) && !reserved(r->token);
}

static enum fact
fact_take(struct reading *r)
{
	enum fact f = fact_of_name(r->token);
	struct str near;

	if (!is_word(r)) {
		unexpected(r, "a fact");
	} else if (f == FACT_none) {
		near = fact_nearest(r->token);
		wrong(r, "unknown-fact", near.n ?
		    str_fmt(r->cx, "there is no fact “%.*s”; did you mean “%.*s”?", F(utf8_cut(r->token, 64)), F(near)) :
		    str_fmt(r->cx, "there is no fact “%.*s”", F(utf8_cut(r->token, 64))));
	} else {
		step(r);
	}
	return r->failed ? FACT_none : f;
}

/* One value of the fact's type; a set or list is compared with one member at a time. */
static void
value_take(struct reading *r, enum fact f, struct value *out, ptrdiff_t *offset)
{
	*offset = r->token.p - r->text.p;
	if (!is_word(r))
		unexpected(r, "a value");
	else if (value_read(r->cx, f, r->token, out) != OK)
		wrong(r, "fact-value", str_of(r->cx->why));
	else
		step(r);
}

static void
values_take(struct reading *r, struct condition *c)
{
	enum { MOST = 64 };
	struct value *v = NEW(r->cx, struct value, MOST);
	ptrdiff_t *at = NEW(r->cx, ptrdiff_t, MOST);

	c->values = v;
	c->offsets = at;
	do {
		if (c->n == MOST) {
			wrong(r, "condition", S("too many values in one list"));
			return;
		}
		value_take(r, c->fact, &v[c->n], &at[c->n]);
		c->n++;
	} while (!r->failed && take(r, ","));
}

static bool
type_is(struct reading *r, enum fact f, const char *op, unsigned types, const char *instead)
{
	const struct fact_about *a = fact_about(f);

	if (!(types >> a->type & 1))
		wrong(r, "condition", str_fmt(r->cx, "“%s” does not go with %.*s; %s", op, F(a->name), instead));
	return !r->failed;
}

#define TYPE(t) (1U << FACT_##t)

static void
one_value(struct reading *r, struct condition *c)
{
	struct value *v = NEW(r->cx, struct value, 1);
	ptrdiff_t *at = NEW(r->cx, ptrdiff_t, 1);

	value_take(r, c->fact, v, at);
	c->values = v;
	c->offsets = at;
	c->n = 1;
}

static void
compare_take(struct reading *r, struct condition *c)
{
	static const struct { const char *word; enum op op; } orders[] = {
		{ "<", OP_LESS }, { "<=", OP_LEQ }, { ">", OP_MORE }, { ">=", OP_MEQ },
	};
	const unsigned single = TYPE(CHOICE) | TYPE(BOOL) | TYPE(NUMBER) | TYPE(TIME) | TYPE(ID);
	const char *op = token_is(r, "!=") ? "!=" : "=";

	if (token_is(r, "=") || token_is(r, "!=")) {
		if (!type_is(r, c->fact, op, single, "ask whether it “has” a value"))
			return;
		step(r);
		c->op = OP_IN;
		c->negated = op[0] == '!';
		one_value(r, c);
		return;
	}
	if (token_is(r, "has")) {
		if (!type_is(r, c->fact, "has", TYPE(SET) | TYPE(LIST), "only a set or list has values"))
			return;
		step(r);
		c->op = OP_HAS;
		one_value(r, c);
		return;
	}
	for (ptrdiff_t i = 0; i < COUNT(orders); i++) {
		if (!token_is(r, orders[i].word))
			continue;
		if (!type_is(r, c->fact, orders[i].word, TYPE(NUMBER) | TYPE(TIME), "only numbers and times have an order"))
			return;
		step(r);
		c->op = orders[i].op;
		one_value(r, c);
		return;
	}
	if (token_is(r, "in") || token_is(r, "not")) {
		c->negated = take(r, "not");
		if (!token_is(r, "in")) {
			unexpected(r, "“in”");
			return;
		}
		if (!type_is(r, c->fact, "in", single, "ask whether it “has” a value"))
			return;
		step(r);
		c->op = OP_IN;
		if (!take(r, "["))
			unexpected(r, "“[”");
		else
			values_take(r, c);
		if (!r->failed && !take(r, "]"))
			unexpected(r, "“,” or “]”");
		return;
	}
	c->op = OP_BOOL;
	if (fact_about(c->fact)->type != FACT_BOOL)
		unexpected(r, str_fmt(r->cx, "a comparison (%.*s is no yes-or-no fact)", F(fact_about(c->fact)->name)).p);
}

static struct condition *either(struct reading *);

static struct condition *
one(struct reading *r)
{
	struct condition *c = NEW(r->cx, struct condition, 1);

	c->fact = FACT_none;
	if (++r->deep > CONDITION_DEEPEST) {
		wrong(r, "condition", S("the condition is nested too deeply"));
	} else if (take(r, "not")) {
		c->op = OP_NOT;
		c->first = one(r);
	} else if (take(r, "(")) {
		c = either(r);
		if (!r->failed && !take(r, ")"))
			unexpected(r, "“and”, “or” or “)”");
	} else {
		c->fact = fact_take(r);
		if (!r->failed)
			compare_take(r, c);
	}
	r->deep--;
	return c;
}

/* Parts of one kind joined by one word; a single part stands for itself. */
static struct condition *
joined(struct reading *r, enum op op, const char *word, struct condition *(*part)(struct reading *))
{
	struct condition *first = part(r), *last = first, *c;

	if (r->failed || !token_is(r, word))
		return first;
	c = NEW(r->cx, struct condition, 1);
	*c = (struct condition){ .op = op, .fact = FACT_none };
	c->first = first;
	while (!r->failed && take(r, word)) {
		last->next = part(r);
		last = last->next;
	}
	return c;
}

static struct condition *both(struct reading *r) { return joined(r, OP_AND, "and", one); }
static struct condition *either(struct reading *r) { return joined(r, OP_OR, "or", both); }

const struct condition *
condition_compile(struct cx *cx, struct str text, const struct source *from)
{
	struct reading r = { .cx = cx, .text = text, .token = { text.p, 0 }, .from = from };
	struct condition *c;

	if (text.n > CONDITION_LONGEST) {
		wrong(&r, "condition", S("the condition is too long"));
		return NULL;
	}
	step(&r);
	c = either(&r);
	if (!r.failed && r.token.n)
		unexpected(&r, "“and” or “or”");
	if (r.failed)
		return NULL;
	c->text = text;
	return c;
}

static bool
same(enum fact f, const struct value *a, const struct value *b)
{
	return fact_about(f)->type == FACT_TIME ? a->at.at == b->at.at : value_eq(f, a, b);
}

static bool
among(const struct condition *c, const struct value *v)
{
	for (ptrdiff_t k = 0; v->known && k < c->n; k++)
		if (same(c->fact, v, &c->values[k]))
			return true;
	return false;
}

static bool
has(const struct condition *c, const struct value *v)
{
	const struct value *want = c->values;

	if (fact_about(c->fact)->type == FACT_SET)
		return v->known && (v->i & want->i);
	for (ptrdiff_t k = 0; v->known && k < v->n; k++)
		if (str_eq(v->list[k], want->list[0]))
			return true;
	return false;
}

/* -1, 0, 1; numbers and times only. */
static int
order(const struct condition *c, const struct value *v)
{
	bool times = fact_about(c->fact)->type == FACT_TIME;
	int64_t a = times ? v->at.at : v->i, b = times ? c->values->at.at : c->values->i;

	return (a > b) - (a < b);
}

bool
condition_holds(const struct condition *c, const struct facts *facts)
{
	const struct value *v;

	if (!c)
		return true;
	v = c->fact == FACT_none ? NULL : &facts->v[c->fact];
	switch (c->op) {
	case OP_OR:
		for (const struct condition *p = c->first; p; p = p->next)
			if (condition_holds(p, facts))
				return true;
		return false;
	case OP_AND:
		for (const struct condition *p = c->first; p; p = p->next)
			if (!condition_holds(p, facts))
				return false;
		return true;
	case OP_NOT:  return !condition_holds(c->first, facts);
	case OP_BOOL: return v->known && v->i;
	case OP_IN:   return among(c, v) != c->negated;
	case OP_HAS:  return has(c, v);
	case OP_LESS: return v->known && order(c, v) < 0;
	case OP_LEQ:  return v->known && order(c, v) <= 0;
	case OP_MORE: return v->known && order(c, v) > 0;
	case OP_MEQ:  return v->known && order(c, v) >= 0;
	}
	assert(0 && "an operation that is none");
	return false;
}

struct str
condition_text(const struct condition *c)
{
	return c ? c->text : S("");
}

bool
condition_uses(const struct condition *c, enum fact f)
{
	if (!c)
		return false;
	for (const struct condition *p = c->first; p; p = p->next)
		if (condition_uses(p, f))
			return true;
	return c->fact == f;
}

void
condition_ids(const struct condition *c, enum fact f, void (*see)(void *, struct str, ptrdiff_t), void *arg)
{
	if (!c)
		return;
	for (const struct condition *p = c->first; p; p = p->next)
		condition_ids(p, f, see, arg);
	for (ptrdiff_t k = 0; c->fact == f && k < c->n; k++)
		see(arg, c->values[k].id, c->offsets[k]);
}

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
