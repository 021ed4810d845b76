#include "web/visit.h"

#include "base/code.h"
#include "core/calendar.h"
#include "sys/token.h"
#include "web/cookie.h"
#include "web/site.h"

#define BROWSER_KEPT (30 * DAY / SECOND)

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

struct view_time
visit_time(struct visit *v, when t)
{
	struct cx *cx = v->turn->cx;
	struct civil c, now;
	int64_t day, today;
	char iso[WHEN_TEXT];

	if (t == NEVER)
		return (struct view_time){ S(""), S("") };
	c = london_of(t);
	now = london_of(cx->now);
	day = day_of(c.year, c.month, c.day);
	today = day_of(now.year, now.month, now.day);
	when_text(t - t % SECOND, iso);
	return (struct view_time){ str_copy(cx, str_of(iso)),
	    day == today ? str_fmt(cx, "today %02d:%02d", c.hour, c.minute) :
	    day == today + 1 ? str_fmt(cx, "tomorrow %02d:%02d", c.hour, c.minute) :
	    day == today - 1 ? str_fmt(cx, "yesterday %02d:%02d", c.hour, c.minute) :
	    str_fmt(cx, "%s %d %s %d, %02d:%02d", days[weekday_of(day)], c.day, months[c.month - 1], c.year, c.hour, c.minute) };
}

static struct str
length(struct cx *cx, when t)
{
	if (t < HOUR)
		return str_fmt(cx, "%lldm", (long long)(t / MINUTE));
	if (t < 48 * HOUR)
		return t < 10 * HOUR && t / MINUTE % 60 ? str_fmt(cx, "%lldh %lldm", (long long)(t / HOUR), (long long)(t / MINUTE % 60)) :
		    str_fmt(cx, "%lldh", (long long)(t / HOUR));
	return t < 100 * HOUR ? str_fmt(cx, "%lldh", (long long)(t / HOUR)) : str_fmt(cx, "%lld days", (long long)(t / DAY));
}

struct str
visit_ago(struct visit *v, when t)
{
	struct cx *cx = v->turn->cx;
	when ago = cx->now - t;

	if (t == NEVER)
		return S("");
	if (ago < MINUTE)
		return S("just now");
	if (ago < HOUR)
		return str_fmt(cx, "%lld minute%s ago", (long long)(ago / MINUTE), ago / MINUTE == 1 ? "" : "s");
	if (ago < DAY)
		return str_fmt(cx, "%lld hour%s ago", (long long)(ago / HOUR), ago / HOUR == 1 ? "" : "s");
	if (ago < 60 * DAY)
		return str_fmt(cx, "%lld day%s ago", (long long)(ago / DAY), ago / DAY == 1 ? "" : "s");
	return visit_time(v, t).words;
}

struct view_clock
visit_clock(struct visit *v, when from, when due, struct str sub)
{
	struct cx *cx = v->turn->cx;
	struct view_time at = visit_time(v, due);
	when left = due - cx->now, all = due - from;
	int percent;

	if (due == NEVER)
		return (struct view_clock){ .state = CLOCK_NONE };
	percent = left <= 0 ? 0 : all <= 0 ? 100 : (int)(left / (all / 100 + 1));
	if (percent > 100)
		percent = 100;
	/* what is owed immediately is due from the start: an hour is given before it is called overdue */
	if (left < 0)
		return (struct view_clock){ .state = -left < HOUR ? CLOCK_URGENT : CLOCK_OVER,
		    .words = -left < HOUR ? S("due now") : str_fmt(cx, "%.*s overdue", F(length(cx, -left))),
		    .sub = str_fmt(cx, "%.*s%sdue %.*s", F(sub), sub.n ? " · " : "", F(at.words)), .due = at.iso };
	return (struct view_clock){ .state = percent < 10 ? CLOCK_URGENT : percent < 33 ? CLOCK_SOON : CLOCK_ON,
	    .words = str_fmt(cx, "%.*s left", F(length(cx, left))), .sub = str_fmt(cx, "%.*s%sdue %.*s", F(sub), sub.n ? " · " : "", F(at.words)),
	    .due = at.iso, .left = percent };
}

const struct view_fault *
visit_faults(struct visit *v, int *n)
{
	struct cx *cx = v->turn->cx;
	struct view_fault *out;

	*n = 0;
	for (struct fault *f = cx->faults; f; f = f->next)
		++*n;
	out = NEW(cx, struct view_fault, *n);
	*n = 0;
	for (struct fault *f = cx->faults; f; f = f->next)
		out[(*n)++] = (struct view_fault){ f->field, f->words };
	return out;
}

struct str
visit_fault_of(struct visit *v, struct str field)
{
	for (struct fault *f = v->turn->cx->faults; f; f = f->next)
		if (str_eq(f->field, field))
			return f->words;
	return S("");
}

enum err
visit_see(struct visit *v, struct str where)
{
	turn_answer_see(v->turn, where);
	return OK;
}

struct buf *
visit_page(struct visit *v, int status)
{
	return turn_answer_buf(v->turn, status, S("text/html; charset=utf-8"));
}

struct str
visit_session_cookie(bool https)
{
	return https ? S("__Host-tocsin") : S("tocsin");
}

struct str
visit_browser_cookie(bool https)
{
	return https ? S("__Host-tocsin_browser") : S("tocsin_browser");
}

struct str
visit_csrf(const struct visit *v, struct str path)
{
	return str_starts(path, S("/report")) || str_starts(path, S("/ask")) ? v->browser_csrf : v->csrf;
}

void
visit_session(struct visit *v, struct str token)
{
	turn_set(v->turn, S("Set-Cookie"), cookie_set(v->turn->cx, &(struct cookie){ .name = visit_session_cookie(v->https), .value = token,
	    .age = token.n ? -1 : 0, .secure = v->https }));
}

/* A browser's own token, made the first time that one is needed. */
static void
know_browser(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct hash h;

	if (v->browser.n)
		return;
	v->browser = token_make(cx).text;
	h = HASH(S("tocsin/v1/form\n"), v->browser);
	v->browser_csrf = hex_of(cx, h.b, 16);
	if (!v->who.csrf.n)
		v->csrf = v->browser_csrf;
	turn_set(v->turn, S("Set-Cookie"), cookie_set(cx, &(struct cookie){ .name = visit_browser_cookie(v->https), .value = v->browser,
	    .age = BROWSER_KEPT, .secure = v->https }));
}

struct view_form
visit_form(struct visit *v, struct str action)
{
	struct cx *cx = v->turn->cx;
	struct str came = form_get(&v->turn->form, S("cid"));
	struct id id;

	know_browser(v);
	return (struct view_form){ .action = action, .csrf = visit_csrf(v, action), .cid = id_read(came, &id) ? came : id_hex(cx, id_new(cx)) };
}

struct id
visit_command(struct visit *v)
{
	struct id id = { { 0 } };

	if (!id_read(form_get(&v->turn->form, S("cid")), &id))
		fault_add(v->turn->cx, S("cid"), 0, 0, S("form"), "the form was not complete: open the page again");
	return id;
}

enum err
visit_send(struct visit *v, struct str command, struct str ref, struct js *args, door_then *then, void *arg)
{
	struct id id = { { 0 } };

	if (!v->api)
		id = visit_command(v);
	TRY(fault_end(v->turn->cx));
	return door_send(v->door, v->turn, id, v->credential, command, ref, args, then, arg);
}

static struct view_nav *
nav_add(struct view_nav *nav, int *n, struct visit *v, struct str text, struct str href)
{
	nav[(*n)++] = (struct view_nav){ .text = text, .href = href, .current = str_eq(v->turn->path, href) };
	return nav;
}

static struct str
tel(struct cx *cx, struct str phone)
{
	struct buf b = buf_new(cx);

	buf_put(&b, S("tel:"));
	for (ptrdiff_t i = 0; i < phone.n; i++)
		if (phone.p[i] >= '0' && phone.p[i] <= '9')
			buf_char(&b, phone.p[i]);
	return buf_str(&b);
}

/* "Open now, until 17:30" or "Closed. Opens Mon 23 Nov 2026, 08:00". */
static struct str
hours_words(struct visit *v)
{
	struct str said = desk_setting(v->desk, S("hours"), S(""));
	const struct hours *h = v->policy ? v->policy->support : NULL;
	struct cx *cx = v->turn->cx;

	if (!h)
		return said;
	if (calendar_open(h, cx->now)) {
		struct civil c = london_of(calendar_closes(h, cx->now));

		return str_fmt(cx, "Open now, until %02d:%02d", c.hour, c.minute);
	}
	return str_fmt(cx, "Closed now. Opens %.*s", F(visit_time(v, calendar_opens(h, cx->now)).words));
}

struct view_frame
visit_frame(struct visit *v, struct str title, bool staff)
{
	const struct desk *d = v->desk;
	struct cx *cx = v->turn->cx;
	struct view_nav *nav = NEW(cx, struct view_nav, 8);
	bool person = !id_zero(v->who.id) && id_zero(v->who.only_case), handler = access_may(NEED_HANDLER, &v->who, SEES_NOTHING, false);
	const struct role *help = v->policy ? v->policy->help : NULL;
	struct str phone = desk_setting(d, S("phone"), S(""));
	int n = 0;

	if (handler) {
		nav_add(nav, &n, v, S("Queue"), S("/queue"));
		nav_add(nav, &n, v, S("My work"), S("/work"));
		nav_add(nav, &n, v, S("Notices"), S("/notices"));
	}
	nav_add(nav, &n, v, S("Report"), S("/"));
	if (person)
		nav_add(nav, &n, v, S("My reports"), S("/mine"));
	else
		nav_add(nav, &n, v, S("Follow a report"), S("/follow"));
	if (v->who.admin)
		nav_add(nav, &n, v, S("Set up"), S("/setup"));
	if (!person)
		nav_add(nav, &n, v, S("Sign in"), S("/sign-in"));
	int n_faults;
	const struct view_fault *faults = visit_faults(v, &n_faults);

	return (struct view_frame){ .title = title, .faults = faults, .n_faults = n_faults,
	    .body = desk_setting(d, S("org_name"), desk_setting(d, S("body"), S("Tocsin"))),
	    .service = desk_setting(d, S("service_name"), staff ? S("Security incidents") : S("Report a security incident")),
	    .phone = phone, .phone_href = tel(cx, phone), .phone_hours = hours_words(v), .desk = desk_setting(d, S("desk"), S("")),
	    .brand = S("/brand.css"), .colour = desk_setting(d, S("colour"), S("#0b5a55")), .nav = nav, .n_nav = n,
	    .ask_href = help && !staff ? S("/ask") : S(""), .ask_text = help ? str_fmt(cx, "Ask %.*s a question instead", F(help->title)) : S(""),
	    .halted = d->halt.is ? visit_time(v, d->halt.since).words : S(""),
	    .staff = staff, .user = v->who.name, .sign_out = person ? visit_form(v, S("/sign-out")) : (struct view_form){ .action = S("") },
	    .note = desk_setting(d, S("contact"), S("")) };
}
