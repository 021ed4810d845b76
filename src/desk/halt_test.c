#include "desk/halt.h"

#include "desk/doctor.h"
#include "desk/flow.h"
#include "desk/restore.h"
#include "store/recall.h"
#include "store/test_db.h"
#include <stdlib.h>

#define LETTER "{\"command\":\"report\",\"args\":{\"narrative\":\"A letter went astray.\",\"facts\":{\"category\":\"wrong_recipient\"}}}"
#define REST "DELETE FROM entry WHERE seq >= (SELECT size FROM old_head); DELETE FROM payload WHERE seq >= (SELECT size FROM " \
	"old_head); DELETE FROM checkpoint WHERE size > (SELECT size FROM old_head); DELETE FROM node WHERE (at + 1) * 256 > (SELECT " \
	"size FROM old_head); DELETE FROM head; INSERT INTO head SELECT * FROM old_head; DROP TABLE old_head"

/* What a standby has that is behind. */
static void
remember(struct cx *cx, struct flow *f)
{
	test_db_tell(cx, flow_place(f), "CREATE TABLE old_head AS SELECT * FROM head");
}

/* That standby takes over. */
static void
lose(struct cx *cx, struct flow *f)
{
	test_db_tell(cx, flow_place(f), getenv("TOCSIN_PG") ? "SET session_replication_role = replica; " REST :
	    "DROP TRIGGER entry_lasts; DROP TRIGGER payload_lasts; DROP TRIGGER checkpoint_lasts; " REST);
}

static enum err
say(struct cx *cx, struct desk *d, const char *request)
{
	struct js *r, *answer;

	TRY(js_read(cx, str_of(request), &r));
	return desk_do_now(cx, d, r, true, &answer);
}

static void
start_again(struct cx *cx, struct flow *f)
{
	EXPECT_OK(desk_open(&f->life, f->path, true, &f->desk));
	f->desk.is_gate = true;
}

static struct str
sign(struct cx *cx, struct flow *f)
{
	struct str note;

	EXPECT_OK(desk_sign(cx, &f->desk, &note));
	return note;
}

static bool
doctor_is_red(struct cx *cx, struct flow *f)
{
	struct doctor_line *l;
	struct desk reader;

	EXPECT_OK(desk_open(&f->life, f->path, false, &reader));
	EXPECT_OK(doctor_examine(cx, &reader, false, &l));
	for (; l; l = l->next)
		if (l->state == DOCTOR_BAD && str_find(l->words, S("--as-it-stands")) >= 0)
			return reader.halt.is;
	EXPECT(!reader.halt.is);
	return false;
}

static struct restore_done
restore(struct cx *cx, struct flow *f)
{
	struct restore_ask ask = { .data = f->path };
	struct restore_done done;

	EXPECT_OK(restore_here(cx, &ask, &done));
	return done;
}

TEST(a_process_that_finds_less_than_it_wrote_takes_in_nothing_new)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct restore_done done;
	uint64_t kept;

	EXPECT_OK(say(cx, &f->desk, LETTER));
	sign(cx, f);
	EXPECT(!doctor_is_red(cx, f));
	kept = f->desk.journal.tree.size;
	remember(cx, f);
	for (int i = 0; i < 3; i++)
		EXPECT_OK(say(cx, &f->desk, LETTER));
	sign(cx, f);
	lose(cx, f);
	EXPECT(say(cx, &f->desk, LETTER) == ERR_HALTED);
	EXPECT(say(cx, &f->desk, LETTER) == ERR_HALTED);
	EXPECT(say(cx, &f->desk, "{\"command\":\"download\"}") == ERR_HALTED); /* what cannot be entered is not shown */
	EXPECT(f->desk.journal.tree.size == kept);
	EXPECT_OK(say(cx, &f->desk, "{\"command\":\"sweep\"}")); /* what leaves no entry goes on: people sign in and read */
	EXPECT(sign(cx, f).n == 0);
	EXPECT(doctor_is_red(cx, f));
	done = restore(cx, f);
	EXPECT(done.lost == 3 && done.known);
	EXPECT_STR(done.over, S("test.example/log"));
	EXPECT_STR(done.origin, S("test.example/log/2"));
	start_again(cx, f);
	EXPECT(!f->desk.halt.is && f->desk.journal.first == (int64_t)kept);
	EXPECT(!doctor_is_red(cx, f));
	EXPECT_OK(say(cx, &f->desk, LETTER));
	EXPECT(sign(cx, f).n > 0);
	flow_end(f);
}

TEST(whoever_starts_on_less_than_was_signed_or_committed_takes_in_nothing_new)
{
	struct flow *f = flow_start(cx, S("st-helens"));

	sign(cx, f);
	remember(cx, f);
	EXPECT_OK(say(cx, &f->desk, LETTER));
	sign(cx, f);
	lose(cx, f);
	start_again(cx, f);
	EXPECT(f->desk.halt.is && say(cx, &f->desk, LETTER) == ERR_HALTED);
	EXPECT(restore(cx, f).lost == 1);
	start_again(cx, f);
	remember(cx, f);
	EXPECT_OK(say(cx, &f->desk, LETTER));
	EXPECT_OK(say(cx, &f->desk, LETTER));
	recall_committed(cx, &f->desk.journal, f->desk.dir); /* nobody has signed them */
	start_again(cx, f);
	EXPECT(!f->desk.halt.is);
	flow_end(f);
}

TEST(what_was_committed_and_never_signed_is_missed_too)
{
	struct flow *f = flow_start(cx, S("st-helens"));

	sign(cx, f);
	remember(cx, f);
	EXPECT_OK(say(cx, &f->desk, LETTER));
	EXPECT_OK(say(cx, &f->desk, LETTER));
	recall_committed(cx, &f->desk.journal, f->desk.dir);
	lose(cx, f);
	start_again(cx, f);
	EXPECT(f->desk.halt.is && say(cx, &f->desk, LETTER) == ERR_HALTED);
	EXPECT(restore(cx, f).lost == 2);
	start_again(cx, f);
	EXPECT_OK(say(cx, &f->desk, LETTER));
	flow_end(f);
}

TEST(every_node_is_read_only_with_the_one_that_noticed_and_goes_on_with_the_one_that_restored)
{
	struct flow *f;
	struct desk *other;

	if (!getenv("TOCSIN_PG")) {
		printf("SKIP: there is no PostgreSQL here for several nodes\n");
		skip();
	}
	f = flow_start(cx, S("st-helens"));
	other = flow_node(f);
	EXPECT_OK(say(cx, other, LETTER));
	sign(cx, f);
	remember(cx, f);
	EXPECT_OK(say(cx, other, LETTER));
	lose(cx, f);
	EXPECT(say(cx, other, LETTER) == ERR_HALTED && say(cx, &f->desk, LETTER) == ERR_HALTED);
	EXPECT_STR(str_of(f->desk.halt.why), str_of(other->halt.why));
	EXPECT(restore(cx, f).lost == 1); /* nobody had signed it, but the other node knew of it and said so */
	EXPECT(say(cx, other, LETTER) == ERR_SYNC);
	start_again(cx, f);
	EXPECT_OK(desk_open(&f->life, str_fmt(cx, "%.*s/../node-0", F(f->path)), true, other));
	EXPECT(!other->halt.is);
	EXPECT_OK(say(cx, other, LETTER));
	EXPECT_OK(say(cx, &f->desk, LETTER));
	flow_end(f);
}

/* Another had taken over that knew of nothing, and went on with other records under the same numbers. */
TEST(a_journal_that_has_parted_from_what_was_signed_here_is_not_gone_on_with)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct restore_ask ask = { .data = f->path };
	struct restore_done done;
	struct str signed_here;

	sign(cx, f);
	remember(cx, f);
	EXPECT_OK(say(cx, &f->desk, LETTER));
	sign(cx, f);
	EXPECT_OK(files_read(cx, f->desk.dir, S("keys/signed"), 4096, &signed_here));
	lose(cx, f);
	EXPECT_OK(files_remove(cx, f->desk.dir, S("keys/signed")));
	EXPECT_OK(files_remove(cx, f->desk.dir, S("db/committed")));
	start_again(cx, f);
	for (int i = 0; i < 3; i++)
		EXPECT_OK(say(cx, &f->desk, LETTER));
	EXPECT_OK(files_write(cx, f->desk.dir, S("keys/signed"), 0600, signed_here));
	start_again(cx, f);
	EXPECT(f->desk.halt.is && say(cx, &f->desk, LETTER) == ERR_HALTED);
	EXPECT(restore_here(cx, &ask, &done) == ERR_TAMPERED && strstr(cx->why, "does not agree with the checkpoint of test.example/log"));
	cx_end(&f->life);
}

TEST(where_nothing_is_lost_there_is_nothing_to_restore)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct restore_ask ask = { .data = f->path };
	struct restore_done done;

	EXPECT_OK(say(cx, &f->desk, LETTER));
	sign(cx, f);
	EXPECT(restore_here(cx, &ask, &done) == ERR_CONFLICT);
	start_again(cx, f);
	flow_end(f);
}
