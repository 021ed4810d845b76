#include "desk/ask_report.h"

#include "base/code.h"
#include "desk/ask.h"
#include "sys/token.h"

enum { NAMED = 5 };

enum err
ask_report_draft(struct cx *cx, const struct desk *d, struct str browser, struct str *words)
{
	struct row_draft_get *row = NULL;
	struct hash stored;

	*words = S("");
	if (!token_read(cx, browser, &stored))
		return OK;
	TRY(sql_draft_get(cx, d->db, hash_str(&stored), &row));
	if (row && row->ends > cx->now)
		*words = row->words;
	return OK;
}

static bool
person_here(const struct actor *who)
{
	return !id_zero(who->id) && id_zero(who->only_case);
}

enum err
ask_report_self(struct cx *cx, const struct desk *d, const struct actor *who, struct ask_report_self *out)
{
	struct row_person_get *p;
	struct row_person_of *manager = NULL;

	*out = (struct ask_report_self){ .name = S("") };
	if (!person_here(who))
		return OK;
	TRY(sql_person_get(cx, d->db, who->id, &p));
	if (!p)
		return OK;
	if (p->manager.n)
		TRY(sql_person_of(cx, d->db, p->manager, &manager));
	*out = (struct ask_report_self){ .name = p->name, .email = p->email, .phone = p->phone,
		.department = p->department, .manager = manager ? manager->name : S("") };
	return OK;
}

enum err
ask_report_named(struct cx *cx, const struct desk *d, struct str typed, struct ask_report_person **out, ptrdiff_t *n)
{
	struct str said = str_trim(typed);
	struct row_person_of *byid = NULL;
	struct row_person_named *rows;
	ptrdiff_t m = 0;

	*n = 0;
	*out = NEW(cx, struct ask_report_person, NAMED);
	if (!said.n)
		return OK;
	TRY(sql_person_of(cx, d->db, said, &byid));
	if (byid && byid->active)
		(*out)[(*n)++] = (struct ask_report_person){ said, byid->name, byid->department };
	else
		TRY(sql_person_named(cx, d->db, str_lower(cx, said), NAMED, &rows, &m));
	for (ptrdiff_t i = 0; i < m; i++)
		(*out)[(*n)++] = (struct ask_report_person){ rows[i].person, rows[i].name, rows[i].department };
	return OK;
}

enum err
ask_report_departments(struct cx *cx, const struct desk *d, struct str **out, ptrdiff_t *n)
{
	struct row_departments *rows;

	TRY(sql_departments(cx, d->db, &rows, n));
	*out = NEW(cx, struct str, *n);
	for (ptrdiff_t i = 0; i < *n; i++)
		(*out)[i] = rows[i].department;
	return OK;
}

enum err
ask_report_mine(struct cx *cx, const struct desk *d, const struct actor *who, when before, ptrdiff_t most,
    struct ask_report_line **out, ptrdiff_t *n)
{
	struct row_cases_of_reporter *rows;

	*n = 0;
	*out = NULL;
	if (!person_here(who))
		return OK;
	TRY(sql_cases_of_reporter(cx, d->db, who->id, before, most, &rows, n));
	*out = NEW(cx, struct ask_report_line, *n);
	for (ptrdiff_t i = 0; i < *n; i++)
		(*out)[i] = (struct ask_report_line){ rows[i].ref, rows[i].title, rows[i].state, rows[i].received_at };
	return OK;
}

/* Which case: the receipt's, or one's own by its reference. */
static enum err
own_case(struct cx *cx, const struct desk *d, const struct actor *who, struct str ref, struct row_case_get **row,
    struct id *id)
{
	struct row_case_id_of_ref *of = NULL;

	*id = who->only_case;
	*row = NULL;
	if (id_zero(*id) && ref.n && person_here(who)) {
		TRY(sql_case_id_of_ref(cx, d->db, ref, &of));
		if (of)
			*id = of->case_id;
	}
	if (!id_zero(*id))
		TRY(sql_case_get(cx, d->db, *id, row));
	if (!*row ||
	    (id_zero(who->only_case) ? !id_eq((*row)->reporter_id, who->id) : ref.n && !str_eq(ref, (*row)->ref)))
		return fail(cx, ERR_NOT_FOUND, "there is no report of yours with this reference");
	return OK;
}

/* The facts that came with the report itself and stand as they were stated. */
static enum err
stated(struct cx *cx, struct str text, int64_t entry, struct facts *out, bool *assessed, bool *all_well)
{
	struct js *stored, *plain = js_object(cx);
	struct str assessment;

	TRY(js_read(cx, text.n ? text : S("{}"), &stored));
	for (const struct js *f = stored->first; f; f = f->next)
		if (js_int(f, S("seq"), -1) == entry && !str_eq(js_str(f, S("by")), S("policy")) && js_get(f, S("v")))
			js_set(cx, plain, f->key, js_share(cx, js_get(f, S("v"))));
	assessment = js_str(js_get(stored, S("assessed")), S("v"));
	*assessed = assessment.n && !str_eq(assessment, S("unassessed"));
	*all_well = str_eq(assessment, S("not_security"));
	*out = (struct facts){ 0 };
	facts_read(cx, plain, out); /* known to be good: they were read when they were stated */
	return OK;
}

/* A reporter whose line manager nobody named has none that could be told. */
static bool
nobody(const struct desk *d, const struct row_duties_of_case *row)
{
	const struct role *r = d->policy ? policy_role(d->policy, row->role) : NULL;

	return r && r->is == ROLE_MANAGER_OF_REPORTER && !str_starts(row->token, S("p:"));
}

static enum err
duties(struct cx *cx, const struct desk *d, struct ask_report_case *out)
{
	struct row_duties_of_case *rows;
	ptrdiff_t n;

	TRY(sql_duties_of_case(cx, d->db, out->id, &rows, &n));
	out->duties = NEW(cx, struct ask_report_duty, n);
	for (ptrdiff_t i = 0; i < n; i++) {
		out->seen |= rows[i].told_at != NEVER;
		if (rows[i].told_at != NEVER && (out->looked_at == NEVER || rows[i].told_at < out->looked_at))
			out->looked_at = rows[i].told_at;
		out->duties[out->n_duties++] = (struct ask_report_duty){
			.role = d->policy ? policy_role(d->policy, rows[i].role) : NULL, .act = rows[i].act,
			.nobody = nobody(d, &rows[i]), .open = str_eq(rows[i].state, S("open")), .due = rows[i].due };
	}
	return OK;
}

/* Who wrote: a role, never a name. */
static enum err
in_role(struct cx *cx, const struct desk *d, struct id actor, struct str *out)
{
	struct row_roles_of *roles;
	ptrdiff_t n;

	*out = S("");
	TRY(sql_roles_of(cx, d->db, actor, &roles, &n));
	for (ptrdiff_t i = 0; i < n && !out->n; i++) {
		const struct role *r = d->policy ? policy_role(d->policy, roles[i].role) : NULL;

		if (r)
			*out = r->title;
	}
	return OK;
}

static enum err
messages(struct cx *cx, const struct desk *d, struct ask_report_case *out)
{
	struct row_messages *rows;
	ptrdiff_t n;

	TRY(ask_messages(cx, d, out->id, &rows, &n, &out->more_messages));
	out->messages = NEW(cx, struct ask_report_message, n);
	for (ptrdiff_t i = 0; i < n; i++) {
		struct ask_report_message *m = &out->messages[out->n_messages++];

		*m = (struct ask_report_message){ .id = rows[i].message_id, .at = rows[i].at, .read = rows[i].read_at,
			.kind = rows[i].kind, .words = rows[i].words, .reply = rows[i].reply, .mine = rows[i].from_reporter };
		if (!m->mine)
			TRY(in_role(cx, d, rows[i].actor_id, &m->who));
		out->seen |= !m->mine;
		if (!m->mine && (out->looked_at == NEVER || m->at < out->looked_at))
			out->looked_at = m->at;
	}
	return OK;
}

static enum err
added(struct cx *cx, const struct desk *d, struct ask_report_case *out)
{
	struct row_timeline *rows;
	int64_t older;
	ptrdiff_t n;

	TRY(ask_timeline(cx, d, out->id, INT64_MAX, &rows, &n, &older));
	out->added = NEW(cx, struct ask_report_added, n);
	for (ptrdiff_t i = n - 1; i >= 0; i--)
		if (str_eq(rows[i].kind, S("added")) && str_eq(rows[i].audience, S("both")))
			out->added[out->n_added++] = (struct ask_report_added){ rows[i].at, rows[i].words };
	return OK;
}

static enum err
files(struct cx *cx, const struct desk *d, struct ask_report_case *out)
{
	struct row_attachments *rows;
	ptrdiff_t n;

	TRY(sql_attachments(cx, d->db, out->id, &rows, &n));
	out->files = NEW(cx, struct ask_report_file, n);
	for (ptrdiff_t i = 0; i < n; i++)
		out->files[out->n_files++] = (struct ask_report_file){ rows[i].name, rows[i].size, rows[i].at };
	return OK;
}

enum err
ask_report_case(struct cx *cx, const struct desk *d, const struct actor *who, struct str ref,
    struct ask_report_case *out)
{
	struct row_report_entry *entry;
	struct row_case_get *row;
	struct js *answers;

	*out = (struct ask_report_case){ .looked_at = NEVER };
	TRY(own_case(cx, d, who, ref, &row, &out->id));
	TRY(sql_report_entry(cx, d->db, out->id, &entry));
	out->ref = row->ref;
	out->title = row->title;
	out->kind = row->kind;
	out->state = row->state;
	out->category = row->category;
	out->narrative = row->narrative;
	out->mode = row->reporter;
	out->received = row->received_at;
	out->closed = row->closed_at;
	out->said = hex_of(cx, row->said.p, row->said.n);
	out->entry = entry ? entry->seq : 0;
	out->seal = entry ? entry->seal : S("");
	TRY(js_read(cx, row->answers, &answers));
	out->answers = answers;
	TRY(stated(cx, row->facts, out->entry, &out->facts, &out->assessed, &out->all_well));
	TRY(duties(cx, d, out));
	TRY(messages(cx, d, out));
	TRY(added(cx, d, out));
	return files(cx, d, out);
}
