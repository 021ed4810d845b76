#include "cli/people.h"

#include "cli/send.h"
#include "desk/roster.h"
#include "desk/upkeep.h"

enum { LONGEST = 64 << 20, BATCH = 200, PAGE = 500 };

/* Lists of at most BATCH things, as one command each; the commands go together. */
static enum err
send_lists(struct cx *cx, struct str data, const char *command, struct str what, struct js *const *things,
    ptrdiff_t n)
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
import_people(struct cx *cx, struct str data, struct str text, ptrdiff_t *n)
{
	struct roster t;
	struct js **people;
	struct desk *d;

	TRY(cli_desk(cx, data, &d));
	TRY(roster_read(cx, d, text, &t));
	people = NEW(cx, struct js *, t.n);
	for (ptrdiff_t i = 0; i < t.n; i++)
		TRY(roster_person(cx, &t, t.order[i], &people[i]));
	*n = t.n;
	return send_lists(cx, data, "people", S("people"), people, t.n);
}

enum err
people_verb_import(struct cx *cx, const struct cli *cli)
{
	struct str text;
	ptrdiff_t n = 0;

	TRY(cli_read_file(cx, cli->operands[0], LONGEST, &text));
	TRY(cli_refuse(cx, import_people(cx, cli_option(cli, S("data"), S("")), text, &n), cli->operands[0]));
	return cli_print(cx, str_fmt(cx, "%td people taken in.\n", n));
}

static const struct str system_fields[] = { { "system", 6 }, { "title", 5 }, { "owner", 5 } };

static enum err
import_systems(struct cx *cx, struct str data, struct str text, struct csv *csv)
{
	struct js **systems;
	struct desk *d;
	int at[3];

	TRY(csv_read(cx, text, csv));
	TRY(roster_columns(cx, system_fields, 3, 1, csv, at));
	TRY(cli_desk(cx, data, &d));
	systems = NEW(cx, struct js *, csv->n_rows);
	for (ptrdiff_t i = 0; i < csv->n_rows; i++) {
		struct js *s = systems[i] = js_object(cx);
		bool there = true;

		for (int f = 0; f < 3; f++)
			if (at[f] >= 0)
				js_set_str(cx, s, system_fields[f], str_trim(csv->rows[i].field[at[f]]));
		if (!fact_id_ok(js_str(s, S("system"))))
			fault_add(cx, S("system"), csv->rows[i].line, at[0] + 1, S("id"), "system: “%.*s” is not an id: letters, digits, "
			    "“.”, “-” "
			    "and “_”", F(js_str(s, S("system"))));
		if (js_str(s, S("owner")).n)
			TRY(upkeep_has_person(cx, d, js_str(s, S("owner")), &there));
		if (!there)
			fault_add(cx, S("owner"), csv->rows[i].line, at[2] + 1, S("unknown"), "owner: nobody called “%.*s” is in the "
			    "directory",
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

	js_set_str(cx, j, S("id"), p->person);
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
