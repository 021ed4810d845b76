#include "web/url.h"

#include <string.h>

int
url_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
url_decode(struct cx *cx, struct str s, bool plus, struct str *out)
{
	char *p = NEW(cx, char, s.n);
	ptrdiff_t n = 0;

	for (ptrdiff_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%') {
			if (i + 2 >= s.n || url_hex(s.p[i + 1]) < 0 || url_hex(s.p[i + 2]) < 0)
				return false;
			p[n++] = (char)(url_hex(s.p[i + 1]) * 16 + url_hex(s.p[i + 2]));
			i += 2;
		} else {
			p[n++] = plus && s.p[i] == '+' ? ' ' : s.p[i];
		}
	}
	*out = (struct str){ p, n };
	return true;
}

static enum err
segment_ok(struct cx *cx, struct str s)
{
	if (str_eq(s, S(".")) || str_eq(s, S("..")))
		return fail(cx, ERR_BAD_INPUT, "the path holds a dot segment");
	for (ptrdiff_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f || s.p[i] == '/' || s.p[i] == '\\')
			return fail(cx, ERR_BAD_INPUT, "the path hides a character that no path may hold");
	if (!utf8_ok(s))
		return fail(cx, ERR_BAD_INPUT, "the path is not UTF-8");
	return OK;
}

enum err
url_path(struct cx *cx, struct str path, struct str **segs, int *n)
{
	struct str rest, raw;

	*segs = NEW(cx, struct str, URL_SEGMENTS);
	*n = 0;
	if (!str_starts(path, S("/")))
		return fail(cx, ERR_BAD_INPUT, "the path does not begin with a slash");
	if (path.n == 1)
		return OK;
	rest = str_sub(path, 1, path.n);
	while (str_next(&rest, '/', &raw)) {
		if (*n == URL_SEGMENTS)
			return fail(cx, ERR_BAD_INPUT, "the path has too many segments");
		if (raw.n == 0 && rest.p)
			return fail(cx, ERR_BAD_INPUT, "the path has an empty segment");
		if (!url_decode(cx, raw, false, &(*segs)[*n]))
			return fail(cx, ERR_BAD_INPUT, "the path has a bad escape");
		TRY(segment_ok(cx, (*segs)[(*n)++]));
	}
	return OK;
}

void
url_put(struct buf *b, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";

	for (ptrdiff_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c && strchr("-._~", c))) {
			buf_char(b, (char)c);
		} else {
			char *p = buf_room(b, 3);

			p[0] = '%', p[1] = digits[c >> 4], p[2] = digits[c & 15];
		}
	}
}

struct str
url_encode(struct cx *cx, struct str s)
{
	struct buf b = buf_new(cx);

	url_put(&b, s);
	return buf_str(&b);
}
