/* How Tocsin is doing, as far as a process without keys can know; and whom no word could reach. */
#include "web/admin.h"
#include "web/page/admin.h"
#include "web/queue.h"
#include "web/site.h"

enum { MOST_CHECKS = 16, MOST_SHOWN = 200 };
#define LEAST_ROOM ((int64_t)1 << 30)
#define LOG_MOST ((int64_t)64 << 20)
#define SIGNED_WITHIN HOUR

struct checks { struct view_check *rows; int n; bool bad; };

enum found { GOOD, LATER, BAD };

static void
found(struct checks *c, enum found is, struct str what, struct str words, struct str help)
{
	static const struct view_tag tags[] = { { { "Good", 4 }, { "green", 5 } }, { { "Not yet", 7 }, { "yellow", 6 } },
	    { { "Look", 4 }, { "red", 3 } } };

	if (c->n < MOST_CHECKS)
		c->rows[c->n++] = (struct view_check){ what, words, is == GOOD ? S("") : help, tags[is] };
	c->bad |= is == BAD;
}

static enum err
organisation(struct visit *v, struct checks *c)
{
	struct cx *cx = v->turn->cx;
	struct str server = desk_setting(v->desk, S("mail_server"), S(""));
	bool off = str_eq(desk_setting(v->desk, S("mail_off"), S("")), S("yes"));
	const struct role **vacant;
	struct str *titles;
	ptrdiff_t n;

	TRY(ask_vacant(cx, v->desk, &vacant, &n));
	titles = NEW(cx, struct str, n);
	for (ptrdiff_t i = 0; i < n; i++)
		titles[i] = vacant[i]->title;
	found(c, v->policy ? GOOD : BAD, S("Policy"), v->policy ? str_fmt(cx, "%.*s %.*s", F(v->policy->title),
	    F(v->policy->version)) :
	    S("No policy is in force"), S("On the server: tocsin policy set"));
	found(c, n ? BAD : GOOD, S("Posts"), n ? str_fmt(cx, "Nobody holds: %.*s", F(str_join(cx, titles, n, S(", ")))) :
	    S("Every post of the policy is held"),
	    S("Under “Set up”, Posts of the policy. Their duties wait for somebody"));
	found(c, server.n || off ? GOOD : LATER, S("Mail"), off ? S("Switched off: notices stand under “Notices” only") :
	    server.n ? server : S("No mail server is set: notices stand under “Notices” only"),
	    S("Under “Set up”, Mail"));
	found(c, admin_public_url(v).n ? GOOD : LATER, S("Address"), admin_public_url(v).n ? admin_public_url(v) :
	    S("The address of this service is not set"),
	    S("Under “Set up”, Address. Links, shortcut and poster carry it"));
	return OK;
}

static void
service(struct visit *v, const struct ask_health *h, struct checks *c)
{
	struct cx *cx = v->turn->cx;
	int64_t unsigned_now = h->entries - h->signed_entries;
	bool late = unsigned_now > 0 && (h->signed_at == NEVER ? h->last_at != NEVER &&
	    cx->now - h->last_at > SIGNED_WITHIN :
	    cx->now - h->signed_at > SIGNED_WITHIN && cx->now - h->last_at > SIGNED_WITHIN);

	found(c, GOOD, S("Journal"), str_fmt(cx, "%lld entries, the last %.*s", (long long)h->entries,
	    F(visit_ago(v, h->last_at))), S(""));
	found(c, late ? BAD : h->signed_at == NEVER ? LATER : GOOD, S("Last signature"),
	    h->signed_at == NEVER ? S("Nothing has been signed yet") :
	    str_fmt(cx, "%.*s, over %lld entries; %lld since", F(visit_ago(v, h->signed_at)),
	    (long long)h->signed_entries, (long long)unsigned_now),
	    late ? S("Entries have waited for more than an hour: look at the service’s log") : S("It comes by itself"));
	found(c, h->undelivered ? BAD : GOOD, S("Notices"), h->undelivered ? str_fmt(cx, "%td could not be delivered",
	    h->undelivered) :
	    S("None that could not be delivered"), S("Somebody is owed word: follow the link below"));
	if (h->room >= 0)
		found(c, h->room < LEAST_ROOM ? BAD : GOOD, S("Disk"), str_fmt(cx, "%lld MiB free where the data are",
		    (long long)(h->room >> 20)), S("Less than 1 GiB: make room before reports can no longer be kept"));
	found(c, h->log > LOG_MOST ? LATER : GOOD, S("Database’s log"), str_fmt(cx, "its file has %lld KiB",
	    (long long)(h->log >> 10)), S("It is folded back by itself, and its file is emptied once nobody writes"));
}

enum err
status_show(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct view_checks *groups = NEW(cx, struct view_checks, 2);
	struct checks mine = { .rows = NEW(cx, struct view_check, MOST_CHECKS) },
	    its = { .rows = NEW(cx, struct view_check, MOST_CHECKS) };
	struct view_link *links = NEW(cx, struct view_link, 3);
	struct page_status page = { .groups = groups, .n_groups = 2, .links = links, .n_links = 3 };
	struct ask_health h;

	TRY(ask_health(cx, v->desk, &v->who, &h));
	TRY(organisation(v, &mine));
	service(v, &h, &its);
	groups[0] = (struct view_checks){ S("The organisation"), mine.rows, mine.n };
	groups[1] = (struct view_checks){ S("The service"), its.rows, its.n };
	links[0] = (struct view_link){ S("Notices that could not be delivered"), S("/undelivered") };
	links[1] = (struct view_link){ S("People"), S("/people") };
	links[2] = (struct view_link){ S("Set up"), S("/setup") };
	page.frame = visit_frame(v, S("How Tocsin is doing"), true);
	page.at = visit_time(v, cx->now);
	page.bad = mine.bad || its.bad;
	page.verdict = page.bad ? S("Something needs you.") : S("All is well.");
	page_status(visit_page(v, 200), &page);
	return OK;
}

static struct view_form
settle(struct visit *v, const struct ask_undelivered *u, struct str how)
{
	struct view_form form = visit_form(v, S("/undelivered"));
	struct view_pair *keep = NEW(v->turn->cx, struct view_pair, 3);

	keep[0] = (struct view_pair){ S("notice"), id_hex(v->turn->cx, u->notice) };
	keep[1] = (struct view_pair){ S("address"), u->address };
	keep[2] = (struct view_pair){ S("how"), how };
	form.keep = keep;
	form.n_keep = 3;
	return form;
}

enum err
undelivered_show(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct page_undelivered page = { .n_rows = 0 };
	struct ask_undelivered *u;
	struct view_undelivered *rows;
	ptrdiff_t n;

	TRY(ask_undelivered(cx, v->desk, &v->who, MOST_SHOWN, &u, &n));
	rows = NEW(cx, struct view_undelivered, n);
	for (ptrdiff_t i = 0; i < n; i++)
		rows[i] = (struct view_undelivered){ .id = id_hex(cx, u[i].notice), .to = u[i].address,
		    .subject = queue_about(u[i].about),
		    .ref = u[i].ref, .why = u[i].why, .tries = str_fmt(cx, "%lld tr%s", (long long)u[i].tries,
		    u[i].tries == 1 ? "y" : "ies"),
		    .at = visit_time(v, u[i].at), .retry = settle(v, &u[i], S("again")),
		    .told = settle(v, &u[i], S("told")) };
	page.frame = visit_frame(v, S("Notices that could not be delivered"), true);
	page.rows = rows;
	page.n_rows = (int)n;
	page_undelivered(visit_page(v, 200), &page);
	return OK;
}

static enum err
settled(struct turn *t, void *arg, enum err e, struct js *ok)
{
	(void)arg, (void)ok;
	TRY(e);
	return visit_see(visit_of(t), S("/undelivered"));
}

enum err
undelivered_send(struct visit *v)
{
	static const struct str names[] = { { "notice", 6 }, { "address", 7 }, { "how", 3 } };
	struct cx *cx = v->turn->cx;
	struct js *args = js_object(cx);

	for (ptrdiff_t i = 0; i < COUNT(names); i++)
		js_set_str(cx, args, names[i], form_one(cx, &v->turn->form, names[i]));
	return visit_send(v, S("undelivered"), S(""), args, settled, NULL);
}
