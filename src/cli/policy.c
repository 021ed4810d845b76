#include "cli/policy.h"

#include "core/evaluate.h"
#include "pack/cases.h"
#include "pack/pack.h"
#include <stdlib.h>
#include <sys/stat.h>

static bool
is_file(struct cx *cx, struct str path)
{
	struct stat st;

	return stat(str_z(cx, path), &st) == 0 && S_ISREG(st.st_mode);
}

enum err
policy_pack_path(struct cx *cx, struct str name, struct str *path)
{
	struct str env = str_of(getenv("TOCSIN_POLICY"));
	struct str tries[] = {
		name,
		str_fmt(cx, "%.*s/pack.yaml", F(name)),
		str_fmt(cx, "policy/%.*s/pack.yaml", F(name)),
		env.n ? str_fmt(cx, "%.*s/%.*s/pack.yaml", F(env), F(name)) : S(""),
		str_fmt(cx, "%s/policy/%.*s/pack.yaml", TOCSIN_DATA, F(name)),
	};

	for (ptrdiff_t i = 0; i < COUNT(tries); i++)
		if (tries[i].n && (i < 2 || fact_id_ok(name)) && is_file(cx, tries[i])) {
			*path = tries[i];
			return OK;
		}
	return fail(cx, ERR_NOT_FOUND, "there is no pack “%.*s”: neither a folder or file of that name, nor in ./policy, "
	    "%.*s%s%s/policy", F(name), F(env), env.n ? ", " : "", TOCSIN_DATA);
}

enum err
policy_pack_open(struct cx *cx, struct str name, struct str *yaml, const struct policy **out)
{
	struct str path;

	TRY(policy_pack_path(cx, name, &path));
	TRY(cli_read_file(cx, path, PACK_LONGEST, yaml));
	return cli_refuse(cx, pack_read(cx, *yaml, out), path);
}

static struct js *
faults_js(struct cx *cx, struct str file)
{
	struct js *list = js_array(cx);

	for (const struct fault *f = cx->faults; f; f = f->next) {
		struct js *j = js_object(cx);

		js_set_str(cx, j, S("file"), file);
		js_set_str(cx, j, S("field"), f->field);
		js_set_int(cx, j, S("line"), f->line);
		js_set_int(cx, j, S("column"), f->column);
		js_set_str(cx, j, S("rule"), f->rule);
		js_set_str(cx, j, S("words"), f->words);
		js_add(cx, list, j);
	}
	return list;
}

enum err
policy_verb_check(struct cx *cx, const struct cli *cli)
{
	const struct policy *p;
	struct str path, yaml;
	enum err e;

	TRY(policy_pack_path(cx, cli->operands[0], &path));
	TRY(cli_read_file(cx, path, PACK_LONGEST, &yaml));
	e = pack_read(cx, yaml, &p);
	if (cli_flag(cli, S("json"))) {
		struct js *j = js_object(cx);

		js_set_bool(cx, j, S("ok"), e == OK);
		js_set(cx, j, S("faults"), faults_js(cx, path));
		TRY(cli_print_js(cx, j));
	}
	TRY(cli_refuse(cx, e, path));
	if (cli_flag(cli, S("json")))
		return OK;
	return cli_print(cx, str_fmt(cx, "%.*s: sound. %.*s %.*s: %td clauses, %td roles, %td categories, %td questions, "
	    "%td rules\n", F(path), F(p->id), F(p->version), p->n_clauses, p->n_roles, p->n_categories, p->n_questions,
	    p->n_rules));
}

static struct js *
result_js(struct cx *cx, const struct case_result *r)
{
	struct js *j = js_object(cx), *rows = js_array(cx);

	js_set_int(cx, j, S("line"), r->line);
	for (ptrdiff_t k = 0; k < r->n_rows; k++)
		js_add_str(cx, rows, r->rows[k]);
	js_set(cx, j, S("rows"), rows);
	js_set_str(cx, j, S("title"), r->title);
	js_set_bool(cx, j, S("passed"), r->passed);
	js_set_str(cx, j, S("why"), r->why);
	return j;
}

/* pack.cases stands beside pack.yaml. */
static enum err
cases_open(struct cx *cx, struct str yaml_path, struct str *path, struct str *text)
{
	ptrdiff_t dir = yaml_path.n;

	while (dir > 0 && yaml_path.p[dir - 1] != '/')
		dir--;
	*path = str_fmt(cx, "%.*spack.cases", F(str_sub(yaml_path, 0, dir)));
	return cli_read_file(cx, *path, PACK_LONGEST, text);
}

enum err
policy_verb_cases(struct cx *cx, const struct cli *cli)
{
	const struct policy *p;
	struct str path, yaml, text;
	struct case_result *results;
	struct js *list = js_array(cx);
	struct buf b = buf_new(cx);
	ptrdiff_t n, failed = 0;

	TRY(policy_pack_path(cx, cli->operands[0], &path));
	TRY(policy_pack_open(cx, path, &yaml, &p));
	TRY(cases_open(cx, path, &path, &text));
	TRY(cli_refuse(cx, cases_run(cx, p, text, &results, &n), path));
	for (ptrdiff_t i = 0; i < n; i++) {
		js_add(cx, list, result_js(cx, &results[i]));
		if (results[i].passed)
			continue;
		failed++;
		buf_fmt(&b, "%.*s:%d: %.*s\n", F(path), results[i].line, F(results[i].title));
		for (struct str rest = results[i].why, line; str_next(&rest, '\n', &line);)
			buf_fmt(&b, "    %.*s\n", F(line));
	}
	buf_fmt(&b, "%td cases, %td failed\n", n, failed);
	TRY(cli_flag(cli, S("json")) ? cli_print_js(cx, list) : cli_print(cx, buf_str(&b)));
	return failed ? fail(cx, ERR_BAD_INPUT, "%td of %td cases of %.*s do not hold", failed, n, F(path)) : OK;
}

enum err
policy_verb_explain(struct cx *cx, const struct cli *cli)
{
	struct str yaml, text, at = cli_option(cli, S("at"), S("")), file = cli_option(cli, S("facts"), S("-"));
	struct moment now = { cx->now, EXACT };
	const struct policy *p;
	struct facts facts = { 0 };
	struct owed owed;
	struct js *j;

	if (at.n && !moment_read(at, &now))
		return fail(cx, ERR_USAGE, "--at wants a time such as 2026-03-27T16:00:00Z");
	TRY(policy_pack_open(cx, cli_option(cli, S("pack"), S("")), &yaml, &p));
	TRY(cli_read_file(cx, file, PACK_LONGEST, &text));
	TRY(js_read(cx, text, &j));
	facts_read(cx, j, &facts);
	policy_facts_check(cx, p, &facts);
	TRY(fault_end(cx));
	policy_evaluate(cx, p, &facts, now.at, &owed);
	return cli_print_js(cx, policy_explain(cx, &owed));
}
