#include "pack/expect_part.h"

#include <stdarg.h>
#include <stdio.h>

struct str
expect_next(struct expecting *e)
{
	ptrdiff_t start, end;

	while (e->at < e->text.n && (e->text.p[e->at] == ' ' || e->text.p[e->at] == '\t'))
		e->at++;
	start = end = e->at;
	if (start < e->text.n && e->text.p[start] == '"') {
		ptrdiff_t close = str_index(str_sub(e->text, start + 1, e->text.n), '"');

		if (close >= 0) {
			e->at = start + close + 2;
			return e->word = str_sub(e->text, start + 1, close);
		}
	}
	if (end < e->text.n && e->text.p[end] == ',')
		end++;
	else
		while (end < e->text.n && e->text.p[end] != ' ' && e->text.p[end] != '\t' && e->text.p[end] != ',')
			end++;
	e->at = end;
	return e->word = str_sub(e->text, start, end - start);
}

bool
expect_peek(struct expecting *e, const char *word)
{
	struct expecting look = *e;

	return str_eq(expect_next(&look), str_of(word));
}

bool
expect_take(struct expecting *e, const char *word)
{
	return expect_peek(e, word) && expect_next(e).n;
}

void
expect_fault(struct expecting *e, const char *fmt, ...)
{
	char words[300];
	va_list ap;

	if (e->wrong)
		return;
	va_start(ap, fmt);
	vsnprintf(words, sizeof words, fmt, ap);
	va_end(ap);
	e->wrong = true;
	source_fault(e->cx, e->from, e->text, e->word.p - e->text.p, S("case"), "%.*s",
	    F(utf8_cut(str_of(words), sizeof words - 2)));
}

void
expect_must(struct expecting *e, const char *word)
{
	if (!str_eq(expect_next(e), str_of(word)))
		expect_fault(e, "“%.*s” stands where “%s” should", F(utf8_cut(e->word, 60)), word);
}

void
expect_fails(struct expecting *e, struct str why)
{
	if (!e->wrong && e->why.n == 0)
		e->why = why;
}

struct str
expect_rest(struct expecting *e)
{
	struct str r = str_trim(str_sub(e->text, e->at, e->text.n));

	e->word = r;
	e->at = e->text.n;
	if (r.n >= 2 && r.p[0] == '"' && r.p[r.n - 1] == '"')
		r = str_sub(r, 1, r.n - 2);
	return r;
}

const void *
expect_known(struct expecting *e, const char *what, const void *found)
{
	if (!found)
		expect_fault(e, "the pack has no %s “%.*s”", what, F(utf8_cut(e->word, 60)));
	return found;
}

when
expect_time(struct expecting *e)
{
	struct moment m = { NEVER, EXACT };

	if (!moment_read(expect_next(e), &m))
		expect_fault(e, "“%.*s” is not a time such as 2026-11-23T10:00:00Z", F(utf8_cut(e->word, 60)));
	return m.at;
}

struct str
expect_when(struct expecting *e, when t)
{
	char text[WHEN_TEXT];

	return t == NEVER ? S("never") : str_copy(e->cx, (struct str){ text, when_text(t, text) });
}
