#include "desk/batch.h"

#include "desk/flow.h"

enum { LETTERS = 4, BAD = 2 };

/* A desk on which one command cannot be done, for a reason that undoes the whole batch. */
struct weather {
	struct desk *desk;
	const struct batch_one *bad;
	enum err how;
	int runs;
	struct batch_one **late;     /* comes while others are done */
	int n_late;
};

static enum err
run(struct cx *cx, void *arg, struct batch_one *one)
{
	struct weather *w = arg;

	w->runs++;
	if (one == w->bad)
		return (fail)(cx, w->how, "the weather is bad");
	return desk_do(cx, w->desk, one->request, one->local, one->clerk, &one->answer);
}

static void
letters(struct cx *cx, struct batch_one *all, struct batch_one **at)
{
	for (int i = 0; i < LETTERS; i++) {
		all[i] = (struct batch_one){ .request = str_fmt(cx, "{\"id\":\"%032x\",\"command\":\"report\",\"args\":{\"narrative\":"
		    "\"letter %d\",\"facts\":{\"category\":\"wrong_recipient\"}}}", 0xabc0 + i, i) };
		at[i] = &all[i];
	}
}

static bool
is_ok(struct cx *cx, const struct batch_one *one, enum err *e)
{
	struct js *ok;

	*e = desk_answer(cx, one->answer, &ok);
	return *e == OK;
}

TEST(a_batch_that_is_lost_is_done_one_by_one)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct batch_one all[LETTERS], *at[LETTERS];
	struct weather w = { &f->desk, &all[BAD], ERR_NO_ROOM };
	struct batch b = { .desk = &f->desk, .run = run, .arg = &w };
	uint64_t before = f->desk.journal.tree.size;
	enum err e;
	int done;

	letters(cx, all, at);
	for (int from = 0; from < LETTERS; from += done) {
		EXPECT_OK(batch_do(cx, &b, at + from, LETTERS - from, &done));
		EXPECT(done == 1);
	}
	EXPECT(w.runs == BAD + 1 + LETTERS && b.alone == 0);
	for (int i = 0; i < LETTERS; i++)
		EXPECT(is_ok(cx, &all[i], &e) == (i != BAD));
	EXPECT(!is_ok(cx, &all[BAD], &e) && e == ERR_NO_ROOM);
	EXPECT(f->desk.journal.tree.size == before + LETTERS - 1);
	w.bad = NULL;
	EXPECT_OK(batch_do(cx, &b, at, LETTERS, &done));
	EXPECT(done == LETTERS && is_ok(cx, &all[BAD], &e));
	EXPECT(f->desk.journal.tree.size == before + LETTERS);
	flow_end(f);
}

TEST(after_a_sync_that_failed_nobody_is_answered)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct batch_one all[LETTERS], *at[LETTERS];
	struct weather w = { &f->desk, &all[BAD], ERR_SYNC };
	struct batch b = { .desk = &f->desk, .run = run, .arg = &w };
	uint64_t before = f->desk.journal.tree.size;
	int done;

	letters(cx, all, at);
	EXPECT(batch_do(cx, &b, at, LETTERS, &done) == ERR_SYNC);
	EXPECT(w.runs == BAD + 1);
	EXPECT(f->desk.journal.tree.size == before);
	flow_end(f);
}

TEST(a_command_that_fails_after_it_has_changed_something_takes_nothing_else_with_it)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct batch_one all[LETTERS], *at[LETTERS];
	struct batch b = { .desk = &f->desk };
	uint64_t before = f->desk.journal.tree.size;
	struct row_data_key_get *row;
	struct id object = { { 0xab } };
	enum err e;
	int done;

	letters(cx, all, at);
	/* its key is kept before it turns out that the spool has no such file */
	all[BAD].request = str_fmt(cx, "{\"command\":\"upload\",\"args\":{\"object\":\"%.*s\",\"key\":\"%064d\"}}",
	    F(id_hex(cx, object)), 7);
	for (int from = 0; from < LETTERS; from += done)
		EXPECT_OK(batch_do(cx, &b, at + from, LETTERS - from, &done));
	for (int i = 0; i < LETTERS; i++)
		EXPECT(is_ok(cx, &all[i], &e) == (i != BAD));
	EXPECT(!is_ok(cx, &all[BAD], &e) && e == ERR_NOT_FOUND);
	EXPECT_OK(sql_data_key_get(cx, f->desk.db, object, &row));
	EXPECT(row == NULL && f->desk.journal.tree.size == before + LETTERS - 1);
	flow_end(f);
}

TEST(a_refusal_changes_nothing_and_costs_nobody_else_their_batch)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct batch_one all[LETTERS], *at[LETTERS];
	struct batch b = { .desk = &f->desk };
	enum err e;
	int done;

	letters(cx, all, at);
	all[BAD].request = S("{\"command\":\"report\",\"args\":{\"narrative\":\"\"}}");
	EXPECT_OK(batch_do(cx, &b, at, LETTERS, &done));
	EXPECT(done == LETTERS && b.alone == 0);
	for (int i = 0; i < LETTERS; i++)
		EXPECT(is_ok(cx, &all[i], &e) == (i != BAD));
	flow_end(f);
}

static int
come_late(void *arg, struct batch_one **all, int n)
{
	struct weather *w = arg;

	while (w->n_late) {
		all[n++] = *w->late++;
		w->n_late--;
	}
	return n;
}

TEST(who_comes_while_others_are_done_joins_their_commit)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct batch_one all[LETTERS], *at[LETTERS], *in[LETTERS];
	struct weather w = { .desk = &f->desk, .late = at + 1, .n_late = LETTERS - 1 };
	struct batch b = { .desk = &f->desk, .run = run, .more = come_late, .arg = &w };
	enum err e;
	int done;

	letters(cx, all, at);
	in[0] = at[0];
	EXPECT_OK(batch_do(cx, &b, in, 1, &done));
	EXPECT(done == LETTERS && w.runs == LETTERS);
	for (int i = 0; i < LETTERS; i++)
		EXPECT(in[i] == at[i] && is_ok(cx, &all[i], &e));
	flow_end(f);
}

TEST(a_batch_that_others_have_joined_is_done_one_by_one_when_it_is_lost)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct batch_one all[LETTERS], *at[LETTERS], *in[LETTERS];
	struct weather w = { &f->desk, &all[BAD], ERR_NO_ROOM, 0, at + 1, LETTERS - 1 };
	struct batch b = { .desk = &f->desk, .run = run, .more = come_late, .arg = &w };
	enum err e;
	int done;

	letters(cx, all, at);
	in[0] = at[0];
	EXPECT_OK(batch_do(cx, &b, in, 1, &done));
	EXPECT(done == 1 && b.alone > 0);
	for (int from = 1; from < LETTERS; from += done)
		EXPECT_OK(batch_do(cx, &b, at + from, LETTERS - from, &done));
	for (int i = 0; i < LETTERS; i++)
		EXPECT(is_ok(cx, &all[i], &e) == (i != BAD));
	flow_end(f);
}

TEST(a_turn_that_ended_in_the_middle_of_signing_takes_nothing_with_it)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct batch_one all[LETTERS], *at[LETTERS];
	struct batch b = { .desk = &f->desk };
	uint64_t before = f->desk.journal.tree.size;
	int done;

	letters(cx, all, at);
	EXPECT_OK(batch_do(cx, &b, at, 2, &done));
	EXPECT_OK(db_begin(cx, f->desk.db)); /* as desk_sign leaves it when the arena is full */
	EXPECT_OK(batch_do(cx, &b, at + 2, 2, &done));
	EXPECT(f->desk.journal.tree.size == before + LETTERS);
	flow_end(f);
}
