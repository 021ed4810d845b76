/* People from a CSV list: what is wrong in it, what would change, and then, in one command, all of it or nothing. */
#include "desk/roster.h"
#include "web/admin.h"
#include "web/page/admin.h"
#include "web/site.h"

enum { MOST_TEXT = 256 << 10, MOST_AT_ONCE = 500, MOST_SHOWN = 200 };

static enum err
begin(struct turn *t, struct str field, struct str filename, struct str type)
{
	struct visit *v = visit_of(t);

	(void)field, (void)filename, (void)type;
	if (!v)
		return fail(t->cx, ERR_TOO_BIG, "this list is too large");
	v->listed = NEW(t->cx, struct buf, 1);
	*v->listed = buf_new(t->cx);
	return OK;
}

static enum err
data(struct turn *t, struct str bytes)
{
	struct buf *b = visit_of(t)->listed;

	if (b->n + bytes.n > MOST_TEXT)
		return fail(t->cx, ERR_TOO_BIG,
		    "a list of more than %d KiB does not go through a page: use `tocsin person import`", MOST_TEXT >> 10);
	buf_put(b, bytes);
	return OK;
}

static enum err
end(struct turn *t)
{
	(void)t;
	return OK;
}

const struct upload_sink *
admin_list_sink(void)
{
	static const struct upload_sink sink = { begin, data, end };

	return &sink;
}

static struct page_import
page_of(struct visit *v)
{
	struct page_import page = { .columns = S("The first line names the columns: person, name and any of email, department, manager, roles, phone, active. "
	    "“person” is an id that never changes; “manager” is the line manager’s id; roles are divided by semicolons.") };

	page.upload = visit_form(v, S("/people/import"));
	page.paste = (struct view_field){ .kind = FIELD_AREA, .name = S("text"), .label = S("Or paste the list here"),
	    .rows = 6, .value = form_get(&v->turn->form, S("text")), .error = visit_fault_of(v, S("text")) };
	return page;
}

static enum err
show(struct visit *v, int status, struct page_import *page)
{
	page->frame = visit_frame(v, S("Import people"), true);
	page->frame.back_href = S("/people");
	page->frame.back_text = S("People");
	page_import(visit_page(v, status), page);
	return OK;
}

enum err
import_show(struct visit *v)
{
	struct page_import page = page_of(v);

	return show(v, 200, &page);
}

/* The faults stand in a table by line; the summary would only say them twice. */
static enum err
show_problems(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct page_import page = page_of(v);
	struct view_problem *p = NEW(cx, struct view_problem, cx->n_faults + 1);

	for (const struct fault *f = cx->faults; f; f = f->next)
		p[page.n_problems++] = (struct view_problem){ f->line, f->field, f->words };
	if (cx->n_faults > page.n_problems)
		page.result = str_fmt(cx, "%d problems; the first %d are shown. Nothing was changed.", cx->n_faults,
		    page.n_problems);
	else
		page.result = S("Nothing was changed.");
	page.problems = p;
	cx->faults = NULL;
	cx->n_faults = 0;
	return show(v, 422, &page);
}

static struct view_tag
tag_of(enum roster_does does)
{
	switch (does) {
	case ROSTER_NEW:    return (struct view_tag){ S("New"), S("green") };
	case ROSTER_LEAVES: return (struct view_tag){ S("Leaves"), S("orange") };
	default:            return (struct view_tag){ S("Changed"), S("blue") };
	}
}

static enum err
show_changes(struct visit *v, struct str text, const struct roster *t, const struct roster_change *c)
{
	struct cx *cx = v->turn->cx;
	struct page_import page = page_of(v);
	struct view_change *rows = NEW(cx, struct view_change, MOST_SHOWN);
	struct view_pair *keep = NEW(cx, struct view_pair, 2);
	ptrdiff_t count[ROSTER_LEAVES + 1] = { 0 }, all;

	for (ptrdiff_t i = 0; i < t->n; i++) {
		count[c[i].does]++;
		if (c[i].does != ROSTER_SAME && page.n_changes < MOST_SHOWN)
			rows[page.n_changes++] = (struct view_change){ .who = c[i].name, .detail = c[i].detail,
			    .tag = tag_of(c[i].does) };
	}
	all = t->n - count[ROSTER_SAME];
	page.changes = rows;
	page.result = str_fmt(cx, "%td new, %td changed, %td leaving, %td as before.%s%s", count[ROSTER_NEW],
	    count[ROSTER_CHANGED],
	    count[ROSTER_LEAVES], count[ROSTER_SAME], all > MOST_SHOWN ? " The first 200 are shown." : "",
	    all > MOST_AT_ONCE ? " More than 500 people at once do not go through this page: divide the list, or use `tocsin person import`." : "");
	if (all && all <= MOST_AT_ONCE) {
		keep[0] = (struct view_pair){ S("text"), text };
		keep[1] = (struct view_pair){ S("apply"), S("yes") };
		page.apply = visit_form(v, S("/people/import"));
		page.apply.keep = keep;
		page.apply.n_keep = 2;
	}
	return show(v, 200, &page);
}

static enum err
applied(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct visit *v = visit_of(t);

	(void)arg, (void)ok;
	if (e == ERR_BAD_INPUT)
		return show_problems(v);
	TRY(e);
	return visit_see(v, S("/people"));
}

static enum err
apply(struct visit *v, const struct roster *t, const struct roster_change *c)
{
	struct cx *cx = v->turn->cx;
	struct js *args = js_object(cx), *people = js_set(cx, args, S("people"), js_array(cx)), *one;

	for (ptrdiff_t i = 0; i < t->n; i++) {
		if (c[i].does == ROSTER_SAME)
			continue;
		TRY(roster_person(cx, t, c[i].row, &one));
		js_add(cx, people, one);
	}
	if (!people->n)
		return visit_see(v, S("/people"));
	return visit_send(v, S("people"), S(""), args, applied, NULL);
}

enum err
import_send(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct str text = v->listed && v->listed->n ? buf_str(v->listed) : form_one(cx, &v->turn->form, S("text"));
	struct roster_change *c;
	struct roster t;
	enum err e;

	if (!str_trim(text).n) {
		fault_add(cx, S("text"), 0, 0, S("missing"), "Choose a file, or paste a list");
		struct page_import page = page_of(v);

		return show(v, 422, &page);
	}
	e = roster_read(cx, v->desk, text, &t);
	if (e == ERR_BAD_INPUT)
		return show_problems(v);
	TRY(e);
	TRY(roster_changes(cx, &t, &c));
	return form_has(&v->turn->form, S("apply")) ? apply(v, &t, c) : show_changes(v, text, &t, c);
}
