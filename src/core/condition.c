#include "core/condition.h"

#include "core/condition_part.h"
#include <assert.h>

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
	return str_eq(w, S("or")) || str_eq(w, S("and")) || str_eq(w, S("not")) || str_eq(w, S("in")) ||
	       str_eq(w, S("has"));
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
	static const struct value nothing;
	const struct value *v;

	if (!c)
		return true;
	v = c->fact == FACT_none ? &nothing : &facts->v[c->fact];
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
