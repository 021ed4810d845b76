#include "cli/org.h"

#include "cli/demo.h"
#include "cli/policy.h"
#include "cli/send.h"
#include "desk/join.h"
#include "desk/upkeep.h"

#define SETTING(name, kind, words) { { #name, sizeof #name - 1 }, { words, sizeof words - 1 } },
static const struct { struct str name, words; } settings[] = {
#include "desk/setting.def"
};
#undef SETTING

/* The first administrator and the link with which that person signs in. */
static enum err
first_person(struct send *s, struct str *link)
{
	struct cx *cx = s->cx;
	struct js *args = js_object(cx), *list = js_array(cx), *p = js_object(cx), *roles = js_array(cx), *answer;

	js_set_str(cx, p, S("person"), S("admin"));
	js_set_str(cx, p, S("name"), S("Administrator"));
	js_add_str(cx, roles, S("admin"));
	js_set(cx, p, S("roles"), roles);
	js_add(cx, list, p);
	js_set(cx, args, S("people"), list);
	TRY(send_one(s, send_request(cx, "people", S(""), args), &answer));
	args = js_object(cx);
	js_set_str(cx, args, S("person"), S("admin"));
	js_set_int(cx, args, S("minutes"), 7 * DAY / MINUTE);
	TRY(send_one(s, send_request(cx, "make_link", S(""), args), &answer));
	*link = js_str(answer, S("link"));
	return OK;
}

static enum err
create(struct cx *cx, struct str data, struct str database, struct str origin, struct str yaml)
{
	struct mark m = cx_mark(cx);

	TRY(desk_create(cx, data, database, origin, yaml));
	cx_back(cx, m);
	return OK;
}

enum err
org_verb_init(struct cx *cx, const struct cli *cli)
{
	struct str data = cli_option(cli, S("data"), S("")), pack = cli_option(cli, S("policy"), S("")), yaml, link, origin,
	    vkey;
	const struct policy *policy;
	struct send s;

	TRY(policy_pack_open(cx, pack, &yaml, &policy));
	TRY(create(cx, data, cli_option(cli, S("database"), S("")), cli_option(cli, S("origin"), S("")), yaml));
	TRY(send_open(cx, data, &s));
	if (!s.desk)
		return fail(cx, ERR_BUSY, "a server runs on this directory already");
	TRY(first_person(&s, &link));
	if (cli_flag(cli, S("demo")))
		TRY(demo_organisation(&s));
	TRY(send_close(&s));
	TRY(upkeep_origin(cx, s.desk, &origin));
	TRY(upkeep_vkey(cx, s.desk, 0, &vkey));
	return cli_print(cx, str_fmt(cx, "%.*s is ready: %.*s, policy %.*s %.*s.\n"
	    "Its journal is %.*s. Give auditors this key now, before they need it:\n    %.*s\n"
	    "Back up %.*s/keys by itself, apart from everything else: lost keys are lost cases.\n"
	    "Sign in as the first administrator, once, within seven days:\n    /link/%.*s\n", F(data), F(policy->body),
	    F(policy->id),
	    F(policy->version), F(origin), F(vkey), F(data), F(link)));
}

enum err
org_verb_join(struct cx *cx, const struct cli *cli)
{
	struct str data = cli_option(cli, S("data"), S(""));
	uint16_t node;

	TRY(join_node(cx, data, cli_option(cli, S("database"), S("")), cli_option(cli, S("keys"), S("")), &node));
	return cli_print(cx, str_fmt(cx, "%.*s is ready: node %u of its database. Serve it as any other.\n", F(data), node));
}

enum err
org_verb_token_add(struct cx *cx, const struct cli *cli)
{
	struct js *args = js_object(cx), *answer;

	js_set_str(cx, args, S("person"), cli_option(cli, S("person"), S("")));
	TRY(cli_command(cx, cli_option(cli, S("data"), S("")), send_request(cx, "add_token", S(""), args), &answer));
	return cli_print(cx, str_fmt(cx, "%.*s\n", F(js_str(answer, S("token")))));
}

enum err
org_verb_setting_set(struct cx *cx, const struct cli *cli)
{
	struct js *args = js_object(cx), *set = js_object(cx), *answer;

	js_set_str(cx, set, cli->operands[0], cli->operands[1]);
	js_set(cx, args, S("set"), set);
	return cli_command(cx, cli_option(cli, S("data"), S("")), send_request(cx, "settings", S(""), args), &answer);
}

enum err
org_verb_setting_list(struct cx *cx, const struct cli *cli)
{
	struct js *all = js_object(cx);
	struct buf b = buf_new(cx);
	struct desk *d;

	TRY(cli_desk(cx, cli_option(cli, S("data"), S("")), &d));
	for (ptrdiff_t i = 0; i < COUNT(settings); i++) {
		struct str v = desk_setting(d, settings[i].name, S(""));

		js_set_str(cx, all, settings[i].name, v);
		buf_fmt(&b, "%-13.*s %.*s\n%14s(%.*s)\n", F(settings[i].name), F(v.n ? v : S("–")), "", F(settings[i].words));
	}
	return cli_flag(cli, S("json")) ? cli_print_js(cx, all) : cli_print(cx, buf_str(&b));
}

/* One page of open cases, evaluated again. A case that closed meanwhile is no error. */
static enum err
reassess(struct send *s, const struct upkeep_case *cases, ptrdiff_t n, int *failed)
{
	struct js **requests = NEW(s->cx, struct js *, n), *answer;
	struct str *answers = NEW(s->cx, struct str, n);

	for (ptrdiff_t i = 0; i < n; i++) {
		struct js *args = js_object(s->cx);

		js_set_str(s->cx, args, S("reason"), S("another policy is in force"));
		requests[i] = send_request(s->cx, "reassess", cases[i].ref, args);
	}
	TRY(send_all(s, requests, n, answers));
	for (ptrdiff_t i = 0; i < n; i++)
		*failed += desk_answer(s->cx, answers[i], &answer) != OK;
	return OK;
}

enum err
org_verb_policy_set(struct cx *cx, const struct cli *cli)
{
	struct str data = cli_option(cli, S("data"), S("")), yaml;
	struct js *args = js_object(cx), *answer;
	const struct policy *policy;
	struct id after = { { 0 } };
	struct upkeep_case *cases;
	int done = 0, failed = 0;
	struct desk *d;
	struct send s;
	ptrdiff_t n;

	TRY(policy_pack_open(cx, cli->operands[0], &yaml, &policy));
	js_set_str(cx, args, S("yaml"), yaml);
	TRY(send_open(cx, data, &s));
	TRY(send_one(&s, send_request(cx, "set_policy", S(""), args), &answer));
	TRY(cli_desk(cx, data, &d));
	do {
		struct mark m = cx_mark(cx);

		TRY(upkeep_open_cases(cx, d, after, SEND_MOST, &cases, &n));
		if (n) {
			after = cases[n - 1].id;
			TRY(reassess(&s, cases, n, &failed));
			done += (int)n;
		}
		cx_back(cx, m);
	} while (n == SEND_MOST);
	TRY(send_close(&s));
	if (failed)
		return fail(cx, ERR_CONFLICT, "%.*s %.*s is in force, but %d of %d open cases could not be evaluated again",
		    F(policy->id),
		    F(policy->version), failed, done);
	return cli_print(cx, str_fmt(cx, "%.*s %.*s is in force; %d open cases were evaluated again.\n", F(policy->id),
	    F(policy->version), done));
}
