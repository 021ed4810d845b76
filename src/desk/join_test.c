#include "desk/join.h"

#include "desk/backup.h"
#include "desk/flow.h"
#include "sys/test_dir.h"

#define LETTER "{\"narrative\":\"A letter went to the wrong house.\",\"facts\":{\"category\":\"wrong_recipient\"}}"

/* Where a flow keeps its database. */
static struct str
place(struct cx *cx, struct flow *f)
{
	struct str address;

	return files_read(cx, f->desk.dir, S("db/address"), 4096, &address) == OK ? address :
	    str_fmt(cx, "%.*s/db/tocsin.db", F(f->path));
}

static struct str
saved_keys(struct cx *cx, struct flow *f)
{
	struct str keys = str_fmt(cx, "%s/saved-keys", test_dir_path());

	EXPECT_OK(backup_keys(cx, &f->desk, keys));
	return keys;
}

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
	struct str path = str_fmt(cx, "%s/second", test_dir_path());
	struct desk other;
	struct js *answer;
	uint64_t before = f->desk.journal.tree.size;
	uint16_t node;

	EXPECT_OK(join_node(cx, path, place(cx, f), saved_keys(cx, f), &node));
	EXPECT(node == 2);
	EXPECT_OK(desk_open(&f->life, path, true, &other));
	EXPECT(other.journal.node == 2);
	for (int i = 0; i < 3; i++) {
		EXPECT_OK(report(cx, &f->desk, &answer));
		EXPECT_OK(report(cx, &other, &answer));
		EXPECT_OK(report(cx, &other, &answer));
	}
	EXPECT(other.journal.tree.size == before + 1 + 9);
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
	EXPECT(join_node(cx, path, place(cx, f), other, &node) == ERR_DENIED);
	EXPECT(files_list(cx, FILES_HERE, path, &names, &n) == ERR_NOT_FOUND || n == 0);
	flow_end(f);
}
