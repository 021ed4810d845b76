#include "desk/copy.h"

#include "base/buf.h"
#include "base/code.h"
#include "desk/bundle_out.h"
#include "desk/flow.h"
#include "desk/restore.h"
#include "store/test_db.h"
#include "sys/test_dir.h"
#include <unistd.h>

#define CALL "{\"narrative\":\"A letter went to the wrong house — “Mühlgasse” 7.\",\"facts\":{\"category\":\"wrong_recipient\"," \
	"\"forms\":[\"paper\"],\"personal_data\":\"yes\"},\"line_manager\":\"line_manager\"," \
	"\"reporter\":{\"mode\":\"named\",\"name\":\"Joan Farrier\",\"email\":\"joan@example.net\"}}"

static void
attach(struct flow *f, struct str as, struct str ref, int size)
{
	char *bytes = NEW(f->cx, char, size);

	f->cx->chance(bytes, (size_t)size);
	flow_attach(f, as, ref, id_new(f->cx), (struct str){ bytes, size });
}

/* Something of everything; the session of somebody who is still signed in. */
static struct str
busy(struct flow *f)
{
	struct str audit = flow_sign_in(f, "internal_audit"), ref;

	for (int i = 0; i < 5; i++) {
		ref = js_str(flow_do(f, S(""), "report", S(""), CALL), S("ref"));
		flow_do(f, audit, "triage", ref, "{\"assessed\":\"incident\",\"reasons\":\"Opened.\",\"next\":\"Fetch it.\"}");
		flow_do(f, audit, "message", ref, "{\"words\":\"Thank you.\"}");
	}
	attach(f, audit, ref, 0);
	attach(f, audit, ref, 700000);
	flow_do(f, audit, "assign", ref, "{\"person\":\"rita\"}");
	flow_do(f, S("local"), "settings", S(""), "{\"set\":{\"mail_from\":\"a@example.org\"}}");
	flow_do(f, S("local"), "systems", S(""), "{\"systems\":[{\"system\":\"rent\",\"title\":\"Rent\",\"owner\":\"rita\"}]}");
	flow_do(f, S("local"), "add_token", S(""), "{\"person\":\"rita\"}");
	flow_do(f, audit, "set_password", S(""), "{\"password\":\"a long and quiet river\"}");
	flow_do(f, S("local"), "make_link", S(""), "{\"person\":\"boss\"}");
	return audit;
}

static struct str
views(struct flow *f)
{
	struct buf all = buf_new(f->cx);
	struct cx *cx = f->cx;

	flow_index(f);
	EXPECT_OK(db_dump_views(cx, f->desk.db, &all));
	return buf_str(&all);
}

/* Every file below a folder, one behind the other. */
static void
put_folder(struct cx *cx, struct buf *all, int dir, struct str folder)
{
	struct str *names, bytes;
	ptrdiff_t n;

	EXPECT_OK(files_list(cx, dir, folder, &names, &n));
	for (ptrdiff_t i = 0; i < n; i++) {
		struct str name = str_fmt(cx, "%.*s/%.*s", F(folder), F(names[i]));

		if (files_read(cx, dir, name, 1 << 24, &bytes) == OK)
			buf_fmt(all, "%.*s: %.*s\n", F(names[i]), F(hex_of(cx, bytes.p, bytes.n)));
		else
			put_folder(cx, all, dir, name);
	}
}

/* What an auditor gets of a log up to there, all files in one. */
static struct str
bundle(struct flow *f, int64_t log, uint64_t size, struct str name)
{
	struct buf all = buf_new(f->cx);
	struct cx *cx = f->cx;
	struct bundle_out told;
	int dir;

	EXPECT_OK(bundle_out_place(cx, flow_beside(f, name.p), &dir));
	EXPECT_OK(bundle_out_full(cx, &f->desk, log, size, dir, &told));
	EXPECT(told.records == size);
	put_folder(cx, &all, FILES_HERE, flow_beside(f, name.p));
	return buf_str(&all);
}

/* Two logs, as a restore leaves them; on PostgreSQL the second is in an SQLite file, for a restore makes one. */
static void
restore(struct flow *f)
{
	struct cx *cx = f->cx;
	struct restore_ask ask = { .from = flow_beside(f, "backup"), .keys = f->path, .data = flow_beside(f, "restored") };
	struct restore_done done;
	struct backup_made made;

	flow_backup(f, ask.from, &made);
	EXPECT_OK(restore_run(cx, &ask, &done));
	flow_move(f, ask.data);
}

/* The flow goes on in a copy at `to`, which is in all the same. */
static void
move(struct flow *f, const char *name, struct str to)
{
	struct cx *cx = f->cx;
	struct copy_ask ask = { .from = f->path, .data = flow_beside(f, name), .to = to };
	struct str note = flow_sign(f), was = views(f), bundles[2], again;
	uint64_t sizes[2] = { (uint64_t)f->desk.journal.first, f->desk.journal.tree.size };
	int64_t logs = f->desk.journal.log;
	struct copy_done done;

	for (int64_t i = logs > 1 ? 0 : 1; i < 2; i++)
		bundles[i] = bundle(f, i + logs - 1, sizes[i], str_fmt(cx, "%s-%d-was", name, (int)i));
	EXPECT_OK(copy_run(cx, &ask, &done));
	EXPECT_STR(done.checkpoint, note);
	EXPECT(done.files == 2 && !done.was_there);
	EXPECT(done.records == f->desk.journal.first + (int64_t)f->desk.journal.tree.size);
	flow_move(f, ask.data);
	EXPECT(f->desk.journal.log == logs);
	EXPECT_STR(views(f), was);
	for (int64_t i = logs > 1 ? 0 : 1; i < 2; i++) {
		again = bundle(f, i + logs - 1, sizes[i], str_fmt(cx, "%s-%d-is", name, (int)i));
		EXPECT_STR(again, bundles[i]);
	}
}

TEST(a_body_moves_from_one_database_to_another_and_back)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str session, old;
	struct desk again;

	busy(f);
	restore(f);
	session = flow_sign_in(f, "internal_audit");
	old = f->path;
	move(f, "there", test_db(cx));
	/* whoever was signed in still is; keys, tokens and the signer's own memory came along */
	flow_do(f, session, "note", js_str(flow_do(f, S(""), "report", S(""), CALL), S("ref")), "{\"words\":\"In the copy.\"}");
	flow_sign(f);
	/* nobody goes on with the same journal in the old place */
	cx->why[0] = 0;
	EXPECT(desk_open(&f->life, old, true, &again) == ERR_CONFLICT);
	EXPECT(str_find(str_of(f->life.why), flow_beside(f, "there")) >= 0);
	f->life.why[0] = 0;
	move(f, "back", S(""));
	flow_do(f, session, "note", js_str(flow_do(f, S(""), "report", S(""), CALL), S("ref")), "{\"words\":\"And back.\"}");
	flow_end(f);
}

TEST(a_copy_is_refused_where_it_would_spoil_something)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str db = test_db(cx), other = flow_beside(f, "other"), yaml = test_file(cx, "policy/hmcts/pack.yaml");
	struct copy_ask ask = { .from = f->path, .data = flow_beside(f, "new"), .to = db };
	struct copy_done done;
	int lock;

	flow_sign(f);
	EXPECT_OK(files_lock(cx, f->desk.dir, &lock));
	EXPECT(copy_run(cx, &ask, &done) == ERR_BUSY); /* a server runs */
	close(lock);
	ask.from = flow_beside(f, "nothing");
	EXPECT(copy_run(cx, &ask, &done) == ERR_NOT_FOUND);
	ask.from = f->path;
	EXPECT_OK(desk_create(cx, other, db, S("test.example/log"), yaml));
	if (db.n) {
		EXPECT(copy_run(cx, &ask, &done) == ERR_CONFLICT); /* another journal of that name is in the database */
		EXPECT(str_find(str_of(cx->why), S("test.example/log is in that database already, as its body 1")) >= 0);
		EXPECT(flow_nothing_at(f, ask.data));
	}
	ask.to = S("");
	ask.data = other;
	EXPECT(copy_run(cx, &ask, &done) == ERR_CONFLICT); /* the directory is somebody's */
	ask.data = flow_beside(f, "new");
	EXPECT_OK(files_write(cx, f->desk.dir, S("db/moved"), 0600, S("/elsewhere\n")));
	EXPECT(copy_run(cx, &ask, &done) == ERR_CONFLICT);
	EXPECT_OK(files_remove(cx, f->desk.dir, S("db/moved")));
	EXPECT(flow_nothing_at(f, ask.data));
	EXPECT_OK(copy_run(cx, &ask, &done));
	flow_end(f);
}

/* Rows that no entry made, entries and files that are not as they were: each is found before anything counts. */
TEST(a_copy_of_what_does_not_hold_is_no_copy)
{
	static const struct { const char *damage, *undo; struct str says; } damages[] = {
		{ "UPDATE case_view SET level = level || 'x'", "UPDATE case_view SET level = substr(level, 1, length(level) - 1)",
			{ "case_view", 9 } },
		{ "UPDATE head SET size = size - 1", "UPDATE head SET size = size + 1", { "does not fit", 12 } },
		{ "UPDATE data_key SET case_id = dek_id WHERE purpose = 1", "SELECT 1", { "data key", 8 } },
	};
	struct flow *f = flow_start(cx, S("st-helens"));
	struct copy_ask ask = { .from = f->path, .data = flow_beside(f, "new"), .to = test_db(cx) };
	struct str place;
	struct copy_done done;

	busy(f);
	flow_sign(f);
	EXPECT_OK(desk_place(cx, f->path, f->desk.dir, &place));
	cx_end(&f->life);
	for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
		test_db_tell(cx, place, damages[i].damage);
		EXPECT(copy_run(cx, &ask, &done) == ERR_TAMPERED);
		if (str_find(str_of(cx->why), damages[i].says) < 0)
			fail_msg("%s: %s", damages[i].damage, cx->why);
		EXPECT(flow_nothing_at(f, ask.data));
		test_db_tell(cx, place, damages[i].undo);
	}
}

/* Killed between the last commit and the last name: the next one finds everything in the database and makes the directory. */
TEST(a_copy_that_lost_only_its_directory_is_finished_by_the_next)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct copy_ask ask = { .from = f->path, .data = flow_beside(f, "new"), .to = test_db(cx) };
	struct copy_done done;

	busy(f);
	flow_sign(f);
	if (!ask.to.n) /* in a file everything is in the directory */
		goto end;
	EXPECT_OK(copy_run(cx, &ask, &done));
	EXPECT_OK(files_remove(cx, f->desk.dir, S("db/moved")));
	ask.data = flow_beside(f, "again");
	EXPECT_OK(copy_run(cx, &ask, &done));
	EXPECT(done.was_there && done.files == 2);
	flow_move(f, ask.data);
	flow_do(f, S(""), "report", S(""), CALL);
	flow_sign(f);
	/* but what has gone on there since is another journal's future */
	EXPECT_OK(files_remove(cx, FILES_HERE, str_fmt(cx, "%.*s/db/moved", F(ask.from))));
	ask.data = flow_beside(f, "third");
	EXPECT(copy_run(cx, &ask, &done) == ERR_CONFLICT);
end:
	flow_end(f);
}
