#include "web/browse_html.h"

#include "base/buf.h"

struct tag { struct str name, inside; bool closes; ptrdiff_t from, to; };

/* The next tag at or after *at; comments and the doctype are passed over. */
static bool
tag_next(struct str page, ptrdiff_t *at, struct tag *t)
{
	while (*at < page.n) {
		ptrdiff_t from = *at + str_index(str_sub(page, *at, page.n), '<'), to;
		bool quoted = false;

		if (from < *at)
			return false;
		for (to = from; to < page.n && (quoted || page.p[to] != '>'); to++)
			if (page.p[to] == '"')
				quoted = !quoted;
		*at = to + 1;
		if (page.p[from + 1] == '!')
			continue;
		t->closes = page.p[from + 1] == '/';
		t->inside = str_sub(page, from + 1 + t->closes, to - from - 1 - t->closes);
		t->name = t->inside;
		for (ptrdiff_t n = 0; n < t->name.n; n++)
			if (t->name.p[n] == ' ' || t->name.p[n] == '\n' || t->name.p[n] == '\t')
				t->name.n = n;
		t->from = from;
		t->to = to + 1;
		return true;
	}
	return false;
}

static struct str
unescape(struct cx *cx, struct str s)
{
	static const struct { struct str entity, text; } known[] = {
		{ { "&amp;", 5 }, { "&", 1 } }, { { "&lt;", 4 }, { "<", 1 } }, { { "&gt;", 4 }, { ">", 1 } },
		{ { "&quot;", 6 }, { "\"", 1 } }, { { "&#34;", 5 }, { "\"", 1 } }, { { "&#39;", 5 }, { "'", 1 } },
		{ { "&#x27;", 6 }, { "'", 1 } }, { { "&#13;", 5 }, { "\r", 1 } }, { { "&nbsp;", 6 }, { " ", 1 } },
	};
	struct buf b = buf_new(cx);

	while (s.n) {
		ptrdiff_t k = 0;

		while (k < COUNT(known) && !str_starts(s, known[k].entity))
			k++;
		if (k < COUNT(known)) {
			buf_put(&b, known[k].text);
			s = str_sub(s, known[k].entity.n, s.n);
		} else {
			buf_char(&b, s.p[0]);
			s = str_sub(s, 1, s.n);
		}
	}
	return buf_str(&b);
}

/* An attribute; false if the tag does not have it. */
static bool
attribute(struct cx *cx, const struct tag *t, const char *name, struct str *out)
{
	struct str want = str_fmt(cx, "%s=\"", name), s = t->inside;
	ptrdiff_t at, end;

	for (ptrdiff_t i = t->name.n; i + 1 < s.n; i++) {
		struct str here = str_sub(s, i + 1, s.n);

		if (s.p[i] == '"') { /* the inside of a value is no attribute */
			end = str_index(here, '"');
			i += end < 0 ? 0 : end + 1;
			continue;
		}
		if (s.p[i] != ' ' && s.p[i] != '\n' && s.p[i] != '\t')
			continue;
		if (str_starts(here, want)) {
			at = want.n;
			end = str_index(str_sub(here, at, here.n), '"');
			*out = unescape(cx, str_sub(here, at, end));
			return true;
		}
		if (str_starts(here, str_of(name)) && (here.n == want.n - 2 || here.p[want.n - 2] == ' ')) {
			*out = S("");
			return true;
		}
	}
	*out = S("");
	return false;
}

struct str
html_text(struct cx *cx, struct str page)
{
	struct buf b = buf_new(cx);
	ptrdiff_t at = 0, was = str_find(page, S("<body"));
	struct str raw, name;
	struct tag t;
	bool space = false;

	if (was < 0)
		was = 0;
	at = was;
	while (tag_next(page, &at, &t)) {
		buf_put(&b, str_sub(page, was, t.from - was));
		name = t.name;
		/* words of one line hang together; everything else stands apart */
		if (!str_eq(name, S("strong")) && !str_eq(name, S("a")) && !str_eq(name, S("span")) &&
		    !str_eq(name, S("time")))
			buf_char(&b, ' ');
		was = t.to;
	}
	buf_put(&b, str_sub(page, was, page.n));
	raw = unescape(cx, buf_str(&b));
	b = buf_new(cx);
	for (ptrdiff_t i = 0; i < raw.n; i++) {
		bool blank = raw.p[i] == ' ' || raw.p[i] == '\n' || raw.p[i] == '\t' || raw.p[i] == '\r';

		if (blank && space)
			continue;
		buf_char(&b, blank ? ' ' : raw.p[i]);
		space = blank;
	}
	return buf_str(&b);
}

static void
field_add(struct cx *cx, struct html_form *form, struct html_field f)
{
	struct html_field **end = &form->fields;

	while (*end)
		end = &(*end)->next;
	*end = NEW(cx, struct html_field, 1);
	**end = f;
}

static void
take_input(struct cx *cx, struct html_form *form, const struct tag *t)
{
	struct html_field f = { .sent = true };
	struct str type, none;

	if (!attribute(cx, t, "name", &f.name))
		return;
	attribute(cx, t, "value", &f.value);
	attribute(cx, t, "type", &type);
	f.is_file = str_eq(type, S("file"));
	f.is_button = str_eq(t->name, S("button"));
	if (str_eq(type, S("radio")) || str_eq(type, S("checkbox")))
		f.sent = attribute(cx, t, "checked", &none);
	if (f.is_button)
		f.sent = false;
	field_add(cx, form, f);
}

/* Everything between a form's tag at `open` and its end; returns where it ends. */
static ptrdiff_t
take_fields(struct cx *cx, struct str page, ptrdiff_t at, struct html_form *form)
{
	struct str select = S(""), none;
	struct html_field f;
	struct tag t;

	while (tag_next(page, &at, &t)) {
		if (t.closes) {
			if (str_eq(t.name, S("form")))
				break;
			continue;
		}
		if (str_eq(t.name, S("input")) || str_eq(t.name, S("button")))
			take_input(cx, form, &t);
		if (str_eq(t.name, S("select")))
			attribute(cx, &t, "name", &select);
		if (str_eq(t.name, S("option"))) {
			f = (struct html_field){ .name = select };
			attribute(cx, &t, "value", &f.value);
			f.sent = attribute(cx, &t, "selected", &none);
			field_add(cx, form, f);
		}
		if (str_eq(t.name, S("textarea"))) {
			/* HTML passes over a line end right behind the tag */
			struct str rest = str_sub(page, t.to + (t.to < page.n && page.p[t.to] == '\n'), page.n);

			f = (struct html_field){ .sent = true,
				.value = unescape(cx, str_sub(rest, 0, str_find(rest, S("</textarea>")))) };
			attribute(cx, &t, "name", &f.name);
			field_add(cx, form, f);
		}
	}
	return at;
}

bool
html_form_next(struct cx *cx, struct str *rest, struct html_form *out)
{
	struct str method, enctype;
	ptrdiff_t at = 0;
	struct tag t;

	while (tag_next(*rest, &at, &t)) {
		if (t.closes || !str_eq(t.name, S("form")))
			continue;
		*out = (struct html_form){ .action = S("") };
		attribute(cx, &t, "action", &out->action);
		attribute(cx, &t, "method", &method);
		out->multipart = attribute(cx, &t, "enctype", &enctype) && str_eq(enctype, S("multipart/form-data"));
		at = take_fields(cx, *rest, at, out);
		if (!str_eq(method, S("post")))
			continue;
		*rest = str_sub(*rest, at, rest->n);
		return true;
	}
	*rest = S("");
	return false;
}

bool
html_form(struct cx *cx, struct str page, struct str action, struct html_form *out)
{
	while (html_form_next(cx, &page, out))
		if (action.n ? str_eq(out->action, action) : !str_eq(out->action, S("/sign-out")))
			return true;
	return false;
}

bool
html_form_has(const struct html_form *form, struct str name)
{
	for (const struct html_field *f = form->fields; f; f = f->next)
		if (str_eq(f->name, name))
			return true;
	return false;
}

struct str
html_button(const struct html_form *form, struct str value)
{
	for (const struct html_field *f = form->fields; f; f = f->next)
		if (f->is_button && str_eq(f->value, value))
			return f->name;
	return S("");
}

struct str
html_link(struct cx *cx, struct str page, struct str text)
{
	ptrdiff_t at = 0;
	struct tag t;

	while (tag_next(page, &at, &t)) {
		struct str rest = str_sub(page, t.to, page.n), href;

		if (t.closes || !str_eq(t.name, S("a")) || !attribute(cx, &t, "href", &href))
			continue;
		if (str_find(html_text(cx, str_sub(rest, 0, str_find(rest, S("</a>")))), text) >= 0)
			return href;
	}
	return S("");
}

struct str
html_class(struct cx *cx, struct str page, struct str class)
{
	ptrdiff_t at = 0;
	struct tag t;

	while (tag_next(page, &at, &t)) {
		struct str rest = str_sub(page, t.to, page.n), all, one;

		if (t.closes || !attribute(cx, &t, "class", &all))
			continue;
		while (str_next(&all, ' ', &one))
			if (str_eq(one, class))
				return str_trim(html_text(cx, str_sub(rest, 0, str_find(rest, str_fmt(cx, "</%.*s>", F(t.name))))));
	}
	return S("");
}
