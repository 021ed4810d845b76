/* Files of a case on their way out: entered first, then sent as opaque bytes that nothing here or there renders. */
#include "base/log.h"
#include "desk/ask_file.h"
#include "web/case.h"
#include "web/site.h"

struct sending { struct cx *cx; struct file_out *file; };

/* What breaks off is seen by nobody but who waits for it: the log must say so. */
static enum err
next(void *arg, char *to, ptrdiff_t cap, ptrdiff_t *n)
{
	struct sending *s = arg;
	enum err e = ask_file_next(s->file, to, cap, n);

	if (e != OK)
		log_line("a file was broken off on its way out: %s", s->cx->why);
	return e;
}

static enum err
granted(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct visit *v = visit_of(t);
	struct sending *s = NEW(t->cx, struct sending, 1);
	struct ask_file file;

	(void)arg;
	TRY(e);
	TRY(ask_file_open(t->cx, v->desk, ok, &file));
	*s = (struct sending){ t->cx, file.out };
	turn_set_download(t, file.name.n ? file.name : S("file"));
	turn_set(t, S("Content-Security-Policy"), S("default-src 'none'; sandbox"));
	turn_answer_source(t, S("application/octet-stream"), (struct pull){ next, s, file.size });
	return OK;
}

/* Without the form's id: pressed twice, it was read twice, and the answer must be kept nowhere. */
enum err
case_file(struct visit *v)
{
	struct js *args = js_object(v->turn->cx);

	js_set_str(v->turn->cx, args, S("file"), v->args[1]);
	return door_send(v->door, v->turn, (struct id){ { 0 } }, v->credential, S("download"), v->args[0], args, granted, NULL);
}
