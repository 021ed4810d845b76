#include "store/db.h"

#include "base/buf.h"
#include "base/test.h"
#include "store/db_engine.h"
#include "store/test_db.h"
#include "sys/test_dir.h"
#include <sqlite3.h>

static struct str
a_path(struct cx *cx)
{
	test_dir(cx);
	return str_fmt(cx, "%s/tocsin.db", test_dir_path());
}

TEST(every_statement_fits_a_fresh_schema)
{
	struct str path = a_path(cx);
	struct db *db;

	EXPECT_OK(db_create(cx, path, NULL));
	EXPECT_OK(db_open_writer(cx, path, &db));
	EXPECT_OK(db_check(cx, db));
}

TEST(every_statement_fits_a_fresh_schema_of_the_other_database)
{
	struct str address = test_db_server(cx);
	int64_t first, second;
	struct db *db;

	EXPECT_OK(db_create(cx, address, &first));
	EXPECT_OK(db_create(cx, address, &second));
	EXPECT(first == 1 && second == 2);
	EXPECT_OK(db_open_writer(cx, address, &db));
	EXPECT_OK(db_check(cx, db));
}

TEST(a_cut_connection_ends_the_writer_and_no_reader)
{
	struct str address = test_db_server(cx);
	struct row_settings *rows;
	struct db *db, *reader;
	ptrdiff_t n;

	EXPECT_OK(db_create(cx, address, NULL));
	EXPECT_OK(db_open_writer(cx, address, &db));
	EXPECT_OK(db_open_reader(cx, address, &reader));
	EXPECT_OK(db_begin(cx, db));
	EXPECT_OK(sql_setting_set(cx, db, S("a"), S("1")));
	EXPECT_OK(sql_settings(cx, reader, &rows, &n));
	test_db_cut();
	EXPECT_OK(sql_settings(cx, reader, &rows, &n));
	EXPECT(n == 0);
	EXPECT(db_commit(cx, db) == ERR_SYNC);
	EXPECT(!db_in_batch(db) && db_begin(cx, db) == ERR_SYNC);
	test_db_cut();
	EXPECT_OK(db_snapshot(cx, reader));
	test_db_cut();
	EXPECT(sql_settings(cx, reader, &rows, &n) == ERR_BUSY);
	db_snapshot_end(reader);
	EXPECT_OK(sql_settings(cx, reader, &rows, &n));
	EXPECT(sql_setting_set(cx, reader, S("c"), S("3")) == ERR_BUSY);
}

TEST(what_a_statement_has_failed_in_is_never_half_committed)
{
	struct str address = test_db(cx);
	struct row_settings *rows;
	struct db *db;
	ptrdiff_t n;

	address = address.n ? address : a_path(cx);
	EXPECT_OK(db_create(cx, address, NULL));
	EXPECT_OK(db_open_writer(cx, address, &db));
	EXPECT_OK(db_begin(cx, db));
	EXPECT_OK(sql_setting_set(cx, db, S("a"), S("1")));
	EXPECT_OK(sql_receipt_add(cx, db, S("code"), (struct id){ { 1 } }));
	/* SQLite says it at once and undoes the statement, PostgreSQL at the commit and undoes the batch */
	EXPECT(sql_receipt_add(cx, db, S("code"), (struct id){ { 2 } }) == (db_shared(db) ? OK : ERR_CONFLICT));
	EXPECT(db_commit(cx, db) == (db_shared(db) ? ERR_CONFLICT : OK));
	db_rollback(db);
	EXPECT_OK(sql_settings(cx, db, &rows, &n));
	EXPECT(n == !db_shared(db));
}

TEST(the_journal_cannot_be_changed_through_a_handle)
{
	struct str path = a_path(cx);
	struct db *db;
	struct row_entries_from *rows;
	ptrdiff_t n;

	EXPECT_OK(db_create(cx, path, NULL));
	EXPECT(db_create(cx, path, NULL) == ERR_CONFLICT);
	EXPECT_OK(db_open_writer(cx, path, &db));
	EXPECT_OK(db_begin(cx, db));
	EXPECT_OK(sql_entry_add(cx, db, 1, 0, (struct id){ { 1 } }, 0, 16, T0, S("r"), S("l")));
	EXPECT(sql_entry_add(cx, db, 1, 0, (struct id){ { 2 } }, 0, 16, T0, S("x"), S("y")) == ERR_CONFLICT);
	EXPECT_OK(db_commit(cx, db));
	EXPECT_OK(sql_entries_from(cx, db, 1, 0, 10, &rows, &n));
	EXPECT(n == 1);
	EXPECT_STR(rows[0].record, S("r"));
}

/* Does it fail, both as it is run and, under the guard, before it can be? */
static void
is_refused(sqlite3 *s, const char *sql, bool by_guard_alone)
{
	sqlite3_stmt *st = NULL;

	sqlite3_set_authorizer(s, NULL, NULL);
	if (!by_guard_alone && sqlite3_exec(s, sql, NULL, NULL, NULL) != SQLITE_CONSTRAINT)
		fail_msg("no trigger refuses: %s", sql);
	sqlite3_set_authorizer(s, db_sqlite_guard, NULL);
	if (!strstr(sql, "OR REPLACE") && sqlite3_prepare_v2(s, sql, -1, &st, NULL) != SQLITE_AUTH)
		fail_msg("the guard lets pass: %s", sql);
	sqlite3_finalize(st);
}

TEST(records_payloads_and_checkpoints_are_only_added_to_whatever_the_statement)
{
	static const char *const tables[] = { "entry", "payload", "checkpoint" };
	static const char *const triggers[] = { "stays", "lasts", "once" };
	struct str path = a_path(cx);
	struct db *db;
	sqlite3 *s;

	EXPECT_OK(db_create(cx, path, NULL));
	EXPECT_OK(db_open_writer(cx, path, &db));
	EXPECT_OK(sql_entry_add(cx, db, 1, 0, (struct id){ { 1 } }, 0, 16, T0, S("r"), S("l")));
	EXPECT_OK(sql_payload_add(cx, db, 1, 0, S("words")));
	EXPECT_OK(sql_checkpoint_add(cx, db, 1, 1, S("note"), T0));
	EXPECT(sql_checkpoint_add(cx, db, 1, 1, S("another"), T0) == ERR_CONFLICT);
	EXPECT(sqlite3_open(str_z(cx, path), &s) == SQLITE_OK);
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		is_refused(s, str_fmt(cx, "UPDATE %s SET log = 2", tables[i]).p, false);
		is_refused(s, str_fmt(cx, "DELETE FROM %s", tables[i]).p, false);
		is_refused(s, str_fmt(cx, "INSERT OR REPLACE INTO %s SELECT * FROM %s", tables[i], tables[i]).p, false);
		is_refused(s, str_fmt(cx, "DROP TABLE %s", tables[i]).p, true);
		is_refused(s, str_fmt(cx, "ALTER TABLE %s RENAME TO away", tables[i]).p, true);
		for (size_t k = 0; k < sizeof triggers / sizeof triggers[0]; k++)
			is_refused(s, str_fmt(cx, "DROP TRIGGER %s_%s", tables[i], triggers[k]).p, true);
	}
	is_refused(s, "PRAGMA recursive_triggers = OFF", true);
	is_refused(s, "ATTACH ':memory:' AS away", true);
	sqlite3_close(s);
}

TEST(what_has_changed_rows_is_counted_and_a_reader_sees_that_somebody_has_committed)
{
	struct str path = a_path(cx);
	struct row_settings *rows;
	struct db *db, *reader;
	int64_t before, seen;
	ptrdiff_t n;

	EXPECT_OK(db_create(cx, path, NULL));
	EXPECT_OK(db_open_writer(cx, path, &db));
	EXPECT_OK(db_open_reader(cx, path, &reader));
	seen = db_version(reader);
	EXPECT_OK(db_begin(cx, db));
	before = db_rows_written(db);
	EXPECT_OK(sql_role_take(cx, db, S("a"), (struct id){ { 1 } }, S("")));
	EXPECT(db_rows_written(db) == before);
	EXPECT_OK(sql_setting_set(cx, db, S("a"), S("1")));
	EXPECT(db_rows_written(db) == before + 1 && db_in_batch(db));
	EXPECT(db_version(reader) == seen);
	EXPECT_OK(db_commit(cx, db));
	EXPECT(db_version(reader) != seen);
	EXPECT_OK(sql_settings(cx, reader, &rows, &n));
	EXPECT(n == 1);
	EXPECT_STR(rows[0].name, S("a"));
	EXPECT(sql_setting_set(cx, reader, S("c"), S("3")) != OK);
}

static void
write_settings(struct cx *cx, struct db *db, int n, const char *value)
{
	for (int i = 0; i < n; i++) {
		EXPECT_OK(db_begin(cx, db));
		EXPECT_OK(sql_setting_set(cx, db, str_fmt(cx, "s%d", i), str_of(value)));
		EXPECT_OK(db_commit(cx, db));
	}
}

TEST(a_log_that_is_folded_back_is_written_from_its_start_and_emptied_on_demand)
{
	struct str path = a_path(cx);
	struct db *db, *reader;
	int64_t size;

	EXPECT_OK(db_create(cx, path, NULL));
	EXPECT_OK(db_open_writer(cx, path, &db));
	EXPECT_OK(db_open_reader(cx, path, &reader));
	write_settings(cx, db, 50, "a");
	size = db_log_size(db);
	EXPECT_OK(db_tidy(cx, db, FOLD_SOME));
	EXPECT(size > 0 && db_log_used(db) > 0 && db_log_used(db) <= size);
	write_settings(cx, db, 1, "b");
	EXPECT_OK(db_tidy(cx, db, FOLD_ALL));
	EXPECT(db_log_size(db) == size && db_log_used(db) < size / 2);
	EXPECT_OK(db_snapshot(cx, reader));
	EXPECT(db_version(reader) != 0);
	write_settings(cx, db, 1, "c");
	EXPECT_OK(db_tidy(cx, db, FOLD_SOME));
	EXPECT(db_tidy(cx, db, FOLD_ALL) == ERR_BUSY && db_tidy(cx, db, FOLD_EMPTY) == ERR_BUSY);
	db_snapshot_end(reader);
	EXPECT_OK(db_tidy(cx, db, FOLD_EMPTY));
	EXPECT(db_log_size(db) == 0 && db_log_used(db) == 0);
}

/* What may look at every row of its table: there are few, and not for each command. */
static bool
may_scan(const char *name)
{
	static const char *const all[] = { "policy_in_force", "policy_hash_in_force", "settings", "systems", "departments",
		"head_get", "head_lock", "head_set", "heads", "term_last", "search_upto_get", "delivery_dead", "lease_leave", "roles_held",
		"session_end_others", "session_sweep", "link_sweep", "draft_sweep" };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (!strcmp(all[i], name))
			return true;
	return false;
}

/* A step of a plan that goes through a table from its first row on, or through all that a body has in it; what a statement has
 * made itself is no table. */
static bool
scans(struct str step)
{
	static const char *const own[] = { "SCAN few", "SCAN CONSTANT ROW", "SCAN (sub", "SCAN json_each" };
	bool is = str_starts(step, S("SCAN"));

	for (ptrdiff_t i = 0; is && i < COUNT(own); i++)
		is = !str_starts(step, str_of(own[i]));
	return is || str_ends(step, S("(body=?)"));
}

TEST(every_statement_finds_its_rows_by_more_than_the_body)
{
	struct str path = a_path(cx);
	sqlite3 *s;

	EXPECT_OK(db_create(cx, path, NULL));
	EXPECT(sqlite3_open(str_z(cx, path), &s) == SQLITE_OK);
	for (int i = 0; i < SQL_COUNT; i++) {
		struct str explain = str_fmt(cx, "EXPLAIN QUERY PLAN %s", sql_texts[i].sqlite);
		sqlite3_stmt *plan;

		EXPECT(sqlite3_prepare_v2(s, explain.p, -1, &plan, NULL) == SQLITE_OK);
		while (sqlite3_step(plan) == SQLITE_ROW) {
			struct str step = str_of((const char *)sqlite3_column_text(plan, 3));

			if (scans(step) && !may_scan(sql_texts[i].name))
				fail_msg("%s: %.*s", sql_texts[i].name, F(step));
		}
		sqlite3_finalize(plan);
	}
	sqlite3_close(s);
}

TEST(what_is_forgotten_of_one_body_another_keeps)
{
	struct str place = test_db(cx);
	struct buf all = buf_new(cx);
	struct db *db;

	place = place.n ? place : a_path(cx);
	EXPECT_OK(db_create(cx, place, NULL));
	EXPECT_OK(db_open_writer(cx, place, &db));
	EXPECT_OK(sql_setting_set(cx, db, S("a"), S("ours")));
	db_serve(db, 2);
	EXPECT_OK(sql_setting_set(cx, db, S("a"), S("theirs")));
	EXPECT_OK(db_forget_views(cx, db));
	EXPECT_OK(db_dump_views(cx, db, &all));
	EXPECT_STR(buf_str(&all), S(""));
	db_serve(db, 1);
	EXPECT_OK(db_dump_views(cx, db, &all));
	EXPECT_STR(buf_str(&all), S("setting_view|body=1|name=a|value=ours\n"));
}
