/* A multipart form: the same parts however the bytes are cut. */
#include "web/multipart.h"
#include "fuzz/fuzz.h"

static enum err
begin(void *arg, struct str field, struct str filename, struct str type)
{
	struct buf *b = arg;

	HOLD(utf8_ok(field) && filename.n && utf8_ok(filename) && utf8_ok(type));
	buf_put(b, S("<"));
	buf_put(b, field);
	buf_put(b, filename);
	buf_put(b, type);
	return OK;
}

static enum err
data(void *arg, struct str bytes)
{
	HOLD(bytes.n > 0);
	buf_put(arg, bytes);
	return OK;
}

static enum err end(void *arg) { buf_put(arg, S(">")); return OK; }

static enum err
take(struct cx *cx, struct str in, ptrdiff_t step, struct buf *told)
{
	static const struct multipart_sink sink = { begin, data, end };
	struct form form = { 0 };
	struct multipart m;

	cx->faults = NULL;
	cx->n_faults = 0;
	*told = buf_new(cx);
	TRY(multipart_begin(&m, cx, S("multipart/form-data; boundary=b"), &form, &sink, told));
	for (ptrdiff_t at = 0; at < in.n; at += step)
		TRY(multipart_feed(&m, str_sub(in, at, step)));
	TRY(multipart_end(&m));
	for (const struct form_field *f = form.first; f; f = f->next) {
		HOLD(utf8_ok(f->name) && utf8_ok(f->value));
		buf_put(told, f->name);
		buf_put(told, S("="));
		buf_put(told, f->value);
	}
	return OK;
}

FUZZ(cx, in)
{
	struct buf whole, bytes, some;
	enum err e = take(cx, in, in.n + 1, &whole);

	HOLD(take(cx, in, 1, &bytes) == e && str_eq(buf_str(&whole), buf_str(&bytes)));
	HOLD(take(cx, in, 5, &some) == e && str_eq(buf_str(&whole), buf_str(&some)));
	return OK;
}
