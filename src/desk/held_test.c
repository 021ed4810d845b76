#include "desk/held.h"

#include "desk/flow.h"
#include <string.h>

/* Somebody with the roles, or who has left. */
static const char *
ada(struct cx *cx, const char *roles, bool active)
{
	return str_fmt(cx, "{\"people\":[{\"person\":\"ada\",\"name\":\"Ada Byron\",\"department\":\"Planning\",\"roles\":[%s],\"active\":%s}]}",
	    roles, active ? "true" : "false").p;
}

static void
told(struct flow *f, const char *roles, bool active)
{
	flow_do(f, S("local"), "people", S(""), ada(f->cx, roles, active));
}

static bool
is(struct cx *cx, struct desk *d, const char *role, const char *department)
{
	bool held;

	EXPECT_OK(held_is(cx, d, str_of(role), str_of(department), &held));
	return held;
}

#define OF "departmental_management_team"
#define TEAM "\"" OF "\""

TEST(held_follows_whoever_gets_a_role_or_leaves)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct desk *d = &f->desk;

	EXPECT(is(cx, d, "internal_audit", "") && !is(cx, d, "internal_audit", "Planning") && !is(cx, d, OF, "Planning"));
	told(f, TEAM, true);
	EXPECT(is(cx, d, OF, "Planning") && !is(cx, d, OF, "") && !is(cx, d, OF, "Highways"));
	told(f, TEAM, false);
	EXPECT(!is(cx, d, OF, "Planning"));
	told(f, TEAM, true);
	EXPECT(is(cx, d, OF, "Planning"));
	told(f, "", true);
	EXPECT(!is(cx, d, OF, "Planning") && is(cx, d, "internal_audit", ""));
	flow_end(f);
}

TEST(held_knows_within_a_batch_and_forgets_what_is_undone)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct desk *d = &f->desk;
	struct js *answer;
	struct str text;

	EXPECT(!is(cx, d, OF, "Planning"));
	EXPECT_OK(desk_begin(cx, d));
	EXPECT_OK(desk_do(cx, d, str_fmt(cx, "{\"command\":\"people\",\"args\":%s}", ada(cx, TEAM, true)), true, false, &text));
	EXPECT_OK(desk_answer(cx, text, &answer));
	EXPECT(is(cx, d, OF, "Planning"));
	desk_undo(d);
	EXPECT_OK(desk_refresh(cx, d));
	EXPECT(!is(cx, d, OF, "Planning"));
	flow_end(f);
}

TEST(held_knows_what_another_node_has_given)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct desk *other = flow_node(f);

	EXPECT(!is(cx, other, OF, "Planning"));
	told(f, TEAM, true);
	EXPECT_OK(desk_begin(cx, other));
	EXPECT_OK(desk_refresh(cx, other));
	EXPECT(is(cx, other, OF, "Planning"));
	EXPECT_OK(desk_end(cx, other));
	flow_end(f);
}

TEST(held_outlives_the_turn_that_asked_first)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct desk d = f->desk;
	struct mark m = cx_mark(cx);

	d.life = cx; /* as a verb has it */
	d.held = (struct held){ .known = false };
	EXPECT(is(cx, &d, "internal_audit", ""));
	cx_back(cx, m);
	memset(NEW(cx, char, 1 << 16), 'x', 1 << 16);
	EXPECT(is(cx, &d, "internal_audit", "") && !is(cx, &d, OF, "Planning"));
	flow_end(f);
}
