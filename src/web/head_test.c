#include "web/head.h"

#include "base/buf.h"
#include "base/test.h"
#include "web/chunk.h"

/* Feed the text in two pieces cut at `cut`; the text is given afresh, for names are lowered in place. */
static enum err
read_cut(struct cx *cx, struct str text, ptrdiff_t cut, struct head *h, char **copy, bool *done, const char **why)
{
	enum err e;

	*copy = NEW(cx, char, text.n);
	memcpy(*copy, text.p, (size_t)text.n);
	head_begin(h);
	*why = NULL;
	e = head_feed(h, *copy, cut, done, why);
	return e == OK && !*done ? head_feed(h, *copy, text.n, done, why) : e;
}

/* The verdict, which must be the same wherever the text is cut. */
static enum err
verdict(struct cx *cx, struct str text, bool *done)
{
	const char *why, *first_why = NULL;
	struct head h, first;
	enum err e = OK;
	char *copy;

	memset(&first, 0, sizeof first);
	for (ptrdiff_t cut = 0; cut <= text.n; cut++) {
		struct mark m = cx_mark(cx);
		enum err now = read_cut(cx, text, cut, &h, &copy, done, &why);

		if (cut == 0)
			e = now, first = h, first_why = why;
		if (now != e || why != first_why || h.at != first.at || h.n_fields != first.n_fields ||
		    h.length != first.length)
			fail_msg("cut at %td: another verdict on\n%.*s", cut, F(text));
		cx_back(cx, m);
	}
	return e;
}

#define START "GET / HTTP/1.1\r\n"
#define HOST "Host: x\r\n"
#define POST "POST / HTTP/1.1\r\n" HOST

static const struct { enum err e; struct str text; } heads[] = {
#define CASE(e, lit) { e, { lit, (ptrdiff_t)sizeof(lit) - 1 } }
	CASE(OK, START HOST "\r\n"),
	CASE(OK, "HEAD /a/b%20c?d=e&f=%21 HTTP/1.1\r\nHOST: x.example:8080\r\nX:\r\nY: \t z \t\r\n\r\n"),
	CASE(OK, "GET / HTTP/1.0\r\n" HOST "\r\n"),
	CASE(OK, POST "Content-Length: 7\r\n\r\n"),
	CASE(OK, POST "Content-Length: 0\r\n\r\n"),
	CASE(OK, POST "Transfer-Encoding: chunked\r\n\r\n"),
	CASE(OK, POST "\r\n"),
	CASE(OK, POST "Expect: 100-continue\r\nContent-Length: 7\r\n\r\n"),
	CASE(OK, "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"),
	CASE(OK, "GET / HTTP/1.1\r\nHost: [fe80::1.2.3.4]\r\n\r\n"),
	CASE(OK, START HOST "X: caf\xc3\xa9\r\n\r\n"),
	/* the request line */
	CASE(ERR_BAD_INPUT, "\r\n" START HOST "\r\n"),
	CASE(ERR_BAD_INPUT, " " START HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "G@T / HTTP/1.1\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "GET  / HTTP/1.1\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "GET /  HTTP/1.1\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "GET\t/ HTTP/1.1\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "GET / HTTP/1.1 \r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "GET /\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "GET / http/1.1\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "GET / HTTP/1.10\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "GET / HTTP/11\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "GET / HTTP/1.1\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "GET / HTTP/1.1\r" HOST "\r\n"),
	CASE(ERR_VERSION, "GET / HTTP/9.9\r\n" HOST "\r\n"),
	CASE(ERR_VERSION, "GET / HTTP/2.0\r\n" HOST "\r\n"),
	CASE(ERR_VERSION, "GET / HTTP/1.2\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "GET http://x/ HTTP/1.1\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "GET x HTTP/1.1\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "CONNECT x:80 HTTP/1.1\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "OPTIONS * HTTP/1.1\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "GET /a#b HTTP/1.1\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "GET /a\\b HTTP/1.1\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "GET /\0 HTTP/1.1\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "GET /?a=\x7f HTTP/1.1\r\n" HOST "\r\n"),
	CASE(ERR_METHOD, "PUT / HTTP/1.1\r\n" HOST "\r\n"),
	CASE(ERR_METHOD, "CONNECT / HTTP/1.1\r\n" HOST "\r\n"),
	CASE(ERR_UNKNOWN, "get / HTTP/1.1\r\n" HOST "\r\n"),
	CASE(ERR_UNKNOWN, "BREW / HTTP/1.1\r\n" HOST "\r\n"),
	CASE(ERR_BAD_INPUT, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
	CASE(ERR_BAD_INPUT, "\x16\x03\x01\x02"),
	/* fields */
	CASE(ERR_BAD_INPUT, START "Host : x\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "X\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST ": x\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "X: a\r\n b\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "X: a\r\n\tb\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START " " HOST "\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "X: a\nY: b\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "X: a\rb\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "X: a\r\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "X: a\0b\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "X: a\x01\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "X: a\x7f\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "X\0: a\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "X(: a\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "\xc3\xa9: a\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "\n"),
	CASE(ERR_BAD_INPUT, START HOST "\rX"),
	/* Host */
	CASE(ERR_BAD_INPUT, START "\r\n"),
	CASE(ERR_BAD_INPUT, START HOST HOST "\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "hOsT: y\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START "Host:\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START "Host: x, y\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START "Host: x/y\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START "Host: u@x\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START "Host: x:\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START "Host: :80\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START "Host: x:80:81\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START "Host: x:80a\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START "Host: x:0\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START "Host: x:65536\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START "Host: [::1\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START "Host: []\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START "Host: [::1]80\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START "Host: ::1\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START "Host: x]\r\n\r\n"),
	CASE(ERR_BAD_INPUT, "GET / HTTP/1.0\r\n\r\n"),
	/* where the body ends */
	CASE(ERR_BAD_INPUT, POST "Content-Length: 7\r\nContent-Length: 7\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Content-Length: 7\r\ncontent-length: 9\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Content-Length: 7, 7\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Content-Length: +7\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Content-Length: -1\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Content-Length: 7x\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Content-Length: 0x7\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Content-Length: 07\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Content-Length: 7 7\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Content-Length: 7.0\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Content-Length: 7,\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Content-Length:\x0b" "7\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Content-Length: 7e0\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Content-Length: 1234567890123456\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Content-Length: \r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Content-Length: 18446744073709551623\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Content-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n"),
	CASE(ERR_UNKNOWN, POST "Transfer-Encoding: identity, chunked\r\n\r\n"),
	CASE(ERR_UNKNOWN, POST "Transfer-Encoding: chunked, chunked\r\n\r\n"),
	CASE(ERR_UNKNOWN, POST "Transfer-Encoding: xchunked\r\n\r\n"),
	CASE(ERR_UNKNOWN, POST "Transfer-Encoding: Chunked\r\n\r\n"),
	CASE(ERR_UNKNOWN, POST "Transfer-Encoding: chunked;q=1\r\n\r\n"),
	CASE(ERR_UNKNOWN, POST "Transfer-Encoding: \"chunked\"\r\n\r\n"),
	CASE(OK, POST "Transfer-Encoding:\tchunked\t\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Transfer-Encoding: \x0b" "chunked\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Transfer-Encoding:\r\n chunked\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "X: y\rTransfer-Encoding: chunked\r\n\r\n"),
	CASE(ERR_UNKNOWN, POST "Transfer-Encoding: ,chunked\r\n\r\n"),
	CASE(ERR_UNKNOWN, POST "Transfer-Encoding: chunked, identity\r\n\r\n"),
	CASE(ERR_UNKNOWN, POST "Transfer-Encoding: gzip\r\n\r\n"),
	CASE(ERR_UNKNOWN, POST "Transfer-Encoding:\r\n\r\n"),
	CASE(ERR_BAD_INPUT, "POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "Content-Length: 7\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "Transfer-Encoding: chunked\r\n\r\n"),
	CASE(ERR_BAD_INPUT, POST "Expect: a-miracle\r\nContent-Length: 7\r\n\r\n"),
	/* other fields that mean one thing */
	CASE(ERR_BAD_INPUT, POST "Content-Type: a/b\r\nContent-Type: c/d\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "Cookie: a=b\r\nCookie: c=d\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "Authorization: a\r\nAuthorization: b\r\n\r\n"),
	CASE(ERR_BAD_INPUT, START HOST "Origin: a\r\nOrigin: b\r\n\r\n"),
};

TEST(head_refuses_what_can_be_read_in_two_ways)
{
	for (ptrdiff_t i = 0; i < COUNT(heads); i++) {
		bool done = false;
		enum err e = verdict(cx, heads[i].text, &done);

		if (e != heads[i].e || (e == OK && !done))
			fail_msg("%s, not %s, for\n%.*s", err_name(e).p, err_name(heads[i].e).p, F(heads[i].text));
	}
}

TEST(head_gives_what_was_said)
{
	struct str text = S("POST /a/b?c=d?e HTTP/1.1\r\nHost: x\r\nX-One: a b\r\nTwo: 1\r\nTWO: 2\r\nE:\r\nO: \xff.\r\n"
	    "Connection: keep-alive, Close\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\nbody");
	const char *why;
	struct head h;
	char *t;
	bool done;

	EXPECT(read_cut(cx, text, 3, &h, &t, &done, &why) == OK && done);
	EXPECT(h.at == text.n - 4);
	EXPECT(h.method == METHOD_POST && h.length == 12 && !h.chunked && h.expects && !h.keep);
	EXPECT_STR(head_str(t, h.path), S("/a/b"));
	EXPECT_STR(head_str(t, h.query), S("c=d?e"));
	EXPECT_STR(head_get(&h, t, S("x-one")), S("a b"));
	EXPECT_STR(head_get(&h, t, S("two")), S(""));
	EXPECT_STR(head_get(&h, t, S("e")), S(""));
	EXPECT_STR(head_get(&h, t, S("o")), S("?."));
	EXPECT(read_cut(cx, S("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), 0, &h, &t, &done, &why) == OK && done && h.keep);
	EXPECT(read_cut(cx, S("GET / HTTP/1.0\r\nHost: x\r\n\r\n"), 0, &h, &t, &done, &why) == OK && done && !h.keep);
}

static struct str
with_fields(struct cx *cx, int n)
{
	struct buf b = buf_new(cx);

	buf_put(&b, S(START HOST));
	for (int i = 1; i < n; i++)
		buf_put(&b, S("a: b\r\n"));
	buf_put(&b, S("\r\n"));
	return buf_str(&b);
}

TEST(head_has_its_limits)
{
	struct buf b = buf_new(cx);
	const char *why;
	struct head h;
	char *t;
	bool done;

	EXPECT(read_cut(cx, with_fields(cx, HEAD_FIELDS), 9, &h, &t, &done, &why) == OK && done);
	EXPECT(read_cut(cx, with_fields(cx, HEAD_FIELDS + 1), 9, &h, &t, &done, &why) == ERR_HEAD_SIZE);
	for (int more = 0; more < 2; more++) {
		b = buf_new(cx);
		buf_put(&b, S(START HOST "X: "));
		while (b.n < HEAD_MOST - 4 + more)
			buf_char(&b, 'x');
		buf_put(&b, S("\r\n\r\n"));
		EXPECT(read_cut(cx, buf_str(&b), 9, &h, &t, &done, &why) == (more ? ERR_HEAD_SIZE : OK) && done == !more);
	}
}

/* The data of a chunked body in pieces of at most `step` bytes, and what is left behind it. */
static bool
unchunk(struct cx *cx, struct str text, ptrdiff_t step, struct str *out, ptrdiff_t *left)
{
	struct buf b = buf_new(cx);
	struct chunk c;
	bool end = false;

	chunk_begin(&c);
	for (ptrdiff_t at = 0; at < text.n && !end; at += step) {
		struct str in = str_sub(text, at, step), data;

		while (in.n && !end) {
			if (!chunk_next(&c, &in, &data, &end))
				return false;
			buf_put(&b, data);
		}
		*left = text.n - at - step + in.n;
		if (at + step > text.n)
			*left = in.n;
	}
	*out = buf_str(&b);
	return end;
}

TEST(chunks_are_read_strictly_however_they_are_cut)
{
	static const struct { struct str text; const char *data; } cases[] = {
#define CHUNKED(lit, data) { { lit, (ptrdiff_t)sizeof(lit) - 1 }, data }
		CHUNKED("7\r\ntitle=a\r\n0\r\n\r\n", "title=a"),
		CHUNKED("0\r\n\r\n", ""),
		CHUNKED("A\r\n0123456789\r\n00000001\r\nx\r\n0\r\n\r\n", "0123456789x"),
		CHUNKED("a\r\n0123456789\r\n0\r\n\r\nGET /", "0123456789"),
		CHUNKED("0x7\r\ntitle=a\r\n0\r\n\r\n", NULL),
		CHUNKED("+7\r\ntitle=a\r\n0\r\n\r\n", NULL),
		CHUNKED("-1\r\n", NULL),
		CHUNKED("FFFFFFFFFFFFFFFF7\r\ntitle=a\r\n0\r\n\r\n", NULL),
		CHUNKED("000000007\r\ntitle=a\r\n0\r\n\r\n", NULL),
		CHUNKED("7;a=b\r\ntitle=a\r\n0\r\n\r\n", NULL),
		CHUNKED("7 \r\ntitle=a\r\n0\r\n\r\n", NULL),
		CHUNKED(" 7\r\ntitle=a\r\n0\r\n\r\n", NULL),
		CHUNKED("7\ntitle=a\r\n0\r\n\r\n", NULL),
		CHUNKED("7\r\ntitle=aXX0\r\n\r\n", NULL),
		CHUNKED("7\r\ntitle=a\n0\r\n\r\n", NULL),
		CHUNKED("7\r\ntitle=ab\r\n0\r\n\r\n", NULL),
		CHUNKED("\r\n", NULL),
		CHUNKED("0\r\nX: y\r\n\r\n", NULL),
		CHUNKED("0\r\n\n", NULL),
		CHUNKED("7\r\ntitle=a\r\n0\r\n", NULL),
	};

	for (ptrdiff_t i = 0; i < COUNT(cases); i++)
		for (ptrdiff_t step = 1; step <= cases[i].text.n; step++) {
			struct str out;
			ptrdiff_t left = -1;
			bool ok = unchunk(cx, cases[i].text, step, &out, &left);

			if (ok != (cases[i].data != NULL))
				fail_msg("%s: %.*s", ok ? "taken" : "refused", F(cases[i].text));
			if (ok)
				EXPECT_STR(out, str_of(cases[i].data));
			if (ok && i == 3)
				EXPECT(left == 5);
		}
}
