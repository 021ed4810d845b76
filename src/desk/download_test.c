/* Files on their way out: entered first, and nothing but what was attached. */
#include "desk/ask_file.h"

#include "base/code.h"
#include "desk/flow.h"
#include "sys/files.h"
#include <fcntl.h>

#define BAG "{\"narrative\":\"A bag with papers is gone.\",\"facts\":{\"forms\":[\"paper\"],\"personal_data\":\"yes\"}}"
#define KEY "4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"

enum { SMALL_ROOM = 2 << 20 };

struct sample { struct id object; struct stream_sum sum; };

/* The n-th byte of a file that is made of its places. */
static char
byte_at(int64_t n)
{
	return (char)(n * 31 + n / 257);
}

static enum err
to_file(struct cx *cx, void *with, struct str bytes)
{
	return files_put(cx, *(int *)with, bytes);
}

/* A file of that size as a worker leaves it, taken over. */
static struct sample
uploaded(struct flow *f, int64_t size)
{
	struct sample s = { .object = id_new(f->cx) };
	struct cx *cx = f->cx;
	struct str name = str_fmt(cx, "spool/%.*s", F(id_hex(cx, s.object))), args;
	struct stream *stream;
	uint8_t key[STREAM_KEY];
	char some[4096];
	int fd;

	EXPECT_OK(files_open(cx, f->desk.dir, name, O_WRONLY | O_CREAT, 0600, &fd));
	EXPECT(hex_read(S(KEY), key, sizeof key));
	EXPECT_OK(stream_seal(cx, key, s.object.b, (struct stream_sink){ to_file, &fd }, &stream));
	for (int64_t at = 0; at < size; ) {
		ptrdiff_t n = 0;

		while (n < (ptrdiff_t)sizeof some && at < size)
			some[n++] = byte_at(at++);
		EXPECT_OK(stream_feed(cx, stream, (struct str){ some, n }));
	}
	EXPECT_OK(stream_end(cx, stream, &s.sum));
	args = str_fmt(cx, "{\"object\":\"%.*s\",\"key\":\"" KEY "\"}", F(id_hex(cx, s.object)));
	while (!js_true(flow_do(f, S(""), "upload", S(""), args.p), S("whole")))
		continue;
	return s;
}

static void
attach(struct flow *f, struct str as, struct str ref, const struct sample *s, int64_t size)
{
	struct cx *cx = f->cx;

	flow_do(f, as, "attach", ref, str_fmt(cx, "{\"attachments\":[{\"object\":\"%.*s\",\"name\":\"letter.jpg\",\"type\":"
	    "\"image/jpeg\",\"size\":%lld,\"stored_size\":%lld,\"plain\":\"%.*s\",\"stored\":\"%.*s\"}]}",
	    F(id_hex(cx, s->object)), (long long)size, (long long)s->sum.stored_size, F(hex_of(cx, s->sum.plain.b, 32)), F(hex_of(cx, s->sum.stored.b, 32))).p);
}

/* What a worker asks: without an id. */
static enum err
download(struct flow *f, struct str as, struct str ref, struct id object, struct js **ok)
{
	struct cx *cx = f->cx;
	struct js *r;

	EXPECT_OK(js_read(cx, str_fmt(cx, "{\"command\":\"download\",\"case\":\"%.*s\",\"as\":{\"session\":\"%.*s\"},"
	    "\"args\":{\"file\":\"%.*s\"}}", F(ref), F(as), F(id_hex(cx, object))), &r));
	return desk_do_now(cx, &f->desk, r, false, ok);
}

/* All of it through a turn of little memory, each byte where it was. *n: how many came. */
static enum err
all_of(struct flow *f, const struct js *granted, int64_t *n)
{
	static void *room;
	static char to[60000];
	struct desk reader;
	struct ask_file file;
	struct cx small, *cx = f->cx;
	ptrdiff_t some = 0;
	enum err e;

	*n = 0;
	EXPECT_OK(desk_open(&f->life, f->path, false, &reader));
	if (!room)
		room = cx_room(SMALL_ROOM);
	small = *cx;
	cx_begin(&small, room, SMALL_ROOM);
	e = ask_file_open(&small, &reader, granted, &file);
	while (e == OK && (e = ask_file_next(file.out, to, sizeof to, &some)) == OK && some)
		for (ptrdiff_t i = 0; i < some; i++)
			EXPECT(to[i] == byte_at((*n)++));
	EXPECT(e != OK || *n == file.size);
	cx_end(&small);
	return e;
}

static struct row_timeline *
newest(struct flow *f, struct str ref)
{
	struct row_timeline *rows;
	struct cx *cx = f->cx;
	ptrdiff_t n;

	EXPECT_OK(sql_timeline(cx, f->desk.db, flow_case(f, ref), INT64_MAX, 1, &rows, &n));
	EXPECT(n == 1);
	return rows;
}

TEST(each_download_is_an_entry_and_gives_what_was_attached)
{
	static const int64_t sizes[] = { 0, 1, STREAM_CHUNK - 1, STREAM_CHUNK, STREAM_CHUNK + 1, VAULT_CHUNK, 1000000 };
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str it = flow_sign_in(f, "internal_audit"), ref = js_str(flow_do(f, S(""), "report", S(""), BAG), S("ref"));
	struct row_timeline *last;
	int64_t before, n;

	for (ptrdiff_t i = 0; i < COUNT(sizes); i++) {
		struct sample s = uploaded(f, sizes[i]);
		struct js *ok;

		attach(f, it, ref, &s, sizes[i]);
		before = newest(f, ref)->seq;
		for (int again = 0; again < 2; again++) {
			EXPECT_OK(download(f, it, ref, s.object, &ok));
			last = newest(f, ref);
			EXPECT(last->seq == before + again + 1 && id_eq(last->actor_id, flow_actor(f, it).id));
			EXPECT_STR(last->what, S("downloaded a file"));
			EXPECT_STR(last->words, S("letter.jpg"));
			EXPECT_STR(last->audience, S("team"));
		}
		EXPECT_OK(all_of(f, ok, &n));
		EXPECT(n == sizes[i]);
	}
	flow_end(f);
}

TEST(a_large_file_goes_through_a_turn_of_little_memory)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str it = flow_sign_in(f, "internal_audit"), ref = js_str(flow_do(f, S(""), "report", S(""), BAG), S("ref"));
	const int64_t size = ((int64_t)25 << 20) + 7;
	struct sample s = uploaded(f, size);
	struct js *ok;
	int64_t n;

	attach(f, it, ref, &s, size);
	EXPECT_OK(download(f, it, ref, s.object, &ok));
	EXPECT_OK(all_of(f, ok, &n));
	EXPECT(n == size);
	flow_end(f);
}

TEST(who_may_not_read_a_case_gets_none_of_its_files)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str it = flow_sign_in(f, "internal_audit"), own = flow_sign_in(f, "rita");
	struct str ref = js_str(flow_do(f, own, "report", S(""), BAG), S("ref"));
	struct str other = js_str(flow_do(f, S(""), "report", S(""), BAG), S("ref"));
	struct sample s = uploaded(f, 100);
	struct js *ok;
	uint64_t size;

	attach(f, it, ref, &s, 100);
	size = f->desk.journal.tree.size;
	EXPECT(download(f, flow_sign_in(f, "hr"), ref, s.object, &ok) == ERR_NOT_FOUND);
	EXPECT(download(f, own, ref, s.object, &ok) == ERR_NOT_FOUND);
	EXPECT(download(f, S(""), ref, s.object, &ok) == ERR_WHO);
	EXPECT(download(f, it, other, s.object, &ok) == ERR_NOT_FOUND);
	EXPECT(download(f, it, ref, id_new(cx), &ok) == ERR_NOT_FOUND);
	/* an answer with a key in it is kept nowhere, and those of commands with an id are */
	flow_refused(f, it, "download", ref, str_fmt(cx, "{\"file\":\"%.*s\"}", F(id_hex(cx, s.object))).p, ERR_BAD_INPUT);
	EXPECT(f->desk.journal.tree.size == size);
	flow_end(f);
}

/* A stub says that there is a case, and no more of it. */
TEST(who_sees_a_stub_gets_none_of_its_files)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str it = flow_sign_in(f, "internal_audit"), desk = flow_sign_in(f, "it_service_desk");
	struct str ref = js_str(flow_do(f, S(""), "report", S(""), "{\"narrative\":\"A letter went astray.\",\"facts\":"
	    "{\"category\":\"wrong_recipient\"}}"), S("ref"));
	struct actor who = flow_actor(f, desk);
	struct sample s = uploaded(f, 100);
	enum sight_level sight;
	struct js *ok;

	attach(f, it, ref, &s, 100);
	EXPECT_OK(access_sight(cx, f->desk.db, &who, flow_case(f, ref), &sight));
	EXPECT(sight == SEES_A_STUB);
	EXPECT(download(f, desk, ref, s.object, &ok) == ERR_NOT_FOUND);
	EXPECT_OK(download(f, it, ref, s.object, &ok));
	flow_end(f);
}

TEST(of_a_file_that_was_changed_nothing_goes_out_but_what_was_attached)
{
	const int64_t size = (int64_t)3 * STREAM_CHUNK;
	const ptrdiff_t chunk = STREAM_CHUNK + STREAM_OVER;
	static const int at[] = { 10, STREAM_HEAD + 1, STREAM_HEAD + STREAM_CHUNK + STREAM_OVER + 1, 3 * STREAM_CHUNK };
	static const int64_t most[] = { 0, 0, STREAM_CHUNK, (int64_t)2 * STREAM_CHUNK };
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str it = flow_sign_in(f, "internal_audit"), ref = js_str(flow_do(f, S(""), "report", S(""), BAG), S("ref")), all;
	struct sample s = uploaded(f, size), shorter = uploaded(f, size), other = uploaded(f, size);
	struct js *ok;
	int64_t n;

	attach(f, it, ref, &s, size);
	all = flow_stored(f, s.object);
	EXPECT_OK(download(f, it, ref, s.object, &ok));
	for (ptrdiff_t i = 0; i < COUNT(at); i++) {
		((char *)all.p)[at[i]] ^= 1;
		flow_store(f, s.object, all);
		EXPECT(all_of(f, ok, &n) == ERR_TAMPERED);
		EXPECT(n == most[i]);
		((char *)all.p)[at[i]] ^= 1;
	}
	flow_store(f, s.object, str_sub(all, 0, all.n - chunk)); /* at a chunk's end */
	EXPECT(all_of(f, ok, &n) == ERR_TAMPERED && n == STREAM_CHUNK);
	EXPECT(download(f, it, ref, s.object, &ok) == ERR_TAMPERED);
	/* it never was what was said of it when it was attached */
	attach(f, it, ref, &shorter, STREAM_CHUNK);
	EXPECT_OK(download(f, it, ref, shorter.object, &ok));
	EXPECT(all_of(f, ok, &n) == ERR_TAMPERED && n == 0);
	other.sum.plain.b[0] ^= 1;
	attach(f, it, ref, &other, size);
	EXPECT_OK(download(f, it, ref, other.object, &ok));
	EXPECT(all_of(f, ok, &n) == ERR_TAMPERED && n == (int64_t)2 * STREAM_CHUNK);
	flow_store(f, s.object, all);
	EXPECT_OK(download(f, it, ref, s.object, &ok));
	EXPECT_OK(all_of(f, ok, &n));
	flow_end(f);
}

TEST(a_file_that_is_gone_is_said_and_not_entered)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str it = flow_sign_in(f, "internal_audit"), ref = js_str(flow_do(f, S(""), "report", S(""), BAG), S("ref"));
	struct sample s = uploaded(f, 1000);
	struct vault v = desk_vault(&f->desk);
	struct js *ok;
	uint64_t size;
	int64_t n;

	attach(f, it, ref, &s, 1000);
	EXPECT_OK(download(f, it, ref, s.object, &ok));
	EXPECT_OK(db_begin(cx, f->desk.db));
	EXPECT_OK(vault_remove(cx, &v, s.object));
	EXPECT_OK(db_commit(cx, f->desk.db));
	size = f->desk.journal.tree.size;
	EXPECT(all_of(f, ok, &n) == ERR_NOT_FOUND && n == 0);
	EXPECT(download(f, it, ref, s.object, &ok) == ERR_NOT_FOUND);
	EXPECT(str_starts(str_of(cx->why), S("this file is no longer kept")));
	EXPECT(f->desk.journal.tree.size == size);
	flow_end(f);
}
