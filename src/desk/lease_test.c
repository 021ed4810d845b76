#include "desk/lease.h"

#include "desk/batch.h"
#include "desk/flow.h"
#include "store/test_db.h"
#include "sys/files.h"
#include <stdlib.h>

#define LETTER "{\"command\":\"report\",\"args\":{\"narrative\":\"A letter went astray.\",\"facts\":{\"category\":\"wrong_recipient\"}}}"

/* Two nodes there are on a database that is shared alone. */
static struct flow *
start(struct cx *cx)
{
	if (!getenv("TOCSIN_PG")) {
		printf("SKIP: there is no PostgreSQL here for several nodes\n");
		skip();
	}
	return flow_start(cx, S("st-helens"));
}

static enum err
say(struct cx *cx, struct desk *d, const char *request, bool clerk, struct js **answer)
{
	struct str text;

	TRY(desk_begin(cx, d));
	TRY(desk_do(cx, d, str_of(request), !clerk, clerk, &text));
	TRY(desk_end(cx, d));
	return desk_answer(cx, text, answer);
}

static bool
is_clerk(struct cx *cx, struct desk *d)
{
	struct js *answer;

	EXPECT_OK(say(cx, d, "{\"command\":\"be_clerk\"}", true, &answer));
	return js_true(answer, S("ours"));
}

static bool
signs(struct cx *cx, struct desk *d)
{
	struct str note;

	EXPECT_OK(desk_sign(cx, d, &note));
	return note.n > 0;
}

static uint64_t
signed_size(struct cx *cx, struct desk *d)
{
	struct checkpoint c;
	struct str text;

	EXPECT_OK(files_read(cx, d->dir, S("keys/signed"), 4096, &text));
	EXPECT_OK(checkpoint_read(cx, text, &c));
	return c.size;
}

static void
end_leases(struct cx *cx, struct flow *f)
{
	test_db_tell(cx, flow_place(f), "UPDATE lease SET until = 1");
}

TEST(one_node_signs_what_both_have_written_and_another_takes_over_where_it_left)
{
	struct flow *f = start(cx);
	struct desk *other = flow_node(f);
	struct js *answer;

	EXPECT_OK(say(cx, &f->desk, LETTER, false, &answer));
	EXPECT_OK(say(cx, other, LETTER, false, &answer));
	EXPECT(signs(cx, &f->desk) && !signs(cx, other));
	EXPECT(signed_size(cx, &f->desk) == other->journal.tree.size);
	EXPECT_OK(say(cx, other, LETTER, false, &answer));
	EXPECT(!signs(cx, other) && signs(cx, &f->desk));
	EXPECT_OK(lease_leave(cx, &f->desk));
	EXPECT_OK(say(cx, &f->desk, LETTER, false, &answer));
	EXPECT(signs(cx, other) && !signs(cx, &f->desk));
	EXPECT(signed_size(cx, other) == f->desk.journal.tree.size && signed_size(cx, &f->desk) < signed_size(cx, other));
	end_leases(cx, f);
	EXPECT(signs(cx, &f->desk) && !signs(cx, other));
	EXPECT(signed_size(cx, &f->desk) == signed_size(cx, other));
	flow_end(f);
}

TEST(a_lease_is_written_again_only_when_it_grows_old)
{
	struct flow *f = start(cx);
	bool ours, wanted;
	int64_t before;

	EXPECT_OK(lease_look(cx, &f->desk, LEASE_CLERK, &wanted));
	EXPECT(wanted && is_clerk(cx, &f->desk));
	before = db_rows_written(f->desk.db);
	EXPECT(is_clerk(cx, &f->desk));
	EXPECT_OK(lease_look(cx, &f->desk, LEASE_CLERK, &wanted));
	EXPECT(!wanted && db_rows_written(f->desk.db) == before);
	test_db_tell(cx, flow_place(f), "UPDATE lease SET until = until - 15000000");
	EXPECT_OK(lease_look(cx, &f->desk, LEASE_CLERK, &wanted));
	EXPECT(wanted);
	EXPECT_OK(desk_begin(cx, &f->desk));
	EXPECT_OK(lease_hold(cx, &f->desk, LEASE_CLERK, &ours));
	EXPECT_OK(desk_end(cx, &f->desk));
	EXPECT(ours && db_rows_written(f->desk.db) == before + 1);
	flow_end(f);
}

TEST(a_clerk_whose_lease_has_ended_does_nothing_any_more)
{
	struct flow *f = start(cx);
	struct desk *other = flow_node(f);
	struct js *answer;

	EXPECT(is_clerk(cx, &f->desk) && !is_clerk(cx, other));
	EXPECT(say(cx, other, "{\"command\":\"tick\"}", true, &answer) == ERR_CONFLICT);
	EXPECT_OK(say(cx, &f->desk, "{\"command\":\"tick\"}", true, &answer));
	end_leases(cx, f);
	EXPECT(is_clerk(cx, other) && !is_clerk(cx, &f->desk));
	EXPECT_OK(say(cx, other, "{\"command\":\"tick\"}", true, &answer));
	EXPECT(say(cx, &f->desk, "{\"command\":\"delivered\",\"args\":{\"upto\":1}}", true, &answer) == ERR_CONFLICT);
	flow_end(f);
}

TEST(an_export_makes_its_node_the_signer_and_is_signed_exactly_there)
{
	struct flow *f = start(cx);
	struct desk *other = flow_node(f);
	struct row_checkpoint_of *there;
	struct row_checkpoint_last *last;
	struct js *answer;
	struct str note;
	int64_t size;

	EXPECT(signs(cx, &f->desk));
	EXPECT_OK(say(cx, other, "{\"command\":\"export\",\"args\":{\"mode\":\"full\"}}", false, &answer));
	size = js_int(answer, S("size"), 0);
	EXPECT_OK(say(cx, &f->desk, LETTER, false, &answer)); /* between the export and its signature */
	EXPECT(!signs(cx, &f->desk));
	EXPECT_OK(desk_sign_export(cx, other, &note));
	EXPECT_OK(sql_checkpoint_last(cx, other->db, other->journal.log, &last));
	EXPECT(last->size == size);
	EXPECT_OK(sql_checkpoint_of(cx, other->db, other->journal.log, size, &there));
	EXPECT_STR(there->note, note);
	EXPECT(signs(cx, other) && signed_size(cx, other) == f->desk.journal.tree.size);
	EXPECT_OK(say(cx, &f->desk, "{\"command\":\"export\",\"args\":{\"mode\":\"full\"}}", false, &answer));
	EXPECT_OK(say(cx, other, LETTER, false, &answer));
	end_leases(cx, f);
	EXPECT(signs(cx, other));
	EXPECT(desk_sign_export(cx, &f->desk, &note) == ERR_BUSY); /* it was stopped for so long that another went on */
	flow_end(f);
}

TEST(what_another_node_has_set_is_known_to_the_next_command)
{
	struct flow *f = start(cx);
	struct desk *other = flow_node(f);
	struct js *answer;

	EXPECT_OK(say(cx, other, LETTER, false, &answer));
	flow_do(f, S("local"), "settings", S(""), "{\"set\":{\"org_name\":\"Kestrel Council\"}}");
	EXPECT_OK(say(cx, other, LETTER, false, &answer));
	EXPECT_STR(desk_setting(other, S("org_name"), S("")), S("Kestrel Council"));
	flow_end(f);
}
