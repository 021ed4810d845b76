#include "web/site.h"

#include "base/code.h"
#include "base/log.h"
#include "desk/registrar.h"
#include "sys/jail.h"
#include "sys/sys.h"
#include "sys/token.h"
#include "web/admin.h"
#include "web/cookie.h"
#include "web/asset.h"
#include "web/page.h"
#include "web/page_brand.h"
#include "web/upload.h"

enum { DOOR_ROOM = 96 << 20, MOST_ARGS = 4, OWN_FILES = 256 };
#define TOUCH_EVERY (1 * MINUTE)

const struct route routes[] = {
#define ROUTE(method, path, need, take, limit, handler) { ROUTE_##method, { path, sizeof path - 1 }, NEED_##need, PLAN_##take, limit, \
	handler, { #handler, sizeof #handler - 1 } },
#include "web/route.def"
#undef ROUTE
};
const int routes_count = (int)COUNT(routes);

/* Does a route's path fit the segments? Its ":names" go to args. */
static bool
fits(const struct route *r, const struct turn *t, struct str args[MOST_ARGS])
{
	struct str rest = str_sub(r->path, 1, r->path.n), part;
	int at = 0, n = 0;

	if (r->path.n == 1)
		return t->n_segs == 0;
	while (str_next(&rest, '/', &part)) {
		if (at == t->n_segs)
			return false;
		if (part.n && part.p[0] == ':')
			args[n++] = t->segs[at];
		else if (!str_eq(part, t->segs[at]))
			return false;
		at++;
	}
	return at == t->n_segs;
}

struct visit *
visit_of(struct turn *t)
{
	return t->own;
}

/* Who comes: by bearer token under /api, else by the session's cookie. The browser's own token is for drafts and for the
 * forms of those who are not signed in. */
static enum err
visit_begin(struct turn *t, struct visit **out)
{
	struct door *d = t->app;
	struct visit *v = NEW(t->cx, struct visit, 1);
	struct str auth = turn_field(t, S("authorization")), seed;
	struct hash h;

	*out = t->own = v;
	v->turn = t;
	v->door = d;
	v->desk = &d->desk;
	v->https = d->https;
	v->api = t->n_segs > 0 && str_eq(t->segs[0], S("api"));
	TRY(desk_refresh(t->cx, &d->desk));
	v->policy = d->desk.policy;
	if (v->api && str_starts(auth, S("Bearer ")))
		v->credential.token = str_sub(auth, 7, auth.n);
	else if (!v->api)
		v->credential.session = turn_cookie(t, visit_session_cookie(d->https));
	TRY(access_who(t->cx, d->desk.db, v->policy, &v->credential, &v->who));
	v->browser = turn_cookie(t, visit_browser_cookie(d->https));
	if (v->browser.n && !token_read(t->cx, v->browser, &h))
		v->browser = S("");
	seed = v->browser;
	h = HASH(S("tocsin/v1/form\n"), seed);
	v->browser_csrf = seed.n ? hex_of(t->cx, h.b, 16) : S("");
	v->csrf = v->who.csrf.n ? v->who.csrf : v->browser_csrf;
	return OK;
}

static enum err
route_find(struct turn *t, struct visit *v)
{
	bool other = false;

	for (int i = 0; i < routes_count; i++) {
		struct str args[MOST_ARGS] = { { NULL, 0 } };

		if (!fits(&routes[i], t, args))
			continue;
		if ((routes[i].method == ROUTE_POST) != (t->method == METHOD_POST)) {
			other = true;
			continue;
		}
		v->route = &routes[i];
		memcpy(v->args, args, sizeof args);
		return OK;
	}
	return other ? fail(t->cx, ERR_METHOD, "this page does not take this method") :
	    fail(t->cx, ERR_NOT_FOUND, "there is no such page");
}

/* A POST from a form must carry what only our own page could have put there. */
static enum err
form_is_ours(struct visit *v)
{
	struct str csrf;

	if (v->turn->method != METHOD_POST || v->api)
		return OK;
	csrf = visit_csrf(v, v->turn->path);
	if (!csrf.n || !secret_eq(form_get(&v->turn->form, S("csrf")), csrf))
		return fail(v->turn->cx, ERR_CONFLICT,
		    "this form is from an older visit, or your browser does not keep cookies: open the page again and send it once more");
	return OK;
}

static void
touch(struct visit *v)
{
	if (v->who.seen != NEVER && v->turn->cx->now - v->who.seen > TOUCH_EVERY)
		door_tell(v->door, v->turn->cx, v->credential, S("touch"), js_object(v->turn->cx));
}

static enum err
handle(struct turn *t)
{
	struct visit *v = visit_of(t);

	/* a turn whose memory ran out starts afresh without its visit */
	if (!v)
		return fail(t->cx, ERR_TOO_BIG, "this request is too large");
	TRY(form_is_ours(v));
	touch(v);
	return v->route->handler(v);
}

static enum err
plan(struct turn *t, struct plan *p)
{
	struct visit *v;

	TRY(visit_begin(t, &v));
	TRY(route_find(t, v));
	*p = (struct plan){ .handler = handle, .take = v->route->take, .limit = v->route->limit };
	if (v->route->take == PLAN_UPLOAD)
		p->sink = v->route->handler == import_send ? admin_list_sink() : upload_to_spool();
	if (v->route->take == PLAN_UPLOAD && !p->limit)
		p->limit = upload_limit(v->desk);
	if (access_may(v->route->need, &v->who, SEES_NOTHING, false))
		return OK;
	return id_zero(v->who.id) ? fail(t->cx, ERR_WHO, "sign in first") : fail(t->cx, ERR_NOT_FOUND, "there is no such page");
}

static enum err
problem(struct turn *t, enum err e)
{
	struct js *all = desk_error(t->cx, e), *p = js_object(t->cx);
	const struct js *error = js_get(all, S("error"));

	js_set_str(t->cx, p, S("type"), S("about:blank"));
	js_set_str(t->cx, p, S("title"), err_words(e));
	js_set_int(t->cx, p, S("status"), err_http(e));
	js_set_str(t->cx, p, S("detail"), js_str(error, S("why")));
	js_set(t->cx, p, S("faults"), js_share(t->cx, js_get(error, S("faults"))));
	if (e == ERR_WHO)
		turn_set(t, S("WWW-Authenticate"), S("Bearer"));
	turn_answer(t, err_http(e), S("application/problem+json"), js_text(t->cx, p));
	return OK;
}

static struct str
heading_of(enum err e)
{
	switch (e) {
	case ERR_NOT_FOUND: return S("Page not found");
	case ERR_WHO:       return S("Sign in first");
	case ERR_DENIED:    return S("You cannot do this");
	case ERR_CONFLICT:  return S("This could not be done");
	case ERR_TOO_BIG:   return S("That is too large");
	case ERR_BUSY: case ERR_MANY: case ERR_NO_ROOM: case ERR_SYNC: return S("Sorry, the service is busy");
	case ERR_HALTED:    return S("Sorry, nothing new can be taken in just now");
	case ERR_BROKEN: case ERR_TAMPERED: return S("Sorry, there is a problem with the service");
	default:            return S("There is a problem with what was sent");
	}
}

/* The address that an older portal had: links to it are everywhere, and lead here. */
static bool
is_old_path(struct visit *v)
{
	struct str old = desk_setting(v->desk, S("old_path"), S("")), here = v->turn->path;

	if (str_ends(old, S("/")))
		old = str_sub(old, 0, old.n - 1);
	if (str_ends(here, S("/")))
		here = str_sub(here, 0, here.n - 1);
	return old.n && str_eq(old, here);
}

/* A detail, which elsewhere stands behind a colon, by itself. A fault begins with its field's name, as it is spelled. */
static struct str
sentence(struct cx *cx, struct str detail)
{
	char first = detail.n ? detail.p[0] : '.';

	if (first >= 'a' && first <= 'z' && !cx->n_faults)
		first = (char)(first - 'a' + 'A');
	return str_fmt(cx, "%c%.*s%s", first, F(str_sub(detail, 1, detail.n)), str_ends(detail, S(".")) ? "" : ".");
}

static enum err
error_page(struct turn *t, enum err e)
{
	struct page_error page = { .status = err_http(e), .heading = heading_of(e) };
	struct visit *v = visit_of(t);
	bool api = str_starts(t->path, S("/api/")); /* segments and visit may be gone: see turn.h */
	struct str text[2];

	if (e == ERR_BROKEN || e == ERR_TAMPERED)
		log_line("%.*s: %s", F(v && v->route ? v->route->name : S("request")), t->cx->why);
	if (api)
		return problem(t, e);
	if (e == ERR_NOT_FOUND && v && t->method == METHOD_GET && is_old_path(v)) {
		turn_answer_see(t, S("/"));
		return OK;
	}
	if (e == ERR_WHO && t->method == METHOD_GET) {
		turn_answer_see(t, str_fmt(t->cx, "/sign-in?then=%.*s", F(t->path)));
		return OK;
	}
	/* what broke inside is for the log; everything else says plainly what it is */
	text[0] = sentence(t->cx, e == ERR_BROKEN || !t->cx->why[0] ? err_words(e) : str_of(t->cx->why));
	page.text = text;
	page.n_text = 1;
	page.kept = t->method == METHOD_POST;
	page.frame = v ? visit_frame(v, page.heading, false) : (struct view_frame){ .title = page.heading, .service = S("Tocsin") };
	page_error(turn_answer_buf(t, page.status, S("text/html; charset=utf-8")), &page);
	return OK;
}

static const struct web_field fields[] = {
	{ { "Content-Security-Policy", 23 }, S(PAGE_POLICY) },
	{ { "X-Content-Type-Options", 22 }, { "nosniff", 7 } },
	{ { "Referrer-Policy", 15 }, { "same-origin", 11 } },
	{ { "X-Frame-Options", 15 }, { "DENY", 4 } },
	{ { "Cross-Origin-Opener-Policy", 26 }, { "same-origin", 11 } },
	{ { "Cross-Origin-Resource-Policy", 28 }, { "same-origin", 11 } },
	{ { "Permissions-Policy", 18 }, S("camera=(), microphone=(), geolocation=(), payment=(), usb=()") },
};

struct web_app
site_app(struct door *d)
{
	return (struct web_app){ .self = d, .route = plan, .error_page = error_page, .fields = fields, .n_fields = COUNT(fields) };
}

enum err
site_health(struct visit *v)
{
	turn_answer(v->turn, 200, S("text/plain; charset=utf-8"), S("ok\n"));
	return OK;
}

enum err
site_asset(struct visit *v)
{
	const struct asset *a = asset_find(v->turn->path);

	if (!a)
		return fail(v->turn->cx, ERR_NOT_FOUND, "there is no such file");
	turn_answer_asset(v->turn, a);
	return OK;
}

enum err
site_brand(struct visit *v)
{
	struct colour c;
	struct buf *b;

	if (!colour_read(desk_setting(v->desk, S("colour"), S("#0b5a55")), &c))
		c = (struct colour){ 0x0b, 0x5a, 0x55 };
	turn_set(v->turn, S("Cache-Control"), S("max-age=300"));
	b = turn_answer_buf(v->turn, 200, S("text/css; charset=utf-8"));
	page_brand_css(b, c);
	return OK;
}

static void link_ready(void *arg, int events) { door_ready(arg, events); }
static void stop_ready(void *arg, int events) { (void)events; server_stop(arg); }

static void
look_around(void *arg)
{
	struct proc *p = ((void **)arg)[0];
	struct server *s = ((void **)arg)[1];

	server_pause(s, p->shared->pause != 0);
}

enum err
site_run(struct cx *cx, struct proc *proc)
{
	struct registrar_plan *all = proc->arg;
	struct door *d = NEW(cx, struct door, 1);
	struct server_settings set;
	struct web_app app = site_app(d);
	struct server *s;
	void **both = NEW(cx, void *, 2);
	int files, most;

	TRY(jail_enter(cx, jail_of(S("web")), all->data));
	TRY(desk_open_in(cx, all->data, all->dir, false, &d->desk));
	TRY(desk_warm(cx, &d->desk));
	d->link = proc->link;
	d->https = all->https;
	cx_begin(&d->turn, cx_room(DOOR_ROOM), DOOR_ROOM);
	server_defaults(&set);
	/* every turn may have a file of the spool or the vault open too; where files are few, half of them are for that */
	files = sys_files();
	most = files > 2 * OWN_FILES ? files - OWN_FILES : files / 2;
	if (set.connections > most)
		set.connections = most;
	s = server_open(all->listen, &set, &app);
	d->http = server_door(s);
	d->server = s;
	server_watch(s, proc->link, SERVER_READ, link_ready, d);
	server_watch(s, proc->stop, SERVER_READ, stop_ready, s);
	both[0] = proc;
	both[1] = s;
	server_tick(s, 200 * SECOND / 1000, look_around, both);
	server_run(s);
	server_close(s);
	return OK;
}
