/* The words of a command line, understood by the usage texts of verb.def. */
#include "cli/cli.h"

#include "cli/addresses.h"
#include "cli/backup.h"
#include "cli/copy.h"
#include "cli/demo.h"
#include "cli/import.h"
#include "cli/keep.h"
#include "cli/org.h"
#include "cli/people.h"
#include "cli/policy.h"
#include "cli/report.h"
#include "cli/serve.h"
#include "cli/verify.h"
#include <assert.h>

#define TEXT(s) { s, sizeof s - 1 }
static const struct verb verbs[] = {
#define VERB(name, sub, run, usage, help) { TEXT(name), TEXT(sub), TEXT(usage), TEXT(help), run },
#include "cli/verb.def"
#undef VERB
};

const struct verb *
cli_verbs(ptrdiff_t *n)
{
	*n = COUNT(verbs);
	return verbs;
}

/* One word of a usage text. */
struct piece { struct str name, value; bool option, must, many; };

static struct str
bare(struct str w)
{
	if (str_starts(w, S("[")))
		w = str_sub(w, 1, w.n);
	if (str_ends(w, S("]")))
		w.n--;
	if (str_ends(w, S("...")))
		w.n -= 3;
	return w;
}

/* The next piece of a usage text; false at its end. */
static bool
piece_next(struct str *usage, struct piece *out)
{
	struct str w, value = S("");

	if (usage->n == 0 || !str_next(usage, ' ', &w))
		return false;
	*out = (struct piece){ .name = bare(w), .must = w.p[0] != '[', .option = str_starts(bare(w), S("--")) };
	if (out->option && !str_ends(w, S("]")) && str_next(usage, ' ', &value))
		out->value = bare(value);
	out->many = str_find(out->option ? value : w, S("...")) >= 0;
	if (out->option)
		out->name = str_sub(out->name, 2, out->name.n);
	return true;
}

static bool
declared(const struct verb *v, struct str option, struct piece *out)
{
	struct str usage = v->usage;

	while (piece_next(&usage, out))
		if (out->option && str_eq(out->name, option))
			return true;
	return false;
}

struct str
cli_option(const struct cli *cli, struct str name, struct str none)
{
	struct piece p;

	assert(declared(cli->verb, name, &p) && p.value.n);
	for (int i = 0; i < cli->n_options; i++)
		if (str_eq(cli->options[i].name, name))
			return cli->options[i].value;
	return none;
}

bool
cli_flag(const struct cli *cli, struct str name)
{
	struct piece p;

	assert(declared(cli->verb, name, &p));
	for (int i = 0; i < cli->n_options; i++)
		if (str_eq(cli->options[i].name, name))
			return true;
	return false;
}

static enum err
unknown_verb(struct cx *cx, struct str name, struct str sub)
{
	struct str names[2 * COUNT(verbs)], near;
	ptrdiff_t n = 0;
	bool known = false;

	for (ptrdiff_t i = 0; i < COUNT(verbs); i++) {
		known |= str_eq(verbs[i].name, name);
		names[n++] = verbs[i].name;
	}
	for (ptrdiff_t i = n = known ? 0 : n; known && i < COUNT(verbs); i++)
		if (str_eq(verbs[i].name, name))
			names[n++] = verbs[i].sub;
	near = str_nearest(known ? sub : name, names, n);
	if (near.n)
		return fail(cx, ERR_USAGE, "there is no verb “%.*s%s%.*s”; did you mean “%.*s”?", F(name), known ? " " : "",
		    F(known ? sub : S("")), F(near));
	return fail(cx, ERR_USAGE, "there is no verb “%.*s%s%.*s”; tocsin --help lists them", F(name), known && sub.n ? " " : "",
	    F(known ? sub : S("")));
}

static enum err
verb_pick(struct cx *cx, int n, const struct str *words, int *used, const struct verb **out)
{
	struct str sub = n > 1 ? words[1] : S("");

	for (ptrdiff_t i = 0; i < COUNT(verbs); i++) {
		if (!str_eq(verbs[i].name, words[0]) || (verbs[i].sub.n && !str_eq(verbs[i].sub, sub)))
			continue;
		*used = verbs[i].sub.n ? 2 : 1;
		*out = &verbs[i];
		return OK;
	}
	return unknown_verb(cx, words[0], sub);
}

static enum err
option_take(struct cx *cx, struct cli *cli, int n, const struct str *words, int *at)
{
	struct str name, value, w = str_sub(words[*at], 2, words[*at].n);
	bool equals = str_cut(w, '=', &name, &value);
	struct piece p;

	if (!declared(cli->verb, name, &p))
		return fail(cx, ERR_USAGE, "there is no option “--%.*s” here; usage: tocsin %.*s%s%.*s %.*s", F(name),
		    F(cli->verb->name), cli->verb->sub.n ? " " : "", F(cli->verb->sub), F(cli->verb->usage));
	for (int i = 0; i < cli->n_options; i++)
		if (str_eq(cli->options[i].name, name) && !p.many)
			return fail(cx, ERR_USAGE, "“--%.*s” is given twice", F(name));
	if (equals && !p.value.n)
		return fail(cx, ERR_USAGE, "“--%.*s” takes no value", F(name));
	if (!equals && p.value.n) {
		if (*at + 1 >= n)
			return fail(cx, ERR_USAGE, "“--%.*s” wants a %.*s", F(name), F(p.value));
		value = words[++*at];
	}
	if (cli->n_options == CLI_OPTIONS)
		return fail(cx, ERR_USAGE, "too many options");
	cli->options[cli->n_options].name = name;
	cli->options[cli->n_options++].value = value;
	return OK;
}

/* Whether what must be there is, and nothing too many. */
static enum err
enough(struct cx *cx, const struct cli *cli)
{
	struct str usage = cli->verb->usage;
	struct piece p;
	int most = 0;

	while (piece_next(&usage, &p)) {
		bool given = p.option ? cli_flag(cli, p.name) : cli->n_operands > most;

		if (p.must && !given)
			return fail(cx, ERR_USAGE, "%s%.*s is missing; usage: tocsin %.*s%s%.*s %.*s", p.option ? "--" : "",
			    F(p.name), F(cli->verb->name), cli->verb->sub.n ? " " : "", F(cli->verb->sub), F(cli->verb->usage));
		if (!p.option)
			most = p.many ? CLI_OPERANDS : most + 1;
	}
	if (cli->n_operands > most)
		return fail(cx, ERR_USAGE, "“%.*s” is one word too many", F(cli->operands[most]));
	return OK;
}

enum err
cli_read(struct cx *cx, int n, const struct str *words, struct cli *out)
{
	int at = 0;
	bool options = true;

	*out = (struct cli){ 0 };
	for (int i = 0; i < n && !str_eq(words[i], S("--")); i++)
		out->help |= str_eq(words[i], S("--help"));
	out->help |= n > 0 && str_eq(words[0], S("help"));
	if (n == 0)
		return fail(cx, ERR_USAGE, "say what to do; tocsin --help lists the verbs");
	if (out->help) {
		if (verb_pick(cx, n, words, &at, &out->verb) != OK)
			cx->why[0] = 0;
		return OK;
	}
	TRY(verb_pick(cx, n, words, &at, &out->verb));
	for (; at < n; at++) {
		if (options && str_eq(words[at], S("--"))) {
			options = false;
		} else if (options && str_starts(words[at], S("--"))) {
			TRY(option_take(cx, out, n, words, &at));
		} else {
			if (out->n_operands == CLI_OPERANDS)
				return fail(cx, ERR_USAGE, "too many words");
			out->operands[out->n_operands++] = words[at];
		}
	}
	return enough(cx, out);
}

static void
help_line(struct buf *b, const struct verb *v)
{
	buf_fmt(b, "tocsin %.*s%s%.*s %.*s\n", F(v->name), v->sub.n ? " " : "", F(v->sub), F(v->usage));
}

struct str
cli_help(struct cx *cx, const struct verb *verb, struct str name)
{
	struct buf b = buf_new(cx);
	struct str first, rest;
	bool known = false;

	if (verb) {
		help_line(&b, verb);
		buf_fmt(&b, "\n%.*s\n", F(verb->help));
		return buf_str(&b);
	}
	for (ptrdiff_t i = 0; i < COUNT(verbs); i++)
		known |= str_eq(verbs[i].name, name);
	if (!known)
		buf_put(&b, S("Tocsin: your incident policy, running.\n\n"));
	for (ptrdiff_t i = 0; i < COUNT(verbs); i++) {
		if (known && !str_eq(verbs[i].name, name))
			continue;
		str_cut(verbs[i].help, '\n', &first, &rest);
		help_line(&b, &verbs[i]);
		buf_fmt(&b, "    %.*s\n", F(first));
	}
	return buf_str(&b);
}
