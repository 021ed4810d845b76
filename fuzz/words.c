/* Words: whatever the text, its words are words, each is found in it, and what the index is asked says nothing but words. The first
 * line is what is typed, the rest the text. */
#include "core/words.h"
#include "fuzz/fuzz.h"
#include <string.h>

FUZZ(cx, in)
{
	struct buf words = buf_new(cx), again = buf_new(cx), asked = buf_new(cx);
	struct str typed, text, rest, word;
	struct words_query q;

	str_cut(in, '\n', &typed, &text);
	words_put(&words, text);
	HOLD(words.n <= WORDS_TEXT);
	words_put(&again, buf_str(&words));
	HOLD(str_eq(buf_str(&again), buf_str(&words)));
	rest = str_sub(buf_str(&words), 1, words.n);
	for (int i = 0; i < 50 && str_next(&rest, ' ', &word); i++) {
		words_query(cx, str_fmt(cx, "\"%.*s\"", F(word)), &q);
		HOLD(q.n == (word.n > 0) && words_hold(&q, buf_str(&words)));
	}
	words_query(cx, typed, &q);
	for (int i = 0; i < q.n; i++) {
		buf_char(&asked, ' ');
		words_spell(&asked, &q.term[i], false);
		words_spell(&asked, &q.term[i], true);
		HOLD(q.term[i].words.n > 1 && q.term[i].words.p[0] == ' ');
	}
	for (ptrdiff_t i = 0; i < asked.n; i++) {
		unsigned char c = (unsigned char)asked.p[i];

		HOLD(c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr(" \"~.+*AND", c));
	}
	return OK;
}
