#include "desk/flow.h"

#include "desk/ask_org.h"
#include "desk/roster.h"

static const struct actor admin = { .admin = true, .local = true };

TEST(a_list_of_people_says_each_fault_by_line_and_column)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct roster t;

	EXPECT(roster_read(cx, &f->desk, S("person,name,email,manager,roles,active\n"
	    "ann,Ann,ann@example.org,rita,internal_audit,yes\n"
	    "bob,,not-an-address,nobody,internal_audti,maybe\n"
	    "ann,Ann again,,,,\n"), &t) == ERR_BAD_INPUT);
	EXPECT(cx->n_faults == 6);
	EXPECT(cx->faults->line == 3 && cx->faults->column == 2);
	EXPECT_STR(cx->faults->words, S("name: is empty"));
	for (const struct fault *g = cx->faults; g; g = g->next)
		if (str_eq(g->rule, S("unknown-role")))
			EXPECT(g->line == 3 && g->column == 5 && str_find(g->words, S("internal_audit")) > 0);
	cx->faults = NULL;
	cx->n_faults = 0;
	EXPECT(roster_read(cx, &f->desk, S("persn,name\nx,y\n"), &t) == ERR_BAD_INPUT);
	EXPECT(cx->n_faults == 2);
	cx->faults = NULL;
	cx->n_faults = 0;
	flow_end(f);
}

TEST(a_list_of_people_says_what_would_change_and_changes_nothing_that_it_does_not_name)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct roster_change *c;
	struct ask_member m;
	struct roster t;
	struct js *p;

	EXPECT_OK(roster_read(cx, &f->desk, S("person,name,manager,active\n"
	    "new.one,New One,new.boss,yes\nrita,Rita Porter,line_manager,no\nnew.boss,New Boss,,yes\nboss,Bo Smythe,,yes\n"
	    "dpo,A dpo,,yes\n"), &t));
	EXPECT_OK(roster_changes(cx, &t, &c));
	EXPECT_STR(c[0].person, S("new.boss")); /* before the one whose manager that is */
	EXPECT(c[0].does == ROSTER_NEW && c[1].does == ROSTER_NEW && c[2].does == ROSTER_LEAVES);
	EXPECT(c[3].does == ROSTER_CHANGED && c[4].does == ROSTER_SAME);
	EXPECT_STR(c[3].detail, S("name: Bo Smith → Bo Smythe"));
	EXPECT_OK(roster_person(cx, &t, 1, &p));
	EXPECT_STR(js_str(p, S("email")), S("rita@example.org"));
	EXPECT(!js_get(p, S("roles")) && !js_true(p, S("active")));
	EXPECT_OK(ask_member(cx, &f->desk, &admin, S("rita@example.org"), &m));
	EXPECT_STR(m.person, S("rita"));
	EXPECT(m.active);
	flow_end(f);
}

TEST(a_list_that_takes_a_role_away_says_so)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct roster_change *c;
	struct roster t;

	EXPECT_OK(roster_read(cx, &f->desk, S("person,name,department,roles\nboss,Bo Smith,Planning,internal_audit; hr\n"
	    "hr,A hr,Housing,hr\n"), &t));
	EXPECT_OK(roster_changes(cx, &t, &c));
	EXPECT_STR(c[0].detail, S("gains internal_audit; gains hr; loses admin"));
	EXPECT(c[1].does == ROSTER_SAME);
	flow_end(f);
}

TEST(questions_about_the_organisation_are_for_administrators)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct actor nobody = { .admin = false };
	struct ask_member *members;
	struct ask_health health;
	struct ask_post *posts;
	struct str next;
	ptrdiff_t n;

	EXPECT(ask_members(cx, &f->desk, &nobody, S(""), S(""), 5, &members, &n, &next) == ERR_DENIED);
	EXPECT(ask_health(cx, &f->desk, &nobody, &health) == ERR_DENIED);
	EXPECT_OK(ask_members(cx, &f->desk, &admin, S(""), S(""), 5, &members, &n, &next));
	EXPECT(n == 5);
	EXPECT_STR(next, members[4].person);
	EXPECT_OK(ask_members(cx, &f->desk, &admin, S("RITA housing"), S(""), 5, &members, &n, &next));
	EXPECT(n == 1 && next.n == 0);
	EXPECT_STR(members[0].person, S("rita"));
	EXPECT_OK(ask_posts(cx, &f->desk, &admin, &posts, &n));
	EXPECT(n > 5 && posts[0].n == 1);
	EXPECT_OK(ask_health(cx, &f->desk, &admin, &health));
	EXPECT(health.entries > 10 && health.room > 0);
	flow_end(f);
}
