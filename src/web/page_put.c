#include "web/page_put.h"

/* Other control characters stand as they are: HTML calls them an error and every browser keeps them. A bare CR would
 * be read as a line end, and of NUL nothing is left to show. */
static struct str
entity(char c)
{
	switch (c) {
	case '&':  return S("&amp;");
	case '<':  return S("&lt;");
	case '>':  return S("&gt;");
	case '"':  return S("&#34;");
	case '\'': return S("&#39;");
	case '\r': return S("&#13;");
	case 0:    return S("\xef\xbf\xbd");
	}
	return S("");
}

void
page_put_str(struct buf *b, struct str s)
{
	ptrdiff_t from = 0;

	for (ptrdiff_t i = 0; i < s.n; i++) {
		struct str e;

		if ((unsigned char)s.p[i] > '>')
			continue;
		e = entity(s.p[i]);
		if (!e.n)
			continue;
		buf_put(b, (struct str){ s.p + from, i - from });
		buf_put(b, e);
		from = i + 1;
	}
	if (from < s.n) /* nothing is added to no pointer */
		buf_put(b, (struct str){ s.p + from, s.n - from });
}

void
page_put_html(struct buf *b, struct html h)
{
	buf_put(b, h.markup);
}

void
page_put_int(struct buf *b, int v)
{
	buf_int(b, v);
}

void
page_put_int64(struct buf *b, int64_t v)
{
	buf_int(b, v);
}

/* Browsers drop tabs and line ends from an address and read a backslash as a slash: such an address is not what it
 * seems. */
static bool
is_safe(struct str s)
{
	for (ptrdiff_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= 32 || s.p[i] == 127 || s.p[i] == '\\')
			return false;
	if (str_starts(s, S("https://")) || str_starts(s, S("mailto:")) || str_starts(s, S("tel:")))
		return true;
	if (str_starts(s, S("//")))
		return false;
	for (ptrdiff_t i = 0; i < s.n; i++) {
		if (s.p[i] == ':')
			return false;
		if (s.p[i] == '/' || s.p[i] == '?' || s.p[i] == '#')
			return true;
	}
	return s.n > 0;
}

void
page_put_url(struct buf *b, struct str s)
{
	page_put_str(b, is_safe(s) ? s : S("#"));
}

void
page_put_url_part(struct buf *b, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (ptrdiff_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.'
		    || c == '_' || c == '~') {
			buf_char(b, (char)c);
		} else {
			buf_char(b, '%');
			buf_char(b, hex[c >> 4]);
			buf_char(b, hex[c & 15]);
		}
	}
}

bool
page_put_true_bool(bool v)
{
	return v;
}

bool
page_put_true_str(struct str s)
{
	return s.n > 0;
}

bool
page_put_true_html(struct html h)
{
	return h.markup.n > 0;
}

bool
page_put_true_int(int v)
{
	return v != 0;
}

bool
page_put_true_unsigned(unsigned v)
{
	return v != 0;
}

bool
page_put_true_int64(int64_t v)
{
	return v != 0;
}
