/* Files of a case in a browser without script, and for programs. */
#include "web/browse.h"

#define GONE "{\"narrative\":\"My bag with papers is gone.\",\"reporter\":{\"mode\":\"anonymous\"}}"
#define NAME "L\xc3\xa9tter <b>.html"
#define CONTENT S("<script>alert(1)</script>")

static const char *
address(struct browse *b, struct str before, struct str ref, const char *rest)
{
	return str_z(b->cx, str_fmt(b->cx, "%.*s%.*s%s", F(before), F(ref), rest));
}

/* Somebody who handles the case has put this on it, and looks at its page. */
static struct browse *
begin_with(struct cx *cx, struct str content, struct str *ref, const char **action)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = browse_start(f);
	struct row_attachments *files;
	ptrdiff_t n;

	*ref = js_str(flow_do(f, S(""), "report", S(""), GONE), S("ref"));
	browse_as(b, flow_sign_in(f, "internal_audit"));
	browse_get(b, address(b, S("/case/"), *ref, ""));
	browse_attach(b, "file", NAME, content);
	browse_send(b, address(b, S("/case/"), *ref, "/files"));
	EXPECT_OK(sql_attachments(cx, f->desk.db, flow_case(f, *ref), &files, &n));
	EXPECT(n == 1);
	*action = address(b, S("/case/"), *ref, str_z(cx, str_fmt(cx, "/file/%.*s", F(id_hex(cx, files->object_key)))));
	EXPECT(browse_sees(b, "Download " NAME));
	return b;
}

static struct browse *
begin(struct cx *cx, struct str *ref, const char **action)
{
	return begin_with(cx, CONTENT, ref, action);
}

static void
expect_file(struct browse *b)
{
	EXPECT(b->status == 200);
	EXPECT_STR(b->page, CONTENT);
	EXPECT_STR(browse_head(b, "content-type"), S("application/octet-stream"));
	EXPECT_STR(browse_head(b, "content-disposition"), S("attachment; filename=\"L__tter <b>.html\"; "
	    "filename*=UTF-8''L%C3%A9tter%20%3Cb%3E.html"));
	EXPECT_STR(browse_head(b, "content-security-policy"), S("default-src 'none'; sandbox"));
	EXPECT_STR(browse_head(b, "cache-control"), S("no-store"));
	EXPECT_STR(browse_head(b, "content-length"), S("25"));
}

static int
times_entered(struct browse *b, struct str ref)
{
	struct row_timeline *rows;
	struct cx *cx = b->cx;
	int times = 0;
	ptrdiff_t n;

	EXPECT_OK(sql_timeline(cx, b->flow->desk.db, flow_case(b->flow, ref), INT64_MAX, 100, &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		times += str_eq(rows[i].what, S("downloaded a file"));
	return times;
}

TEST(a_button_fetches_a_file_and_the_timeline_says_who_did)
{
	const char *action;
	struct str ref;
	struct browse *b = begin(cx, &ref, &action);

	browse_send(b, action);
	expect_file(b);
	browse_again(b);
	expect_file(b);
	EXPECT(times_entered(b, ref) == 2);
	browse_get(b, address(b, S("/case/"), ref, ""));
	EXPECT(browse_sees(b, "A internal_audit downloaded a file"));
	flow_end(b->flow);
}

TEST(a_file_is_fetched_by_our_own_pages_and_by_those_who_may)
{
	const char *action;
	struct str ref;
	struct browse *b = begin(cx, &ref, &action), *other = browse_start(b->flow);
	struct str page = b->page;

	browse_raw(b, "POST", action, "application/x-www-form-urlencoded", S("csrf=0"));
	browse_expect(b, 409, NULL, "open the page again");
	browse_get(b, action);
	EXPECT(b->status == 405 || b->status == 404);
	browse_as(other, flow_sign_in(b->flow, "hr"));
	browse_get(other, "/work");
	browse_raw(other, "POST", action, "application/x-www-form-urlencoded",
	    str_fmt(cx, "csrf=%.*s", F(browse_value(other, "csrf"))));
	browse_expect(other, 404, NULL, "There is no such case.");
	EXPECT(times_entered(b, ref) == 0);
	b->page = page;
	browse_send(b, action);
	expect_file(b);
	flow_end(b->flow);
}

TEST(a_program_fetches_a_file_and_never_gets_its_key)
{
	const char *action;
	struct str ref;
	struct browse *b = begin(cx, &ref, &action), *program = browse_start(b->flow);
	struct js *made = flow_do(b->flow, S("local"), "add_token", S(""), "{\"person\":\"internal_audit\"}");
	struct str file = str_sub(str_of(action), str_find(str_of(action), S("/file/")) + 6, 99);

	program->with = str_fmt(cx, "Authorization: Bearer %.*s\r\n", F(js_str(made, S("token"))));
	browse_raw(program, "POST", address(b, S("/api/v1/cases/"), ref, str_z(cx, str_fmt(cx, "/files/%.*s", F(file)))),
	    NULL, S(""));
	expect_file(program);
	browse_raw(program, "POST", address(b, S("/api/v1/cases/"), ref, "/files/00"), NULL, S(""));
	EXPECT(program->status == 404 && str_find(program->page, S("there is no such file")) >= 0);
	browse_raw(program, "POST", address(b, S("/api/v1/cases/"), ref, "/commands"), "application/json",
	    str_fmt(cx, "{\"command\":\"download\",\"args\":{\"file\":\"%.*s\"}}", F(file)));
	EXPECT(program->status == 400 && str_find(program->page, S("a case has no command")) >= 0);
	EXPECT(times_entered(b, ref) == 1);
	flow_end(b->flow);
}

/* One byte of the stored file becomes another. */
static void
change(struct browse *b, struct str ref, int64_t at)
{
	struct row_attachments *file;
	struct cx *cx = b->cx;
	struct str all;
	ptrdiff_t n;

	EXPECT_OK(sql_attachments(cx, b->flow->desk.db, flow_case(b->flow, ref), &file, &n));
	all = flow_stored(b->flow, file->object_key);
	((char *)all.p)[at] ^= 1;
	flow_store(b->flow, file->object_key, all);
}

TEST(a_file_that_was_changed_breaks_off_and_is_never_shown_for_whole)
{
	const char *action;
	struct str ref, large = { NEW(cx, char, 200000), 200000 };
	struct browse *b = begin_with(cx, large, &ref, &action);
	struct str page = b->page;

	change(b, ref, 150000);
	browse_send(b, action);
	EXPECT(b->status == 200 && b->page.n == (ptrdiff_t)2 * STREAM_CHUNK);
	EXPECT_STR(browse_head(b, "content-length"), S("200000"));
	b->page = page;
	change(b, ref, 100); /* in the first chunk: nothing was sent yet, so it can be said */
	browse_send(b, action);
	browse_expect(b, 500, NULL, "The stored file has been changed");
	EXPECT(!browse_head(b, "content-disposition").n);
	EXPECT(times_entered(b, ref) == 2);
	flow_end(b->flow);
}

TEST(a_file_that_is_gone_is_said_in_plain_words)
{
	const char *action;
	struct str ref;
	struct browse *b = begin(cx, &ref, &action);
	struct vault v = desk_vault(&b->flow->desk);
	struct id object;

	EXPECT(id_read(str_sub(str_of(action), str_find(str_of(action), S("/file/")) + 6, 99), &object));
	EXPECT_OK(db_begin(cx, b->flow->desk.db));
	EXPECT_OK(vault_remove(cx, &v, object));
	EXPECT_OK(db_commit(cx, b->flow->desk.db));
	browse_send(b, action);
	browse_expect(b, 404, NULL, "This file is no longer kept: its entries stand, but nobody can open it any more.");
	EXPECT(times_entered(b, ref) == 0);
	flow_end(b->flow);
}
