#include "web/multipart.h"

#include "base/test.h"

/* What a sink was told, as text: "<field|filename|type>bytes/". */
struct told { struct buf text; enum err refuse; };

static enum err
begin(void *arg, struct str field, struct str filename, struct str type)
{
	struct told *t = arg;

	EXPECT(utf8_ok(filename) && str_is_line(filename) && utf8_ok(field)); /* whatever the form is */
	buf_fmt(&t->text, "<%.*s|%.*s|%.*s>", F(field), F(filename), F(type));
	return t->refuse;
}

static enum err
data(void *arg, struct str bytes)
{
	buf_put(&((struct told *)arg)->text, bytes);
	return OK;
}

static enum err
end(void *arg)
{
	buf_put(&((struct told *)arg)->text, S("/"));
	return OK;
}

static const struct multipart_sink sink = { begin, data, end };
#define TYPE S("multipart/form-data; boundary=b")

/* Read the text in runs of `step` bytes; *out is what the sink was told, then "name=value;" for each plain field. */
static enum err
take(struct cx *cx, struct str text, ptrdiff_t step, bool files, struct str *out)
{
	struct told told = { buf_new(cx), OK };
	struct form form = { 0 };
	struct multipart m;
	enum err e;

	cx->faults = NULL;
	cx->n_faults = 0;
	EXPECT_OK(multipart_begin(&m, cx, TYPE, &form, files ? &sink : NULL, &told));
	for (ptrdiff_t at = 0; at < text.n; at += step)
		if ((e = multipart_feed(&m, str_sub(text, at, step))) != OK)
			return e;
	TRY(multipart_end(&m));
	for (const struct form_field *f = form.first; f; f = f->next)
		buf_fmt(&told.text, "%.*s=%.*s;", F(f->name), F(f->value));
	*out = buf_str(&told.text);
	return OK;
}

#define CD "Content-Disposition: form-data; "
#define PART(head, body) "--b\r\n" CD head "\r\n\r\n" body "\r\n"
#define END "--b--\r\n"

static const struct { enum err e; struct str text; const char *out; } forms[] = {
#define CASE(e, out, lit) { e, { lit, (ptrdiff_t)sizeof(lit) - 1 }, out }
	CASE(OK, "", "--b--\r\n"),
	CASE(OK, "", "--b--"),
	CASE(OK, "a=1;", PART("name=\"a\"", "1") END),
	CASE(OK, "a=;", PART("name=\"a\"", "") END),
	CASE(OK, "a=1;a=x\ny;", PART("name=\"a\"", "1") PART("name=a", "x\r\ny") END),
	CASE(OK, "a=--b;", PART("name=\"a\"", "--b") END),
	CASE(OK, "a=\n\n\n--\n-\n--c;", PART("name=\"a\"", "\r\n\r\r\n--\r\n-\r\n--c") END),
	CASE(OK, "<f|x.txt|text/plain>a\r\n\r\r\n--\r\n--c\r/",
	    PART("name=\"f\"; filename=\"x.txt\"\r\nContent-Type: text/plain",
	    "a\r\n\r\r\n--\r\n--c\r") END),
	CASE(OK, "<f|..\\..\\/etc/passwd|application/octet-stream>/",
	    PART("name=\"f\"; filename=\"..\\..\\/etc/passwd\"", "") END),
	CASE(OK, "<f|a\"b;c\\|application/octet-stream>/",
	    PART("name=\"f\"; filename=\"a%22b;c\\\\\"", "") END),
	CASE(OK, "<f|a\"b|application/octet-stream>/", PART("name=\"f\"; filename=\"a\\\"b\"", "") END),
	CASE(OK, "", PART("name=\"f\"; filename=\"\"\r\nContent-Type: application/octet-stream", "") END),
	CASE(OK, "a=1;", "--b\r\ncontent-TYPE: text/plain\r\nX-Odd: 1\r\n" CD "name=\"a\"\r\n\r\n1\r\n" END),
	CASE(OK, "a=1;", PART("name=\"a\"\r\nContent-Transfer-Encoding: binary", "1") END),
	CASE(ERR_BAD_INPUT, NULL, ""),
	CASE(ERR_BAD_INPUT, NULL, "--b"),
	CASE(ERR_BAD_INPUT, NULL, "--b-"),
	CASE(ERR_BAD_INPUT, NULL, "--b\r\n"),
	CASE(ERR_BAD_INPUT, NULL, PART("name=\"a\"", "1")),
	CASE(ERR_BAD_INPUT, NULL, PART("name=\"a\"", "1") "--b"),
	CASE(ERR_BAD_INPUT, NULL, "\r\n" PART("name=\"a\"", "1") END),
	CASE(ERR_BAD_INPUT, NULL, "preamble\r\n" PART("name=\"a\"", "1") END),
	CASE(ERR_BAD_INPUT, NULL, PART("name=\"a\"", "1") END "epilogue"),
	CASE(ERR_BAD_INPUT, NULL, PART("name=\"a\"", "1") END "\r\n"),
	CASE(ERR_BAD_INPUT, NULL, "--b \r\n" CD "name=\"a\"\r\n\r\n1\r\n" END),
	CASE(ERR_BAD_INPUT, NULL, "--b\n" CD "name=\"a\"\n\n1\n" END),
	CASE(ERR_BAD_INPUT, NULL, "--b\r\n" CD "name=\"a\"\n\r\n1\r\n" END),
	CASE(ERR_BAD_INPUT, NULL, "--b\r\n\r\n1\r\n" END),
	CASE(ERR_BAD_INPUT, NULL, "--b\r\nX: y\r\n\r\n1\r\n" END),
	CASE(ERR_BAD_INPUT, NULL, "--b\r\n" CD "name=\"a\"\r\n" CD "name=\"b\"\r\n\r\n1\r\n" END),
	CASE(ERR_BAD_INPUT, NULL, "--b\r\n" CD "name=\"a\";\r\n filename=\"x\"\r\n\r\n1\r\n" END),
	CASE(ERR_BAD_INPUT, NULL, "--b\r\nContent-Disposition : form-data; name=\"a\"\r\n\r\n1\r\n" END),
	CASE(ERR_BAD_INPUT, NULL, "--b\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n" END),
	CASE(ERR_BAD_INPUT, NULL, PART("filename=\"a\"", "1") END),
	CASE(ERR_BAD_INPUT, NULL, PART("name=\"\"", "1") END),
	CASE(ERR_BAD_INPUT, NULL, PART("name=\"a\"; name=\"b\"", "1") END),
	CASE(ERR_BAD_INPUT, NULL, PART("name=\"a\"; filename=\"b\"; filename=\"c\"", "1") END),
	CASE(ERR_BAD_INPUT, NULL, PART("name=\"a\"; filename*=UTF-8''b", "1") END),
	CASE(ERR_BAD_INPUT, NULL, PART("name=\"a", "1") END),
	CASE(ERR_BAD_INPUT, NULL, PART("name=\"a\" x", "1") END),
	CASE(ERR_BAD_INPUT, NULL, PART("name", "1") END),
	CASE(ERR_BAD_INPUT, NULL, PART("name=\"\xff\"", "1") END),
	CASE(ERR_BAD_INPUT, NULL, PART("name=\"a\0\"", "1") END),
	CASE(ERR_BAD_INPUT, NULL, PART("name=\"a\"; filename=\"\xff\"", "1") END),
	CASE(ERR_BAD_INPUT, NULL, PART("name=\"a\"", "\xff") END),
	CASE(ERR_BAD_INPUT, NULL, PART("name=\"a\"", "a\0b") END),
	CASE(ERR_BAD_INPUT, NULL, PART("name=\"a\"; filename=\"\"", "1") END),
	CASE(ERR_BAD_INPUT, NULL, PART("name=\"a\"\r\nContent-Transfer-Encoding: base64", "1") END),
};

TEST(multipart_is_read_the_same_however_it_is_cut)
{
	for (ptrdiff_t i = 0; i < COUNT(forms); i++)
		for (ptrdiff_t step = 1; step <= forms[i].text.n + 1; step++) {
			struct mark m = cx_mark(cx);
			struct str out = S("");
			enum err e = take(cx, forms[i].text, step, true, &out);

			if (e != forms[i].e)
				fail_msg("%s, not %s (%s), for\n%.*s", err_name(e).p, err_name(forms[i].e).p, cx->why,
				    F(forms[i].text));
			if (e == OK)
				EXPECT_STR(out, str_of(forms[i].out));
			cx_back(cx, m);
		}
}

TEST(multipart_takes_no_files_where_none_are_wanted)
{
	struct str out;

	EXPECT(take(cx, S(PART("name=\"f\"; filename=\"x\"", "1") END), 7, false, &out) == ERR_MEDIA);
	EXPECT_OK(take(cx, S(PART("name=\"f\"; filename=\"\"", "") END), 7, false, &out));
}

TEST(multipart_needs_a_proper_boundary)
{
	static const char *const refused[] = { "", "text/plain", "multipart/mixed; boundary=b", "multipart/form-data",
		"multipart/form-data; boundary=", "multipart/form-data; boundary=a b",
		    "multipart/form-data; boundary=\"a b\"",
		"multipart/form-data; boundary=a; boundary=b", "multipart/form-data; charset=utf-8",
		    "multipart/form-data; boundary=a\x01",
		"multipart/form-data; boundary=123456789012345678901234567890123456789012345678901234567890123456789012" };
	struct form form = { 0 };
	struct multipart m;

	for (ptrdiff_t i = 0; i < COUNT(refused); i++)
		if (multipart_begin(&m, cx, str_of(refused[i]), &form, NULL, NULL) != ERR_MEDIA)
			fail_msg("%s was taken", refused[i]);
	EXPECT_OK(multipart_begin(&m, cx, S("Multipart/Form-Data;boundary=\"----WebKit'(x)=?\""), &form, NULL, NULL));
}

static enum err
many(struct cx *cx, int parts, ptrdiff_t head, ptrdiff_t value)
{
	struct buf b = buf_new(cx);
	struct str out;

	for (int i = 0; i < parts; i++) {
		buf_put(&b, S("--b\r\n" CD "name=\"a\"\r\nX: "));
		memset(buf_room(&b, head), 'x', (size_t)head);
		buf_put(&b, S("\r\n\r\n"));
		memset(buf_room(&b, value), 'v', (size_t)value);
		buf_put(&b, S("\r\n"));
	}
	buf_put(&b, S(END));
	return take(cx, buf_str(&b), 16384, true, &out);
}

TEST(multipart_has_its_limits)
{
	ptrdiff_t head = MULTIPART_HEAD - (ptrdiff_t)sizeof(CD "name=\"a\"\r\nX: \r\n\r\n") + 1;

	EXPECT_OK(many(cx, MULTIPART_PARTS, 1, 1));
	EXPECT(many(cx, MULTIPART_PARTS + 1, 1, 1) == ERR_TOO_BIG);
	EXPECT_OK(many(cx, 1, head, 1));
	EXPECT(many(cx, 1, head + 1, 1) == ERR_TOO_BIG);
	EXPECT_OK(many(cx, 1, 1, MULTIPART_FIELD));
	EXPECT(many(cx, 1, 1, MULTIPART_FIELD + 1) == ERR_TOO_BIG);
	EXPECT_OK(many(cx, 4, 1, MULTIPART_FIELD));
	EXPECT(many(cx, 5, 1, MULTIPART_FIELD) == ERR_TOO_BIG);
}
