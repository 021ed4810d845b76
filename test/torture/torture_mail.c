/* Mail: no text that is stored somewhere adds a line to a letter's head or a recipient; the body comes out as it went
 * in. What cannot be put into a head is refused before anything is sent. */
#include "torture.h"

#include "mail/smtp.h"
#include "web/url.h"

/* Quoted-printable undone, with CR LF as LF. */
static struct str
plain_body(struct cx *cx, struct str s)
{
	struct buf b = buf_new(cx);

	for (ptrdiff_t i = 0; i < s.n; i++) {
		struct str here = str_sub(s, i, s.n);

		if (str_starts(here, S("=\r\n"))) {
			i += 2;
		} else if (s.p[i] == '=') {
			buf_char(&b, (char)(url_hex(here.p[1]) << 4 | url_hex(here.p[2])));
			i += 2;
		} else if (str_starts(here, S("\r\n"))) {
			buf_char(&b, '\n');
			i++;
		} else {
			buf_char(&b, s.p[i]);
		}
	}
	return buf_str(&b);
}

/* The names of a letter's fields, in order. A line of a text that goes on begins with a space. */
static struct str
fields(struct cx *cx, struct str message, struct str *body)
{
	ptrdiff_t end = str_find(message, S("\r\n\r\n"));
	struct str rest = str_sub(message, 0, end), line, name, value;
	struct buf b = buf_new(cx);

	*body = str_sub(message, end + 4, message.n);
	while (str_next(&rest, '\n', &line)) {
		if (str_starts(line, S(" ")))
			continue;
		buf_put(&b, str_cut(line, ':', &name, &value) ? name : S("?"));
		buf_char(&b, '\n');
	}
	return buf_str(&b);
}

static void
try_letter(struct cx *cx, struct str said, int place, struct str calm_fields)
{
	struct smtp_mail m = { S("Incident desk"), S("desk@example.org"), S("reply@example.org"), S("dpo@example.net"),
		S("A duty is due"), S("See the list."), S("n-17.1"), T0 };
	struct str *const places[] = { &m.from_name, &m.from, &m.reply_to, &m.to, &m.subject, &m.body, &m.id };
	struct str message, body;
	enum err e;

	torture_tried++;
	*places[place] = said;
	e = smtp_message(cx, &m, &message);
	if (e == ERR_BAD_INPUT && place != 5)
		return;
	if (e != OK || !str_eq(fields(cx, message, &body), calm_fields))
		torture_wrong("a letter with “%.*s”: %s %.*s", F(torture_words(cx, said)), err_name(e).p,
		    F(torture_words(cx, message)));
	else if (place == 5 && str_find(said, S("\r\n")) < 0 && !str_eq(str_trim(plain_body(cx, body)), str_trim(said)))
		torture_wrong("a letter that says “%.*s” reads %.*s", F(torture_words(cx, said)), F(torture_words(cx, body)));
}

TEST(no_text_adds_a_line_to_the_head_of_a_letter)
{
	struct smtp_mail m = { S("Incident desk"), S("desk@example.org"), S("reply@example.org"), S("dpo@example.net"),
		S("A duty is due"), S("See the list."), S("n-17.1"), T0 };
	struct str *strings, message, body, calm;
	ptrdiff_t n = torture_strings(cx, &strings);

	EXPECT_OK(smtp_message(cx, &m, &message));
	calm = fields(cx, message, &body);
	for (ptrdiff_t i = 0; i < n; i++)
		for (int place = 0; place < 7; place++) {
			struct mark back = cx_mark(cx);

			try_letter(cx, strings[i], place, calm);
			cx_back(cx, back);
		}
	EXPECT(torture_holds());
}
