/* Files that come with a report: taken over by the registrar one by one, then in the draft with words about each. */
#include "web/report_step.h"

#include "web/site.h"
#include "web/upload_all.h"

enum { FILES_MOST = 50 };

static enum err
page(struct visit *v, const struct draft *d, int status)
{
	struct cx *cx = v->turn->cx;
	const struct js *files = report_draft_get(d, S("files"));
	ptrdiff_t n = files ? files->n : 0;
	struct view_file *rows = NEW(cx, struct view_file, n);
	struct page_files p = { .form = report_step_form(v, S("/report/files")),
		.progress = report_step_progress(v, d, S("files")),
		.files = rows, .go_on = report_step_form(v, S("/report/files/next")) };

	for (const struct js *f = files ? files->first : NULL; f; f = f->next) {
		struct view_file *row = &rows[p.n_files++];
		struct view_pair *keep = NEW(cx, struct view_pair, 3);

		*row = (struct view_file){ .id = js_str(f, S("object")), .name = js_str(f, S("name")),
			.meta = upload_size(cx, js_int(f, S("size"), 0)), 
			.remove = report_step_form(v, S("/report/files/remove")) };
		for (int i = 0; i < row->remove.n_keep; i++)
			keep[i] = row->remove.keep[i];
		keep[row->remove.n_keep++] = (struct view_pair){ S("object"), row->id };
		row->remove.keep = keep;
	}
	p.limit = str_fmt(cx, "Up to %lld MB at a time, and %d files.", (long long)(upload_limit(v->desk) >> 20),
	    FILES_MOST);
	p.frame = visit_frame(v, S("Photos or files"), false);
	p.frame.back_href = report_step_back(v, d, S("files"));
	page_files(visit_page(v, status), &p);
	return OK;
}

enum err
report_files(struct visit *v)
{
	struct draft d;

	TRY(report_draft_load(v, &d));
	return d.category ? page(v, &d, 200) : visit_see(v, S("/report/category"));
}

/* All of them are in the vault: into the draft with them. */
static enum err
taken(struct visit *v, void *arg, struct js *list)
{
	struct draft *d = arg;
	struct cx *cx = v->turn->cx;
	const struct js *had = report_draft_get(d, S("files"));
	struct js *all = js_array(cx);

	for (const struct js *f = had ? had->first : NULL; f; f = f->next)
		js_add(cx, all, js_share(cx, f));
	for (const struct js *f = list->first; f; f = f->next)
		js_add(cx, all, js_share(cx, f));
	report_draft_put(cx, d->all, S("files"), all);
	return report_draft_save(v, d, str_eq(form_get(&v->turn->form, S("then")), S("check")) ?
	    S("/report/files?then=check") : S("/report/files"));
}

enum err
report_files_add(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct draft *d = NEW(cx, struct draft, 1);
	const struct js *had;
	struct upload *first;
	int n = 0;

	TRY(report_draft_load(v, d));
	if (!d->category)
		return visit_see(v, S("/report/category"));
	had = report_draft_get(d, S("files"));
	first = upload_list(v);
	for (const struct upload *u = first; u; u = u->next)
		n++;
	if (!n)
		fault_add(cx, S("file"), 0, 0, S("missing"), "Choose a file first, or continue without");
	if (n + (had ? had->n : 0) > FILES_MOST)
		fault_add(cx, S("file"), 0, 0, S("many"), "At most %d files can be sent with a report", FILES_MOST);
	if (cx->n_faults)
		return page(v, d, 422);
	return upload_all(v, first, taken, d);
}

enum err
report_files_remove(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct str object = form_one(cx, &v->turn->form, S("object"));
	struct js *left = js_array(cx);
	const struct js *had;
	struct draft d;

	TRY(report_draft_load(v, &d));
	had = report_draft_get(&d, S("files"));
	for (const struct js *f = had ? had->first : NULL; f; f = f->next)
		if (!str_eq(js_str(f, S("object")), object))
			js_add(cx, left, js_share(cx, f));
	report_draft_put(cx, d.all, S("files"), left->n ? left : NULL);
	return report_draft_save(v, &d, str_eq(form_get(&v->turn->form, S("then")), S("check")) ?
	    S("/report/files?then=check") : S("/report/files"));
}

enum err
report_files_next(struct visit *v)
{
	struct draft d;

	TRY(report_draft_load(v, &d));
	return visit_see(v, d.category ? report_step_next(v, &d, S("files")) : S("/report/category"));
}
