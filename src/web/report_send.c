#include "web/report_send.h"

#include "web/report_who.h"

/* The receipt's session came: keep all of it for the page that confirms. Whoever is not signed in gets the session as
 * their own, so that the way to the report stands open without typing the code at once. */
static enum err
followed(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct sending *s = arg;
	struct cx *cx = t->cx;
	struct js *sent = js_object(cx);
	struct str session = e == OK ? js_str(ok, S("session")) : S("");
	char at[WHEN_TEXT];

	if (e != OK)
		cx->n_faults = 0, cx->faults = NULL; /* sent it is, even if nobody can follow it just now */
	when_text(cx->now, at);
	js_set_str(cx, sent, S("cid"), id_hex(cx, s->cid));
	js_set_str(cx, sent, S("ref"), js_str(s->answer, S("ref")));
	js_set_str(cx, sent, S("code"), js_str(s->answer, S("code")));
	js_set_str(cx, sent, S("seal"), js_str(s->answer, S("seal")));
	js_set_str(cx, sent, S("session"), session);
	js_set_str(cx, sent, S("kind"), s->kind);
	js_set_str(cx, sent, S("at"), str_copy(cx, str_of(at)));
	if (!s->keep)
		report_draft_clear(cx, s->d);
	report_draft_put(cx, s->d->all, S("sent"), sent);
	if (session.n && !report_who_signed_in(s->v))
		visit_session(s->v, session);
	return report_draft_save(s->v, s->d, S("/report/done"));
}

static enum err
reported(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct sending *s = arg;
	struct cx *cx = t->cx;
	struct js *args;

	if (e == ERR_BAD_INPUT)
		return s->refused(s);
	TRY(e);
	s->answer = ok;
	args = js_object(cx);
	js_set_str(cx, args, S("ref"), js_str(ok, S("ref")));
	js_set_str(cx, args, S("code"), js_str(ok, S("code")));
	return door_send(s->v->door, t, (struct id){ { 0 } }, (struct credential){ .session = S("") }, S("follow"), S(""),
	    args, followed, s);
}

enum err
report_send(struct sending *s)
{
	struct visit *v = s->v;

	return door_send(v->door, v->turn, s->cid, s->anonymous ? (struct credential){ .session = S("") } : v->credential,
	    S("report"), S(""),
	    s->args, reported, s);
}
