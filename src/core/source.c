#include "core/source.h"

#include <stdarg.h>
#include <stdio.h>

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Line and column of raw's byte that stands for text's byte `offset`: the one before which as many bytes are not
 * blank. */
static void
place(const struct source *s, struct str text, ptrdiff_t offset, int *line, int *column)
{
	ptrdiff_t skip = 0, i = 0;

	for (ptrdiff_t k = 0; k < offset && k < text.n; k++)
		skip += !blank(text.p[k]);
	*line = s->line;
	*column = s->column;
	for (; i < s->raw.n && (skip > 0 || blank(s->raw.p[i])); i++) {
		skip -= !blank(s->raw.p[i]);
		if (s->raw.p[i] == '\n')
			++*line, *column = 1;
		else
			*column += (s->raw.p[i] & 0xC0) != 0x80;
	}
	if (s->raw.n == 0 && s->line)
		*column += (int)utf8_count(str_sub(text, 0, offset));
}

void
source_fault(struct cx *cx, const struct source *s, struct str text, ptrdiff_t offset, struct str rule,
    const char *fmt, ...)
{
	char words[400];
	int line, column, n;
	va_list ap;

	va_start(ap, fmt);
	n = vsnprintf(words, sizeof words, fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof words)
		n = (int)utf8_cut((struct str){ words, sizeof words - 1 }, sizeof words - 2).n;
	place(s, text, offset, &line, &column);
	fault_add(cx, s->field, line, column, rule, "%.*s", n, words);
}
