#include "web/multipart.h"

#include <string.h>

enum step { FIRST, TAIL, TAIL_LF, TAIL_DASH, PART_HEAD, PART, END, END_LF, DONE };

#define BAD(m, words) return fail((m)->cx, ERR_BAD_INPUT, words)

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
is_token(char c)
{
	return is_alnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool
word_is(struct str s, const char *lower)
{
	return s.n == (ptrdiff_t)strlen(lower) && strncasecmp(s.p, lower, (size_t)s.n) == 0;
}

static struct str
skip_blank(struct str s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = str_sub(s, 1, s.n);
	return s;
}

/* A quoted string at the front of *rest. Clients disagree about what a backslash means, so it hides a quote or
 * itself and is a backslash anywhere else; browsers write a quote as %22. */
static bool
quoted(struct cx *cx, struct str *rest, struct str *out)
{
	char *p = NEW(cx, char, rest->n);
	ptrdiff_t i = 1, n = 0;

	for (; i < rest->n && rest->p[i] != '"'; i++) {
		if (rest->p[i] == '\\' && i + 1 < rest->n && (rest->p[i + 1] == '"' || rest->p[i + 1] == '\\'))
			i++;
		else if (rest->n - i >= 3 && memcmp(rest->p + i, "%22", 3) == 0) {
			p[n++] = '"';
			i += 2;
			continue;
		}
		p[n++] = rest->p[i];
	}
	if (i >= rest->n)
		return false;
	*rest = str_sub(*rest, i + 1, rest->n);
	*out = (struct str){ p, n };
	return true;
}

/* Take `; key=value` off the front of *rest, the key as it came. */
static bool
param_next(struct cx *cx, struct str *rest, struct str *key, struct str *value)
{
	struct str s = skip_blank(*rest);
	ptrdiff_t n = 0;

	if (!str_starts(s, S(";")))
		return false;
	s = skip_blank(str_sub(s, 1, s.n));
	while (n < s.n && is_token(s.p[n]))
		n++;
	*key = str_sub(s, 0, n);
	if (n == 0 || n == s.n || s.p[n] != '=')
		return false;
	s = str_sub(s, n + 1, s.n);
	if (str_starts(s, S("\""))) {
		if (!quoted(cx, &s, value))
			return false;
	} else {
		for (n = 0; n < s.n && s.p[n] != ';' && s.p[n] != ' ' && s.p[n] != '\t' && s.p[n] != '"'; n++)
			;
		*value = str_sub(s, 0, n);
		s = str_sub(s, n, s.n);
		if (n == 0)
			return false;
	}
	*rest = s;
	return true;
}

static bool
boundary_ok(struct str s)
{
	for (ptrdiff_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && !(s.p[i] && strchr("'()+_,-./:=?", s.p[i])))
			return false;
	return s.n >= 1 && s.n <= 70;
}

enum err
multipart_begin(struct multipart *m, struct cx *cx, struct str type, struct form *form,
    const struct multipart_sink *sink, void *arg)
{
	struct str media, key, boundary, rest = type;
	ptrdiff_t semi = str_index(type, ';');

	media = str_trim(str_sub(type, 0, semi < 0 ? type.n : semi));
	rest = str_sub(type, semi < 0 ? type.n : semi, type.n);
	if (!word_is(media, "multipart/form-data"))
		return fail(cx, ERR_MEDIA, "this is not multipart/form-data");
	if (!param_next(cx, &rest, &key, &boundary) || !word_is(key, "boundary") || rest.n || !boundary_ok(boundary))
		return fail(cx, ERR_MEDIA, "the form does not say its boundary properly");
	memset(m, 0, sizeof *m);
	m->cx = cx;
	m->form = form;
	m->sink = sink;
	m->arg = arg;
	memcpy(m->delim, "\r\n--", 4);
	memcpy(m->delim + 4, boundary.p, (size_t)boundary.n);
	m->n_delim = (int)boundary.n + 4;
	m->match = 2; /* before the first boundary nothing stands, not even a line end */
	return OK;
}

/* Content-Disposition: form-data; name="…"; filename="…" */
static enum err
disposition(struct multipart *m, struct str value, struct str *filename)
{
	ptrdiff_t semi = str_index(value, ';');
	struct str rest = str_sub(value, semi < 0 ? value.n : semi, value.n), key, text;
	bool named = false;

	if (!word_is(str_trim(str_sub(value, 0, semi < 0 ? value.n : semi)), "form-data"))
		BAD(m, "a part of the form is not form-data");
	while (skip_blank(rest).n) {
		if (!param_next(m->cx, &rest, &key, &text))
			BAD(m, "a Content-Disposition is not well formed");
		if (word_is(key, "name") && !named) {
			m->name = text;
			named = true;
		} else if (word_is(key, "filename") && !m->file) {
			*filename = text;
			m->file = true;
		} else {
			BAD(m, "a Content-Disposition says more than name and filename once each");
		}
	}
	if (!named || !utf8_ok(m->name) || !str_is_line(m->name))
		BAD(m, "a part of the form has no name in UTF-8");
	if (utf8_ok(*filename) && str_is_line(*filename))
		return OK;
	if (!utf8_ok(*filename))
		fault_add(m->cx, str_copy(m->cx, m->name), 0, 0, S("utf8"), "a file has a name that is not text in UTF-8");
	else
		fault_add(m->cx, str_copy(m->cx, m->name), 0, 0, S("name"), "a file has a name with a control character in it");
	*filename = S("?"); /* the request is refused at its end; what takes the file until then is never given such a name */
	return OK;
}

/* One line of a part's head; others than these two mean nothing here (RFC 7578, 4.8). */
static enum err
part_line(struct multipart *m, struct str line, struct str *filename, struct str *type, int *seen)
{
	struct str key, value;
	bool colon = str_cut(line, ':', &key, &value);

	for (ptrdiff_t i = 0; i < key.n; i++)
		if (!is_token(key.p[i]))
			BAD(m, "the head of a part is not well formed");
	value = str_trim(value);
	if (!colon || key.n == 0)
		BAD(m, "the head of a part is not well formed");
	if (word_is(key, "content-disposition")) {
		if ((*seen)++)
			BAD(m, "a part has two Content-Dispositions");
		return disposition(m, value, filename);
	}
	if (!str_is_line(value))
		BAD(m, "a control character in the head of a part");
	if (word_is(key, "content-transfer-encoding") && !word_is(value, "binary") && !word_is(value, "8bit") &&
	    !word_is(value, "7bit"))
		BAD(m, "a part is encoded, which forms are not");
	if (word_is(key, "content-type"))
		*type = utf8_ok(value) ? value : S("");
	return OK;
}

static enum err
part_begin(struct multipart *m)
{
	struct str rest = buf_str(&m->text), filename = S(""), type = S("");
	int seen = 0;

	m->name = S("");
	m->file = m->hollow = false;
	m->text = buf_new(m->cx); /* the head stays where it is: names point into it */
	rest.n -= 2; /* the empty line */
	while (rest.n) {
		ptrdiff_t end = str_find(rest, S("\r\n"));

		TRY(part_line(m, str_sub(rest, 0, end), &filename, &type, &seen));
		rest = str_sub(rest, end + 2, rest.n);
	}
	if (!seen)
		BAD(m, "a part has no Content-Disposition");
	m->step = PART;
	if (!m->file)
		return OK;
	m->hollow = filename.n == 0; /* how browsers say that no file was chosen */
	if (m->hollow)
		return OK;
	if (!m->sink)
		return fail(m->cx, ERR_MEDIA, "no files are taken here");
	return m->sink->begin(m->arg, m->name, filename, type.n ? type : S("application/octet-stream"));
}

static enum err
part_data(struct multipart *m, struct str bytes)
{
	if (m->hollow)
		BAD(m, "a file without a name");
	if (m->file)
		return m->sink->data(m->arg, bytes);
	m->collected += bytes.n;
	if (m->text.n + bytes.n > MULTIPART_FIELD || m->collected > MULTIPART_FIELDS)
		return fail(m->cx, ERR_TOO_BIG, "a field of the form is too long");
	buf_put(&m->text, bytes);
	return OK;
}

static enum err
part_end(struct multipart *m)
{
	m->step = TAIL;
	m->match = 0;
	if (m->hollow)
		return OK;
	if (m->file)
		return m->sink->end(m->arg);
	form_add(m->cx, m->form, m->name, buf_str(&m->text));
	m->text = buf_new(m->cx);
	return OK;
}

/* The bytes of a part. Only the first byte of the delimiter is a CR, so a mismatch never needs to look back further
 * than what has matched, and that is known without keeping it. */
static enum err
part_feed(struct multipart *m, struct str *in)
{
	while (in->n && m->step == PART) {
		if (m->match == 0) {
			ptrdiff_t cr = str_index(*in, '\r');
			struct str run = str_sub(*in, 0, cr < 0 ? in->n : cr);

			if (run.n)
				TRY(part_data(m, run));
			*in = str_sub(*in, run.n + (cr >= 0), in->n);
			m->match = cr >= 0;
		} else if (in->p[0] == m->delim[m->match]) {
			*in = str_sub(*in, 1, in->n);
			if (++m->match == m->n_delim)
				TRY(part_end(m));
		} else {
			int n = m->match;

			m->match = 0;
			TRY(part_data(m, (struct str){ m->delim, n }));
		}
	}
	return OK;
}

static enum err
head_feed_byte(struct multipart *m, char c)
{
	if (m->text.n == MULTIPART_HEAD)
		return fail(m->cx, ERR_TOO_BIG, "the head of a part is too long");
	if ((c == '\n') != (m->text.n && m->text.p[m->text.n - 1] == '\r'))
		BAD(m, "a line of a part's head does not end in CR LF");
	buf_char(&m->text, c);
	if (buf_str(&m->text).n == 2 && c == '\n')
		BAD(m, "a part has no head");
	if (str_ends(buf_str(&m->text), S("\r\n\r\n")))
		return part_begin(m);
	return OK;
}

/* Between the parts. */
static enum err
frame_feed(struct multipart *m, char c)
{
	switch ((enum step)m->step) {
	case FIRST:
		if (c != m->delim[m->match])
			BAD(m, "the form does not begin with its boundary");
		if (++m->match == m->n_delim)
			m->step = TAIL, m->match = 0;
		return OK;
	case TAIL:
		m->step = c == '\r' ? TAIL_LF : TAIL_DASH;
		if (c != '\r' && c != '-')
			BAD(m, "something stands behind a boundary");
		return OK;
	case TAIL_LF:
		if (c != '\n')
			BAD(m, "something stands behind a boundary");
		if (m->parts++ == MULTIPART_PARTS)
			return fail(m->cx, ERR_TOO_BIG, "the form has more than %d parts", MULTIPART_PARTS);
		m->step = PART_HEAD;
		m->text = buf_new(m->cx);
		return OK;
	case TAIL_DASH:
	case END:
	case END_LF:
		if (c != (m->step == TAIL_DASH ? '-' : m->step == END ? '\r' : '\n'))
			BAD(m, "something stands behind the last boundary");
		m->step = m->step == TAIL_DASH ? END : m->step == END ? END_LF : DONE;
		return OK;
	default:
		BAD(m, "something stands behind the last boundary");
	}
}

enum err
multipart_feed(struct multipart *m, struct str in)
{
	while (in.n) {
		if (m->step == PART) {
			TRY(part_feed(m, &in));
			continue;
		}
		TRY(m->step == PART_HEAD ? head_feed_byte(m, in.p[0]) : frame_feed(m, in.p[0]));
		in = str_sub(in, 1, in.n);
	}
	return OK;
}

enum err
multipart_end(struct multipart *m)
{
	if (m->step != END && m->step != DONE)
		BAD(m, "the form breaks off");
	return fault_end(m->cx);
}
