/* The handler's lists: the queue, my work, notices. Everything that is chosen stands in the address. */
#include "core/receipt.h"
#include "desk/ask.h"
#include "web/page/staff.h"
#include "web/queue.h"
#include "web/site.h"
#include "web/url.h"
#include "web/word.h"

enum { LETTER_MOST = 12, TABS = 5, FILTERS = 5, MOST_OPTIONS = 200, WORK = 60, NOTICES = 100 };

struct view_tag
queue_state(struct str state)
{
	static const struct { struct str state, words, colour; } known[] = {
		{ { "new", 3 }, { "New", 3 }, { "blue", 4 } }, { { "assessing", 9 }, { "Assessing", 9 }, { "yellow", 6 } },
		{ { "closed", 6 }, { "Closed", 6 }, { "grey", 4 } } };

	for (ptrdiff_t i = 0; i < COUNT(known); i++)
		if (str_eq(known[i].state, state))
			return (struct view_tag){ known[i].words, known[i].colour };
	return (struct view_tag){ state, S("grey") };
}

/* P1 … P4 as bars: the first level of the pack has four. */
struct view_severity
queue_level(struct visit *v, struct str level)
{
	for (ptrdiff_t i = 0; v->policy && i < v->policy->n_levels; i++)
		if (str_eq(v->policy->levels[i].id, level))
			return (struct view_severity){ i < 4 ? 4 - (int)i : 1, v->policy->levels[i].title };
	return (struct view_severity){ 0, S("") };
}

struct view_person
queue_person(struct visit *v, const struct ask_person *p)
{
	struct cx *cx = v->turn->cx;
	struct str rest = p->name, word, two[2] = { S(""), S("") };
	ptrdiff_t n = 0, end;

	/* the first letter of two words, with all that belongs to it */
	while (n < 2 && str_next(&rest, ' ', &word)) {
		for (end = 1; end < word.n && !utf8_edge(word, end); end++)
			;
		if (word.n && end <= LETTER_MOST)
			two[n++] = str_sub(word, 0, end);
	}
	return (struct view_person){ p->name, str_join(cx, two, n, S("")), !id_zero(p->id) && id_eq(p->id, v->who.id) };
}

static struct str
category_words(struct visit *v, struct str id)
{
	const struct category *c = v->policy ? policy_category(v->policy, id) : NULL;

	return c ? c->label : id;
}

static struct view_case
row_of(struct visit *v, const struct ask_row *r)
{
	struct cx *cx = v->turn->cx;
	const struct row_case_lines *k = r->row;
	struct str category = category_words(v, k->category);
	when due = k->soonest == INT64_MAX ? NEVER : k->soonest;

	return (struct view_case){ .ref = k->ref, .title = k->title, .href = str_fmt(cx, "/case/%.*s", F(k->ref)),
	    .meta = r->sight == SEES_IT_ALL ? str_fmt(cx, "%.*s%s%.*s", F(category), k->department.n && category.n ? " · " : "",
	    F(k->department)) : S("You may see that this case exists, not what it says"),
	    .clock = visit_clock(v, k->received_at, due, S("")), .severity = queue_level(v, k->level), .state = queue_state(k->state),
	    .owner = queue_person(v, &r->owner), .reported = { visit_time(v, k->reported_at).iso, visit_ago(v, k->reported_at) },
	    .hot = due != NEVER && due < cx->now - HOUR };
}

/* The query without one parameter (and never with the page's key). */
static struct str
without(struct visit *v, struct str name, struct str value)
{
	struct cx *cx = v->turn->cx;
	struct buf b = buf_new(cx);
	char sep = '?';

	buf_put(&b, S("/queue"));
	for (const struct form_field *f = v->turn->query.first; f; f = f->next) {
		if (str_eq(f->name, S("after")) || (str_eq(f->name, name) && (!value.n || str_eq(f->value, value))) || !f->value.n)
			continue;
		buf_char(&b, sep);
		sep = '&';
		buf_put(&b, f->name);
		buf_char(&b, '=');
		url_put(&b, f->value);
	}
	return buf_str(&b);
}

static void
option(struct view_filter *f, struct str value, struct str label, struct str chosen)
{
	struct view_option *o = (struct view_option *)f->options;

	if (f->n_options < MOST_OPTIONS)
		o[f->n_options++] = (struct view_option){ .value = value, .label = label, .checked = str_eq(value, chosen) };
}

static enum err
filters(struct visit *v, const struct ask_filter *f, struct view_filter *out, int *n)
{
	struct cx *cx = v->turn->cx;
	struct row_departments *departments;
	ptrdiff_t m;

	for (int i = 0; i < FILTERS; i++)
		out[i].options = NEW(cx, struct view_option, MOST_OPTIONS);
	out[0].legend = S("Priority"), out[0].name = S("level");
	for (ptrdiff_t i = 0; v->policy && i < v->policy->n_levels; i++)
		option(&out[0], v->policy->levels[i].id, v->policy->levels[i].title, f->level);
	out[1].legend = S("Show only"), out[1].name = S("only");
	option(&out[1], S("personal_data"), S("Personal data"), f->personal_data ? S("personal_data") : S(""));
	option(&out[1], S("overdue"), S("Overdue"), f->overdue ? S("overdue") : S(""));
	if (f->words.n) {
		out[4].legend = S("Order"), out[4].name = S("sort");
		option(&out[4], S("best"), S("Best match first"), f->best ? S("best") : S(""));
	}
	out[2].legend = S("What happened"), out[2].name = S("category");
	for (ptrdiff_t i = 0; v->policy && i < v->policy->n_categories; i++)
		if (v->policy->categories[i].everyday)
			option(&out[2], v->policy->categories[i].id, v->policy->categories[i].label, f->category);
	out[3].legend = S("Department"), out[3].name = S("department");
	TRY(ask_departments(cx, v->desk, &departments, &m));
	for (ptrdiff_t i = 0; i < m && i < 30; i++)
		option(&out[3], departments[i].department, departments[i].department, f->department);
	*n = FILTERS - !f->words.n;
	return OK;
}

static void
chips(struct visit *v, const struct view_filter *filter, int n, struct page_queue *page)
{
	struct cx *cx = v->turn->cx;
	struct view_chip *c = NEW(cx, struct view_chip, FILTERS * 4 + 1);
	struct str words = form_get(&v->turn->query, S("q"));

	page->chips = c;
	if (words.n)
		c[page->n_chips++] = (struct view_chip){ str_fmt(cx, "Words: %.*s", F(words)), without(v, S("q"), S("")) };
	for (int i = 0; i < n; i++)
		for (int j = 0; j < filter[i].n_options && page->n_chips < FILTERS * 4; j++)
			if (filter[i].options[j].checked)
				c[page->n_chips++] = (struct view_chip){ filter[i].options[j].label,
				    without(v, filter[i].name, filter[i].options[j].value) };
}

/* "after" is the key of the last row: its time and its case, divided by a dot. */
static bool
read_after(struct str s, struct ask_filter *f)
{
	struct str time, id;

	f->after = INT64_MIN;
	if (!s.n)
		return true;
	return str_cut(s, '.', &time, &id) && str_int(time, &f->after) && id_read(id, &f->after_id);
}

enum err
queue_filter(struct visit *v, struct ask_filter *f)
{
	static const struct str names[] = { { "view", 4 }, { "q", 1 }, { "level", 5 }, { "only", 4 }, { "category", 8 },
		{ "department", 10 }, { "sort", 4 }, { "after", 5 } };
	const struct form *q = &v->turn->query;
	struct str view = form_get(q, S("view"));

	form_only(v->turn->cx, q, names, COUNT(names));
	TRY(fault_end(v->turn->cx));
	*f = (struct ask_filter){ .closed = str_eq(view, S("closed")), .category = form_get(q, S("category")),
	    .department = form_get(q, S("department")), .level = form_get(q, S("level")), .words = str_trim(form_get(q, S("q"))),
	    .state = str_eq(view, S("new")) ? S("new") : S(""), .mine = str_eq(view, S("mine")), .either = str_eq(view, S("all")),
	    .best = str_eq(form_get(q, S("sort")), S("best")) };
	f->either &= f->words.n > 0;
	for (const struct form_field *o = form_next(q, S("only"), NULL); o; o = form_next(q, S("only"), o)) {
		f->personal_data |= str_eq(o->value, S("personal_data"));
		f->overdue |= str_eq(o->value, S("overdue"));
	}
	if (!read_after(form_get(q, S("after")), f))
		return fail(v->turn->cx, ERR_BAD_INPUT, "after: is not the key of a page");
	return OK;
}

struct str
queue_next(struct visit *v, const struct ask_page *found)
{
	struct cx *cx = v->turn->cx;
	struct str path, query;

	if (!found->more)
		return S("");
	str_cut(without(v, S("after"), S("")), '?', &path, &query);
	return str_fmt(cx, "%.*s%safter=%lld.%.*s", F(query), query.n ? "&" : "", (long long)found->after,
	    F(id_hex(cx, found->after_id)));
}

static enum err
tabs(struct visit *v, struct page_queue *page)
{
	static const struct { struct str view, text; } known[TABS] = {
		{ { "", 0 }, { "All open", 8 } }, { { "new", 3 }, { "New", 3 } }, { { "mine", 4 }, { "Owned by me", 11 } },
		{ { "closed", 6 }, { "Closed", 6 } }, { { "all", 3 }, { "Open and closed", 15 } } };
	struct str view = form_get(&v->turn->query, S("view")), words = str_trim(form_get(&v->turn->query, S("q")));
	struct view_tab *t = NEW(v->turn->cx, struct view_tab, TABS);
	struct str search = words.n ? str_fmt(v->turn->cx, "&q=%.*s", F(url_encode(v->turn->cx, words))) : S("");

	/* What is looked for stays; both together are there only for a search. A number says how much waits: how much is over is counted
	 * for whoever looks at it. */
	for (int i = 0; i < TABS - !words.n; i++) {
		int64_t n = -1;

		if (!words.n && (i == 0 || (i == 3 && str_eq(view, known[i].view))))
			TRY(ask_queue_count(v->turn->cx, v->desk, &v->who, i == 3, &n));
		t[i] = (struct view_tab){ .text = known[i].text, .current = str_eq(view, known[i].view),
		    .href = known[i].view.n || words.n ? str_fmt(v->turn->cx, "/queue?view=%.*s%.*s", F(known[i].view), F(search)) :
		    S("/queue"),
		    .count = n < 0 ? S("") : n > ASK_COUNT ? S("1,000+") : str_fmt(v->turn->cx, "%lld", (long long)n) };
	}
	page->tabs = t;
	page->n_tabs = TABS - !words.n;
	return OK;
}

/* What a reader must know of what is not on the page. */
static struct str
note_of(struct cx *cx, const struct ask_filter *f, const struct ask_page *found)
{
	struct str cut = found->cut ? S("Only the first words that you typed were looked for. ") : S("");

	if (!found->looked)
		return str_trim(cut);
	return str_fmt(cx, "%.*sOnly %s %lld cases%s were looked through%s", F(cut), f->words.n ? "the newest" : "the first",
	    (long long)found->looked, f->words.n ? " with these words" : "", found->more ? ": the next page goes on from there." : ".");
}

/* Why there may be nothing to see. */
static struct str
empty_of(const struct ask_filter *f, bool narrowed)
{
	if (f->words.n)
		return narrowed ? S("No case that you may read holds all of these words and fits the filters.") :
		    S("No case that you may read holds all of these words.");
	if (narrowed)
		return S("No case that you may see fits the filters.");
	return f->closed ? S("No case that you may see is closed.") : S("Nothing here waits for you.");
}

enum err
queue_show(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct page_queue page = { .heading = S("Cases"), .action = S("/queue"), .clear_href = S("/queue"), .log_href = S("/log") };
	struct view_filter filter[FILTERS] = { { .legend = { NULL, 0 } } };
	struct view_column *columns = NEW(cx, struct view_column, 6);
	static const char *const titles[] = { "Case", "Clock", "Priority", "Status", "Owner", "Reported" };
	struct ask_filter f;
	struct ask_page found;
	struct view_case *rows;

	TRY(queue_filter(v, &f));
	TRY(ask_queue(cx, v->desk, &v->who, &f, &found));
	TRY(filters(v, &f, filter, &page.n_filters));
	TRY(tabs(v, &page));
	page.filters = filter;
	chips(v, filter, page.n_filters, &page);
	rows = NEW(cx, struct view_case, found.n);
	for (ptrdiff_t i = 0; i < found.n; i++)
		rows[i] = row_of(v, &found.rows[i]);
	for (int i = 0; i < 6; i++)
		columns[i] = (struct view_column){ .text = str_of(titles[i]), .up = i == 1 && !f.words.n,
		    .down = i == 5 && f.words.n && !f.best };
	page.frame = visit_frame(v, S("Cases"), true);
	page.updated = (struct view_time){ visit_time(v, cx->now).iso, str_fmt(cx, "Updated %.*s", F(visit_time(v, cx->now).words)) };
	page.keep = (struct view_pair){ form_get(&v->turn->query, S("view")).n ? S("view") : S(""), form_get(&v->turn->query, S("view")) };
	page.words = form_get(&v->turn->query, S("q"));
	page.columns = columns;
	page.n_columns = 6;
	page.caption = f.words.n ? S("Cases that were found") : f.closed ? S("Closed cases") : S("Open cases, the soonest clock first");
	page.note = note_of(cx, &f, &found);
	page.rows = rows;
	page.n_rows = (int)found.n;
	page.bulk.action = S("");
	page.empty = empty_of(&f, page.n_chips > (f.words.n > 0));
	if (queue_next(v, &found).n)
		page.pages.next = str_fmt(cx, "/queue?%.*s", F(queue_next(v, &found)));
	page_queue(visit_page(v, 200), &page);
	return OK;
}

/* A reference leads to its case, if the asker may know of that; words to what holds them, open or closed. */
enum err
search_show(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct str q = str_trim(form_get(&v->turn->query, S("q"))), ref;
	bool there = false;

	if (q.n)
		TRY(ask_ref(cx, v->desk, &v->who, q, &ref, &there));
	if (there)
		return visit_see(v, str_fmt(cx, "/case/%.*s", F(ref)));
	return visit_see(v, str_fmt(cx, "/queue?view=all&q=%.*s", F(url_encode(cx, q))));
}

static struct view_work
work_row(struct visit *v, const struct ask_duty *d)
{
	struct cx *cx = v->turn->cx;
	const struct clause *clause = v->policy ? policy_clause(v->policy, d->row.clause) : NULL;

	return (struct view_work){ .title = d->row.words, .ref = d->ref, .href = str_fmt(cx, "/case/%.*s#duties", F(d->ref)),
	    .hint = str_fmt(cx, "%.*s · clause %.*s%s%.*s", F(d->title), F(d->row.clause), clause ? ": " : "", F(clause ? clause->title : S(""))),
	    .clock = visit_clock(v, d->row.due == NEVER ? NEVER : cx->now - DAY, d->row.due, S("")),
	    .tag = d->row.told_at != NEVER ? (struct view_tag){ S("Acknowledged"), S("blue") } : (struct view_tag){ S(""), S("") } };
}

enum err
work_show(struct visit *v)
{
	static const char *const titles[] = { "Overdue", "Within a day", "Later" };
	struct cx *cx = v->turn->cx;
	struct page_work page = { .empty = S("Nothing is owed by you. Thank you.") };
	struct view_works *groups = NEW(cx, struct view_works, 3);
	struct ask_duty *duties;
	ptrdiff_t n, all = 0;

	/* the first administrator of a new body is led to where it is set up */
	if (v->who.admin && !desk_setting(v->desk, S("org_name"), S("")).n && !str_eq(desk_setting(v->desk, S("set_up"), S("")), S("yes")))
		return visit_see(v, S("/setup"));
	TRY(ask_work(cx, v->desk, &v->who, WORK, &duties, &n));
	for (int g = 0; g < 3; g++) {
		struct view_work *rows = NEW(cx, struct view_work, n);
		int m = 0;

		for (ptrdiff_t i = 0; i < n; i++) {
			when due = duties[i].row.due;
			int in = due == NEVER || due > cx->now + DAY ? 2 : due < cx->now ? 0 : 1;

			if (in == g)
				rows[m++] = work_row(v, &duties[i]);
		}
		if (m)
			groups[page.n_groups++] = (struct view_works){ str_of(titles[g]), rows, m };
		all += m;
	}
	page.frame = visit_frame(v, S("My work"), true);
	page.groups = groups;
	page.note = all ? str_fmt(cx, all == WORK ? "The %td things that come first" : "%td thing%s to do, the soonest first", all, all == 1 ? "" : "s") : S("");
	page_work(visit_page(v, 200), &page);
	return OK;
}

/* What a notice is about, in words that carry no detail. */
struct str
queue_about(struct str about)
{
	static const struct { struct str about, words; } known[] = {
#define NOTICE(name, words) { { #name, sizeof #name - 1 }, { words, sizeof words - 1 } },
#include "desk/notice.def"
#undef NOTICE
	};

	for (ptrdiff_t i = 0; i < COUNT(known); i++)
		if (str_eq(known[i].about, about))
			return known[i].words;
	return S("Something has happened");
}

enum err
notices_show(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct page_notices page = { .empty = S("You have no notices.") };
	struct ask_notice *found;
	struct view_notice *rows;
	struct view_pair *keep = NEW(cx, struct view_pair, 1);
	ptrdiff_t n, unseen;

	TRY(ask_notices(cx, v->desk, &v->who, NOTICES, &found, &n, &unseen));
	rows = NEW(cx, struct view_notice, n);
	for (ptrdiff_t i = 0; i < n; i++)
		rows[i] = (struct view_notice){ .id = id_hex(cx, found[i].row.notice_id), .title = queue_about(found[i].row.about),
		    .ref = found[i].ref, .href = str_fmt(cx, "/case/%.*s", F(found[i].ref)), .at = visit_time(v, found[i].row.at),
		    .unread = found[i].row.seen_at == NEVER };
	page.frame = visit_frame(v, S("Notices"), true);
	page.rows = rows;
	page.n_rows = (int)n;
	page.all_read.action = S("");
	if (unseen) {
		page.all_read = visit_form(v, S("/notices"));
		keep[0] = (struct view_pair){ S("upto"), str_fmt(cx, "%lld", (long long)found[0].row.seq) };
		page.all_read.keep = keep;
		page.all_read.n_keep = 1;
	}
	page_notices(visit_page(v, 200), &page);
	return OK;
}

static enum err
notices_done(struct turn *t, void *arg, enum err e, struct js *ok)
{
	(void)arg, (void)ok;
	TRY(e);
	return visit_see(visit_of(t), S("/notices"));
}

enum err
notices_seen(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct js *args = js_object(cx);
	int64_t upto;

	if (!str_int(form_one(cx, &v->turn->form, S("upto")), &upto))
		return fail(cx, ERR_BAD_INPUT, "upto: up to which notice?");
	js_set_int(cx, args, S("upto"), upto);
	return visit_send(v, S("notice_seen"), S(""), args, notices_done, NULL);
}
