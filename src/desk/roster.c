#include "desk/roster.h"

#include "core/policy.h"

enum { DEEPEST = 64, SHORT = 200, MOST_HELD = 64 };

static const struct str fields[ROSTER_FIELDS] = { { "person", 6 }, { "name", 4 }, { "email", 5 },
    { "department", 10 },
	{ "manager", 7 }, { "roles", 5 }, { "phone", 5 }, { "active", 6 } };

static struct str
cell(const struct roster *t, ptrdiff_t row, int field)
{
	return t->at[field] < 0 ? S("") : str_trim(t->csv.rows[row].field[t->at[field]]);
}

/* Blame a cell by line and by the name of its column. */
#define BLAME(cx, t, row, f, rule, fmt, ...) fault_add((cx), fields[f], (t)->csv.rows[row].line, (t)->at[f] + 1, S(rule), \
	"%.*s: " fmt, F(fields[f]), ##__VA_ARGS__)

enum err
roster_columns(struct cx *cx, const struct str *names, int n, int needed, const struct csv *csv, int *at)
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
row_of(const struct roster *t, struct str person)
{
	for (ptrdiff_t i = 0; i < t->csv.n_rows; i++)
		if (str_eq(cell(t, i, ROSTER_PERSON), person))
			return i;
	return -1;
}

static bool
divides(char c)
{
	return c == ' ' || c == ';' || c == '\n' || c == '\r' || c == '\t';
}

static bool
role_next(struct str *rest, struct str *role)
{
	ptrdiff_t n = 0;

	while (rest->n && divides(rest->p[0]))
		*rest = str_sub(*rest, 1, rest->n);
	while (n < rest->n && !divides(rest->p[n]))
		n++;
	*role = str_sub(*rest, 0, n);
	*rest = str_sub(*rest, n, rest->n);
	return n > 0;
}

static void
check_roles(struct cx *cx, const struct roster *t, ptrdiff_t i)
{
	const struct policy *p = t->d->policy;
	struct str rest = cell(t, i, ROSTER_ROLES), role, id, at, *names, near;
	ptrdiff_t n = 0;

	if (!rest.n)
		return;
	names = NEW(cx, struct str, p->n_roles + 2);
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
		BLAME(cx, t, i, ROSTER_ROLES, "unknown-role", "there is no role “%.*s”%s%.*s%s", F(id),
		    near.n ? "; did you mean “" : "", F(near), near.n ? "”?" : "");
	}
}

static enum err
check_row(struct cx *cx, const struct roster *t, ptrdiff_t i)
{
	struct str person = cell(t, i, ROSTER_PERSON), email = cell(t, i, ROSTER_EMAIL),
	    manager = cell(t, i, ROSTER_MANAGER), active = cell(t, i, ROSTER_ACTIVE);
	struct row_person_of *there;

	for (int f = ROSTER_PERSON; f <= ROSTER_NAME; f++)
		if (!cell(t, i, f).n)
			BLAME(cx, t, i, f, "missing", "is empty");
	for (int f = 0; f < ROSTER_FIELDS; f++)
		if (f != ROSTER_ROLES && utf8_count(cell(t, i, f)) > SHORT)
			BLAME(cx, t, i, f, "too-long", "is longer than %d characters", SHORT);
		else if (!str_is_line(cell(t, i, f)))
			BLAME(cx, t, i, f, "line", "must be one line, without control characters");
	if (person.n && row_of(t, person) < i)
		BLAME(cx, t, i, ROSTER_PERSON, "twice", "“%.*s” stands on line %d already", F(utf8_cut_whole(person, SHORT)),
		    t->csv.rows[row_of(t, person)].line);
	if (email.n && (str_index(email, '@') < 1 || str_ends(email, S("@")) || str_index(email, ' ') >= 0))
		BLAME(cx, t, i, ROSTER_EMAIL, "email", "“%.*s” is not an email address", F(utf8_cut_whole(email, SHORT)));
	if (active.n && !str_eq(active, S("yes")) && !str_eq(active, S("no")))
		BLAME(cx, t, i, ROSTER_ACTIVE, "flag", "must be yes or no, not “%.*s”", F(utf8_cut_whole(active, SHORT)));
	check_roles(cx, t, i);
	if (!manager.n || row_of(t, manager) >= 0)
		return OK;
	TRY(sql_person_of(cx, t->d->db, manager, &there));
	if (!there)
		BLAME(cx, t, i, ROSTER_MANAGER, "unknown", "“%.*s” is neither in this file nor in the directory",
		    F(utf8_cut_whole(manager, SHORT)));
	return OK;
}

/* Managers go before those whose manager they are: who is somebody's manager is found among those known by then. */
static void
put_in_order(struct roster *t, ptrdiff_t row, int depth, bool *put)
{
	ptrdiff_t manager;

	if (put[row])
		return;
	put[row] = true;
	manager = cell(t, row, ROSTER_MANAGER).n ? row_of(t, cell(t, row, ROSTER_MANAGER)) : -1;
	if (manager >= 0 && depth < DEEPEST)
		put_in_order(t, manager, depth + 1, put);
	t->order[t->n++] = row;
}

enum err
roster_read(struct cx *cx, const struct desk *d, struct str text, struct roster *t)
{
	bool *put;

	*t = (struct roster){ .d = d };
	TRY(csv_read(cx, text, &t->csv));
	TRY(roster_columns(cx, fields, ROSTER_FIELDS, ROSTER_NAME + 1, &t->csv, t->at));
	if (!d->policy)
		return fail(cx, ERR_CONFLICT, "no policy is in force: set one first");
	for (ptrdiff_t i = 0; i < t->csv.n_rows; i++)
		TRY(check_row(cx, t, i));
	TRY(fault_end(cx));
	t->order = NEW(cx, ptrdiff_t, t->csv.n_rows);
	put = NEW(cx, bool, t->csv.n_rows);
	for (ptrdiff_t i = 0; i < t->csv.n_rows; i++)
		put_in_order(t, i, 0, put);
	return OK;
}

/* What the directory says of a field now. */
static struct str
stands(const struct row_person_of *had, int field)
{
	switch (field) {
	case ROSTER_NAME:       return had->name;
	case ROSTER_EMAIL:      return had->email;
	case ROSTER_DEPARTMENT: return had->department;
	case ROSTER_MANAGER:    return had->manager;
	case ROSTER_PHONE:      return had->phone;
	default:                return S("");
	}
}

enum err
roster_person(struct cx *cx, const struct roster *t, ptrdiff_t row, struct js **out)
{
	struct str rest = cell(t, row, ROSTER_ROLES), role, active = cell(t, row, ROSTER_ACTIVE);
	struct js *p = *out = js_object(cx), *roles = js_array(cx);
	struct row_person_of *had;

	TRY(sql_person_of(cx, t->d->db, cell(t, row, ROSTER_PERSON), &had));
	for (int f = 0; f < ROSTER_FIELDS; f++) {
		if (f == ROSTER_ROLES || f == ROSTER_ACTIVE)
			continue;
		if (t->at[f] >= 0)
			js_set_str(cx, p, fields[f], cell(t, row, f));
		else if (had)
			js_set_str(cx, p, fields[f], stands(had, f));
	}
	while (role_next(&rest, &role))
		js_add_str(cx, roles, role);
	if (t->at[ROSTER_ROLES] >= 0)
		js_set(cx, p, S("roles"), roles);
	js_set_bool(cx, p, S("active"), t->at[ROSTER_ACTIVE] < 0 && had ? had->active : !str_eq(active, S("no")));
	return OK;
}

/* One detail more: "email: a@b → c@d". */
static void
say(struct buf *b, struct str what, struct str was, struct str is)
{
	if (!is.n)
		is = S("nothing");
	buf_fmt(b, "%s%.*s: ", b->n ? "; " : "", F(what));
	if (was.n)
		buf_fmt(b, "%.*s → ", F(was));
	buf_put(b, is);
}

/* A role as the list writes it and as the directory keeps it: a team of a department without one is that of the
 * person's own. */
static bool
means(const struct roster *t, struct str said, struct str department, const struct row_roles_of *held)
{
	const struct role *role;
	struct str id, at;

	str_cut(said, '@', &id, &at);
	role = policy_role(t->d->policy, id);
	if (!at.n && (role ? role->is == ROLE_TEAM_OF_DEPARTMENT || role->is == ROLE_MANAGER_IN_DEPARTMENT :
	    !str_eq(id, S("admin"))))
		at = department;
	return str_eq(id, held->role) && str_eq(at, held->department);
}

static enum err
say_roles(struct cx *cx, const struct roster *t, ptrdiff_t row, struct id actor, struct str department, struct buf *b)
{
	struct row_roles_of *held;
	struct str rest = cell(t, row, ROSTER_ROLES), role;
	bool named[MOST_HELD] = { false };
	ptrdiff_t n;

	TRY(sql_roles_of(cx, t->d->db, actor, &held, &n));
	while (role_next(&rest, &role)) {
		bool has = false;

		for (ptrdiff_t i = 0; i < n; i++)
			if (means(t, role, department, &held[i])) {
				has = true;
				if (i < MOST_HELD)
					named[i] = true;
			}
		if (!has)
			buf_fmt(b, "%sgains %.*s", b->n ? "; " : "", F(role));
	}
	for (ptrdiff_t i = 0; i < n && i < MOST_HELD; i++)
		if (!named[i] && !str_eq(held[i].role, S("manager")))
			buf_fmt(b, "%sloses %.*s%s%.*s", b->n ? "; " : "", F(held[i].role), held[i].department.n ? "@" : "",
			    F(held[i].department));
	return OK;
}

static enum err
change_of(struct cx *cx, const struct roster *t, ptrdiff_t row, struct roster_change *c)
{
	struct str department = cell(t, row, ROSTER_DEPARTMENT);
	struct buf b = buf_new(cx);
	struct row_person_of *had;
	bool stays;

	*c = (struct roster_change){ .row = row, .person = cell(t, row, ROSTER_PERSON),
	    .name = cell(t, row, ROSTER_NAME) };
	TRY(sql_person_of(cx, t->d->db, c->person, &had));
	stays = t->at[ROSTER_ACTIVE] < 0 && had ? had->active : !str_eq(cell(t, row, ROSTER_ACTIVE), S("no"));
	if (!had) {
		c->does = ROSTER_NEW;
		c->detail = str_join(cx, (struct str[]){ department, cell(t, row, ROSTER_ROLES) }, 2,
		    department.n && cell(t, row, ROSTER_ROLES).n ? S("; ") : S(""));
		return OK;
	}
	for (int f = ROSTER_NAME; f < ROSTER_FIELDS; f++) {
		struct str is = cell(t, row, f), was = stands(had, f);

		if (f == ROSTER_EMAIL)
			is = str_lower(cx, is);
		if (f != ROSTER_ROLES && f != ROSTER_ACTIVE && t->at[f] >= 0 && !str_eq(is, was))
			say(&b, fields[f], was, is);
	}
	if (t->at[ROSTER_ROLES] >= 0)
		TRY(say_roles(cx, t, row, had->actor_id, t->at[ROSTER_DEPARTMENT] < 0 ? had->department : department, &b));
	if (stays && !had->active)
		buf_fmt(&b, "%scomes back", b.n ? "; " : "");
	c->does = had->active && !stays ? ROSTER_LEAVES : b.n ? ROSTER_CHANGED : ROSTER_SAME;
	c->detail = buf_str(&b);
	return OK;
}

enum err
roster_changes(struct cx *cx, const struct roster *t, struct roster_change **out)
{
	*out = NEW(cx, struct roster_change, t->n);
	for (ptrdiff_t i = 0; i < t->n; i++)
		TRY(change_of(cx, t, t->order[i], &(*out)[i]));
	return OK;
}
