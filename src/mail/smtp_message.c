#include "mail/smtp.h"

#include "base/buf.h"
#include "base/code.h"

enum { WORD = 36, LINE = 75, PLAIN = 60 }; /* bytes in an encoded word; columns of a body line; an unencoded header */

static bool
is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static enum err
check_words(struct cx *cx, struct str s, const char *what)
{
	if (!utf8_ok(s))
		return fail(cx, ERR_BAD_INPUT, "the %s of a mail is not UTF-8", what);
	for (ptrdiff_t i = 0; i < s.n; i++)
		if (is_control(s.p[i]))
			return fail(cx, ERR_BAD_INPUT, "the %s of a mail has a control character", what);
	return OK;
}

static bool
chars_ok(struct str s, const char *more)
{
	for (ptrdiff_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && str_index(str_of(more), s.p[i]) < 0)
			return false;
	return s.n > 0;
}

/* The addresses that mail servers take without quoting (RFC 5321 dot-string, host name): what needs more is
 * refused. */
static enum err
check_address(struct cx *cx, struct str address, const char *what)
{
	struct str local, host, label;

	if (address.n > 254 || !str_cut(address, '@', &local, &host) || local.n > 64 ||
	    !chars_ok(local, ".!#$%&'*+-/=?^_`{|}~") || local.p[0] == '-' || !chars_ok(host, ".-"))
		return fail(cx, ERR_BAD_INPUT, "the %s of a mail is not an address", what);
	while (str_next(&host, '.', &label))
		if (!label.n || label.p[0] == '-')
			return fail(cx, ERR_BAD_INPUT, "the %s of a mail is not an address", what);
	return OK;
}

static bool
is_plain(struct str s)
{
	for (ptrdiff_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] > 0x7e)
			return false;
	return s.n <= PLAIN && str_find(s, S("=?")) < 0;
}

/* Encoded words (RFC 2047), each of whole characters, one a line. */
static void
put_encoded(struct cx *cx, struct buf *b, struct str s)
{
	bool first = true;

	while (s.n) {
		struct str piece = utf8_cut(s, WORD);

		buf_put(b, first ? S("=?utf-8?B?") : S("\r\n =?utf-8?B?"));
		buf_put(b, base64_of(cx, piece.p, piece.n));
		buf_put(b, S("?="));
		s = str_sub(s, piece.n, s.n);
		first = false;
	}
}

static void
put_name(struct cx *cx, struct buf *b, struct str name)
{
	if (!name.n)
		return;
	if (!is_plain(name)) {
		put_encoded(cx, b, name);
		buf_char(b, ' ');
		return;
	}
	buf_char(b, '"');
	for (ptrdiff_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"' || name.p[i] == '\\')
			buf_char(b, '\\');
		buf_char(b, name.p[i]);
	}
	buf_put(b, S("\" "));
}

static void
put_date(struct buf *b, when at)
{
	static const char days[][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct civil c = civil_of(at);

	buf_fmt(b, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n",
	    days[weekday_of(day_of(c.year, c.month, c.day))], c.day, months[c.month - 1], c.year,
	    c.hour, c.minute, c.second);
}

/* The bytes of the line's end that stands at i: LF, or CR with LF; 0 if none does. */
static ptrdiff_t
line_end(struct str s, ptrdiff_t i)
{
	if (s.p[i] == '\n')
		return 1;
	return s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n' ? 2 : 0;
}

/* Quoted-printable (RFC 2045): every line short, nothing that a relay might change. A dot that begins a line is
 * encoded too, so that no ill-behaved server can take it for the end. */
static void
put_body(struct buf *b, struct str s)
{
	int column = 0;

	for (ptrdiff_t i = 0; i < s.n;) {
		ptrdiff_t end = line_end(s, i);
		unsigned char c = (unsigned char)s.p[i];
		bool last = i + 1 == s.n || line_end(s, i + 1);
		bool raw = c == ' ' || c == '\t' ? !last :
		    c > 0x20 && c < 0x7f && c != '=' && !(c == '.' && column == 0);

		if (end) {
			buf_put(b, S("\r\n"));
			column = 0;
			i += end;
			continue;
		}
		if (column + (raw ? 1 : 3) > LINE) {
			buf_put(b, S("=\r\n"));
			column = 0;
			continue; /* a dot may now begin a line */
		}
		if (raw)
			buf_char(b, (char)c);
		else
			buf_fmt(b, "=%02X", c);
		column += raw ? 1 : 3;
		i++;
	}
	if (column)
		buf_put(b, S("\r\n"));
}

static enum err
check_mail(struct cx *cx, const struct smtp_mail *m)
{
	TRY(check_words(cx, m->from_name, "sender's name"));
	TRY(check_words(cx, m->subject, "subject"));
	TRY(check_address(cx, m->from, "sender"));
	TRY(check_address(cx, m->to, "recipient"));
	if (m->reply_to.n)
		TRY(check_address(cx, m->reply_to, "reply address"));
	if (!utf8_ok(m->body))
		return fail(cx, ERR_BAD_INPUT, "the body of a mail is not UTF-8");
	if (!chars_ok(m->id, ".-") || m->id.n > 128)
		return fail(cx, ERR_BAD_INPUT, "the id of a mail is not one");
	return OK;
}

enum err
smtp_message(struct cx *cx, const struct smtp_mail *m, struct str *out)
{
	struct buf b = buf_new(cx);
	struct str local, host;

	TRY(check_mail(cx, m));
	str_cut(m->from, '@', &local, &host);
	put_date(&b, m->date);
	buf_put(&b, S("From: "));
	put_name(cx, &b, m->from_name);
	buf_fmt(&b, "<%.*s>\r\nTo: <%.*s>\r\n", F(m->from), F(m->to));
	if (m->reply_to.n)
		buf_fmt(&b, "Reply-To: <%.*s>\r\n", F(m->reply_to));
	buf_put(&b, S("Subject: "));
	if (is_plain(m->subject))
		buf_put(&b, m->subject);
	else
		put_encoded(cx, &b, m->subject);
	buf_fmt(&b, "\r\nMessage-ID: <%.*s@%.*s>\r\n", F(m->id), F(host));
	buf_put(&b, S("Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"));
	put_body(&b, m->body);
	*out = buf_str(&b);
	return OK;
}
