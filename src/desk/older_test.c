#include "base/buf.h"
#include "desk/backup.h"
#include "desk/flow.h"
#include "desk/join.h"
#include "store/test_db.h"
#include "sys/files.h"
#include "sys/test_dir.h"

#define LETTER "{\"narrative\":\"A letter went to the wrong house.\",\"facts\":{\"category\":\"wrong_recipient\"}}"

/* The same journal in a database as that release made it, and a directory for it. */
static struct str
as_released(struct cx *cx, struct flow *f, int version, struct str *database)
{
	struct str live, keys = str_fmt(cx, "%s/saved-%d", test_dir_path(), version);

	*database = test_db(cx);
	if (!database->n)
		*database = str_fmt(cx, "%s/released-%d.db", test_dir_path(), version);
	if (files_read(cx, f->desk.dir, S("db/address"), 4096, &live) != OK)
		live = str_fmt(cx, "%.*s/db/tocsin.db", F(f->path));
	test_db_released(cx, *database, version);
	test_db_copy(cx, live, *database);
	EXPECT_OK(backup_keys(cx, &f->desk, keys));
	return keys;
}

TEST(a_database_from_the_future_is_refused_before_any_process_is_started)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str future = str_fmt(cx, "UPDATE meta SET value = '%d' WHERE body = 0 AND name = 'schema'", SQL_SCHEMA + 1);

	EXPECT_OK(desk_foresee(cx, f->path));
	test_db_tell(cx, flow_place(f), "UPDATE meta SET value = '1' WHERE body = 0 AND name = 'schema'");
	EXPECT_OK(desk_foresee(cx, f->path)); /* that passes: the writer will bring it up to date */
	test_db_tell(cx, flow_place(f), future.p);
	EXPECT(desk_foresee(cx, f->path) == ERR_VERSION && strstr(cx->why, "use that version"));
	cx_end(&f->life);
}

TEST(what_an_older_version_kept_is_there_in_this_one_and_its_views_are_made_anew_where_a_step_asks_for_it)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct buf before = buf_new(cx), after = buf_new(cx);
	struct str database, keys, path;
	struct row_meta_get *asked;
	uint16_t node;

	flow_do(f, S(""), "report", S(""), LETTER);
	flow_do(f, S(""), "report", S(""), LETTER);
	flow_index(f);
	EXPECT_OK(db_dump_views(cx, f->desk.db, &before));
	for (int version = 1; version < SQL_SCHEMA; version++) {
		path = str_fmt(cx, "%s/moved-%d", test_dir_path(), version);
		keys = as_released(cx, f, version, &database);
		test_db_tell(cx, database, "DELETE FROM case_view");
		test_db_tell(cx, database, "INSERT INTO meta (body, name, value) VALUES (1, 'rebuild', '')");
		EXPECT_OK(join_node(cx, path, database, keys, &node));
		flow_move(f, path);
		after = buf_new(cx);
		EXPECT_OK(db_dump_views(cx, f->desk.db, &after));
		EXPECT_STR(buf_str(&after), buf_str(&before));
		EXPECT_OK(sql_meta_get(cx, f->desk.db, S("rebuild"), &asked));
		EXPECT(!asked);
		flow_do(f, S(""), "report", S(""), LETTER);
		flow_index(f);
		before = buf_new(cx);
		EXPECT_OK(db_dump_views(cx, f->desk.db, &before));
	}
	flow_end(f);
}
