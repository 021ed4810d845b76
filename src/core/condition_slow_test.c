/* Differential: a condition is read a second time here, slowly and straight from the grammar of docs/PACK.md, over the
 * JSON of the facts. It shares the table of facts with the compiler, and no code. */
#include "core/condition.h"

#include "base/test.h"
#include <stdlib.h>
#include <time.h>

#define V(value) " " #value
#define CHOICE(name, words, values) { #name, 'c', values },
#define SET(name, words, values) { #name, 's', values },
#define BOOL(name, ...) { #name, 'b', " true false" },
#define NUMBER(name, words) { #name, 'n', " 0 1 2 10 1000000000000000" },
#define TIME(name, words) { #name, 't', " 2026-03-29T01:00:00Z 2026-03-29T02:00:00+01:00 2026-03-29 2026-03 2026" },
#define LIST(name, words) { #name, 'l', " payroll a-b x.y 7" },
#define ID(name, words) { #name, 'i', " other a_b 9.z" },
static const struct { const char *name; char type; const char *values; } table[] = {
#include "core/fact.def"
};
enum { KNOWN = sizeof table / sizeof *table };

static uint64_t seed;

static int
pick(int below)
{
	seed = seed * 6364136223846793005U + 1442695040888963407U;
	return (int)((seed >> 33) % (uint64_t)below);
}

/* The slow reader. `ok` falls when the text is not a condition; the truth is worked out on the way, whole. */
struct slow { struct str rest; const struct js *facts; bool ok; };

static bool
wordly(char c)
{
	return c && (strchr("_-.:+", c) || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'));
}

/* The next word or sign, which stays where it is. */
static struct str
next(struct slow *s)
{
	ptrdiff_t n = 0;

	while (s->rest.n && strchr(" \t\n", s->rest.p[0]) && s->rest.p[0])
		s->rest = str_sub(s->rest, 1, s->rest.n);
	while (n < s->rest.n && wordly(s->rest.p[n]))
		n++;
	if (n == 0 && s->rest.n > 1 && s->rest.p[1] == '=' && strchr("!<>", s->rest.p[0]))
		return str_sub(s->rest, 0, 2);
	return str_sub(s->rest, 0, n ? n : 1);
}

static bool
is(struct slow *s, const char *word)
{
	struct str w = next(s);

	if (!w.n || !str_eq(w, str_of(word)))
		return false;
	s->rest = str_sub(s->rest, w.n, s->rest.n);
	return true;
}

static struct str
word(struct slow *s)
{
	static const char *const own[] = { "or", "and", "not", "in", "has" };
	struct str w = next(s);

	if (!w.n || !wordly(w.p[0]))
		s->ok = false;
	for (int i = 0; i < 5; i++)
		s->ok &= !str_eq(w, str_of(own[i]));
	s->rest = str_sub(s->rest, w.n, s->rest.n);
	return w;
}

static bool
among(const char *values, struct str v)
{
	struct str rest = str_of(values), one;

	while (str_next(&rest, ' ', &one))
		if (one.n && str_eq(one, v))
			return true;
	return false;
}

/* Whether a value goes with a fact of the type. */
static bool
fits(int f, struct str v)
{
	struct moment m;
	int64_t n;

	switch (table[f].type) {
	case 'n': return str_int(v, &n) && n >= 0 && n <= 1000000000000000;
	case 't': return moment_read(v, &m);
	case 'i': case 'l':
		for (ptrdiff_t i = 0; i < v.n; i++)
			if (!wordly(v.p[i]) || v.p[i] == ':' || v.p[i] == '+' || (i == 0 && strchr("_-.", v.p[i])))
				return false;
		return v.n <= 64;
	default: return among(table[f].values, v);
	}
}

static struct str
value(struct slow *s, int f)
{
	struct str v = word(s);

	s->ok &= fits(f, v);
	return v;
}

/* -1, 0 or 1 as the fact, which is known, stands to v. */
static int
against(const struct js *fact, int f, struct str v)
{
	struct moment a, b;
	int64_t n;

	if (table[f].type == 'b')
		return (fact->type == JS_TRUE) != str_eq(v, S("true"));
	if (table[f].type == 'n')
		return str_int(v, &n) ? (fact->i > n) - (fact->i < n) : 1;
	if (table[f].type == 't')
		return moment_read(fact->str, &a) && moment_read(v, &b) ? (a.at > b.at) - (a.at < b.at) : 1;
	return !str_eq(fact->str, v);
}

static bool
list(struct slow *s, int f, const struct js *fact)
{
	bool hit = false;
	struct str v;

	s->ok &= is(s, "[");
	do {
		v = value(s, f);
		hit |= s->ok && fact && against(fact, f, v) == 0;
	} while (s->ok && is(s, ","));
	s->ok &= is(s, "]");
	return hit;
}

static bool
compare(struct slow *s, int f)
{
	static const char *const ops[] = { "<=", ">=", "<", ">", "!=", "=" };
	const struct js *fact = js_get(s->facts, str_of(table[f].name)), *e;
	char type = table[f].type;
	bool many = type == 's' || type == 'l', negated;
	struct str v;
	int side;

	if (is(s, "has")) {
		v = value(s, f);
		s->ok &= many;
		for (e = many && fact ? fact->first : NULL; e; e = e->next)
			if (str_eq(e->str, v))
				return true;
		return false;
	}
	for (int i = 0; i < 6; i++) {
		if (!is(s, ops[i]))
			continue;
		v = value(s, f);
		s->ok &= !many && (i > 3 || type == 'n' || type == 't');
		if (!s->ok || !fact)
			return i == 4;
		side = against(fact, f, v);
		return i == 0 ? side <= 0 : i == 1 ? side >= 0 : i == 2 ? side < 0 : i == 3 ? side > 0 : (side != 0) == (i == 4);
	}
	negated = is(s, "not");
	if (is(s, "in")) {
		s->ok &= !many;
		return list(s, f, fact) != negated;
	}
	s->ok &= !negated && type == 'b';
	return fact && fact->type == JS_TRUE;
}

static bool slow_condition(struct slow *);

static bool
slow_one(struct slow *s)
{
	struct str name;
	bool b;

	if (!s->ok)
		return false;
	if (is(s, "not"))
		return !slow_one(s);
	if (is(s, "(")) {
		b = slow_condition(s);
		s->ok &= is(s, ")");
		return b;
	}
	name = word(s);
	for (int f = 0; f < KNOWN; f++)
		if (str_eq(name, str_of(table[f].name)))
			return compare(s, f);
	s->ok = false;
	return false;
}

static bool
slow_both(struct slow *s)
{
	bool b = slow_one(s);

	while (s->ok && is(s, "and"))
		b = slow_one(s) && b;
	return b;
}

static bool
slow_condition(struct slow *s)
{
	bool b = slow_both(s);

	while (s->ok && is(s, "or"))
		b = slow_both(s) || b;
	return b;
}

/* Conditions at random: words with blanks where they must stand, and where they may. */
static void
put(struct buf *b, const char *text)
{
	bool must = b->n && wordly(b->p[b->n - 1]) && wordly(text[0]);

	for (int n = must + (pick(4) ? 0 : pick(3)); n > 0; n--)
		buf_char(b, " \t\n "[pick(4)]);
	buf_put(b, str_of(text));
}

static struct str
one_of(const char *values)
{
	struct str rest = str_of(values + 1), v = rest;
	int n = 1;

	for (ptrdiff_t i = 0; i < rest.n; i++)
		n += rest.p[i] == ' ';
	for (n = pick(n); n >= 0; n--)
		str_next(&rest, ' ', &v);
	return v;
}

static void
put_value(struct cx *cx, struct buf *b, int f)
{
	put(b, str_z(cx, one_of(table[pick(40) ? f : pick(KNOWN)].values)));
}

static void
some_comparison(struct cx *cx, struct buf *b)
{
	static const char *const single[] = { "=", "!=" }, *const ordered[] = { "=", "!=", "<", "<=", ">", ">=" };
	int f = pick(KNOWN);
	char type = pick(60) ? table[f].type : "csbntli"[pick(7)];

	put(b, table[f].name);
	if (type == 'b' && pick(3))
		return;
	if (type == 's' || type == 'l') {
		put(b, "has");
		put_value(cx, b, f);
	} else if (pick(2)) {
		put(b, type == 'n' || type == 't' ? ordered[pick(6)] : single[pick(2)]);
		put_value(cx, b, f);
	} else {
		if (pick(2))
			put(b, "not");
		put(b, "in");
		put(b, "[");
		put_value(cx, b, f);
		for (int n = pick(4); n > 0; n--) {
			put(b, ",");
			put_value(cx, b, f);
		}
		put(b, "]");
	}
}

static void
some_condition(struct cx *cx, struct buf *b, int deep)
{
	for (int n = pick(3); n >= 0; n--) {
		while (pick(4) == 0)
			put(b, "not");
		if (deep < 5 && pick(4) == 0) {
			put(b, "(");
			some_condition(cx, b, deep + 1);
			put(b, ")");
		} else {
			some_comparison(cx, b);
		}
		if (n)
			put(b, pick(2) ? "and" : "or");
	}
}

/* Now and then something that no condition may be: a sign or a stretch too many or too few. */
static struct str
some_text(struct cx *cx)
{
	static const char *const signs[] = { "(", ")", "[", ",", "or", "and", "not", "in", "has", "=", "<", "!", "x", "&" };
	struct buf b = buf_new(cx), out = buf_new(cx);
	struct str text;
	ptrdiff_t at, n;

	some_condition(cx, &b, 0);
	text = buf_str(&b);
	if (pick(5))
		return text;
	at = pick((int)text.n), n = pick(2) ? 0 : pick(6);
	buf_put(&out, str_sub(text, 0, at));
	if (pick(3))
		buf_fmt(&out, " %s ", signs[pick(COUNT(signs))]);
	buf_put(&out, str_sub(text, at + n, text.n));
	return buf_str(&out);
}

static struct js *
some_facts(struct cx *cx)
{
	struct js *j = js_object(cx), *many;

	for (int f = 0; f < KNOWN; f++) {
		struct str name = str_of(table[f].name), v = one_of(table[f].values);
		int64_t n = 0;

		if (pick(3) == 0)
			continue;
		switch (table[f].type) {
		case 'b': js_set_bool(cx, j, name, str_eq(v, S("true"))); break;
		case 'n': js_set_int(cx, j, name, str_int(v, &n) ? n : 0); break;
		case 's': case 'l':
			many = js_set(cx, j, name, js_array(cx));
			for (int i = pick(3); i >= 0; i--)
				js_add_str(cx, many, one_of(table[f].values));
			break;
		default: js_set_str(cx, j, name, v);
		}
	}
	return j;
}

struct seen { long true_ones, false_ones, wrong_ones; };

static void
one_trial(struct cx *cx, struct seen *seen)
{
	static const struct source here = { { "when", 4 }, 3, 9, { NULL, 0 } };
	struct js *j = some_facts(cx);
	struct str text = some_text(cx);
	struct slow s = { text, j, true };
	bool wanted = slow_condition(&s);
	struct facts f = { 0 };
	const struct condition *c;

	s.ok &= next(&s).n == 0;
	facts_read(cx, j, &f);
	EXPECT(cx->n_faults == 0);
	if (text.n > CONDITION_LONGEST)
		return;
	c = condition_compile(cx, text, &here);
	if ((c != NULL) != s.ok)
		fail_msg("%.*s\nis %s condition: %.*s", F(text), s.ok ? "a" : "no", F(c ? S("") : cx->faults->words));
	seen->wrong_ones += !c;
	if (!c)
		return;
	seen->true_ones += wanted;
	seen->false_ones += !wanted;
	if (condition_holds(c, &f) != wanted)
		fail_msg("%.*s\nunder %.*s should be %d", F(text), F(js_text(cx, j)), wanted);
	/* words exist for whatever can be said, and for either truth */
	EXPECT(condition_words(cx, c).n && condition_why(cx, c, &f).n);
}

TEST(condition_agrees_with_a_slow_reading)
{
	long first = 20261121, trials = test_count("CONDITIONS", 20000);
	struct mark mark = cx_mark(cx);
	struct seen seen = { 0 };
	clock_t start = clock();

	seed = (uint64_t)first;
	for (long i = 0; i < trials; i++) {
		one_trial(cx, &seen);
		cx->faults = NULL;
		cx->n_faults = 0;
		cx_back(cx, mark);
	}
	printf("conditions: %ld held, %ld did not, %ld were none\n", seen.true_ones, seen.false_ones, seen.wrong_ones);
	EXPECT(seen.true_ones > trials / 4 && seen.false_ones > trials / 4 && seen.wrong_ones > trials / 20);
	test_figure("differential", trials, 0, (when)(clock() - start) * SECOND / CLOCKS_PER_SEC, first);
}
