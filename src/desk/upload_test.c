#include "base/code.h"
#include "desk/backup.h"
#include "desk/flow.h"
#include "desk/join.h"
#include "sys/test_dir.h"

#define BAG "{\"narrative\":\"A bag with papers is gone.\",\"facts\":{\"forms\":[\"paper\"],\"personal_data\":\"yes\"}}"
#define KEY "4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"

/* As a worker leaves it. */
static struct id
arrives(struct flow *f, struct desk *d, struct str bytes)
{
	struct cx *cx = f->cx;
	struct id object = id_new(cx);

	EXPECT_OK(files_create(cx, d->dir, str_fmt(cx, "spool/%.*s", F(id_hex(cx, object))), 0600, bytes));
	return object;
}

static const char *
upload_args(struct cx *cx, struct id object)
{
	return str_fmt(cx, "{\"object\":\"%.*s\",\"key\":\"" KEY "\"}", F(id_hex(cx, object))).p;
}

static const char *
attach_args(struct cx *cx, struct id object, struct str bytes)
{
	struct hash h = sha256(bytes);
	struct str hex = hex_of(cx, h.b, 32);

	return str_fmt(cx, "{\"attachments\":[{\"object\":\"%.*s\",\"name\":\"a.pdf\",\"type\":\"x/y\",\"size\":9,\"stored_size\":%td,"
	    "\"plain\":\"%.*s\",\"stored\":\"%.*s\"}]}", F(id_hex(cx, object)), bytes.n, F(hex), F(hex)).p;
}

/* Until all of it is taken over; how often it was asked. */
static int
upload(struct flow *f, struct id object)
{
	for (int n = 1;; n++)
		if (js_get(flow_do(f, S(""), "upload", S(""), upload_args(f->cx, object)), S("whole"))->type == JS_TRUE)
			return n;
}

static struct str
many_bytes(struct cx *cx, ptrdiff_t n)
{
	char *p = NEW(cx, char, n);

	cx->chance(p, (size_t)n);
	return (struct str){ p, n };
}

static bool
is_kept(struct cx *cx, const struct desk *d, struct id object, struct str bytes)
{
	struct vault v = desk_vault(d);
	struct hash h, want = sha256(bytes);

	return vault_hash(cx, &v, object, &h) == OK && hash_eq(h, want);
}

TEST(a_file_that_came_to_one_node_is_read_and_backed_up_by_another)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str bytes = many_bytes(cx, VAULT_SLICE + 77), path = str_fmt(cx, "%s/second", test_dir_path()), database, note,
	    keys = str_fmt(cx, "%s/saved-keys", test_dir_path()), out = str_fmt(cx, "%s/backup", test_dir_path()), back;
	struct str it = flow_sign_in(f, "internal_audit"), ref = js_str(flow_do(f, S(""), "report", S(""), BAG), S("ref"));
	struct id object = arrives(f, &f->desk, bytes);
	struct backup_made made;
	struct folder folder;
	struct desk other;
	uint16_t node;
	int64_t size;

	if (!db_shared(f->desk.db)) {
		flow_end(f);
		return; /* a folder is one node's: the other test has it */
	}
	EXPECT(upload(f, object) == 2);
	flow_do(f, it, "attach", ref, attach_args(cx, object, bytes));
	EXPECT_OK(files_read(cx, f->desk.dir, S("db/address"), 4096, &database));
	EXPECT_OK(backup_keys(cx, &f->desk, keys));
	EXPECT_OK(join_node(cx, path, database, keys, &node));
	size = js_int(flow_do(f, S("local"), "export", S(""), "{\"mode\":\"backup\"}"), S("size"), 0);
	EXPECT_OK(desk_sign(cx, &f->desk, &note));
	EXPECT_OK(desk_open(&f->life, path, false, &other));
	EXPECT(is_kept(cx, &other, object, bytes));
	EXPECT_OK(folder_begin(cx, out, &folder));
	EXPECT_OK(backup_write(cx, &other, size, &folder, (struct watch){ 0 }, &made));
	EXPECT_OK(folder_end(cx, &folder, S("SHA256SUMS")));
	EXPECT_OK(files_map(cx, FILES_HERE, str_fmt(cx, "%.*s/vault/%.*s", F(out), F(id_hex(cx, object))), &back));
	EXPECT_STR(back, bytes);
	flow_end(f);
}

TEST(an_upload_that_is_repeated_is_taken_over_once)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str bytes = many_bytes(cx, 1000);
	struct id object = arrives(f, &f->desk, bytes);
	struct vault v = desk_vault(&f->desk);

	EXPECT(upload(f, object) == 1);
	EXPECT(upload(f, object) == 1);
	EXPECT_OK(vault_tidy(cx, &v));
	EXPECT(upload(f, object) == 1);
	EXPECT(is_kept(cx, &f->desk, object, bytes));
	flow_refused(f, S(""), "upload", S(""), upload_args(cx, id_new(cx)), ERR_NOT_FOUND);
	flow_end(f);
}

/* The process ends after some slices, or after all of them: what is there is inert, and who asks again goes on. */
TEST(an_upload_goes_on_after_the_writer_was_lost_in_the_middle_of_it)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str bytes = many_bytes(cx, (ptrdiff_t)3 * VAULT_SLICE);
	struct str it = flow_sign_in(f, "internal_audit"), ref = js_str(flow_do(f, S(""), "report", S(""), BAG), S("ref"));
	struct id object = arrives(f, &f->desk, bytes);

	flow_do(f, S(""), "upload", S(""), upload_args(cx, object));
	if (db_shared(f->desk.db))
		flow_refused(f, it, "attach", ref, attach_args(cx, object, bytes), ERR_BAD_INPUT);
	flow_move(f, f->path);
	EXPECT(upload(f, object) == (db_shared(f->desk.db) ? 3 : 1));
	flow_move(f, f->path);
	EXPECT(is_kept(cx, &f->desk, object, bytes));
	flow_do(f, flow_sign_in(f, "internal_audit"), "attach", ref, attach_args(cx, object, bytes));
	flow_end(f);
}

TEST(a_file_that_nobody_names_goes_after_a_month_and_one_that_is_named_stays)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str ref = js_str(flow_do(f, S(""), "report", S(""), BAG), S("ref")), bytes = many_bytes(cx, 1000);
	struct id named = arrives(f, &f->desk, bytes), left = arrives(f, &f->desk, bytes);

	upload(f, named);
	upload(f, left);
	flow_do(f, flow_sign_in(f, "internal_audit"), "attach", ref, attach_args(cx, named, bytes));
	flow_wait(f, 29 * DAY);
	flow_do(f, S("local"), "sweep", S(""), "{}");
	EXPECT(is_kept(cx, &f->desk, left, bytes));
	flow_wait(f, 2 * DAY);
	flow_do(f, S("local"), "sweep", S(""), "{}");
	EXPECT(is_kept(cx, &f->desk, named, bytes) && !is_kept(cx, &f->desk, left, bytes));
	flow_refused(f, flow_sign_in(f, "internal_audit"), "attach", ref, attach_args(cx, left, bytes), ERR_BAD_INPUT);
	flow_end(f);
}
