#include "torture_look.h"

#include "base/buf.h"
#include <string.h>

enum { PARTS = 8192 };

static const struct { struct str entity, text; } known[] = {
	{ S("&amp;"), S("&") }, { S("&lt;"), S("<") }, { S("&gt;"), S(">") }, { S("&#34;"), S("\"") },
	{ S("&#39;"), S("'") }, { S("&#13;"), S("\r") }, { S("&nbsp;"), S("\xc2\xa0") },
};

static bool
unescape(struct cx *cx, struct str s, struct str *out)
{
	struct buf b;

	*out = s;
	if (str_index(s, '&') < 0)
		return true;
	b = buf_new(cx);
	while (s.n) {
		ptrdiff_t k = 0, at = str_index(s, '&');

		buf_put(&b, str_sub(s, 0, at < 0 ? s.n : at));
		if (at < 0)
			break;
		s = str_sub(s, at, s.n);
		while (k < COUNT(known) && !str_starts(s, known[k].entity))
			k++;
		if (k == COUNT(known))
			return false;
		buf_put(&b, known[k].text);
		s = str_sub(s, known[k].entity.n, s.n);
	}
	*out = buf_str(&b);
	return true;
}

static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t'; }

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == ':' ||
	    c == '_';
}

static struct str
word(struct str *s)
{
	struct str all = *s;
	ptrdiff_t n = 0;

	while (n < all.n && is_name(all.p[n]))
		n++;
	*s = str_sub(all, n, all.n);
	return str_sub(all, 0, n);
}

/* From behind "<name" to behind ">". */
static bool
attributes(struct cx *cx, struct str *s, struct look_part *part)
{
	struct look_attr *a = NEW(cx, struct look_attr, LOOK_ATTRS);

	part->attrs = a;
	for (;;) {
		bool blank = s->n && is_blank(s->p[0]);

		while (s->n && is_blank(s->p[0]))
			*s = str_sub(*s, 1, s->n);
		if (str_starts(*s, S("/>")))
			*s = str_sub(*s, 1, s->n);
		if (str_starts(*s, S(">"))) {
			*s = str_sub(*s, 1, s->n);
			return true;
		}
		if (!blank || part->n_attrs == LOOK_ATTRS)
			return false;
		a = (struct look_attr *)&part->attrs[part->n_attrs++];
		a->name = word(s);
		if (!a->name.n)
			return false;
		if (str_starts(*s, S("="))) {
			ptrdiff_t end = str_index(str_sub(*s, 2, s->n), '"');

			if (!str_starts(*s, S("=\"")) || end < 0 || !unescape(cx, str_sub(*s, 2, end), &a->value))
				return false;
			a->said = true;
			*s = str_sub(*s, end + 3, s->n);
		}
	}
}

bool
look_at(struct cx *cx, struct str page, struct look *out, struct str *why)
{
	struct str s = page;

	*out = (struct look){ NEW(cx, struct look_part, PARTS), 0 };
	while (s.n && out->n < PARTS) {
		struct look_part *part = &out->parts[out->n++];
		ptrdiff_t at = str_index(s, '<');

		*why = str_sub(s, 0, 120);
		if (at != 0) {
			part->is_text = true;
			if (!unescape(cx, str_sub(s, 0, at < 0 ? s.n : at), &part->text))
				return false;
			s = str_sub(s, at < 0 ? s.n : at, s.n);
			continue;
		}
		s = str_sub(s, 1, s.n);
		if (str_starts(s, S("!DOCTYPE html>"))) {
			s = str_sub(s, 14, s.n);
			out->n--;
			continue;
		}
		part->closes = str_starts(s, S("/"));
		s = str_sub(s, part->closes, s.n);
		part->text = word(&s);
		if (!part->text.n || !attributes(cx, &s, part))
			return false;
	}
	return !s.n;
}

static bool
part_has(const struct look_part *p, const char *name, struct str value)
{
	for (int k = 0; k < p->n_attrs; k++)
		if (str_eq(p->attrs[k].name, str_of(name)) && str_eq(p->attrs[k].value, value))
			return true;
	return false;
}

bool
look_has(const struct look *l, const char *name, struct str value, const char *other, struct str its)
{
	for (ptrdiff_t i = 0; i < l->n; i++)
		if (part_has(&l->parts[i], name, value) && part_has(&l->parts[i], other, its))
			return true;
	return false;
}

struct str
look_href(const struct look *l, const char *words)
{
	for (ptrdiff_t i = 0; i < l->n; i++)
		for (int k = 0; k < l->parts[i].n_attrs; k++)
			if (str_eq(l->parts[i].attrs[k].name, S("href")) &&
			    str_find(l->parts[i].attrs[k].value, str_of(words)) >= 0)
				return l->parts[i].attrs[k].value;
	return S("");
}
