/* Signing in and out, one-time links, choosing a password. */
#include "web/cookie.h"
#include "web/page/staff.h"
#include "web/site.h"

#define SESSION_AGE (8 * 3600)

/* A local address to go to afterwards; anything else leads to the work list. */
static struct str
then_of(struct visit *v, struct str said)
{
	bool ok = said.n > 1 && said.p[0] == '/' && said.p[1] != '/' && said.p[1] != '\\';

	for (ptrdiff_t i = 0; ok && i < said.n; i++)
		ok = (unsigned char)said.p[i] > 0x20 && said.p[i] != '\\' && said.p[i] != 0x7f;
	(void)v;
	return ok ? said : S("/work");
}

static void
give_session(struct visit *v, struct str session)
{
	turn_set(v->turn, S("Set-Cookie"), cookie_set(v->turn->cx, &(struct cookie){
	    .name = v->https ? S("__Host-tocsin") : S("tocsin"), .value = session, .age = session.n ? SESSION_AGE : 0, .secure = v->https }));
}

static enum err
show_sign_in(struct visit *v, int status, struct str user, struct str then)
{
	struct cx *cx = v->turn->cx;
	struct view_pair *keep = NEW(cx, struct view_pair, 1);
	struct page_sign_in page = { .user = { .kind = FIELD_TEXT, .name = S("user"), .label = S("Email address or staff id"), .value = user,
	    .error = visit_fault_of(v, S("user")), .autocomplete = S("username"), .width = 30 },
	    .password = { .kind = FIELD_PASSWORD, .name = S("password"), .label = S("Password"), .error = visit_fault_of(v, S("password")),
	    .autocomplete = S("current-password"), .width = 30 } };

	page.frame = visit_frame(v, S("Sign in"), false);
	keep[0] = (struct view_pair){ S("then"), then };
	page.form = visit_form(v, S("/sign-in"));
	page.form.keep = keep;
	page.form.n_keep = 1;
	page_sign_in(visit_page(v, status), &page);
	return OK;
}

enum err
sign_in_show(struct visit *v)
{
	if (access_may(NEED_PERSON, &v->who, SEES_NOTHING, false))
		return visit_see(v, S("/work"));
	return show_sign_in(v, 200, S(""), then_of(v, form_get(&v->turn->query, S("then"))));
}

static enum err
signed_in(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct visit *v = visit_of(t);
	struct str refused = js_str(ok, S("refused")), then = then_of(v, form_get(&t->form, S("then")));

	(void)arg;
	if (e != OK)
		return e;
	if (refused.n) {
		fault_add(t->cx, S("password"), 0, 0, S("sign-in"), "%s", str_eq(refused, S("locked")) ?
		    "Too many wrong tries. Wait 15 minutes, or ask an administrator for a one-time link" :
		    "The name or the password is not right");
		return show_sign_in(v, 422, form_get(&t->form, S("user")), then);
	}
	give_session(v, js_str(ok, S("session")));
	return visit_see(v, then);
}

enum err
sign_in_send(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct str user = str_trim(form_one(cx, &v->turn->form, S("user"))), password = form_one(cx, &v->turn->form, S("password"));
	struct js *args = js_object(cx);

	if (!user.n)
		fault_add(cx, S("user"), 0, 0, S("missing"), "Enter your email address or your staff id");
	if (!password.n)
		fault_add(cx, S("password"), 0, 0, S("missing"), "Enter your password");
	if (cx->faults)
		return show_sign_in(v, 422, user, then_of(v, form_get(&v->turn->form, S("then"))));
	js_set_str(cx, args, S("login"), user);
	js_set_str(cx, args, S("password"), password);
	/* without an id: what is answered must not be kept */
	return door_send(v->door, v->turn, (struct id){ { 0 } }, (struct credential){ 0 }, S("sign_in"), S(""), args, signed_in, NULL);
}

/* A one-time link acts when its button is pressed: mail scanners follow links, but press nothing. */
enum err
link_show(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct str *text = NEW(cx, struct str, 1);
	struct view_pair *keep = NEW(cx, struct view_pair, 1);
	struct page_message page = { .heading = S("Sign in with your one-time link"), .text = text, .n_text = 1, .button = S("Sign in") };

	page.frame = visit_frame(v, page.heading, false);
	text[0] = S("Press the button to sign in. The link works once.");
	page.form = visit_form(v, S("/link"));
	keep[0] = (struct view_pair){ S("link"), v->args[0] };
	page.form.keep = keep;
	page.form.n_keep = 1;
	page_message(visit_page(v, 200), &page);
	return OK;
}

static enum err
link_used(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct visit *v = visit_of(t);

	(void)arg;
	TRY(e);
	give_session(v, js_str(ok, S("session")));
	return visit_see(v, str_eq(js_str(ok, S("purpose")), S("set_up")) ? S("/setup") : S("/work"));
}

enum err
link_use(struct visit *v)
{
	struct js *args = js_object(v->turn->cx);

	js_set_str(v->turn->cx, args, S("link"), form_one(v->turn->cx, &v->turn->form, S("link")));
	return door_send(v->door, v->turn, (struct id){ { 0 } }, (struct credential){ 0 }, S("use_link"), S(""), args, link_used, NULL);
}

static enum err
signed_out(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct visit *v = visit_of(t);

	(void)arg, (void)ok;
	TRY(e);
	give_session(v, S(""));
	return visit_see(v, S("/"));
}

enum err
sign_out(struct visit *v)
{
	return door_send(v->door, v->turn, (struct id){ { 0 } }, v->credential, S("sign_out"), S(""), js_object(v->turn->cx), signed_out, NULL);
}

static enum err
show_password(struct visit *v, int status)
{
	struct page_password page = { .user = v->who.person, .password = { .kind = FIELD_NEW_PASSWORD, .name = S("password"),
	    .label = S("New password"), .hint = S("At least 12 characters. Three random words are good."),
	    .error = visit_fault_of(v, S("password")), .autocomplete = S("new-password"), .width = 30 } };

	page.frame = visit_frame(v, S("Choose a password"), false);
	page.form = visit_form(v, S("/password"));
	page_password(visit_page(v, status), &page);
	return OK;
}

enum err
password_show(struct visit *v)
{
	return show_password(v, 200);
}

static enum err
password_set(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct visit *v = visit_of(t);

	(void)arg, (void)ok;
	if (e == ERR_BAD_INPUT)
		return show_password(v, 422);
	TRY(e);
	return visit_see(v, S("/work"));
}

enum err
password_send(struct visit *v)
{
	struct js *args = js_object(v->turn->cx);

	js_set_str(v->turn->cx, args, S("password"), form_one(v->turn->cx, &v->turn->form, S("password")));
	return door_send(v->door, v->turn, (struct id){ { 0 } }, v->credential, S("set_password"), S(""), args, password_set, NULL);
}
