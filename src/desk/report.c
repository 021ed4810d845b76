/* The report: what a person told us, kept as it was said, and all that follows from it in one entry. */
#include "desk/command.h"

#include "base/code.h"
#include "core/receipt.h"

enum { NARRATIVE = 20000, SHORT = 200, TITLE = 80 };

/* Who reports: looked up when signed in, else recorded as a new pseudonym, else nobody. */
struct reporter {
	struct id id;
	struct str mode, department, manager; /* manager: id of a person in the directory, or empty */
};

static enum err
known_reporter(struct cx *cx, struct deed *deed, struct id actor, struct reporter *r)
{
	struct row_person_get *p;

	TRY(sql_person_get(cx, deed->d->db, actor, &p));
	r->id = actor;
	if (p) {
		r->manager = p->manager;
		if (!r->department.n)
			r->department = p->department;
	}
	return OK;
}

static struct str
field(struct cx *cx, const struct js *in, struct str name, struct str path, ptrdiff_t most)
{
	const struct js *j = js_get(in, name);
	struct str s = j && j->type == JS_STR ? str_trim(j->str) : S("");

	if (j && (j->type != JS_STR || utf8_count(s) > most))
		fault_add(cx, path, 0, 0, S("text"), "must be text of at most %td characters", most);
	else if (!str_is_line(s))
		fault_add(cx, path, 0, 0, S("line"), "must be one line, without control characters");
	return s;
}

static enum err
read_reporter(struct cx *cx, struct deed *deed, struct reporter *r)
{
	static const struct str fields[] = { { "mode", 4 }, { "person", 6 }, { "name", 4 }, { "email", 5 }, { "phone", 5 }, { "department", 10 } };
	const struct js *in = js_get(deed->args, S("reporter"));
	struct str name, email, phone, person;
	struct row_person_of *row = NULL;
	bool staff = !id_zero(deed->who->id) && id_zero(deed->who->only_case);

	if (in && in->type != JS_OBJECT) {
		fault_add(cx, S("reporter"), 0, 0, S("type"), "must be an object");
		in = NULL;
	}
	if (in)
		js_only(cx, in, fields, COUNT(fields));
	name = field(cx, in, S("name"), S("reporter.name"), SHORT);
	email = str_lower(cx, field(cx, in, S("email"), S("reporter.email"), SHORT));
	phone = field(cx, in, S("phone"), S("reporter.phone"), 40);
	person = field(cx, in, S("person"), S("reporter.person"), SHORT);
	r->department = field(cx, in, S("department"), S("reporter.department"), SHORT);
	r->mode = js_get(in, S("mode")) ? js_str(in, S("mode")) : name.n || email.n || person.n || staff ? S("named") : S("anonymous");
	r->manager = S("");
	if (!str_eq(r->mode, S("named")) && !str_eq(r->mode, S("confidential")) && !str_eq(r->mode, S("anonymous")))
		fault_add(cx, S("reporter.mode"), 0, 0, S("value"), "must be named, confidential or anonymous");
	if (email.n && (str_index(email, '@') < 1 || str_index(email, ' ') >= 0 || str_ends(email, S("@"))))
		fault_add(cx, S("reporter.email"), 0, 0, S("email"), "does not look like an email address: name@example.org");
	if (cx->n_faults || str_eq(r->mode, S("anonymous")))
		return OK;
	/* a stranger may say any name, but is nobody of the directory for it */
	if (person.n && !deed->who->local && !(staff && (deed->who->n_roles || str_eq(person, deed->who->person)))) {
		fault_add(cx, S("reporter.person"), 0, 0, S("role"), "only staff who log a call may say who of the directory reports");
		return OK;
	}
	if (person.n) {
		TRY(sql_person_of(cx, deed->d->db, person, &row));
		if (!row)
			fault_add(cx, S("reporter.person"), 0, 0, S("unknown"), "nobody called “%.*s” is in the directory", F(person));
		return row ? known_reporter(cx, deed, row->actor_id, r) : OK;
	}
	if (!name.n && !email.n && !phone.n)
		return staff ? known_reporter(cx, deed, deed->who->id, r) : OK;
	r->id = deed_person(cx, deed, (struct id){ { 0 } }, S(""), name, email, r->department, S(""), phone, true);
	return OK;
}

/* The line manager: who was named (by id, address or name), else whom the directory says. */
static enum err
read_manager(struct cx *cx, struct deed *deed, const struct reporter *r, struct kase *k)
{
	const struct js *in = js_get(deed->args, S("line_manager"));
	struct str said = in && in->type == JS_STR ? field(cx, deed->args, S("line_manager"), S("line_manager"), SHORT) :
	    field(cx, in, S("person"), S("line_manager.person"), SHORT);
	struct row_person_of_email *byemail;
	struct row_person_of *row = NULL;
	ptrdiff_t n;

	if (in && in->type != JS_STR && in->type != JS_OBJECT)
		fault_add(cx, S("line_manager"), 0, 0, S("type"), "must be a person's id, address or name");
	if (!said.n)
		said = r->manager;
	if (!said.n)
		return OK;
	TRY(sql_person_of(cx, deed->d->db, said, &row));
	if (row) {
		k->line_manager = access_token_person(cx, row->actor_id);
		if (!k->department.n)
			k->department = row->department;
		return OK;
	}
	TRY(sql_person_of_email(cx, deed->d->db, str_lower(cx, said), &byemail, &n));
	if (n == 1)
		k->line_manager = access_token_person(cx, byemail[0].actor_id);
	else
		k->named_manager = said;
	return OK;
}

/* What stands in lists: the first sentence of the narrative, or the category. Never longer than a line, cut at a
 * space where there is one in its second half. */
static struct str
title_of(struct cx *cx, struct str narrative, const struct category *category)
{
	struct str line = narrative, rest, cut;
	ptrdiff_t end;

	str_cut(narrative, '\n', &line, &rest);
	end = str_find(line, S(". "));
	if (end > 0)
		line = str_sub(line, 0, end);
	if (line.n > 0 && line.p[line.n - 1] == '.')
		line = str_sub(line, 0, line.n - 1);
	if (utf8_count(line) <= TITLE)
		return line.n ? line : category ? category->label : S("Report");
	cut = utf8_cut_whole(line, utf8_bytes(line, TITLE));
	for (ptrdiff_t i = cut.n; i > cut.n / 2; i--)
		if (cut.p[i - 1] == ' ' && utf8_edge(cut, i - 1)) {
			cut.n = i - 1;
			break;
		}
	return cut.n ? str_fmt(cx, "%.*s…", F(cut)) : category ? category->label : S("Report");
}

static void
read_facts(struct cx *cx, struct deed *deed, struct facts *facts)
{
	const struct js *said = js_get(deed->args, S("facts")), *answers = js_get(deed->args, S("answers"));

	if (said && said->type != JS_OBJECT)
		fault_add(cx, S("facts"), 0, 0, S("type"), "must be an object");
	else if (said)
		facts_read(cx, said, facts);
	if (answers && answers->type != JS_OBJECT)
		fault_add(cx, S("answers"), 0, 0, S("type"), "must be an object");
	else if (answers)
		policy_answers(cx, deed->d->policy, answers, facts);
	policy_facts_check(cx, deed->d->policy, facts);
}

/* `said`: the exact bytes that the receipt repeats, bound with a salt. */
static void
set_said(struct cx *cx, struct deed *deed, struct str narrative)
{
	const struct js *answers = js_get(deed->args, S("answers"));
	struct js *words = js_object(cx);
	struct hash h;

	js_set_str(cx, words, S("narrative"), narrative);
	if (answers)
		js_set(cx, words, S("answers"), js_share(cx, answers));
	cx->chance(deed->salt, sizeof deed->salt);
	deed->salted = true;
	h = payload_said(deed->salt, js_text(cx, words));
	deed->said = hex_of(cx, h.b, 32);
}

static enum err
new_ref(struct cx *cx, struct deed *deed, struct str *ref)
{
	struct row_case_id_of_ref *taken;

	do {
		*ref = receipt_ref(cx, desk_setting(deed->d, S("prefix"), S("INC")), cx->now);
		TRY(sql_case_id_of_ref(cx, deed->d->db, *ref, &taken));
	} while (taken);
	return OK;
}

static void
open_case(struct cx *cx, struct deed *deed, const struct kase *k, const struct reporter *r, struct str narrative, when reported)
{
	const struct category *category = policy_category(deed->d->policy, fact_id(&k->facts, FACT_category));
	struct str channel = deed_text(cx, deed, S("channel"), false, 40);
	struct js *e = deed_did(cx, deed, S("case_opened"));

	js_set_str(cx, e, S("ref"), k->ref);
	js_set_str(cx, e, S("kind"), S("event"));
	js_set_str(cx, e, S("category"), fact_id(&k->facts, FACT_category));
	js_set_str(cx, e, S("title"), title_of(cx, narrative, category));
	js_set_str(cx, e, S("department"), k->department);
	js_set_str(cx, e, S("channel"), channel.n ? channel : S("portal"));
	js_set_str(cx, e, S("entry_point"), deed_text(cx, deed, S("entry_point"), false, 40));
	js_set_str(cx, e, S("reporter_id"), id_zero(k->reporter) ? S("") : id_hex(cx, k->reporter));
	js_set_str(cx, e, S("reporter"), r->mode);
	js_set_when(cx, e, S("reported_at"), reported);
	js_set_bool(cx, e, S("historical"), k->historical);
	js_set_str(cx, e, S("said"), deed->said);
	js_set_str(cx, e, S("import_id"), js_str(deed->args, S("import_id")));
	js_set_str(cx, e, S("import_hash"), js_str(deed->args, S("import_hash")));
}

/* Facts that the system itself knows. The council is taken to be aware from the moment it was told, until somebody with
 * better knowledge says otherwise: the cautious reading of UK GDPR Article 33. */
static void
set_facts(struct cx *cx, struct deed *deed, struct kase *k, const struct reporter *r, when reported)
{
	struct facts derived;
	struct js *e = deed_did(cx, deed, S("facts_set")), *own;

	js_set(cx, e, S("set"), facts_js(cx, &k->facts));
	fact_set(&k->facts, FACT_reporter, r->mode);
	fact_set_time(&k->facts, FACT_reported_at, (struct moment){ reported, EXACT });
	if (!k->facts.v[FACT_assessed].known)
		fact_set(&k->facts, FACT_assessed, S("unassessed"));
	policy_derive(deed->d->policy, &k->facts, &derived);
	if (!derived.v[FACT_aware_at].known && !k->historical &&
	    (fact_is(&derived, FACT_personal_data, S("yes")) || fact_is(&derived, FACT_personal_data, S("unsure"))))
		fact_set_time(&k->facts, FACT_aware_at, (struct moment){ reported, EXACT });
	own = js_object(cx);
	for (const struct js *f = facts_js(cx, &k->facts)->first; f; f = f->next)
		if (!js_get(js_get(e, S("set")), f->key))
			js_set(cx, own, f->key, js_share(cx, f));
	e = deed_did(cx, deed, S("facts_set"));
	js_set(cx, e, S("set"), own);
	js_set_str(cx, e, S("by"), S("policy"));
}

static enum err
report_after(struct cx *cx, struct deed *deed)
{
	struct hash code;
	struct str text, tidy;

	js_set_str(cx, deed->answer, S("seal"), receipt_seal(cx, deed->leaf));
	js_set_int(cx, deed->answer, S("entry"), deed->place);
	if (id_zero(deed->command) || js_true(deed->answer, S("historical")))
		return OK;
	text = desk_code(cx, deed->d, deed->command);
	if (!receipt_code_read(cx, text, &tidy))
		return fail(cx, ERR_BROKEN, "a receipt code does not read back");
	code = keys_code(&deed->d->keys, tidy);
	js_set_bool(cx, deed->answer, S("has_code"), true);
	return sql_receipt_add(cx, deed->d->db, hash_str(&code), deed->case_id);
}

static enum err
told_at(struct cx *cx, struct deed *deed, when *out)
{
	struct str text = js_str(deed->args, S("reported_at"));
	struct moment m;

	*out = cx->now;
	if (!text.n)
		return OK;
	if (!moment_read(text, &m))
		fault_add(cx, S("reported_at"), 0, 0, S("time"), "must be a time such as 2026-11-23T09:12:00Z");
	else if (m.at > cx->now + MINUTE)
		fault_add(cx, S("reported_at"), 0, 0, S("future"), "lies in the future");
	else
		*out = m.at;
	return OK;
}

/* What was asked, without the names of who reports and of their manager: content names people by their actor's id. */
static struct js *
asked_unnamed(struct cx *cx, const struct js *args, const struct kase *k, const struct reporter *r)
{
	struct js *asked = js_object(cx), *reporter = js_object(cx);

	for (const struct js *f = args->first; f; f = f->next)
		if (!str_eq(f->key, S("reporter")) && !str_eq(f->key, S("line_manager")))
			js_set(cx, asked, f->key, js_share(cx, f));
	js_set_str(cx, reporter, S("mode"), r->mode);
	js_set(cx, asked, S("reporter"), reporter);
	if (k->line_manager.n)
		js_set_str(cx, asked, S("line_manager"), k->line_manager);
	return asked;
}

/* Both reports and imports. */
static enum err
open_report(struct cx *cx, struct deed *deed, struct kase *k)
{
	struct str narrative = deed_text(cx, deed, S("narrative"), !k->historical, NARRATIVE);
	struct reporter r = { .id = { { 0 } } };
	when reported;

	if (!deed->d->policy)
		return fail(cx, ERR_CONFLICT, "no policy is in force: set one first");
	TRY(told_at(cx, deed, &reported));
	read_facts(cx, deed, &k->facts);
	TRY(read_reporter(cx, deed, &r));
	k->reporter = r.id;
	k->department = r.department.n ? r.department : fact_id(&k->facts, FACT_department);
	TRY(read_manager(cx, deed, &r, k));
	TRY(fault_end(cx));
	TRY(new_ref(cx, deed, &k->ref));
	k->id = deed->case_id = id_new(cx);
	deed->under = UNDER_CASE;
	deed->asked = asked_unnamed(cx, deed->args, k, &r);
	set_said(cx, deed, narrative);
	open_case(cx, deed, k, &r, narrative, reported);
	deed_sight(cx, deed, S("*"), SEES_A_STUB); /* where those look who see every case */
	if (k->historical)
		js_set_str(cx, deed_did(cx, deed, S("case_state")), S("state"), S("closed"));
	set_facts(cx, deed, k, &r, reported);
	TRY(deed_attachments(cx, deed));
	TRY(fault_end(cx));
	deed_timeline(cx, deed, S("report"), S("reported this"), narrative, S("both"));
	js_set_str(cx, deed->answer, S("ref"), k->ref);
	js_set(cx, deed->answer, S("duties"), js_array(cx));
	if (k->historical)
		js_set_bool(cx, deed->answer, S("historical"), true);
	TRY(deed_reassess(cx, deed, k));
	deed->after = report_after;
	return OK;
}

enum err
command_report(struct cx *cx, struct deed *deed)
{
	struct kase k = { 0 };

	DEED_ONLY(cx, deed, S("narrative"), S("facts"), S("answers"), S("reporter"), S("channel"), S("line_manager"), S("entry_point"),
	    S("reported_at"), S("shown"), S("attachments"));
	if (js_get(deed->args, S("reported_at")) && (id_zero(deed->who->id) || !deed->who->n_roles) && !deed->who->local)
		fault_add(cx, S("reported_at"), 0, 0, S("role"), "only staff who log a call may say when it was reported");
	if (id_zero(deed->command))
		cx->chance(deed->command.b, sizeof deed->command.b);
	return open_report(cx, deed, &k);
}

/* A case that was over before it was recorded here: duties are recorded as lapsed, nobody is told, no clock runs. The same
 * import twice adds nothing; a differing one is reported. */
enum err
command_import(struct cx *cx, struct deed *deed)
{
	struct kase k = { .historical = true };
	struct str id = deed_text(cx, deed, S("import_id"), true, SHORT), hash = js_str(deed->args, S("import_hash"));
	struct row_case_of_import *rows;
	ptrdiff_t n;

	DEED_ONLY(cx, deed, S("narrative"), S("facts"), S("reporter"), S("channel"), S("reported_at"), S("import_id"), S("import_hash"),
	    S("original"));
	TRY(sql_case_of_import(cx, deed->d->db, id, &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		if (str_eq(hex_of(cx, rows[i].import_hash.p, rows[i].import_hash.n), hash)) {
			js_set_str(cx, deed->answer, S("ref"), rows[i].ref);
			js_set_bool(cx, deed->answer, S("known"), true);
			return OK;
		}
	if (n) { /* the first stays as it is; whoever imports says so */
		js_set_str(cx, deed->answer, S("ref"), rows[0].ref);
		js_set_str(cx, deed->answer, S("import_id"), id);
		js_set_bool(cx, deed->answer, S("differs"), true);
		return OK;
	}
	return open_report(cx, deed, &k);
}
