#include "desk/index.h"
#include "desk/join.h"

#include "base/buf.h"
#include "desk/backup.h"
#include "desk/flow.h"
#include "store/effect.h"
#include "sys/files.h"
#include "sys/test_dir.h"
#include <stdlib.h>

#define LETTER "{\"narrative\":\"A letter went to the wrong house.\",\"facts\":{\"category\":\"wrong_recipient\"}}"

static enum err
report(struct cx *cx, struct desk *d, struct js **answer)
{
	struct js *r = js_object(cx), *args;

	EXPECT_OK(js_read(cx, S(LETTER), &args));
	js_set_str(cx, r, S("id"), id_hex(cx, id_new(cx)));
	js_set_str(cx, r, S("command"), S("report"));
	js_set(cx, r, S("args"), args);
	return desk_do_now(cx, d, r, false, answer);
}

TEST(two_nodes_write_one_journal_in_turns)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	uint64_t before = f->desk.journal.tree.size;
	struct desk *other = flow_node(f);
	struct js *answer;

	EXPECT(other->journal.node == 2);
	for (int i = 0; i < 3; i++) {
		EXPECT_OK(report(cx, &f->desk, &answer));
		EXPECT_OK(report(cx, other, &answer));
		EXPECT_OK(report(cx, other, &answer));
	}
	EXPECT(other->journal.tree.size == before + 1 + 9);
	EXPECT_OK(report(cx, &f->desk, &answer));
	flow_end(f);
}

TEST(a_node_whose_place_was_taken_is_fenced_off)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct desk again;
	struct js *answer;
	uint64_t before;

	EXPECT_OK(desk_open(&f->life, f->path, true, &again));
	before = again.journal.tree.size;
	EXPECT(report(cx, &f->desk, &answer) == ERR_SYNC);
	EXPECT(str_find(str_of(cx->why), S("another process writes for node 1")) >= 0);
	EXPECT(again.journal.tree.size == before);
	EXPECT_OK(report(cx, &again, &answer));
	EXPECT(again.journal.tree.size == before + 1);
	f->desk.journal = again.journal;
	f->desk.journal.db = f->desk.db;
	flow_end(f);
}

TEST(keys_of_another_journal_join_nothing)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str other = str_fmt(cx, "%s/other", test_dir_path()), path = str_fmt(cx, "%s/second", test_dir_path());
	struct str *names;
	uint16_t node;
	ptrdiff_t n;

	EXPECT_OK(desk_create(cx, other, S(""), S("other.example/log"), test_file(cx, "policy/hmcts/pack.yaml")));
	EXPECT(join_node(cx, path, flow_place(f), other, &node) == ERR_DENIED);
	EXPECT(files_list(cx, FILES_HERE, path, &names, &n) == ERR_NOT_FOUND || n == 0);
	flow_end(f);
}

/* A second body in the database of a flow, with a data directory of its own. */
static void
beside(struct cx *cx, struct flow *f, struct desk *other)
{
	struct str path = str_fmt(cx, "%s/beside", test_dir_path()), number;

	EXPECT_OK(desk_create(cx, path, flow_place(f), S("other.example/log"), test_file(cx, "policy/hmcts/pack.yaml")));
	EXPECT_OK(desk_open(&f->life, path, true, other));
	EXPECT_OK(files_read(cx, other->dir, S("db/body"), 20, &number));
	EXPECT_STR(number, S("2\n"));
	other->is_gate = true;
}

static struct str
views(struct cx *cx, struct desk *d)
{
	struct buf out = buf_new(cx);

	EXPECT_OK(db_dump_views(cx, d->db, &out));
	return buf_str(&out);
}

/* A journey on a server, which is where bodies share a database; elsewhere the test skips before there is anything to end. */
static struct flow *
on_a_server(struct cx *cx)
{
	if (!getenv("TOCSIN_PG")) {
		printf("SKIP: bodies share a database on a PostgreSQL server alone\n");
		skip();
	}
	return flow_start(cx, S("st-helens"));
}

TEST(two_bodies_in_one_database_neither_see_nor_wait_for_each_other)
{
	struct flow *f = on_a_server(cx);
	struct row_heads *heads;
	struct str ours, theirs;
	struct js *answer;
	struct desk other;
	ptrdiff_t n;

	EXPECT_OK(report(cx, &f->desk, &answer));
	ours = views(cx, &f->desk);
	beside(cx, f, &other);
	EXPECT_OK(desk_begin(cx, &f->desk));
	EXPECT_OK(sql_setting_set(cx, f->desk.db, S("org_name"), S("Held open")));
	EXPECT_OK(report(cx, &other, &answer));
	EXPECT_OK(report(cx, &other, &answer));
	desk_undo(&f->desk);
	EXPECT_STR(views(cx, &f->desk), ours);
	theirs = views(cx, &other);
	EXPECT(str_find(theirs, S("rita")) < 0 && str_find(ours, S("rita")) > 0);
	EXPECT_OK(sql_heads(cx, other.db, &heads, &n));
	EXPECT(n == 1);
	EXPECT_STR(heads[0].origin, S("other.example/log"));
	flow_end(f);
}

TEST(what_one_body_rebuilds_another_in_the_database_does_not_lose)
{
	struct flow *f = on_a_server(cx);
	struct str ours, theirs;
	struct js *answer;
	struct desk other;
	uint64_t n;

	EXPECT_OK(report(cx, &f->desk, &answer));
	beside(cx, f, &other);
	EXPECT_OK(report(cx, &other, &answer));
	EXPECT_OK(index_fill(cx, &f->desk));
	EXPECT_OK(index_fill(cx, &other));
	ours = views(cx, &f->desk), theirs = views(cx, &other);
	EXPECT_OK(db_begin(cx, other.db));
	EXPECT_OK(effect_rebuild(cx, other.db, &other.keys, &n));
	EXPECT_OK(db_commit(cx, other.db));
	EXPECT_STR(views(cx, &f->desk), ours);
	EXPECT_STR(views(cx, &other), theirs);
	EXPECT_OK(journal_verify(cx, other.db, &other.keys, &n));
	flow_end(f);
}

TEST(a_node_joins_the_body_whose_keys_it_has)
{
	struct flow *f = on_a_server(cx);
	struct str path = str_fmt(cx, "%s/second", test_dir_path()), keys = str_fmt(cx, "%s/saved-keys", test_dir_path());
	struct desk other, again;
	struct js *answer;
	uint16_t node;

	beside(cx, f, &other);
	EXPECT_OK(backup_keys(cx, &other, keys));
	EXPECT_OK(join_node(cx, path, flow_place(f), keys, &node));
	EXPECT(node == 2);
	EXPECT_OK(desk_open(&f->life, path, true, &again));
	EXPECT(db_body(again.db) == 2);
	EXPECT_OK(report(cx, &again, &answer));
	EXPECT_OK(report(cx, &other, &answer));
	flow_end(f);
}
