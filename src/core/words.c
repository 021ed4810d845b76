#include "core/words.h"

#include "core/words_fold.h"
#include <stdlib.h>
#include <string.h>

enum { WORD_MOST = 64 };  /* bytes of a word: what is behind them is not looked at */

/* So many characters of a word are indexed as a beginning of it. Whoever looks for a beginning of another length is given the
 * longest that is no longer, and the words decide. */
static const ptrdiff_t lengths[] = { 3, 5, 8 };

/* One code point off the front, 0 for what is none. */
static uint32_t
next_of(struct str *s)
{
	const unsigned char *p = (const unsigned char *)s->p;
	ptrdiff_t len = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 0;
	uint32_t c = len > 1 ? p[0] & (0x7Fu >> len) : p[0];

	if (len > s->n || !len)
		len = 1, c = 0;
	for (ptrdiff_t i = 1; i < len; i++) {
		if ((p[i] & 0xC0) != 0x80) {
			len = 1, c = 0;
			break;
		}
		c = c << 6 | (p[i] & 0x3F);
	}
	s->p += len;
	s->n -= len;
	return c;
}

void
words_put(struct buf *b, struct str text)
{
	ptrdiff_t word = -1; /* where the word began that goes on */

	while (text.n && b->n < WORDS_TEXT - WORD_MOST) {
		struct fold f = words_fold(next_of(&text));

		if (f.is == FOLD_UNSEEN)
			continue;
		if (f.is != FOLD_WORD)
			word = -1;
		if (f.is == FOLD_BETWEEN)
			continue;
		if (word < 0) {
			buf_char(b, ' ');
			word = b->n;
		}
		if (b->n - word + f.n <= WORD_MOST)
			buf_put(b, (struct str){ f.as, f.n });
		if (f.is == FOLD_ALONE)
			word = -1;
	}
}

static int
by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void
words_starts(struct buf *b, struct cx *cx, struct str words)
{
	struct str word, *all;
	ptrdiff_t n = 0, spaces = 0;

	for (ptrdiff_t i = 0; i < words.n; i++)
		spaces += words.p[i] == ' ';
	all = NEW(cx, struct str, spaces * COUNT(lengths));
	while (str_next(&words, ' ', &word))
		for (ptrdiff_t i = 0; i < COUNT(lengths); i++)
			if (word.n && utf8_count(word) >= lengths[i])
				all[n++] = str_sub(word, 0, utf8_bytes(word, lengths[i]));
	if (n)
		qsort(all, (size_t)n, sizeof *all, by_bytes);
	for (ptrdiff_t i = 0; i < n; i++)
		if (!i || !str_eq(all[i], all[i - 1])) {
			buf_put(b, S(" ."));
			buf_put(b, all[i]);
		}
}

/* The bytes of a quotation mark at the front, straight or curly; 0: there is none. */
static ptrdiff_t
quote(struct str s)
{
	return str_starts(s, S("\"")) ? 1 : str_starts(s, S("“")) || str_starts(s, S("”")) ? 3 : 0;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* How long a beginning is that may be looked for as one. */
static bool
long_enough(struct str words)
{
	ptrdiff_t at = words.n;

	while (at > 0 && words.p[at - 1] != ' ')
		at--;
	return utf8_count(str_sub(words, at, words.n)) >= lengths[0];
}

static void
term_add(struct cx *cx, struct words_query *q, struct str text, bool start)
{
	struct buf b = buf_new(cx);

	words_put(&b, text);
	if (!b.n)
		return;
	if (q->n == WORDS_TERMS) {
		q->cut = true;
		return;
	}
	q->term[q->n++] = (struct words_term){ buf_str(&b), start && long_enough(buf_str(&b)) };
}

void
words_query(struct cx *cx, struct str typed, struct words_query *q)
{
	struct str rest = utf8_cut(typed, WORDS_TYPED);

	*q = (struct words_query){ .cut = rest.n < typed.n };
	while (rest.n) {
		ptrdiff_t open = quote(rest), n = 0;
		struct str piece;

		if (is_space(rest.p[0])) {
			rest = str_sub(rest, 1, rest.n);
			continue;
		}
		rest = str_sub(rest, open, rest.n);
		while (n < rest.n && !quote(str_sub(rest, n, 3)) && (open || !is_space(rest.p[n])))
			n++;
		piece = str_sub(rest, 0, n);
		rest = str_sub(rest, n, rest.n);
		if (open)
			rest = str_sub(rest, quote(rest), rest.n);
		term_add(cx, q, piece, open ? str_starts(rest, S("*")) : str_ends(piece, S("*")) || (!rest.n && !q->cut));
	}
}

static ptrdiff_t
next_hit(const struct words_term *t, struct str words, ptrdiff_t from)
{
	for (;;) {
		struct str rest = str_sub(words, from, words.n);
		ptrdiff_t at = str_find(rest, t->words), end = at + t->words.n;

		if (at < 0)
			return -1;
		if (t->start || end == rest.n || rest.p[end] == ' ')
			return from + at;
		from += at + 1;
	}
}

bool
words_hold(const struct words_query *q, struct str words)
{
	for (int i = 0; i < q->n; i++)
		if (next_hit(&q->term[i], words, 0) < 0)
			return false;
	return true;
}

void
words_count(const struct words_query *q, struct str words, int *counts)
{
	for (int i = 0; i < q->n; i++) {
		ptrdiff_t at = -1;

		counts[i] = 0;
		while ((at = next_hit(&q->term[i], words, at + 1)) >= 0)
			counts[i]++;
	}
}

void
words_spell(struct buf *b, const struct words_term *t, bool seldom)
{
	struct str rest = str_sub(t->words, 1, t->words.n), word;
	bool first = true;

	while (str_next(&rest, ' ', &word)) {
		ptrdiff_t n = 0;

		if (!rest.n && t->start) {
			for (ptrdiff_t i = 0; i < COUNT(lengths); i++)
				if (utf8_count(word) >= lengths[i])
					n = lengths[i];
			if (seldom)
				buf_fmt(b, "%s\"~%.*s\"*", first ? "" : " AND ", F(word));
			else
				buf_fmt(b, "%s\"~.%.*s\"", first ? "" : " AND ", F(str_sub(word, 0, utf8_bytes(word, n))));
			break;
		}
		buf_fmt(b, "%s\"~%.*s\"", first ? "" : " + ", F(word));
		first = false;
	}
}
