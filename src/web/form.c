#include "web/form.h"

#include "web/url.h"
#include <string.h>

/* A name as it may be shown in a fault: bad bytes become '?'. */
static struct str
showable(struct cx *cx, struct str name)
{
	struct str s = str_sub(name, 0, FORM_NAME);
	char *p;

	if (utf8_ok(s) && str_index(s, 0) < 0)
		return s;
	p = NEW(cx, char, s.n);
	for (ptrdiff_t i = 0; i < s.n; i++)
		p[i] = s.p[i] < 0x20 || s.p[i] > 0x7e ? '?' : s.p[i];
	return (struct str){ p, s.n };
}

/* CR LF and CR become LF: that is what was typed. The copy is made in any case, for the input may be a reader's
 * buffer. */
static struct str
tidy(struct cx *cx, struct str s)
{
	char *p = NEW(cx, char, s.n);
	ptrdiff_t n = 0;

	for (ptrdiff_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
			continue;
		p[n++] = s.p[i] == '\r' ? '\n' : s.p[i];
	}
	return (struct str){ p, n };
}

static bool
name_ok(struct str name)
{
	if (name.n == 0 || name.n > FORM_NAME || !utf8_ok(name))
		return false;
	for (ptrdiff_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7f)
			return false;
	return true;
}

void
form_add(struct cx *cx, struct form *form, struct str name, struct str value)
{
	struct form_field *f;

	if (form->n == FORM_FIELDS) {
		fault_add(cx, S(""), 0, 0, S("many"), "there are more than %d fields", FORM_FIELDS);
		form->n++;
	}
	if (form->n > FORM_FIELDS)
		return;
	if (!name_ok(name)) {
		fault_add(cx, showable(cx, name), 0, 0, S("name"), "this is not the name of a field");
		return;
	}
	if (!utf8_ok(value) || str_index(value, 0) >= 0) {
		fault_add(cx, str_copy(cx, name), 0, 0, S("utf8"), "this is not text in UTF-8");
		return;
	}
	f = NEW(cx, struct form_field, 1);
	*f = (struct form_field){ str_copy(cx, name), tidy(cx, value), NULL };
	if (form->last)
		form->last->next = f;
	else
		form->first = f;
	form->last = f;
	form->n++;
}

static bool
raw_ok(struct str s)
{
	for (ptrdiff_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return true;
}

enum err
form_read(struct cx *cx, struct str text, struct form *form)
{
	struct str rest = text, pair, name, value;

	if (text.n == 0)
		return OK;
	while (form->n <= FORM_FIELDS && cx->n_faults < 20 && str_next(&rest, '&', &pair)) {
		if (!str_cut(pair, '=', &name, &value))
			fault_add(cx, S(""), 0, 0, S("form"), "a field without '='"); /* what stands there may be a value */
		else if (!raw_ok(pair) || !url_decode(cx, name, true, &name) || !url_decode(cx, value, true, &value))
			fault_add(cx, showable(cx, name), 0, 0, S("form"), "this is not properly encoded");
		else
			form_add(cx, form, name, value);
	}
	return fault_end(cx);
}

const struct form_field *
form_next(const struct form *form, struct str name, const struct form_field *after)
{
	const struct form_field *f = after ? after->next : form->first;

	while (f && !str_eq(f->name, name))
		f = f->next;
	return f;
}

bool
form_has(const struct form *form, struct str name)
{
	return form_next(form, name, NULL) != NULL;
}

struct str
form_get(const struct form *form, struct str name)
{
	const struct form_field *f = form_next(form, name, NULL);

	return f ? f->value : S("");
}

struct str
form_one(struct cx *cx, const struct form *form, struct str name)
{
	const struct form_field *f = form_next(form, name, NULL);

	if (f && form_next(form, name, f))
		fault_add(cx, name, 0, 0, S("twice"), "this field came more than once");
	return f ? f->value : S("");
}

void
form_only(struct cx *cx, const struct form *form, const struct str *names, ptrdiff_t n)
{
	for (const struct form_field *f = form->first; f; f = f->next) {
		ptrdiff_t i = 0;
		struct str near;

		while (i < n && !str_eq(names[i], f->name))
			i++;
		if (i < n)
			continue;
		near = str_nearest(f->name, names, n);
		if (near.n)
			fault_add(cx, f->name, 0, 0, S("unknown"), "no such field is known; did you mean %.*s?", F(near));
		else
			fault_add(cx, f->name, 0, 0, S("unknown"), "no such field is known");
	}
}
