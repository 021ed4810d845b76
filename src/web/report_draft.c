#include "web/report_draft.h"

#include "base/code.h"
#include "desk/ask_report.h"
#include "sys/sealed.h"
#include "web/report_ask.h"

#define SENT_SHOWN HOUR

static struct hash
draft_key(struct visit *v)
{
	return HASH(S("tocsin/v1/draft\n"), v->browser);
}

enum err
report_draft_load(struct visit *v, struct draft *d)
{
	struct cx *cx = v->turn->cx;
	struct str sealed, text;
	struct hash key = draft_key(v);
	struct js *all;

	*d = (struct draft){ .all = js_object(cx) };
	TRY(ask_report_draft(cx, v->desk, v->browser, &sealed));
	if (sealed.n && sealed_open(cx, key.b, sealed, &text) && js_read(cx, text, &all) == OK && all->type == JS_OBJECT)
		d->all = all;
	report_draft_know(v, d);
	return OK;
}

const struct js *
report_draft_get(const struct draft *d, struct str key)
{
	return js_get(d->all, key);
}

bool
report_draft_begun(const struct draft *d)
{
	return js_str(d->all, S("category")).n || js_str(d->all, S("narrative")).n;
}

void
report_draft_put(struct cx *cx, struct js *object, struct str key, struct js *value)
{
	struct js *was = object->first;

	object->first = object->last = NULL;
	object->n = 0;
	for (struct js *m = was, *next; m; m = next) {
		next = m->next;
		if (!str_eq(m->key, key))
			js_set(cx, object, m->key, js_share(cx, m));
	}
	if (value)
		js_set(cx, object, key, value);
}

struct js *
report_draft_object(struct cx *cx, struct draft *d, struct str key)
{
	const struct js *there = js_get(d->all, key);
	struct js *made;

	if (there && there->type == JS_OBJECT)
		return (struct js *)(uintptr_t)there;
	made = js_object(cx);
	report_draft_put(cx, d->all, key, made);
	return (struct js *)(uintptr_t)js_get(d->all, key);
}

bool
report_draft_marked(const struct draft *d, struct str list, struct str word)
{
	const struct js *l = js_get(d->all, list);

	for (const struct js *m = l && l->type == JS_ARRAY ? l->first : NULL; m; m = m->next)
		if (m->type == JS_STR && str_eq(m->str, word))
			return true;
	return false;
}

void
report_draft_mark(struct cx *cx, struct draft *d, struct str list, struct str word)
{
	const struct js *l = js_get(d->all, list);
	struct js *all;

	if (report_draft_marked(d, list, word))
		return;
	all = js_array(cx);
	for (const struct js *m = l && l->type == JS_ARRAY ? l->first : NULL; m; m = m->next)
		js_add(cx, all, js_share(cx, m));
	js_add_str(cx, all, word);
	report_draft_put(cx, d->all, list, all);
}

void
report_draft_know(struct visit *v, struct draft *d)
{
	struct cx *cx = v->turn->cx;

	d->category = v->policy ? policy_category(v->policy, js_str(d->all, S("category"))) : NULL;
	d->answers = js_object(cx);
	d->stated = js_object(cx);
	d->facts = (struct facts){ 0 };
	d->asks = NULL;
	d->n_asks = 0;
	if (d->category)
		report_ask_know(cx, v->policy, d);
}

const struct js *
report_draft_sent(struct visit *v, const struct draft *d)
{
	const struct js *sent = js_get(d->all, S("sent"));
	struct moment at;

	if (!moment_read(js_str(sent, S("at")), &at) || at.at + SENT_SHOWN < v->turn->cx->now)
		return NULL;
	return sent;
}

void
report_draft_clear(struct cx *cx, struct draft *d)
{
	const struct js *sent = js_get(d->all, S("sent"));
	struct js *all = js_object(cx);

	if (sent)
		js_set(cx, all, S("sent"), js_share(cx, sent));
	d->all = all;
}

struct saving { struct visit *v; struct str where; };

static enum err
saved(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct saving *s = arg;

	(void)t;
	(void)ok;
	TRY(e);
	return visit_see(s->v, s->where);
}

enum err
report_draft_save(struct visit *v, struct draft *d, struct str where)
{
	struct cx *cx = v->turn->cx;
	struct saving *s = NEW(cx, struct saving, 1);
	struct js *args = js_object(cx);
	struct hash key;

	*s = (struct saving){ v, where };
	if (!v->browser.n) /* the cookie was taken away meanwhile: it gets a new one, and so does the answer */
		(void)visit_form(v, S("/report"));
	key = draft_key(v);
	js_set_str(cx, args, S("draft"), v->browser);
	js_set_str(cx, args, S("words"), d->all->n ? sealed_make(cx, key.b, js_text(cx, d->all)) : S(""));
	return door_send(v->door, v->turn, (struct id){ { 0 } }, v->credential, S("draft"), S(""), args, saved, s);
}
