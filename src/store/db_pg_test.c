#include "store/db_pg.h"

#include "base/test.h"
#include "store/test_db.h"
#include "sys/sys.h"
#include <arpa/inet.h>
#include <libpq-fe.h>
#include <sys/socket.h>
#include <unistd.h>

/* The same address for somebody else. */
static struct str
as(struct cx *cx, struct str address, const char *who)
{
	struct str before, after;

	EXPECT(str_cut(address, '@', &before, &after));
	return str_fmt(cx, "postgresql://%s@%.*s", who, F(after));
}

static void
login(struct cx *cx, struct str address, const char *name)
{
	test_db_tell(cx, address, str_fmt(cx, "DO $$ BEGIN CREATE ROLE %s LOGIN PASSWORD 'the right one'; "
	    "EXCEPTION WHEN duplicate_object THEN NULL; END $$", name).p);
}

static struct str
schema_of(struct cx *cx, struct str address)
{
	return str_trim(test_db_read(cx, address, "SELECT current_schema()"));
}

/* A statement with the table's name wherever there is an @. */
static struct str
about(struct cx *cx, const char *sql, const char *table)
{
	struct str rest = str_of(sql), piece, all = S("");

	while (str_next(&rest, '@', &piece))
		all = str_fmt(cx, "%.*s%s%.*s", F(all), piece.p == sql ? "" : table, F(piece));
	return all;
}

static void
refused(struct cx *cx, struct db *db, const char *sql, const char *table, const char *says)
{
	struct str all = about(cx, sql, table);

	if (db->engine->exec(cx, db, all.p) == OK || !strstr(cx->why, says))
		fail_msg("not refused: %.*s (%s)", F(all), cx->why);
}

static void
fill(struct cx *cx, struct str address)
{
	struct mark m = cx_mark(cx);
	struct db *db;

	EXPECT_OK(db_create(cx, address, NULL));
	EXPECT_OK(db_open_writer(cx, address, &db));
	EXPECT_OK(sql_entry_add(cx, db, 1, 0, (struct id){ { 1 } }, 0, 16, T0, S("r"), S("l")));
	EXPECT_OK(sql_payload_add(cx, db, 1, 0, S("words")));
	EXPECT_OK(sql_checkpoint_add(cx, db, 1, 1, S("note"), T0));
	EXPECT_OK(sql_setting_set(cx, db, S("a"), S("1")));
	cx_back(cx, m);
}

static const char *const changes[] = { "UPDATE @ SET log = 2", "DELETE FROM @", "TRUNCATE @" };
static const char *const alters[] = { "DROP TABLE @", "ALTER TABLE @ DISABLE TRIGGER @_stays", "DROP TRIGGER @_stays ON @",
	"ALTER TABLE @ RENAME TO away" };
static const char *const journal[] = { "entry", "payload", "checkpoint" };

TEST(on_a_server_the_writer_may_only_add_to_the_journal)
{
	struct str address = test_db_server(cx);
	struct db *db;

	fill(cx, address);
	EXPECT_OK(db_open_writer(cx, address, &db));
	for (ptrdiff_t t = 0; t < COUNT(journal); t++) {
		for (ptrdiff_t i = 0; i < COUNT(changes); i++)
			refused(cx, db, changes[i], journal[t], "permission denied");
		for (ptrdiff_t i = 0; i < COUNT(alters); i++)
			refused(cx, db, alters[i], journal[t], "must be owner");
	}
	refused(cx, db, "DROP FUNCTION @() CASCADE", "journal_stays", "must be owner");
	refused(cx, db, "CREATE TABLE @ (a int)", "another", "permission denied");
	refused(cx, db, "DROP TABLE @", "case_view", "must be owner");
	EXPECT_OK(db->engine->exec(cx, db, "UPDATE setting_view SET value = '2'; DELETE FROM setting_view"));
}

TEST(on_a_server_not_even_the_owner_changes_the_journal_by_mistake)
{
	struct str address = test_db_server(cx);
	struct db *db;

	fill(cx, address);
	EXPECT_OK(db_pg.open(cx, address, true, false, &db));
	for (ptrdiff_t t = 0; t < COUNT(journal); t++)
		for (ptrdiff_t i = 0; i < COUNT(changes); i++) {
			refused(cx, db, changes[i], journal[t], "the journal is append-only");
			EXPECT(db->engine->exec(cx, db, about(cx, changes[i], journal[t]).p) == ERR_CONFLICT);
		}
}

TEST(on_a_server_a_reader_writes_nothing_even_where_it_asks_to)
{
	static const char *const tries[] = { "INSERT INTO @ SELECT * FROM @", "UPDATE @ SET body = 2", "DELETE FROM @", "TRUNCATE @" };
	struct str address = test_db_server(cx);
	struct db *db;

	fill(cx, address);
	EXPECT_OK(db_open_reader(cx, address, &db));
	EXPECT_OK(db->engine->exec(cx, db, "SET default_transaction_read_only = off"));
	for (int t = 0; t < sql_tables_count; t++)
		for (ptrdiff_t i = 0; i < COUNT(tries); i++)
			refused(cx, db, tries[i], sql_tables[t], "permission denied");
}

TEST(who_may_not_take_the_roles_or_make_tables_is_told_what_an_administrator_must_run)
{
	struct str address = test_db_server(cx), plain = as(cx, address, "tocsin_plain"), looks = as(cx, address, "tocsin_looks");
	struct str schema = schema_of(cx, address);
	struct db *db;

	login(cx, address, "tocsin_plain");
	login(cx, address, "tocsin_looks");
	fill(cx, test_db_server(cx)); /* the roles are there now */
	test_db_tell(cx, address, str_fmt(cx, "REVOKE tocsin_writer, tocsin_reader FROM tocsin_plain; GRANT tocsin_reader TO tocsin_looks; "
	    "GRANT USAGE ON SCHEMA %.*s TO tocsin_plain", F(schema)).p);
	EXPECT(db_create(cx, plain, NULL) == ERR_DENIED);
	EXPECT(strstr(cx->why, "GRANT CREATE, USAGE ON SCHEMA") && strstr(cx->why, "tocsin_plain"));
	test_db_tell(cx, address, str_fmt(cx, "GRANT CREATE ON SCHEMA %.*s TO tocsin_plain", F(schema)).p);
	EXPECT(db_create(cx, plain, NULL) == ERR_DENIED);
	EXPECT(strstr(cx->why, "GRANT tocsin_writer, tocsin_reader TO \"tocsin_plain\""));
	test_db_tell(cx, address, "GRANT tocsin_writer, tocsin_reader TO tocsin_plain");
	test_db_tell(cx, address, str_fmt(cx, "ALTER SCHEMA %.*s OWNER TO tocsin_plain", F(schema)).p);
	EXPECT_OK(db_create(cx, plain, NULL));
	EXPECT_OK(db_open_writer(cx, plain, &db));
	EXPECT_OK(sql_setting_set(cx, db, S("a"), S("1")));
	EXPECT_OK(db_open_reader(cx, looks, &db));
	EXPECT(db_open_writer(cx, looks, &db) == ERR_DENIED);
}

/* One line, and nothing of the password in it. */
static void
says(struct cx *cx, struct str address, enum err kind, const char *words)
{
	enum err e = db_create(cx, address, NULL);
	struct db *db;

	if (e != kind || !strstr(cx->why, words))
		fail_msg("%.*s: %s, %s", F(address), err_name(e).p, cx->why);
	EXPECT(!strchr(cx->why, '\n') && !strstr(cx->why, "canary") && !strstr(cx->why, "4711"));
	EXPECT(db_open_reader(cx, address, &db) == kind && strstr(cx->why, words));
	EXPECT(!strchr(cx->why, '\n') && !strstr(cx->why, "canary") && !strstr(cx->why, "4711"));
}

TEST(what_is_wrong_with_an_address_is_said_in_a_line_without_its_password)
{
	says(cx, S("postgresql://me:can@canary@db/tocsin"), ERR_BAD_INPUT, "cannot be read");
	says(cx, S("postgresql://me:canary/4711@db/tocsin"), ERR_BAD_INPUT, "cannot be read");
	says(cx, S("postgresql://me:4711/canary@db/tocsin"), ERR_BAD_INPUT, "cannot be read");
	says(cx, S("postgresql://me:canary%zz@db/tocsin"), ERR_BAD_INPUT, "cannot be read");
	says(cx, S("postgresql://me:canary@db:port/tocsin"), ERR_BAD_INPUT, "cannot be read");
	says(cx, S("postgresql://me:canary@db/tocsin?ssl_mode=off"), ERR_BAD_INPUT, "cannot be read");
	says(cx, S("postgresql://me:canary@no-such-machine.invalid/tocsin"), ERR_BUSY, "there is no machine “no-such-machine.invalid");
	says(cx, S("postgresql://me:canary@127.0.0.1:9/tocsin"), ERR_BUSY, "nobody listens at 127.0.0.1:9");
	says(cx, S("postgresql://me:canary@/tocsin?host=/nowhere"), ERR_BUSY, "nobody listens at /nowhere");
}

TEST(what_a_server_refuses_is_said_in_a_line_without_the_password)
{
	struct str address = test_db_server(cx), before, after;

	login(cx, address, "tocsin_locked");
	says(cx, as(cx, address, "tocsin_locked:canary"), ERR_DENIED, "refuses the password of “tocsin_locked”");
	says(cx, as(cx, address, "tocsin_locked"), ERR_DENIED, "the address must hold one");
	says(cx, as(cx, address, "tocsin_nobody:canary"), ERR_DENIED, "does not let “tocsin_nobody” in");
	EXPECT(str_cut(address, '?', &before, &after));
	says(cx, str_fmt(cx, "postgresql://tocsin:canary@/nothing?%.*s", F(after)), ERR_NOT_FOUND, "has no database of that name");
}

/* How long it is waited for. */
static when
waits(struct cx *cx, int port, const char *more)
{
	struct str address = str_fmt(cx, "postgresql://me:canary@127.0.0.1:%d/tocsin%s", port, more);
	when began = sys_boot();

	EXPECT(db_foresee(cx, address, 1) == ERR_BUSY && strstr(cx->why, "does not answer") && !strstr(cx->why, "canary"));
	return sys_boot() - began;
}

TEST(a_server_that_does_not_answer_is_given_up_after_three_seconds_unless_the_address_says_otherwise)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t n = sizeof at;
	when took;

	EXPECT(fd >= 0 && bind(fd, (struct sockaddr *)&at, n) == 0 && listen(fd, 8) == 0 && getsockname(fd, (struct sockaddr *)&at, &n) == 0);
	took = waits(cx, ntohs(at.sin_port), "");
	EXPECT(took >= 2 * SECOND && took < 6 * SECOND); /* libpq counts whole seconds */
	EXPECT(waits(cx, ntohs(at.sin_port), "?connect_timeout=2") < took);
	close(fd);
}

TEST(a_server_that_is_too_old_is_named)
{
	EXPECT_OK(pg_connect_version(cx, 150004, PG_OLDEST));
	EXPECT_OK(pg_connect_version(cx, 170000, PG_OLDEST));
	EXPECT(pg_connect_version(cx, 140012, PG_OLDEST) == ERR_VERSION);
	EXPECT_STR(str_of(cx->why), S("the database server is PostgreSQL 14.12: Tocsin needs 15 or a newer one"));
}

TEST(a_database_with_tables_of_somebody_else_is_left_alone)
{
	struct str address = test_db_server(cx);

	test_db_tell(cx, address, "CREATE TABLE payload (mine int)");
	EXPECT(db_create(cx, address, NULL) == ERR_CONFLICT);
	EXPECT(strstr(cx->why, "holds something else"));
	EXPECT_STR(test_db_read(cx, address, "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace"), S("1\n"));
}

enum { MANY = 3000 };

/* How many rows of a table this session has read, wanted or not; within a transaction it only grows. */
static int64_t
rows_read(struct cx *cx, struct db *db, const char *table)
{
	int64_t n;

	EXPECT_OK(pg_number(cx, db, about(cx, "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables "
	    "WHERE relid = '@'::regclass", table).p, &n));
	return n;
}

static void
many_cases(struct cx *cx, struct str address)
{
	test_db_tell(cx, address, "INSERT INTO case_view (body, case_id, ref, kind, state, category, title, narrative, answers, facts, level, "
	    "department, channel, entry_point, reporter_id, reporter, received_at, owner_id, soonest, historical, entries, updated_at, said, "
	    "import_id, import_hash) SELECT 1, int8send(g) || int8send(g), 'INC-' || g, 'event', 'new', 'other', '', '', '', '{}', 'P3', 'it', "
	    "'', '', int8send(g), '', g, '', g, false, 1, g, '', '', '' FROM generate_series(1, 3000) AS g");
	test_db_tell(cx, address, "INSERT INTO duty_view (body, duty_id, case_id, rule, clause, act, role, token, state, words, because, within, "
	    "anchor, arises, soonest, warns, level, agree, agreed_by, told_by, closed_by, how, seq) SELECT 1, int8send(g) || int8send(g), "
	    "int8send(g) || int8send(g), '', '', '', '', '', 'open', '', '', '', '', 0, g, '', 0, '', '', '', '', '', g "
	    "FROM generate_series(1, 3000) AS g");
}

TEST(a_page_of_a_list_reads_no_more_than_it_shows)
{
	struct str address = test_db_server(cx);
	struct row_cases_of_level *rows;
	int64_t before;
	struct db *db;
	ptrdiff_t n;

	EXPECT_OK(db_create(cx, address, NULL));
	many_cases(cx, address);
	test_db_tell(cx, address, "ANALYZE");
	EXPECT_OK(db_open_writer(cx, address, &db));
	for (int i = 0; i < 7; i++) { /* PostgreSQL may plan the first five times otherwise than the rest */
		EXPECT_OK(db_begin(cx, db));
		before = rows_read(cx, db, "case_view");
		EXPECT_OK(sql_cases_of_level(cx, db, S("P3"), false, 100, (struct id){ { 0 } }, 51, &rows, &n));
		EXPECT(n == 51 && rows[0].soonest == 100);
		EXPECT(rows_read(cx, db, "case_view") - before <= 51);
		db_rollback(db);
	}
}

TEST(a_plan_that_was_made_for_an_empty_table_goes_when_it_has_grown)
{
	struct str address = test_db_server(cx);
	struct row_case_soonest *row;
	struct id last = { { 0, 0, 0, 0, 0, 0, MANY >> 8, MANY & 255, 0, 0, 0, 0, 0, 0, MANY >> 8, MANY & 255 } };
	int64_t before;
	struct db *db;

	EXPECT_OK(db_create(cx, address, NULL));
	EXPECT_OK(db_open_writer(cx, address, &db));
	EXPECT_OK(sql_case_soonest(cx, db, last, &row));
	many_cases(cx, address);
	for (int i = 0; i < 512; i++)
		EXPECT_OK(sql_case_soonest(cx, db, last, &row));
	EXPECT(row->soonest == MANY);
	EXPECT_OK(db_begin(cx, db));
	before = rows_read(cx, db, "duty_view");
	EXPECT_OK(sql_case_soonest(cx, db, last, &row));
	EXPECT(rows_read(cx, db, "duty_view") - before == 1);
	db_rollback(db);
}

static struct db *
with_two_of_one_code_on_their_way(struct cx *cx, struct str address)
{
	struct db *db;

	EXPECT_OK(db_open_writer(cx, address, &db));
	EXPECT_OK(db_begin(cx, db));
	EXPECT_OK(sql_receipt_add(cx, db, S("code"), (struct id){ { 1 } }));
	EXPECT_OK(sql_receipt_add(cx, db, S("code"), (struct id){ { 2 } }));
	return db;
}

/* Named as what failed, and gone with all the batch. */
static void
failed_then(struct cx *cx, struct db *db, enum err e)
{
	struct row_settings *rows;
	ptrdiff_t n;

	EXPECT(e == ERR_CONFLICT && strstr(cx->why, "receipt_add") && !db_in_batch(db));
	db_rollback(db);
	EXPECT_OK(sql_settings(cx, db, &rows, &n));
	EXPECT(n == 0);
}

TEST(what_failed_on_its_way_is_said_by_the_next_that_asks)
{
	struct str address = test_db_server(cx);
	struct row_settings *rows;
	enum err e = OK;
	struct db *db;
	ptrdiff_t n;
	int i;

	EXPECT_OK(db_create(cx, address, NULL));
	db = with_two_of_one_code_on_their_way(cx, address);
	failed_then(cx, db, sql_settings(cx, db, &rows, &n));
	db = with_two_of_one_code_on_their_way(cx, address);
	failed_then(cx, db, db_commit(cx, db));
	db = with_two_of_one_code_on_their_way(cx, address);
	for (i = 0; e == OK && i < PG_ON_THE_WAY; i++)
		e = sql_setting_set(cx, db, str_fmt(cx, "%d", i), S("1"));
	failed_then(cx, db, e);
}

TEST(what_a_batch_sends_is_all_there_in_its_order)
{
	enum { SENT = 3 * PG_ON_THE_WAY + 1 };
	struct str address = test_db_server(cx);
	struct row_settings *rows;
	struct db *db;
	ptrdiff_t n;

	EXPECT_OK(db_create(cx, address, NULL));
	EXPECT_OK(db_open_writer(cx, address, &db));
	EXPECT_OK(db_begin(cx, db));
	for (int i = 0; i < SENT; i++)
		EXPECT_OK(sql_setting_set(cx, db, S("last"), str_fmt(cx, "%d", i)));
	EXPECT_OK(sql_settings(cx, db, &rows, &n));
	EXPECT(n == 1 && str_eq(rows[0].value, str_fmt(cx, "%d", SENT - 1)));
	EXPECT_OK(sql_setting_set(cx, db, S("one more"), S("1")));
	EXPECT_OK(db_commit(cx, db));
	EXPECT_OK(sql_settings(cx, db, &rows, &n));
	EXPECT(n == 2);
}

TEST(a_writer_that_is_cut_off_with_something_on_its_way_ends)
{
	struct str address = test_db_server(cx);
	struct db *db;

	EXPECT_OK(db_create(cx, address, NULL));
	EXPECT_OK(db_open_writer(cx, address, &db));
	EXPECT_OK(db_begin(cx, db));
	EXPECT_OK(sql_setting_set(cx, db, S("a"), S("1")));
	EXPECT_OK(sql_setting_set(cx, db, S("b"), S("1")));
	test_db_cut();
	EXPECT(db_commit(cx, db) == ERR_SYNC);
	db_rollback(db);
}

/* For 0.6 s nobody else touches a view. */
static void
keep_views(PGconn *other)
{
	for (PGresult *r; (r = PQgetResult(other)); PQclear(r)) {}
	PQsendQuery(other, "BEGIN; LOCK TABLE case_view; SELECT pg_sleep(0.6); COMMIT");
	usleep(200000);
}

TEST(what_a_rebuild_asks_for_takes_as_long_as_it_takes)
{
	struct str address = test_db_server(cx);
	PGconn *other = PQconnectdb(str_z(cx, address));
	struct db *db;

	EXPECT_OK(db_create(cx, address, NULL));
	EXPECT_OK(db_open_writer(cx, address, &db));
	pg_of(db)->patience = 100;
	keep_views(other);
	EXPECT_OK(db_begin(cx, db));
	db_slow(db, true);
	EXPECT_OK(db_forget_views(cx, db));
	EXPECT_OK(db_commit(cx, db));
	db_slow(db, false);
	keep_views(other);
	EXPECT_OK(db_begin(cx, db));
	EXPECT(db_forget_views(cx, db) == ERR_SYNC);
	PQfinish(other);
}
