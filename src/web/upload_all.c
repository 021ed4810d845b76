#include "web/upload_all.h"

struct taking { struct visit *v; const struct upload *next; struct js *list; upload_then *then; void *arg; };

static enum err take_next(struct taking *);

static enum err
taken(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct taking *all = arg;
	const struct js *whole;

	TRY(e);
	whole = js_get(ok, S("whole"));
	if (whole && whole->type == JS_FALSE) /* a large one is taken over slice by slice */
		return take_next(all);
	js_add(t->cx, all->list, upload_words(t->cx, all->next));
	all->next = all->next->next;
	return take_next(all);
}

static enum err
take_next(struct taking *all)
{
	struct visit *v = all->v;

	if (!all->next)
		return all->then(v, all->arg, all->list);
	return door_send(v->door, v->turn, (struct id){ { 0 } }, v->credential, S("upload"), S(""),
	    upload_args(v->turn->cx, all->next), taken, all);
}

enum err
upload_all(struct visit *v, const struct upload *first, upload_then *then, void *arg)
{
	struct taking *all = NEW(v->turn->cx, struct taking, 1);

	*all = (struct taking){ v, first, js_array(v->turn->cx), then, arg };
	return take_next(all);
}

struct str
upload_size(struct cx *cx, int64_t n)
{
	if (n < 1024)
		return str_fmt(cx, "%lld bytes", (long long)n);
	if (n < 1 << 20)
		return str_fmt(cx, "%lld KB", (long long)(n / 1024));
	return str_fmt(cx, "%lld.%lld MB", (long long)(n >> 20), (long long)((n & 0xfffff) * 10 >> 20));
}
