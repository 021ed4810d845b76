#include "pack/pack.h"

#include "base/test.h"
#include "pack/cases.h"

#define HEAD "policy: { id: p, title: P, body: B, version: '1', prefix: INC }\n" \
	"clauses: { c: A clause }\n" \
	"roles: { desk: { title: Desk, is: mailbox } }\n" \
	"hours: { support: { days: [mon], from: '08:00', to: '17:30' } }\n" \
	"categories: { something_else: { label: Else }, not_sure: { label: Unsure } }\n"

static struct str
with(struct cx *cx, const char *more)
{
	return str_fmt(cx, "%s%s", HEAD, more);
}

static void
forget(struct cx *cx)
{
	cx->faults = NULL;
	cx->n_faults = 0;
}

TEST(pack_that_is_sound_is_read)
{
	const struct policy *p;
	const struct rule *r;
	const struct category *c;

	EXPECT_OK(pack_read(cx, test_file(cx, "src/pack/testdata/pack.yaml"), &p));
	EXPECT(p->n_rules == 4 && p->n_roles == 7 && p->support && p->support->holidays->n == 2);
	EXPECT(p->support->holidays->days[0] == day_of(2026, 12, 25)); /* ascending, whatever the pack's order */
	EXPECT_STR(p->help->id, S("audit"));
	r = policy_rule(p, S("audit-directly"));
	EXPECT(r && r->does == DO_inform && r->within.kind == WITHIN_SUPPORT && r->within.length == 30 * MINUTE);
	EXPECT_STR(r->words, S("Read the report and acknowledge it"));
	EXPECT_STR(policy_rule(p, S("desk"))->words, policy_do_words(DO_inform));
	c = policy_category(p, S("wrong_recipient"));
	EXPECT(c->everyday && c->n_ask == 3 && c->n_advise == 1 && c->n_rows == 2 && c->means.n == 2);
	EXPECT(policy_role(p, S("dpo"))->n_deputies == 2 && policy_role(p, S("audit"))->n_deputies == 1);
	EXPECT(policy_retention(p, S("closed"))->months == 72 && !policy_rule(p, S("nobody")));
	EXPECT(hash_eq(p->hash, sha256(test_file(cx, "src/pack/testdata/pack.yaml"))));
}

/* Every mistake at once, each where it stands. */
TEST(pack_with_many_mistakes_names_them_all)
{
	static const char text[] =
	    "policy: { id: p, title: P, body: B, version: '1', prefix: inc }\n" /* 1: prefix */
	    "clauses: { c: A clause }\n"
	    "roles:\n"
	    "  desk: { title: Desk, is: mailbx }\n"                                   /* 4: unknown word */
	    "  desk: { title: Desk, is: mailbox }\n"                                  /* 5: duplicate key */
	    "  audit: { titel: Audit, is: post }\n"                                   /* 6: missing title; unknown key */
	    "hours: { support: { days: [mon, tues], from: '08:00', to: '17:30' } }\n" /* 7: unknown day */
	    "rulez: []\n"                                                             /* 8: unknown section */
	    "categories:\n"
	    "  something_else: { label: Else, means: { certainty: sure } }\n" /* 10: value */
	    "  not_sure: { label: '', everyday: yes }\n"                      /* 11: empty; not a bool */
	    "rules:\n"
	    "  - id: one\n"
	    "    clause: d\n" /* 14: dangling */
	    "    when: major and\n"
	    "      kind = evnt\n"          /* 16: inside a folded scalar */
	    "    do: infrm\n"              /* 17: unknown word */
	    "    role: dsk\n"              /* 18: dangling */
	    "    within: 2 suport hours\n" /* 19: inside the scalar */
	    "  - { id: one, clause: c, do: inform, role: desk, when: \"category = els\" }\n"; /* 20: duplicate id; no such
	                                                                                         category */
	static const struct { int line, column; const char *words; } said[] = {
		{ 5, 3, "“desk” stands here twice; first in line 4" },
		{ 8, 1, "did you mean “rules”" },
		{ 7, 33, "there is no day “tues”; did you mean “tue”" },
		{ 4, 28, "did you mean “mailbox”" },
		{ 6, 10, "this role lacks “title”" },
		{ 6, 12, "there is no key “titel”; did you mean “title”" },
		{ 10, 54, "which is one of confirmed" },
		{ 11, 23, "label is empty" },
		{ 11, 36, "everyday is true or false" },
		{ 14, 13, "there is no clause “d”" },
		{ 16, 14, "did you mean “event”" },
		{ 17, 9, "did you mean “inform”" },
		{ 18, 11, "did you mean “desk”" },
		{ 19, 15, "did you mean “support”" },
		{ 1, 59, "capital letters" },
		{ 20, 11, "there is a rule “one” already" },
		{ 20, 69, "there is no category “els”" },
	};
	const struct policy *p;

	EXPECT(pack_read(cx, str_of(text), &p) == ERR_BAD_INPUT);
	for (ptrdiff_t i = 0; i < COUNT(said); i++) {
		bool found = false;

		for (const struct fault *f = cx->faults; f && !found; f = f->next)
			found = f->line == said[i].line && f->column == said[i].column &&
			        str_find(f->words, str_of(said[i].words)) >= 0;
		if (!found) {
			for (const struct fault *f = cx->faults; f; f = f->next)
				printf("%d:%d: %.*s\n", f->line, f->column, F(f->words));
			fail_msg("missing: %d:%d: %s", said[i].line, said[i].column, said[i].words);
		}
	}
	EXPECT(cx->n_faults == COUNT(said));
}

TEST(pack_refuses_one_by_one)
{
	static const struct { const char *more, *words; int line; } wrong[] = {
		{ "rules: *r\n", "aliases", 6 },
		{ "rules: &r []\n", "anchors", 6 },
		{ "rules: !!seq []\n", "tags", 6 },
		{ "rules: []\n---\nmore: 1\n", "one document", 7 },
		{ "rules: [[[[[[[[[[[[[]]]]]]]]]]]]]\n", "nested that deep", 6 },
		{ "rules: [\n", "not YAML", 7 },
		{ "rules: {}\n", "rules should be a list, not a map", 6 },
		{ "rules: [text]\n", "rules should be a map, not a text", 6 },
		{ "? [a]\n: b\nrules: []\n", "a key is a word", 6 },
		{ "rules: []\nholidays: { e: { 2026-13-01: X } }\n", "not a date", 7 },
		{ "rules: []\nretention: { closed: six years }\n", "a period", 7 },
		{ "rules: []\nquestions: { kind: { label: K, kind: text } }\n", "bears the name of a fact", 7 },
		{ "rules: []\nquestions: { q: { label: K, kind: text, sets: major } }\n", "a text makes an id", 7 },
		{ "rules: []\nquestions: { q: { label: K, kind: choice } }\n", "lacks “options”", 7 },
		{ "rules: []\nquestions: { q: { label: K, kind: choice, sets: kind, options: { evnt: E } } }\n",
		    "did you mean “event”", 7 },
		{ "rules: []\nquestions: { q: { label: K, kind: yes_no, options: { maybe: E } } }\n", "not an answer", 7 },
		{ "rules: []\nderive: [{ when: major, set: { categry: x } }]\n", "did you mean “category”", 7 },
		{ "rules: []\nderive: [{ when: major, set: { category: els } }]\n", "no category “els”", 7 },
		{ "rules: []\nderive:\n  - when: >\n      major\n      and majr\n    set: { major: true }\n",
		    "did you mean “major”", 10 },
		{ "rules: []\nderive:\n  - when: \"major\n      and majr\"\n    set: { major: true }\n",
		    "did you mean “major”", 9 },
		{ "rules: []\nlevels: { l: { title: L, respond: fast } }\n", "write “immediately”", 7 },
		{ "rules: []\nwords: { hello: [a, b] }\n", "should be a text", 7 },
		{ "rules: []\n\xc3\x28: x\n", "not UTF-8", 7 },
		{ "rules: []\n# \xe2\x80\xa8\n", "unusual line end", 7 },
	};
	const struct policy *p;

	for (ptrdiff_t i = 0; i < COUNT(wrong); i++) {
		EXPECT(pack_read(cx, with(cx, wrong[i].more), &p) == ERR_BAD_INPUT);
		if (str_find(cx->faults->words, str_of(wrong[i].words)) < 0 || cx->faults->line != wrong[i].line)
			fail_msg(
			    "%s gives %d:%d: %.*s", wrong[i].more, cx->faults->line, cx->faults->column, F(cx->faults->words));
		forget(cx);
	}
	EXPECT_OK(pack_read(cx, with(cx, "rules: []\n"), &p));
	EXPECT(pack_read(cx, S(""), &p) == ERR_BAD_INPUT && pack_read(cx, S("[]"), &p) == ERR_BAD_INPUT);
}

TEST(pack_is_bounded)
{
	const struct policy *p;
	struct buf b = buf_new(cx);

	for (int i = 0; i < 70000; i++)
		buf_put(&b, S("- a\n"));
	EXPECT(pack_read(cx, str_fmt(cx, "rules:\n%.*s", F(buf_str(&b))), &p) == ERR_BAD_INPUT);
	EXPECT(str_find(cx->faults->words, S("not that large")) >= 0);
	forget(cx);
	while (b.n <= PACK_LONGEST)
		buf_put(&b, S("# filler\n"));
	EXPECT(pack_read(cx, buf_str(&b), &p) == ERR_BAD_INPUT && str_find(cx->faults->words, S("1 MiB")) >= 0);
}

static ptrdiff_t
run(struct cx *cx, struct str text, struct case_result **r)
{
	const struct policy *p;
	ptrdiff_t n = -1;

	EXPECT_OK(pack_read(cx, test_file(cx, "src/pack/testdata/pack.yaml"), &p));
	return cases_run(cx, p, text, r, &n) == OK ? n : -1;
}

TEST(cases_that_hold_pass)
{
	struct case_result *r;
	ptrdiff_t n = run(cx, test_file(cx, "src/pack/testdata/pack.cases"), &r);

	EXPECT(n == 5 && r[0].line == 2 && r[1].n_rows == 2);
	EXPECT_STR(r[1].rows[1], S("S-36"));
	EXPECT_STR(r[0].title, S("the manager is away"));
	for (ptrdiff_t i = 0; i < n; i++)
		if (!r[i].passed)
			fail_msg("%.*s", F(r[i].why));
}

/* A runner that passes whatever it is given would be worse than none: each of these must fail, and say how. */
TEST(cases_that_do_not_hold_fail)
{
	static const struct { const char *then, *why; } wrong[] = {
		{ "inform line_manager 2 support hours", "owed instead: inform line_manager immediately" },
		{ "inform line_manager by 2026-11-23T10:00:01Z", "owed instead" },
		{ "inform line_manager, because 4.2-2", "owed instead" },
		{ "inform line_manager, agreed by finance", "owed instead" },
		{ "inform finance", "owed instead" },
		{ "review audit", "owed instead: inform audit" },
		{ "inform audit, as stub", "owed instead" },
		{ "inform line_manager, in full", "owed instead" },
		{ "nothing for line_manager", "owed: inform line_manager" },
		{ "no inform", "owed: inform" },
		{ "no inform for audit", "owed: inform audit" },
		{ "withheld line_manager", "no rule passed" },
		{ "3 duties", "there are 2" },
		{ "means kind: weakness", "it is \"event\"" },
		{ "means major: true", "it is not known" },
		{ "support closed until 2026-11-24T08:00:00Z", "it is open" },
		{ "card wait", "not shown" },
		{ "no card ask_back", "is shown" },
		{ "asks interaction", "is not asked" },
		{ "no question forms", "is asked" },
		{ "question interaction offers money", "does not offer" },
		{ "level p1", "it is p4" },
		{ "warns at 2026-11-23T10:00:00Z", "no duty warns" },
		{ "escalates to audit at 2026-11-23T10:00:00Z", "no duty goes" },
		{ "category wrong_recipient in other", "it is in disclosure" },
		{ "everyday not_sure", "first page" },
		{ "word \"lost\" finds wrong_recipient", "finds nothing" },
		{ "role dpo is mailbox", "it is “post”" },
		{ "role dpo has deputy finance", "no such deputy" },
		{ "role dpo never finance", "it may be" },
		{ "role dpo sees all", "it is “own”" },
		{ "setting prefix is \"REF\"", "it is “INC”" },
	};

	for (ptrdiff_t i = 0; i < COUNT(wrong); i++) {
		struct case_result *r;
		ptrdiff_t n = run(cx,
		    str_fmt(
		        cx, "S-1 a case\n  given category: wrong_recipient, personal_data: yes\n  then %s\n", wrong[i].then),
		    &r);

		if (n != 1 || r[0].passed || str_find(r[0].why, str_of(wrong[i].why)) < 0)
			fail_msg("%s gives %.*s", wrong[i].then, F(n == 1 ? r[0].why : cx->faults->words));
	}
}

TEST(cases_that_are_not_understood_are_faults)
{
	static const struct { const char *text, *words; int line, column; } wrong[] = {
		{ "a case\n  then 1 duties\n", "begins with the rows", 1, 1 },
		{ "S-1 a case\n", "expects nothing", 1, 1 },
		{ "S-1 a case\n  givn x: y\n  then 0 duties\n", "begins with given", 2, 3 },
		{ "S-1 a case\n  given majr: true\n  then 0 duties\n", "did you mean “major”", 2, 9 },
		{ "S-1 a case\n  given kind: event, kind: event\n  then 0 duties\n", "given twice", 2, 22 },
		{ "S-1 a case\n  given kind: evnt\n  then 0 duties\n", "did you mean “event”", 2, 15 },
		{ "S-1 a case\n  given category: elephants\n  then 0 duties\n", "no category", 0, 0 },
		{ "S-1 a case\n  given interaction: [a]\n  then 0 duties\n", "question interaction", 1, 1 },
		{ "S-1 a case\n  at noon\n  then 0 duties\n", "wants a time", 2, 6 },
		{ "S-1 a case\n  then infrm audit\n", "did you mean “inform”", 2, 8 },
		{ "S-1 a case\n  then inform audti\n", "no role “audti”", 2, 15 },
		{ "S-1 a case\n  then inform audit, because 9\n", "no clause “9”", 2, 30 },
		{ "S-1 a case\n  then 2 dutys\n", "should", 2, 10 },
		{ "S-1 a case\n  then card wait please\n", "too much", 2, 18 },
		{ "S-1 a case\n  then setting nothing is x\n", "no setting", 2, 16 },
	};

	for (ptrdiff_t i = 0; i < COUNT(wrong); i++) {
		struct case_result *r;

		EXPECT(run(cx, str_of(wrong[i].text), &r) == -1);
		if (str_find(cx->faults->words, str_of(wrong[i].words)) < 0 || cx->faults->line != wrong[i].line ||
		    cx->faults->column != wrong[i].column)
			fail_msg(
			    "%s gives %d:%d: %.*s", wrong[i].text, cx->faults->line, cx->faults->column, F(cx->faults->words));
		forget(cx);
	}
}
