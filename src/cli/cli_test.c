#include "cli/cli.h"

#include "base/test.h"
#include "cli/policy.h"
#include <stdlib.h>

static enum err
read_words(struct cx *cx, const char *line, struct cli *out)
{
	struct str words[32], rest = str_of(line), w;
	int n = 0;

	while (rest.n && str_next(&rest, ' ', &w))
		words[n++] = w;
	return cli_read(cx, n, words, out);
}

TEST(cli_understands_words_by_the_usage)
{
	struct cli c;

	EXPECT_OK(read_words(cx, "policy explain --facts - --pack=st-helens", &c));
	EXPECT_STR(cli_option(&c, S("pack"), S("")), S("st-helens"));
	EXPECT_STR(cli_option(&c, S("facts"), S("")), S("-"));
	EXPECT_STR(cli_option(&c, S("at"), S("none")), S("none"));
	EXPECT_OK(read_words(cx, "policy check --json -- --pack", &c));
	EXPECT(cli_flag(&c, S("json")) && c.n_operands == 1);
	EXPECT_STR(c.operands[0], S("--pack"));
}

TEST(cli_says_what_it_does_not_understand)
{
	static const struct { const char *line, *words; } wrong[] = {
		{ "", "say what to do" },
		{ "polcy check", "did you mean “policy”" },
		{ "policy chek x", "did you mean “check”" },
		{ "policy", "there is no verb" },
		{ "policy check", "PACK is missing" },
		{ "policy check a b", "“b” is one word too many" },
		{ "policy check --jsno a", "no option “--jsno”" },
		{ "policy check --json --json a", "given twice" },
		{ "policy check --json=1 a", "takes no value" },
		{ "policy explain --pack", "wants a PACK" },
		{ "policy explain --pack x", "--facts is missing" },
	};
	struct cli c;

	for (ptrdiff_t i = 0; i < COUNT(wrong); i++)
		if (read_words(cx, wrong[i].line, &c) != ERR_USAGE || str_find(str_of(cx->why), str_of(wrong[i].words)) < 0)
			fail_msg("%s: %s", wrong[i].line, cx->why);
}

TEST(cli_help_is_made_of_the_table)
{
	const struct verb *v;
	struct cli c;
	ptrdiff_t n;

	v = cli_verbs(&n);
	for (ptrdiff_t i = 0; i < n; i++) {
		struct str line = str_fmt(cx, "%.*s%s%.*s --help", F(v[i].name), v[i].sub.n ? " " : "", F(v[i].sub));

		EXPECT_OK(read_words(cx, str_z(cx, line), &c));
		EXPECT(c.help && c.verb == &v[i] && str_find(cli_help(cx, c.verb, v[i].name), v[i].usage) >= 0);
		EXPECT(str_find(cli_help(cx, NULL, S("--help")), v[i].usage) >= 0);
		EXPECT(v[i].help.n && v[i].run);
	}
	EXPECT_OK(read_words(cx, "help", &c));
	EXPECT(c.help && !c.verb);
}

TEST(cli_faults_read_as_compilers_say_them)
{
	fault_add(cx, S("when"), 3, 14, S("x"), "no such fact");
	fault_add(cx, S("kind"), 0, 0, S("x"), "no such value");
	EXPECT_STR(cli_faults(cx, S("pack.yaml")), S("pack.yaml:3:14: no such fact\nkind: no such value\n"));
}

TEST(policy_verbs_find_packs)
{
	struct str path, yaml;
	const struct policy *p;

	EXPECT(policy_pack_path(cx, S("../../etc"), &path) == ERR_NOT_FOUND);
	EXPECT(policy_pack_path(cx, S("no-such-pack"), &path) == ERR_NOT_FOUND);
	path = str_fmt(cx, "%s/src/pack/testdata", getenv("TOCSIN_ROOT") ? getenv("TOCSIN_ROOT") : ".");
	EXPECT_OK(policy_pack_open(cx, path, &yaml, &p));
	EXPECT_STR(p->id, S("small"));
}

TEST(a_terminal_is_shown_no_control_characters)
{
	EXPECT_STR(cli_tame(cx, S("a\tb\n\x1b[31mred\x07\x7f\xc2\x9b" "2J Zo\xc3\xab \xe2\x80\xaf.")),
	    S("a\tb\n?[31mred??" "?2J Zo\xc3\xab \xe2\x80\xaf."));
}

