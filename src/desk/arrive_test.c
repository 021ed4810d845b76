/* Bodies that come by a copy or a restore into a database that serves another one meanwhile. */
#include "desk/arrive.h"

#include "base/buf.h"
#include "desk/ask.h"
#include "desk/copy.h"
#include "desk/flow.h"
#include "desk/index.h"
#include "desk/restore.h"
#include "store/test_db.h"
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define LETTER(words) "{\"narrative\":\"A letter " words "\",\"facts\":{\"category\":\"wrong_recipient\",\"forms\":[\"paper\"]," \
	"\"personal_data\":\"yes\"},\"reporter\":{\"mode\":\"anonymous\"}}"

/* Who lives where the flow's body is to arrive. */
struct house {
	struct flow *f;
	struct str place;
	struct desk resident;
	struct str rows;         /* every row of the resident's */
	struct backup_made made;
	const char *at;          /* the step at which something happens to whoever arrives */
	void (*then)(struct house *);
};

static struct js *
resident_reports(struct house *h)
{
	struct cx *cx = h->f->cx;
	struct js *r = js_object(cx), *args, *answer;

	EXPECT_OK(js_read(cx, S(LETTER("of the resident is gone.")), &args));
	js_set_str(cx, r, S("id"), id_hex(cx, id_new(cx)));
	js_set_str(cx, r, S("command"), S("report"));
	js_set(cx, r, S("args"), args);
	EXPECT_OK(desk_do_now(cx, &h->resident, r, false, &answer));
	EXPECT_OK(index_fill(cx, &h->resident));
	return answer;
}

static struct str
rows_of(struct house *h, const char *whose)
{
	struct buf sql = buf_new(h->f->cx);

	for (int i = 0; i < sql_tables_count; i++)
		buf_fmt(&sql, "%sSELECT '%s', count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM %s AS t WHERE body %s",
		    i ? " UNION ALL " : "", sql_tables[i], sql_tables[i], whose);
	return test_db_read(h->f->cx, h->place, str_z(h->f->cx, buf_str(&sql)));
}

/* Rows that anybody but the resident has, apart from numbers that were given away. */
static struct str
others(struct house *h)
{
	struct buf sql = buf_new(h->f->cx);

	for (int i = 0; i < sql_tables_count; i++)
		buf_fmt(&sql, "%sSELECT '%s', body FROM %s WHERE body > 1%s", i ? " UNION ALL " : "", sql_tables[i], sql_tables[i],
		    strcmp(sql_tables[i], "meta") ? "" : " AND name <> 'body'");
	return test_db_read(h->f->cx, h->place, str_z(h->f->cx, buf_str(&sql)));
}

static struct house *
house(struct cx *cx)
{
	struct house *h = NEW(cx, struct house, 1);
	struct str path, ref;

	if (!getenv("TOCSIN_PG")) {
		printf("SKIP: bodies share a database on a PostgreSQL server alone\n");
		skip();
	}
	h->f = flow_start(cx, S("st-helens"));
	h->place = test_db(cx);
	path = flow_beside(h->f, "resident");
	EXPECT_OK(desk_create(cx, path, h->place, S("resident.example/log"), test_file(cx, "policy/hmcts/pack.yaml")));
	EXPECT_OK(desk_open(cx, path, true, &h->resident));
	h->resident.is_gate = true;
	resident_reports(h);
	ref = js_str(flow_do(h->f, S(""), "report", S(""), LETTER("went to the wrong house.")), S("ref"));
	flow_attach(h->f, flow_sign_in(h->f, "internal_audit"), ref, id_new(cx), S("what the worker encrypted"));
	return h;
}

/* The resident is served while somebody arrives. */
static void
serve(struct house *h)
{
	resident_reports(h);
	h->rows = rows_of(h, "= 1");
}

static void kill_it(struct house *h) { (void)h; kill(getpid(), SIGKILL); }

static void
watched(void *with, const char *what, int64_t n, int64_t of)
{
	struct house *h = with;

	(void)n, (void)of;
	if (!h->at || strcmp(what, h->at) != 0)
		return;
	h->at = NULL; /* once */
	h->then(h);
}

static enum err
copies(struct house *h, const char *to, struct str where)
{
	struct copy_ask ask = { .from = h->f->path, .data = flow_beside(h->f, to), .to = where, .watch = { watched, h } };
	struct copy_done done;

	return copy_run(h->f->cx, &ask, &done);
}

static enum err
restores(struct house *h, const char *to)
{
	struct restore_ask ask = { .from = flow_beside(h->f, "backup"), .keys = h->f->path, .data = flow_beside(h->f, to),
		.database = h->place, .watch = { watched, h } };
	struct restore_done done;

	return restore_run(h->f->cx, &ask, &done);
}

/* What the flow's own people find, and that it is all there as it was. */
static struct str
finds(struct house *h, const char *words)
{
	struct ask_filter filter = { .words = str_of(words), .after = INT64_MIN };
	struct cx *cx = h->f->cx;
	struct str audit = flow_sign_in(h->f, "internal_audit");
	struct actor a = flow_actor(h->f, audit);
	struct buf b = buf_new(cx);
	struct ask_page page;

	EXPECT_OK(ask_queue(cx, &h->f->desk, &a, &filter, &page));
	for (ptrdiff_t i = 0; i < page.n; i++)
		buf_fmt(&b, "%.*s ", F(page.rows[i].row->ref));
	return buf_str(&b);
}

/* The flow goes on where it has arrived, under that number. */
static void
lives(struct house *h, const char *at, int64_t body)
{
	struct str own;

	EXPECT_STR(rows_of(h, "= 1"), h->rows);
	flow_move(h->f, flow_beside(h->f, at));
	EXPECT(db_body(h->f->desk.db) == body);
	EXPECT(finds(h, "wrong house").n > 0);
	EXPECT_STR(finds(h, "resident"), S(""));
	own = js_str(flow_do(h->f, S(""), "report", S(""), LETTER("that came later.")), S("ref"));
	flow_index(h->f);
	EXPECT(str_starts(finds(h, "later"), own));
	EXPECT_STR(rows_of(h, "= 1"), h->rows);
}

/* The resident goes on beside, and finds its own alone. */
static void
ends(struct house *h)
{
	struct cx *cx = h->f->cx;
	uint64_t n;

	resident_reports(h);
	EXPECT_OK(journal_verify(cx, h->resident.db, &h->resident.keys, &n));
	flow_end(h->f);
}

TEST(a_body_is_copied_beside_one_that_is_served_meanwhile_and_away_again)
{
	struct house *h = house(cx);

	flow_sign(h->f);
	h->at = "making the views again", h->then = serve;
	EXPECT_OK(copies(h, "there", h->place));
	lives(h, "there", 2);
	flow_sign(h->f);
	EXPECT_OK(copies(h, "away", S("")));
	lives(h, "away", 1);
	ends(h);
}

TEST(a_body_is_restored_beside_one_that_is_served_meanwhile)
{
	struct house *h = house(cx);

	flow_backup(h->f, flow_beside(h->f, "backup"), &h->made);
	h->at = "verifying", h->then = serve;
	EXPECT_OK(restores(h, "there"));
	lives(h, "there", 2);
	EXPECT_STR(h->f->desk.journal.origin, S("test.example/log/2"));
	ends(h);
}

/* Whoever comes with the same body finds it, whether it has gone on or not. */
TEST(a_body_that_is_there_already_is_refused_with_what_to_do)
{
	static const char *const says = "test.example/log is in that database already, as its body 2: `tocsin join`";
	struct house *h = house(cx);

	flow_backup(h->f, flow_beside(h->f, "backup"), &h->made);
	serve(h);
	EXPECT_OK(copies(h, "there", h->place));
	EXPECT(restores(h, "again") == ERR_CONFLICT && strstr(cx->why, says));
	EXPECT(flow_nothing_at(h->f, flow_beside(h->f, "again")));
	EXPECT_OK(files_remove(cx, h->f->desk.dir, S("db/moved")));
	flow_do(h->f, S(""), "report", S(""), LETTER("in the old place."));
	EXPECT(copies(h, "again", h->place) == ERR_CONFLICT && strstr(cx->why, says));
	EXPECT(flow_nothing_at(h->f, flow_beside(h->f, "again")));
	/* and no number was lost by it */
	EXPECT_STR(test_db_read(cx, h->place, "SELECT count(*) FROM meta WHERE body > 2"), S("0\n"));
	EXPECT_STR(rows_of(h, "= 1"), h->rows);
	ends(h);
}

/* Somebody else brings it just before the end. */
static void
another_first(struct house *h)
{
	struct cx *cx = h->f->cx;

	EXPECT_OK(copies(h, "there", h->place));
}

TEST(of_two_who_bring_the_same_body_at_once_one_does)
{
	struct house *h = house(cx);

	flow_backup(h->f, flow_beside(h->f, "backup"), &h->made);
	serve(h);
	h->at = "verifying", h->then = another_first;
	EXPECT(restores(h, "again") == ERR_CONFLICT && strstr(cx->why, "as its body 3"));
	EXPECT(flow_nothing_at(h->f, flow_beside(h->f, "again")));
	EXPECT_STR(test_db_read(cx, h->place, "SELECT DISTINCT body FROM entry ORDER BY body"), S("1\n3\n"));
	EXPECT_STR(test_db_read(cx, h->place, "SELECT count(*) FROM meta WHERE body = 2"), S("0\n"));
	lives(h, "there", 3);
	ends(h);
}

/* In a process of its own, which is killed at that step; its directory is left to whoever looks into it. Gives what is in the database
 * of it. */
static struct str
killed_at(struct house *h, const char *step, bool restore)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		h->at = step, h->then = kill_it;
		if ((restore ? restores(h, step) : copies(h, step, h->place)) != OK)
			fprintf(stderr, "%s\n", h->f->cx->why);
		_exit(1);
	}
	EXPECT(pid > 0 && waitpid(pid, &status, 0) == pid);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		fail_msg("was not killed at “%s”: %d", step, status);
	EXPECT_STR(rows_of(h, "= 1"), h->rows);
	return others(h);
}

static void
leave_nothing(struct house *h, const char *const *steps, ptrdiff_t n, bool restore)
{
	for (ptrdiff_t i = 0; i < n; i++) {
		struct str stays = killed_at(h, steps[i], restore);

		if (stays.n)
			fail_msg("of who was killed at “%s” there is: %.*s", steps[i], F(stays));
	}
}

TEST(a_copy_that_is_killed_leaves_nothing_and_the_next_one_works)
{
	static const char *const steps[] = { "files", "copying entry", "copying answer", "making the views again", "comparing term" };
	struct house *h = house(cx);

	flow_sign(h->f);
	serve(h);
	leave_nothing(h, steps, COUNT(steps), false);
	EXPECT_OK(copies(h, "there", h->place));
	lives(h, "there", COUNT(steps) + 2);
	ends(h);
}

TEST(a_restore_that_is_killed_leaves_nothing_and_the_next_one_works)
{
	static const char *const steps[] = { "files", "records", "verifying", "making the views again" };
	struct house *h = house(cx);

	flow_backup(h->f, flow_beside(h->f, "backup"), &h->made);
	serve(h);
	leave_nothing(h, steps, COUNT(steps), true);
	EXPECT_OK(restores(h, "there"));
	lives(h, "there", COUNT(steps) + 2);
	ends(h);
}

TEST(a_restore_that_is_killed_when_all_is_there_says_how_to_go_on)
{
	struct house *h = house(cx);

	flow_backup(h->f, flow_beside(h->f, "backup"), &h->made);
	serve(h);
	EXPECT(killed_at(h, "naming the directory", true).n > 0);
	EXPECT(restores(h, "again") == ERR_CONFLICT && strstr(cx->why, "as its body 2: `tocsin join` makes one more directory"));
	EXPECT(flow_nothing_at(h->f, flow_beside(h->f, "again")));
	ends(h);
}
