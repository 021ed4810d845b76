/* The head of a request: the same verdict however it is cut, and nothing accepted that could be read in two ways. */
#include "web/head.h"
#include "fuzz/fuzz.h"
#include <string.h>

static enum err
read_cut(struct cx *cx, struct str in, ptrdiff_t cut, struct head *h, char **text, bool *done)
{
	const char *why = NULL;
	enum err e;

	*text = NEW(cx, char, in.n);
	if (in.n)
		memcpy(*text, in.p, (size_t)in.n);
	head_begin(h);
	e = head_feed(h, *text, cut, done, &why);
	if (e == OK && !*done)
		e = head_feed(h, *text, in.n, done, &why);
	HOLD(e == OK || why);
	return e;
}

static int
times(const struct head *h, const char *text, struct str name)
{
	int n = 0;

	for (int i = 0; i < h->n_fields; i++)
		n += str_eq(head_str(text, h->field[i].name), name);
	return n;
}

FUZZ(cx, in)
{
	struct head h, cut;
	char *text, *cut_text;
	bool done, cut_done;
	enum err e = read_cut(cx, in, in.n, &h, &text, &done);

	for (ptrdiff_t at = 0; at < in.n; at += 1 + in.n / 16) {
		HOLD(read_cut(cx, in, at, &cut, &cut_text, &cut_done) == e && cut_done == done && cut.at == h.at);
		HOLD(memcmp(text, cut_text, (size_t)in.n) == 0);
	}
	if (e != OK || !done)
		return OK;
	HOLD(h.at <= in.n && h.at <= HEAD_MOST && h.n_fields <= HEAD_FIELDS);
	HOLD(memcmp(text + h.at - 4, "\r\n\r\n", 4) == 0 && memchr(text, 0, h.at) == NULL);
	HOLD(times(&h, text, S("host")) == 1 && times(&h, text, S("content-length")) <= 1);
	HOLD(times(&h, text, S("content-length")) + times(&h, text, S("transfer-encoding")) <= 1);
	HOLD(!h.chunked || str_eq(head_get(&h, text, S("transfer-encoding")), S("chunked")));
	HOLD(h.method == METHOD_POST || (!h.chunked && !h.length));
	HOLD(text[h.path.at] == '/' && str_index(head_str(text, h.path), ' ') < 0);
	for (int i = 0; i < h.n_fields; i++)
		HOLD(h.field[i].name.n && h.field[i].value.at + h.field[i].value.n <= h.at);
	return OK;
}
