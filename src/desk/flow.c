#include "desk/flow.h"

#include "base/buf.h"
#include "base/code.h"
#include "desk/join.h"
#include "store/test_db.h"
#include "store/effect.h"
#include "store/search.h"
#include "sys/test_dir.h"

#define KEY "4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"
enum { ROOM = 256 << 20 };

static struct js *
request(struct flow *f, struct str as, const char *command, struct str ref, const char *args)
{
	struct js *r = js_object(f->cx), *cred = js_object(f->cx), *a;
	struct cx *cx = f->cx;

	EXPECT_OK(js_read(f->cx, str_of(args), &a));
	js_set_str(f->cx, r, S("id"), id_hex(f->cx, id_new(f->cx)));
	js_set_str(f->cx, r, S("command"), str_of(command));
	if (ref.n)
		js_set_str(f->cx, r, S("case"), ref);
	if (as.n)
		js_set_str(f->cx, cred, S("session"), as);
	js_set(f->cx, r, S("as"), cred);
	js_set(f->cx, r, S("args"), a);
	return r;
}

struct js *
flow_do(struct flow *f, struct str as, const char *command, struct str ref, const char *args)
{
	struct cx *cx = f->cx;
	struct js *answer;

	f->life.now = cx->now;
	f->life.boot = cx->boot;
	EXPECT_OK(desk_do_now(cx, &f->desk, request(f, as, command, ref, args), str_eq(as, S("local")), &answer));
	return answer;
}

void
flow_refused(struct flow *f, struct str as, const char *command, struct str ref, const char *args, enum err kind)
{
	struct cx *cx = f->cx;
	struct js *answer;
	enum err e = desk_do_now(cx, &f->desk, request(f, as, command, ref, args), false, &answer);

	if (e != kind)
		fail_msg("%s was answered %s (%s), not %s", command, err_name(e).p, cx->why, err_name(kind).p);
	cx->faults = NULL;
	cx->n_faults = 0;
}

static void
open_desk(struct flow *f)
{
	if (desk_open(&f->life, f->path, true, &f->desk) != OK)
		fail_msg("%s", f->life.why);
	f->desk.is_gate = true;
}

void
flow_move(struct flow *f, struct str path)
{
	struct cx *cx = f->cx;
	struct str note;

	EXPECT_OK(desk_sign(cx, &f->desk, &note));
	cx_end(&f->life);
	f->path = path;
	f->life.now = cx->now;
	f->life.boot = cx->boot;
	open_desk(f);
}

struct flow *
flow_start(struct cx *cx, struct str pack)
{
	static void *room;
	struct flow *f = NEW(cx, struct flow, 1);
	struct str yaml = test_file(cx, str_fmt(cx, "policy/%.*s/pack.yaml", F(pack)).p);
	struct buf people = buf_new(cx);

	f->cx = cx;
	test_dir(cx);
	f->path = str_fmt(cx, "%s/data", test_dir_path());
	EXPECT_OK(desk_create(cx, f->path, test_db(cx), S("test.example/log"), yaml));
	if (!room)
		room = cx_room(ROOM);
	f->life = *cx;
	cx_begin(&f->life, room, ROOM);
	open_desk(f);
	buf_put(&people, S("{\"people\":[{\"person\":\"rita\",\"name\":\"Rita Porter\",\"email\":\"rita@example.org\",\"department\":\"Housing\","
	    "\"manager\":\"line_manager\",\"roles\":[]},{\"person\":\"boss\",\"name\":\"Bo Smith\",\"department\":\"Planning\",\"roles\":[\"admin\"]}"));
	for (ptrdiff_t i = 0; i < f->desk.policy->n_roles; i++) {
		struct str id = f->desk.policy->roles[i].id;
		enum role_is is = f->desk.policy->roles[i].is;

		buf_fmt(&people, ",{\"person\":\"%.*s\",\"name\":\"A %.*s\",\"email\":\"%.*s@example.org\",\"department\":\"Housing\",\"roles\":[\"%.*s\"]}",
		    F(id), F(id), F(id), F(is == ROLE_MANAGER_OF_REPORTER || is == ROLE_REPORTER ? S("manager") : id));
	}
	buf_put(&people, S("]}"));
	flow_do(f, S("local"), "people", S(""), str_z(cx, buf_str(&people)));
	return f;
}

struct str
flow_sign_in(struct flow *f, const char *person)
{
	struct js *link = flow_do(f, S("local"), "make_link", S(""), str_fmt(f->cx, "{\"person\":\"%s\"}", person).p);
	struct str text = js_str(link, S("link"));

	return js_str(flow_do(f, S(""), "use_link", S(""), str_fmt(f->cx, "{\"link\":\"%.*s\"}", F(text)).p), S("session"));
}

struct actor
flow_actor(struct flow *f, struct str session)
{
	struct credential c = { .session = session };
	struct cx *cx = f->cx;
	struct actor a;

	EXPECT_OK(access_who(cx, f->desk.db, f->desk.policy, &c, &a));
	return a;
}

struct id
flow_case(struct flow *f, struct str ref)
{
	struct row_case_id_of_ref *row;
	struct cx *cx = f->cx;

	EXPECT_OK(sql_case_id_of_ref(cx, f->desk.db, ref, &row));
	EXPECT(row != NULL);
	return row->case_id;
}

struct str flow_beside(struct flow *f, const char *name) { return str_fmt(f->cx, "%s/%s", test_dir_path(), name); }

bool
flow_nothing_at(struct flow *f, struct str path)
{
	struct str *names;
	ptrdiff_t n;
	enum err e = files_list(f->cx, FILES_HERE, path, &names, &n);

	return e == ERR_NOT_FOUND || (e == OK && n == 0);
}

void
flow_attach(struct flow *f, struct str as, struct str ref, struct id object, struct str bytes)
{
	struct cx *cx = f->cx;
	struct hash stored = sha256(bytes);
	struct str hex = id_hex(cx, object), h = hex_of(cx, stored.b, 32);

	EXPECT_OK(files_create(cx, f->desk.dir, str_fmt(cx, "spool/%.*s", F(hex)), 0600, bytes));
	flow_do(f, S(""), "upload", S(""), str_fmt(cx, "{\"object\":\"%.*s\",\"key\":\"" KEY "\"}", F(hex)).p);
	flow_do(f, as, "attach", ref, str_fmt(cx, "{\"attachments\":[{\"object\":\"%.*s\",\"name\":\"a.pdf\",\"type\":\"x/y\",\"size\":9,"
	    "\"stored_size\":%td,\"plain\":\"%.*s\",\"stored\":\"%.*s\"}]}", F(hex), bytes.n, F(h), F(h)).p);
}

static enum err
collect(struct cx *cx, void *with, struct str bytes)
{
	struct str *all = with;

	(void)cx;
	memcpy((char *)all->p + all->n, bytes.p, (size_t)bytes.n);
	all->n += bytes.n;
	return OK;
}

struct str
flow_stored(struct flow *f, struct id object)
{
	struct vault v = desk_vault(&f->desk);
	struct cx *cx = f->cx;
	struct str all;
	int64_t size;

	EXPECT_OK(vault_size(cx, &v, object, &size));
	all = (struct str){ NEW(cx, char, (ptrdiff_t)size), 0 }; /* what a sink takes itself is given back after each piece */
	EXPECT_OK(vault_read(cx, &v, object, (struct stream_sink){ collect, &all }));
	return all;
}

void
flow_store(struct flow *f, struct id object, struct str bytes)
{
	struct vault v = desk_vault(&f->desk);
	struct cx *cx = f->cx;
	struct vault_put *put;

	EXPECT_OK(vault_begin(cx, &v, object, &put));
	EXPECT_OK(vault_more(cx, put, bytes));
	EXPECT_OK(vault_end(cx, put));
}

struct str
flow_sign(struct flow *f)
{
	struct cx *cx = f->cx;
	struct str note;

	EXPECT_OK(desk_sign(cx, &f->desk, &note));
	return note;
}

void
flow_backup(struct flow *f, struct str path, struct backup_made *made)
{
	struct cx *cx = f->cx;
	struct folder folder;
	int64_t size = js_int(flow_do(f, S("local"), "export", S(""), "{\"mode\":\"backup\"}"), S("size"), 0);

	flow_sign(f);
	EXPECT_OK(folder_begin(cx, path, &folder));
	EXPECT_OK(backup_write(cx, &f->desk, size, &folder, (struct watch){ 0 }, made));
	EXPECT_OK(folder_end(cx, &folder, S("SHA256SUMS")));
}

struct str
flow_place(struct flow *f)
{
	struct cx *cx = f->cx;
	struct str place;

	EXPECT_OK(desk_place(cx, f->path, f->desk.dir, &place));
	return place;
}

struct desk *
flow_node(struct flow *f)
{
	struct desk *d = NEW(&f->life, struct desk, 1);
	int number = f->nodes++;
	struct str keys = str_fmt(f->cx, "%s/keys-%d", test_dir_path(), number), path = str_fmt(f->cx, "%s/node-%d", test_dir_path(), number);
	struct cx *cx = f->cx;
	uint16_t node;

	EXPECT_OK(backup_keys(cx, &f->desk, keys));
	EXPECT_OK(join_node(cx, path, flow_place(f), keys, &node));
	EXPECT_OK(desk_open(&f->life, path, true, d));
	d->is_gate = true;
	return d;
}

void
flow_index(struct flow *f)
{
	struct cx *cx = f->cx;
	bool more = true;

	EXPECT_OK(db_begin(cx, f->desk.db));
	while (more)
		EXPECT_OK(search_go_on(cx, f->desk.db, 7, &more));
	EXPECT_OK(db_commit(cx, f->desk.db));
}

void
flow_wait(struct flow *f, when t)
{
	f->cx->now += t;
	f->cx->boot += t;
}

void
flow_end(struct flow *f)
{
	struct cx *cx = f->cx;
	struct buf before = buf_new(cx), after = buf_new(cx);
	struct str note;
	uint64_t n, again;

	flow_index(f);
	EXPECT_OK(desk_sign(cx, &f->desk, &note));
	EXPECT_OK(journal_verify(cx, f->desk.db, &f->desk.keys, &n));
	EXPECT_OK(db_dump_views(cx, f->desk.db, &before));
	EXPECT_OK(db_begin(cx, f->desk.db));
	EXPECT_OK(effect_rebuild(cx, f->desk.db, &f->desk.keys, &again));
	EXPECT_OK(db_dump_views(cx, f->desk.db, &after));
	EXPECT_OK(db_commit(cx, f->desk.db));
	EXPECT(n == again);
	EXPECT_STR(buf_str(&after), buf_str(&before));
	cx_end(&f->life);
}
