#include "pack/cases.h"

#include "pack/expect.h"

/* 2026-11-23T10:00:00Z, a Monday within support hours */
#define USUAL ((when)1795428000 * SECOND)

struct line { struct str text; int number; };

struct block {
	struct cx *cx;
	const struct policy *p;
	const struct line *lines; ptrdiff_t n_lines;
	when now;
	struct facts facts;
	struct js *answers;
};

static struct source
at(const struct line *l, struct str part)
{
	return (
	    struct source){ S("case"), l->number, (int)utf8_count(str_sub(l->text, 0, part.p - l->text.p)) + 1, S("") };
}

/* "S-34" or "C3": capitals, perhaps a dash, digits */
static bool
is_row(struct str w)
{
	ptrdiff_t i = 0, digits = 0;

	while (i < w.n && w.p[i] >= 'A' && w.p[i] <= 'Z')
		i++;
	if (i == 0 || i > 3)
		return false;
	i += i < w.n && w.p[i] == '-';
	for (; i < w.n && w.p[i] >= '0' && w.p[i] <= '9'; i++)
		digits++;
	return digits > 0 && i == w.n;
}

static void
head_read(struct block *b, struct case_result *r)
{
	struct str rest = b->lines[0].text, row;
	struct str *rows = NEW(b->cx, struct str, rest.n / 2 + 1);
	struct source from;

	r->rows = rows;
	r->line = b->lines[0].number;
	for (;;) {
		ptrdiff_t n = 0;

		while (n < rest.n && rest.p[n] != ' ' && rest.p[n] != ',' && rest.p[n] != '\t')
			n++;
		row = str_sub(rest, 0, n);
		if (!is_row(row))
			break;
		rows[r->n_rows++] = row;
		rest = str_trim(str_sub(rest, n, rest.n));
		if (str_starts(rest, S(",")))
			rest = str_trim(str_sub(rest, 1, rest.n));
	}
	r->title = rest;
	from = at(&b->lines[0], b->lines[0].text);
	if (r->n_rows == 0)
		source_fault(
		    b->cx, &from, b->lines[0].text, 0, S("case"), "a case begins with the rows it proves, such as S-34");
}

/* The next "name: value" of a line, divided by commas outside brackets and quotes. */
static bool
given_next(struct str *rest, struct str *piece)
{
	int deep = 0;
	bool quoted = false;
	ptrdiff_t n = 0;

	*rest = str_trim(*rest);
	if (rest->n == 0)
		return false;
	for (; n < rest->n; n++) {
		char c = rest->p[n];

		quoted ^= c == '"';
		deep += quoted ? 0 : (c == '[') - (c == ']');
		if (c == ',' && deep <= 0 && !quoted)
			break;
	}
	*piece = str_trim(str_sub(*rest, 0, n));
	*rest = str_sub(*rest, n + 1, rest->n);
	return true;
}

static struct str
peeled(struct str v)
{
	bool list = str_starts(v, S("[")) && str_ends(v, S("]")),
	     quoted = v.n > 1 && str_starts(v, S("\"")) && str_ends(v, S("\""));

	return list || quoted ? str_trim(str_sub(v, 1, v.n - 2)) : v;
}

static bool
offers(const struct question *q, struct str value)
{
	for (ptrdiff_t i = 0; i < q->n_options; i++)
		if (str_eq(q->options[i].value, value))
			return true;
	return false;
}

static void
answer_add(struct block *b, const struct question *q, struct str value)
{
	struct js *list;
	struct str rest = peeled(value), word;

	if (q->kind == ASK_YES_NO || q->kind == ASK_YES_NO_UNSURE) /* as a fact of that kind would be written */
		rest = str_eq(rest, S("true")) ? S("yes") : str_eq(rest, S("false")) ? S("no") : rest;
	if (q->kind != ASK_CHOICES) {
		js_set_str(b->cx, b->answers, q->id, rest);
		return;
	}
	list = js_array(b->cx);
	while (str_next(&rest, ',', &word))
		js_add_str(b->cx, list, str_trim(word));
	js_set(b->cx, b->answers, q->id, list);
}

/* One "name: value": a fact, or the answer to a question. */
static void
given_one(struct block *b, const struct line *l, struct str piece)
{
	struct str name, value;
	bool colon = str_cut(piece, ':', &name, &value);
	enum fact f = fact_of_name(name = str_trim(name));
	const struct question *q = policy_question(b->p, name);
	struct source from = at(l, piece);

	value = str_trim(value);
	if (!colon || (f == FACT_none && !q)) {
		source_fault(b->cx, &from, piece, 0, S("case"),
		    "“%.*s” is neither a fact nor a question; write “name: value”%s%.*s%s", F(utf8_cut(name, 60)),
		    fact_nearest(name).n ? "; did you mean “" : "", F(fact_nearest(name)), fact_nearest(name).n ? "”?" : "");
	} else if ((f != FACT_none && b->facts.v[f].known) || js_get(b->answers, name)) {
		source_fault(b->cx, &from, piece, 0, S("duplicate"), "“%.*s” is given twice", F(name));
	} else if (q && (f == FACT_none || offers(q, value))) {
		answer_add(b, q, value);
	} else if (value_read(b->cx, f, peeled(value), &b->facts.v[f]) != OK) {
		source_fault(b->cx, &from, piece, value.p - piece.p, S("fact-value"), "%s", b->cx->why);
	}
}

static void
given_read(struct block *b, const struct line *l, struct str rest)
{
	struct str piece;

	while (given_next(&rest, &piece))
		given_one(b, l, piece);
}

static void
time_read(struct block *b, const struct line *l, struct str rest)
{
	struct source from = at(l, rest);
	struct moment m;

	if (moment_read(str_trim(rest), &m))
		b->now = m.at;
	else
		source_fault(b->cx, &from, rest, 0, S("case"), "“at” wants a time such as 2026-11-23T10:00:00Z");
}

/* "given", "at", "then", "and" and what follows; false for the last two, which are looked at later. */
static bool
is_given(struct block *b, const struct line *l, struct str *rest)
{
	struct str word, text = str_trim(l->text);
	struct source from = at(l, text);
	ptrdiff_t n = 0;

	while (n < text.n && text.p[n] != ' ' && text.p[n] != '\t')
		n++;
	word = str_sub(text, 0, n);
	*rest = str_trim(str_sub(text, n, text.n));
	if (str_eq(word, S("given"))) {
		if (str_starts(*rest, S("at ")))
			time_read(b, l, str_trim(str_sub(*rest, 3, rest->n)));
		else
			given_read(b, l, *rest);
	} else if (str_eq(word, S("at"))) {
		time_read(b, l, *rest);
	} else if (str_eq(word, S("then")) || str_eq(word, S("and"))) {
		return false;
	} else {
		source_fault(b->cx, &from, text, 0, S("case"), "a line of a case begins with given, at, then or and");
	}
	return true;
}

/* Faults of answers know only their question. */
static void
answers_apply(struct block *b)
{
	struct fault **end = &b->cx->faults;

	while (*end)
		end = &(*end)->next;
	policy_answers(b->cx, b->p, b->answers, &b->facts);
	for (struct fault *f = *end; f; f = f->next) {
		f->line = b->lines[0].number;
		f->column = 1;
		f->words = str_fmt(b->cx, "question %.*s: %.*s", F(f->field), F(f->words));
	}
}

static struct scene
scene_of(struct block *b)
{
	struct scene s = { .cx = b->cx, .policy = b->p, .now = b->now };

	answers_apply(b);
	policy_facts_check(b->cx, b->p, &b->facts);
	if (!b->facts.v[FACT_reported_at].known)
		fact_set_time(&b->facts, FACT_reported_at, (struct moment){ b->now, EXACT });
	policy_evaluate(b->cx, b->p, &b->facts, b->now, &s.owed);
	return s;
}

static void
block_run(struct block *b, struct case_result *r)
{
	struct buf whys = buf_new(b->cx);
	bool *expects = NEW(b->cx, bool, b->n_lines);
	struct str rest, why;
	struct scene s;
	ptrdiff_t n = 0;

	b->now = USUAL;
	b->answers = js_object(b->cx);
	head_read(b, r);
	for (ptrdiff_t i = 1; i < b->n_lines; i++)
		n += expects[i] = !is_given(b, &b->lines[i], &rest);
	if (n == 0)
		fault_add(
		    b->cx, S("case"), r->line, 1, S("case"), "this case expects nothing: add a line that begins with “then”");
	s = scene_of(b);
	for (ptrdiff_t i = 1; i < b->n_lines; i++) {
		struct source from;

		if (!expects[i])
			continue;
		is_given(b, &b->lines[i], &rest);
		from = at(&b->lines[i], rest);
		expect_check(&s, rest, &from, &why);
		if (why.n)
			buf_fmt(&whys, "%sline %d: %.*s: %.*s", whys.n ? "\n" : "", b->lines[i].number, F(rest), F(why));
	}
	r->why = buf_str(&whys);
	r->passed = r->why.n == 0;
}

/* The lines of the next block: comments dropped, blank lines divide. */
static ptrdiff_t
block_next(struct str *text, int *number, struct line *lines)
{
	struct str row;
	ptrdiff_t n = 0;

	while (str_next(text, '\n', &row)) {
		++*number;
		row = str_sub(row, 0, row.n - str_ends(row, S("\r")));
		if (str_starts(str_trim(row), S("#")))
			continue;
		if (str_trim(row).n)
			lines[n++] = (struct line){ row, *number };
		else if (n)
			break;
	}
	return n;
}

enum err
cases_run(struct cx *cx, const struct policy *p, struct str text, struct case_result **out, ptrdiff_t *n)
{
	ptrdiff_t rows = 1, k;
	struct line *lines;
	int number = 0;

	if (!utf8_ok(text))
		return fail(cx, ERR_BAD_INPUT, "the cases are not UTF-8");
	text = str_copy(cx, text);
	for (ptrdiff_t i = 0; i < text.n; i++)
		rows += text.p[i] == '\n';
	*out = NEW(cx, struct case_result, rows);
	*n = 0;
	lines = NEW(cx, struct line, rows);
	for (; (k = block_next(&text, &number, lines)) > 0; lines += k) {
		struct block b = { .cx = cx, .p = p, .lines = lines, .n_lines = k };

		block_run(&b, &(*out)[(*n)++]);
	}
	return fault_end(cx);
}
