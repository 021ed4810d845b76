#include "cli/people.h"

#include "base/csv.h"
#include "cli/send.h"
#include "desk/upkeep.h"

enum { LONGEST = 64 << 20, BATCH = 200, DEEPEST = 64, PAGE = 500 };

enum { PERSON, NAME, EMAIL, DEPARTMENT, MANAGER, ROLES, PHONE, ACTIVE, FIELDS };
static const struct str fields[FIELDS] = { { "person", 6 }, { "name", 4 }, { "email", 5 }, { "department", 10 }, { "manager", 7 },
	{ "roles", 5 }, { "phone", 5 }, { "active", 6 } };

/* A CSV file whose columns are known: at[] says where each stands, -1 where it is not. */
struct table { struct csv csv; int at[FIELDS]; struct desk *d; };

static struct str
cell(const struct table *t, ptrdiff_t row, int field)
{
	return t->at[field] < 0 ? S("") : str_trim(t->csv.rows[row].field[t->at[field]]);
}

/* Blame a cell by line and by the name of its column. */
#define BLAME(cx, t, row, f, rule, fmt, ...) fault_add((cx), fields[f], (t)->csv.rows[row].line, (t)->at[f] + 1, S(rule), \
	"%.*s: " fmt, F(fields[f]), ##__VA_ARGS__)

static enum err
columns(struct cx *cx, const struct str *names, int n, int needed, const struct csv *csv, int *at)
{
	for (int i = 0; i < n; i++) {
		at[i] = csv_column(csv, names[i]);
		if (at[i] < 0 && i < needed)
			fault_add(cx, names[i], 1, 0, S("columns"), "the column “%.*s” is missing", F(names[i]));
	}
	for (int c = 0; c < csv->n_columns; c++) {
		bool known = false;
		struct str near;

		for (int i = 0; i < n; i++)
			known |= at[i] == c;
		if (known)
			continue;
		near = str_nearest(csv->column[c], names, n);
		fault_add(cx, S("columns"), 1, c + 1, S("columns"), "there is no column “%.*s”%s%.*s%s", F(csv->column[c]),
		    near.n ? "; did you mean “" : "", F(near), near.n ? "”?" : "");
	}
	return fault_end(cx);
}

static ptrdiff_t
row_of(const struct table *t, struct str person)
{
	for (ptrdiff_t i = 0; i < t->csv.n_rows; i++)
		if (str_eq(cell(t, i, PERSON), person))
			return i;
	return -1;
}

/* Roles are divided by ";" or white space. */
static bool
role_next(struct str *rest, struct str *role)
{
	ptrdiff_t n = 0;

	while (rest->n && (rest->p[0] == ' ' || rest->p[0] == ';' || rest->p[0] == '\n' || rest->p[0] == '\t'))
		*rest = str_sub(*rest, 1, rest->n);
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != ';' && rest->p[n] != '\n' && rest->p[n] != '\t')
		n++;
	*role = str_sub(*rest, 0, n);
	*rest = str_sub(*rest, n, rest->n);
	return n > 0;
}

static void
check_roles(struct cx *cx, const struct table *t, ptrdiff_t i)
{
	const struct policy *p = t->d->policy;
	struct str rest = cell(t, i, ROLES), role, id, at, *names = NEW(cx, struct str, p->n_roles + 2), near;
	ptrdiff_t n = 0;

	names[n++] = S("admin");
	names[n++] = S("manager");
	for (ptrdiff_t k = 0; k < p->n_roles; k++)
		names[n++] = p->roles[k].id;
	while (role_next(&rest, &role)) {
		bool known = false;

		str_cut(role, '@', &id, &at);
		for (ptrdiff_t k = 0; k < n; k++)
			known |= str_eq(names[k], id);
		if (known)
			continue;
		near = str_nearest(id, names, n);
		BLAME(cx, t, i, ROLES, "unknown-role", "there is no role “%.*s”%s%.*s%s", F(id), near.n ? "; did you mean “" : "",
		    F(near), near.n ? "”?" : "");
	}
}

static enum err
check_row(struct cx *cx, const struct table *t, ptrdiff_t i)
{
	struct str person = cell(t, i, PERSON), email = cell(t, i, EMAIL), manager = cell(t, i, MANAGER), active = cell(t, i, ACTIVE);
	bool there;

	for (int f = PERSON; f <= NAME; f++)
		if (!cell(t, i, f).n)
			BLAME(cx, t, i, f, "missing", "is empty");
	for (int f = 0; f < FIELDS; f++)
		if (f != ROLES && utf8_count(cell(t, i, f)) > 200)
			BLAME(cx, t, i, f, "too-long", "is longer than 200 characters");
	if (person.n && row_of(t, person) < i)
		BLAME(cx, t, i, PERSON, "twice", "“%.*s” stands on line %d already", F(person), t->csv.rows[row_of(t, person)].line);
	if (email.n && (str_index(email, '@') < 1 || str_ends(email, S("@")) || str_index(email, ' ') >= 0))
		BLAME(cx, t, i, EMAIL, "email", "“%.*s” is not an email address", F(email));
	if (active.n && !str_eq(active, S("yes")) && !str_eq(active, S("no")))
		BLAME(cx, t, i, ACTIVE, "flag", "must be yes or no, not “%.*s”", F(active));
	check_roles(cx, t, i);
	if (!manager.n || row_of(t, manager) >= 0)
		return OK;
	TRY(upkeep_has_person(cx, t->d, manager, &there));
	if (!there)
		BLAME(cx, t, i, MANAGER, "unknown", "“%.*s” is neither in this file nor in the directory", F(manager));
	return OK;
}

/* Managers go before those whose manager they are: who is somebody's manager is found among those known by then. */
static void
put_in_order(const struct table *t, ptrdiff_t row, int depth, bool *put, ptrdiff_t *order, ptrdiff_t *n)
{
	ptrdiff_t manager;

	if (put[row])
		return;
	put[row] = true;
	manager = cell(t, row, MANAGER).n ? row_of(t, cell(t, row, MANAGER)) : -1;
	if (manager >= 0 && depth < DEEPEST)
		put_in_order(t, manager, depth + 1, put, order, n);
	order[(*n)++] = row;
}

static struct js *
person_js(struct cx *cx, const struct table *t, ptrdiff_t i)
{
	struct js *p = js_object(cx), *roles = js_array(cx);
	struct str rest = cell(t, i, ROLES), role;

	for (int f = 0; f < FIELDS; f++)
		if (f != ROLES && f != ACTIVE && t->at[f] >= 0)
			js_set_str(cx, p, fields[f], cell(t, i, f));
	while (role_next(&rest, &role))
		js_add_str(cx, roles, role);
	if (t->at[ROLES] >= 0)
		js_set(cx, p, S("roles"), roles);
	js_set_bool(cx, p, S("active"), !str_eq(cell(t, i, ACTIVE), S("no")));
	return p;
}

/* Lists of at most BATCH things, as one command each; the commands go together. */
static enum err
send_lists(struct cx *cx, struct str data, const char *command, struct str what, struct js *const *things, ptrdiff_t n)
{
	ptrdiff_t many = (n + BATCH - 1) / BATCH;
	struct js **requests = NEW(cx, struct js *, many), *answer;
	struct str *answers = NEW(cx, struct str, many);
	struct send s;

	for (ptrdiff_t i = 0; i < many; i++) {
		struct js *args = js_object(cx), *list = js_array(cx);

		for (ptrdiff_t k = i * BATCH; k < n && k < (i + 1) * BATCH; k++)
			js_add(cx, list, things[k]);
		js_set(cx, args, what, list);
		requests[i] = send_request(cx, command, S(""), args);
	}
	TRY(send_open(cx, data, &s));
	for (ptrdiff_t i = 0; i < many; i += SEND_MOST)
		TRY(send_all(&s, requests + i, many - i < SEND_MOST ? many - i : SEND_MOST, answers + i));
	for (ptrdiff_t i = 0; i < many; i++)
		TRY(desk_answer(cx, answers[i], &answer));
	return send_close(&s);
}

static enum err
import_people(struct cx *cx, struct str data, struct str text, struct table *t)
{
	struct js **people;
	ptrdiff_t *order, n = 0;
	bool *put;

	TRY(csv_read(cx, text, &t->csv));
	TRY(columns(cx, fields, FIELDS, NAME + 1, &t->csv, t->at));
	TRY(cli_desk(cx, data, &t->d));
	if (!t->d->policy)
		return fail(cx, ERR_CONFLICT, "no policy is in force: set one first");
	for (ptrdiff_t i = 0; i < t->csv.n_rows; i++)
		TRY(check_row(cx, t, i));
	TRY(fault_end(cx));
	order = NEW(cx, ptrdiff_t, t->csv.n_rows);
	put = NEW(cx, bool, t->csv.n_rows);
	people = NEW(cx, struct js *, t->csv.n_rows);
	for (ptrdiff_t i = 0; i < t->csv.n_rows; i++)
		put_in_order(t, i, 0, put, order, &n);
	for (ptrdiff_t i = 0; i < n; i++)
		people[i] = person_js(cx, t, order[i]);
	return send_lists(cx, data, "people", S("people"), people, n);
}

enum err
people_verb_import(struct cx *cx, const struct cli *cli)
{
	struct table t = { .d = NULL };
	struct str text;

	TRY(cli_read_file(cx, cli->operands[0], LONGEST, &text));
	TRY(cli_refuse(cx, import_people(cx, cli_option(cli, S("data"), S("")), text, &t), cli->operands[0]));
	return cli_print(cx, str_fmt(cx, "%td people taken in.\n", t.csv.n_rows));
}

static const struct str system_fields[] = { { "system", 6 }, { "title", 5 }, { "owner", 5 } };

static enum err
import_systems(struct cx *cx, struct str data, struct str text, struct csv *csv)
{
	struct js **systems;
	struct desk *d;
	int at[3];

	TRY(csv_read(cx, text, csv));
	TRY(columns(cx, system_fields, 3, 1, csv, at));
	TRY(cli_desk(cx, data, &d));
	systems = NEW(cx, struct js *, csv->n_rows);
	for (ptrdiff_t i = 0; i < csv->n_rows; i++) {
		struct js *s = systems[i] = js_object(cx);
		bool there = true;

		for (int f = 0; f < 3; f++)
			if (at[f] >= 0)
				js_set_str(cx, s, system_fields[f], str_trim(csv->rows[i].field[at[f]]));
		if (!fact_id_ok(js_str(s, S("system"))))
			fault_add(cx, S("system"), csv->rows[i].line, at[0] + 1, S("id"), "system: “%.*s” is not an id: letters, digits, “.”, “-” "
			    "and “_”", F(js_str(s, S("system"))));
		if (js_str(s, S("owner")).n)
			TRY(upkeep_has_person(cx, d, js_str(s, S("owner")), &there));
		if (!there)
			fault_add(cx, S("owner"), csv->rows[i].line, at[2] + 1, S("unknown"), "owner: nobody called “%.*s” is in the directory",
			    F(js_str(s, S("owner"))));
	}
	TRY(fault_end(cx));
	return send_lists(cx, data, "systems", S("systems"), systems, csv->n_rows);
}

enum err
people_verb_systems(struct cx *cx, const struct cli *cli)
{
	struct csv csv;
	struct str text;

	TRY(cli_read_file(cx, cli->operands[0], LONGEST, &text));
	TRY(cli_refuse(cx, import_systems(cx, cli_option(cli, S("data"), S("")), text, &csv), cli->operands[0]));
	return cli_print(cx, str_fmt(cx, "%td systems taken in.\n", csv.n_rows));
}

static struct js *
listed_js(struct cx *cx, const struct upkeep_person *p)
{
	struct js *j = js_object(cx), *roles = js_array(cx);

	js_set_str(cx, j, S("person"), p->person);
	js_set_str(cx, j, S("name"), p->name);
	js_set_str(cx, j, S("email"), p->email);
	js_set_str(cx, j, S("department"), p->department);
	js_set_str(cx, j, S("manager"), p->manager);
	js_set_bool(cx, j, S("active"), p->active);
	for (ptrdiff_t i = 0; i < p->n_roles; i++)
		js_add_str(cx, roles, p->roles[i]);
	js_set(cx, j, S("roles"), roles);
	return j;
}

enum err
people_verb_list(struct cx *cx, const struct cli *cli)
{
	bool json = cli_flag(cli, S("json"));
	struct js *all = js_array(cx);
	struct buf b = buf_new(cx);
	struct upkeep_person *p;
	struct str after = S("");
	struct desk *d;
	ptrdiff_t n;

	TRY(cli_desk(cx, cli_option(cli, S("data"), S("")), &d));
	do {
		TRY(upkeep_people(cx, d, after, PAGE, &p, &n));
		for (ptrdiff_t i = 0; i < n; i++) {
			if (json)
				js_add(cx, all, listed_js(cx, &p[i]));
			else
				buf_fmt(&b, "%-24.*s %.*s%s%.*s%s: %.*s\n", F(p[i].person), F(p[i].name), p[i].department.n ? ", " : "",
				    F(p[i].department), p[i].active ? "" : " (left)", F(str_join(cx, p[i].roles, p[i].n_roles, S(" "))));
		}
		if (n)
			after = p[n - 1].person;
	} while (n == PAGE);
	return json ? cli_print_js(cx, all) : cli_print(cx, buf_str(&b));
}

enum err
people_verb_link(struct cx *cx, const struct cli *cli)
{
	struct str data = cli_option(cli, S("data"), S("")), minutes = cli_option(cli, S("minutes"), S("60")), url;
	struct js *args = js_object(cx), *answer;
	struct desk *d;
	int64_t m;

	if (!str_int(minutes, &m))
		return fail(cx, ERR_USAGE, "--minutes wants a number");
	js_set_str(cx, args, S("person"), cli_option(cli, S("person"), S("")));
	js_set_int(cx, args, S("minutes"), m);
	TRY(cli_command(cx, data, send_request(cx, "make_link", S(""), args), &answer));
	TRY(cli_desk(cx, data, &d));
	url = desk_setting(d, S("public_url"), S(""));
	if (str_ends(url, S("/")))
		url.n--;
	return cli_print(cx, str_fmt(cx, "%.*s/link/%.*s\n", F(url), F(js_str(answer, S("link")))));
}
