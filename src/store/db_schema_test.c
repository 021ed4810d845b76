#include "store/db_schema.h"

#include "base/test.h"
#include "store/db_engine.h"
#include "store/test_db.h"
#include "sys/test_dir.h"
#include <limits.h>

/* An empty place on whichever database the tests run on. */
static struct str
a_place(struct cx *cx)
{
	static int count;
	struct str address = test_db(cx);

	if (address.n)
		return address;
	test_dir(cx);
	return str_fmt(cx, "%s/%d.db", test_dir_path(), ++count);
}

static bool is_pg(struct str place) { return str_starts(place, S("postgresql:")); }

/* Everything that a schema is, in an order that does not ask how it came about. */
static struct str
shape(struct cx *cx, struct str place)
{
	static const char lite[] =
	    "SELECT type, name, tbl_name, CASE WHEN type <> 'table' OR sql LIKE 'CREATE VIRTUAL%' THEN sql END FROM sqlite_schema "
	    "UNION ALL SELECT 'column', t.name, c.name, c.type || c.\"notnull\" || coalesce(c.dflt_value, '') || c.pk "
	    "FROM sqlite_schema AS t JOIN pragma_table_xinfo(t.name) AS c WHERE t.type = 'table' "
	    "UNION ALL SELECT 'likeness', tbl, idx, stat FROM sqlite_stat1 "
	    "UNION ALL SELECT 'note', body, name, value FROM meta WHERE body = 0 ORDER BY 1, 2, 3";
	static const char pg[] =
	    "SELECT 'column', table_name, column_name, concat(data_type, is_nullable, column_default, collation_name) "
	    "FROM information_schema.columns WHERE table_schema = current_schema() "
	    "UNION ALL SELECT 'index', tablename, indexname, replace(indexdef, schemaname || '.', '') "
	    "FROM pg_indexes WHERE schemaname = current_schema() "
	    "UNION ALL SELECT 'trigger', r.relname, g.tgname, replace(pg_get_triggerdef(g.oid), current_schema() || '.', '') "
	    "FROM pg_trigger AS g JOIN pg_class AS r ON r.oid = g.tgrelid WHERE r.relnamespace = current_schema()::regnamespace "
	    "UNION ALL SELECT 'rule', r.relname, c.conname, pg_get_constraintdef(c.oid) "
	    "FROM pg_constraint AS c JOIN pg_class AS r ON r.oid = c.conrelid WHERE r.relnamespace = current_schema()::regnamespace "
	    "UNION ALL SELECT 'function', '', proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace "
	    "UNION ALL SELECT 'right', table_name, grantee, privilege_type FROM information_schema.table_privileges "
	    "WHERE table_schema = current_schema() "
	    "UNION ALL SELECT 'note', body::text, name, value FROM meta WHERE body = 0 ORDER BY 1, 2, 3, 4";

	return test_db_read(cx, place, is_pg(place) ? pg : lite);
}

static struct str
fresh(struct cx *cx)
{
	struct str place = a_place(cx);

	EXPECT_OK(db_create(cx, place, NULL));
	return shape(cx, place);
}

static enum err
move(struct cx *cx, struct str place, int most)
{
	struct mark m = cx_mark(cx);
	struct db *db;
	enum err e;

	EXPECT_OK((is_pg(place) ? &db_pg : &db_sqlite)->open(cx, place, true, false, &db));
	e = db_schema_move(cx, db, most);
	cx_back(cx, m);
	return e;
}

static void
opens(struct cx *cx, struct str place)
{
	struct mark m = cx_mark(cx);
	struct db *db;

	EXPECT_OK(db_open_writer(cx, place, &db));
	EXPECT_OK(db_check(cx, db));
	cx_back(cx, m);
}

TEST(a_database_of_every_released_schema_becomes_what_a_new_one_is_and_keeps_its_rows)
{
	struct str new = fresh(cx), keeps;

	for (int version = 1; version < SQL_SCHEMA; version++) {
		struct str place = a_place(cx);

		test_db_released(cx, place, version);
		test_db_tell(cx, place, "INSERT INTO setting_view (body, name, value) VALUES (1, 'org_name', 'Ours')");
		test_db_tell(cx, place, "INSERT INTO checkpoint (body, log, size, note, at) VALUES (1, 1, 1, 'note', 0)");
		opens(cx, place);
		EXPECT_STR(shape(cx, place), new);
		keeps = test_db_read(cx, place, "SELECT c.note, s.value FROM checkpoint AS c, setting_view AS s");
		EXPECT_STR(keeps, S("note|Ours\n"));
		opens(cx, place);
		EXPECT_STR(shape(cx, place), new);
	}
}

TEST(whoever_is_killed_before_any_statement_of_a_migration_is_followed_by_one_that_ends_it)
{
	struct str new = fresh(cx);
	enum err e = ERR_BUSY;

	for (int most = 0; e == ERR_BUSY; most++) {
		struct mark m = cx_mark(cx);
		struct str place = a_place(cx);

		test_db_released(cx, place, 1);
		e = move(cx, place, most);
		EXPECT(e == ERR_BUSY || e == OK);
		opens(cx, place);
		EXPECT_STR(shape(cx, place), new);
		cx_back(cx, m);
	}
}

TEST(a_migration_that_is_always_killed_ends_all_the_same)
{
	enum { A_STEP = 4 }; /* the lock, the step, the note, the end */
	struct str new = fresh(cx), place = a_place(cx);
	int tries = 0;

	test_db_released(cx, place, 1);
	while (move(cx, place, A_STEP) == ERR_BUSY)
		EXPECT(tries++ < 2 * sql_steps_count);
	EXPECT_STR(shape(cx, place), new);
}

TEST(a_reader_waits_for_the_writer_of_an_older_schema_and_then_says_so)
{
	struct str place = a_place(cx);
	struct db *db;

	test_db_released(cx, place, 1);
	EXPECT(db_open_reader(cx, place, &db) == ERR_BUSY);
	EXPECT(strstr(cx->why, "has schema 1 ") && strstr(cx->why, "tocsin serve"));
	opens(cx, place);
	EXPECT_OK(db_open_reader(cx, place, &db));
	/* views that wait for their rebuild are no better */
	test_db_tell(cx, place, "INSERT INTO meta (body, name, value) VALUES (1, 'rebuild', '')");
	EXPECT(db_open_reader(cx, place, &db) == ERR_BUSY);
}

TEST(a_schema_from_the_future_is_refused_in_one_line)
{
	struct str place = a_place(cx), before;
	struct db *db;

	EXPECT_OK(db_create(cx, place, NULL));
	test_db_tell(cx, place, "UPDATE meta SET value = '7000' WHERE body = 0 AND name = 'schema'");
	before = shape(cx, place);
	EXPECT(db_open_writer(cx, place, &db) == ERR_VERSION);
	EXPECT_STR(str_of(cx->why), str_fmt(cx, "this database was written by a newer Tocsin (schema 7000; this one knows %d): use that version",
	    SQL_SCHEMA));
	EXPECT(db_open_reader(cx, place, &db) == ERR_VERSION);
	EXPECT_STR(shape(cx, place), before);
}

TEST(a_database_that_holds_something_else_is_no_journal)
{
	struct str place = a_place(cx);
	struct db *db;

	test_db_tell(cx, place, "CREATE TABLE meta (body int)");
	EXPECT(db_open_writer(cx, place, &db) == ERR_NOT_FOUND);
	EXPECT(db_open_reader(cx, place, &db) == ERR_NOT_FOUND);
	EXPECT(strstr(cx->why, "holds no journal"));
}
