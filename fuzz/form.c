/* A form: what is accepted is clean text, and what is made of it reads back the same. */
#include "web/form.h"
#include "fuzz/fuzz.h"
#include "web/url.h"

FUZZ(cx, in)
{
	struct form form = { 0 }, again = { 0 };
	struct buf b = buf_new(cx);
	const struct form_field *g;

	if (form_read(cx, in, &form) != OK) {
		HOLD(cx->n_faults > 0);
		for (struct fault *f = cx->faults; f; f = f->next)
			HOLD(utf8_ok(f->field) && utf8_ok(f->words));
		return OK;
	}
	for (const struct form_field *f = form.first; f; f = f->next) {
		HOLD(f->name.n && f->name.n <= FORM_NAME && utf8_ok(f->name) && utf8_ok(f->value));
		HOLD(str_index(f->value, 0) < 0 && str_index(f->value, '\r') < 0);
		if (b.n)
			buf_char(&b, '&');
		url_put(&b, f->name);
		buf_char(&b, '=');
		url_put(&b, f->value);
	}
	HOLD(form_read(cx, buf_str(&b), &again) == OK && again.n == form.n && form.n <= FORM_FIELDS);
	g = again.first;
	for (const struct form_field *f = form.first; f; f = f->next, g = g->next)
		HOLD(str_eq(f->name, g->name) && str_eq(f->value, g->value));
	return OK;
}
