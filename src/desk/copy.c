#include "desk/copy.h"

#include "desk/arrive.h"
#include "store/effect.h"
#include "store/table.h"
#include "store/vault.h"

/* Costs nothing until it is used. */
#define ROOM ((ptrdiff_t)1 << 36)

struct copy {
	const struct copy_ask *ask;
	struct copy_done *done;
	struct folder f;
	struct cx *kept;              /* of the caller: what is to be told in the end */
	int dir;                      /* the old directory */
	struct db *from, *to;
	struct arrival arrival;
	struct keys keys;
	struct row_heads *logs; ptrdiff_t n_logs;
	struct table_sum *sums;       /* of every table as the old database has it */
};

static void tell(const struct copy *c, const char *what, int64_t n, int64_t of) { watch_tell(&c->ask->watch, what, n, of); }

/* As one moment sees it. */
static enum err
open_old(struct cx *cx, struct copy *c)
{
	struct row_head_get *head;
	struct str place;
	int64_t body;

	TRY(desk_place(cx, c->ask->from, c->dir, &place));
	TRY(desk_body(cx, c->dir, &body));
	TRY(db_open_body(cx, place, body, false, &c->from));
	TRY(sql_head_get(cx, c->from, &head));
	if (!head)
		return fail(cx, ERR_NOT_FOUND, "%.*s holds no journal", F(c->ask->from));
	TRY(keys_load(cx, c->dir, head->origin, &c->keys));
	TRY(db_snapshot(cx, c->from));
	TRY(sql_heads(cx, c->from, &c->logs, &c->n_logs));
	c->done->origin = str_copy(c->kept, head->origin);
	c->done->records = c->logs[c->n_logs - 1].first + c->logs[c->n_logs - 1].size;
	return OK;
}

/* Is the journal of that body what was read here, to the last leaf? */
static enum err
is_same_journal(struct cx *cx, const struct copy *c, struct db *db, int64_t body, bool *out)
{
	int64_t own = db_body(db);
	struct row_heads *logs;
	ptrdiff_t n;

	db_serve(db, body);
	TRY(sql_heads(cx, db, &logs, &n));
	db_serve(db, own);
	*out = n == c->n_logs;
	for (ptrdiff_t i = 0; *out && i < n; i++)
		*out = logs[i].size == c->logs[i].size && logs[i].first == c->logs[i].first &&
		    str_eq(logs[i].origin, c->logs[i].origin) && str_eq(logs[i].last_leaf, c->logs[i].last_leaf);
	return OK;
}

static enum err
make_new(struct cx *cx, struct copy *c)
{
	enum { NODE = 16 };
	struct arrival *a = &c->arrival;
	struct str node;
	enum err e;

	TRY(arrive_begin(cx, &c->f, c->dir, c->ask->to, c->logs[0].origin, a));
	c->to = a->db;
	e = files_read(cx, c->dir, S("db/node"), NODE, &node);
	if (e == OK)
		e = files_create(cx, c->f.at, S("db/node"), 0600, node);
	if (e != ERR_NOT_FOUND)
		TRY(e);
	if (!a->there)
		return OK;
	TRY(is_same_journal(cx, c, c->to, a->there, &c->done->was_there));
	return c->done->was_there ? arrive_again(cx, a) : arrive_refused(cx, a);
}

struct one_file { struct copy *c; const struct vault *from, *to; int64_t of; struct vault_put *put; struct sha256_run *run; };

static enum err
count_file(struct cx *cx, void *with, struct id object)
{
	(void)cx, (void)object;
	++*(int64_t *)with;
	return OK;
}

static enum err
pass(struct cx *cx, void *with, struct str bytes)
{
	struct one_file *one = with;

	sha256_feed(one->run, bytes);
	return one->put ? vault_more(cx, one->put, bytes) : OK;
}

static void
give_up(void *arg)
{
	struct one_file *one = arg;

	if (one->run)
		sha256_end(one->run);
	one->run = NULL;
}

/* Over, and read again from where it went. */
static enum err
copy_file(struct cx *cx, void *with, struct id object)
{
	struct one_file *one = with;
	struct copy *c = one->c;
	struct mark m = cx_mark(cx);
	struct hash was, is;

	one->put = NULL;
	one->run = sha256_start();
	if (!c->done->was_there)
		TRY(vault_begin(cx, one->to, object, &one->put));
	TRY(vault_read(cx, one->from, object, (struct stream_sink){ pass, one }));
	was = sha256_end(one->run);
	one->run = NULL;
	if (one->put)
		TRY(vault_end(cx, one->put));
	TRY(vault_hash(cx, one->to, object, &is));
	cx_back(cx, m);
	tell(c, "files", ++c->done->files, one->of);
	return hash_eq(was, is) ? OK : fail(cx, ERR_TAMPERED, "the file %.*s did not arrive as it was", F(id_hex(cx, object)));
}

static enum err
copy_files(struct cx *cx, struct copy *c)
{
	struct vault from = { c->from, c->dir }, to = { c->to, c->f.at };
	struct one_file *one = NEW(cx, struct one_file, 1);

	*one = (struct one_file){ .c = c, .from = &from, .to = &to };
	cx_defer(cx, give_up, one);
	TRY(vault_list(cx, &from, count_file, &one->of));
	return vault_list(cx, &from, copy_file, one);
}

/* Stored files go by the vault, which may keep them elsewhere. */
static bool
by_vault(const struct sql_whole *t)
{
	return !strcmp(t->name, "object");
}

static int64_t
rows_of(const struct copy *c, const struct sql_whole *t)
{
	return !strcmp(t->name, "entry") ? c->done->records : 0;
}

static enum err
copy_tables(struct cx *cx, struct copy *c)
{
	if (!c->done->was_there)
		TRY(sql_meta_drop(cx, c->to, S("body"))); /* the note of the number, which may come again as a row */
	for (int i = 0; i < sql_wholes_count; i++) {
		const struct sql_whole *t = &sql_wholes[i];
		struct table_watch w = { &c->ask->watch, "copying", rows_of(c, t) };

		if (t->view || by_vault(t))
			continue;
		TRY(table_read(cx, c->from, i, c->done->was_there ? NULL : c->to, &w, &c->sums[i]));
		c->done->rows += c->sums[i].rows;
	}
	return OK;
}

/* What the views must come out as. Before the new database is in a transaction, for a server ends those that wait long. */
static enum err
sum_views(struct cx *cx, struct copy *c)
{
	struct table_watch w = { &c->ask->watch, "reading", 0 };

	for (int i = 0; i < sql_wholes_count; i++)
		if (sql_wholes[i].view)
			TRY(table_read(cx, c->from, i, NULL, &w, &c->sums[i]));
	return OK;
}

static enum err
compare_tables(struct cx *cx, struct copy *c)
{
	struct table_sum is;

	for (int i = 0; i < sql_wholes_count; i++) {
		struct table_watch w = { &c->ask->watch, "comparing", rows_of(c, &sql_wholes[i]) };

		if (by_vault(&sql_wholes[i]))
			continue;
		TRY(table_read(cx, c->to, i, NULL, &w, &is));
		if (!table_same(&is, &c->sums[i]))
			return fail(cx, ERR_TAMPERED, "%s has %lld rows in the copy, which are not the %lld that were read%s", sql_wholes[i].name,
			    (long long)is.rows, (long long)c->sums[i].rows, sql_wholes[i].view ?
			    ": the views of the old directory do not follow from its journal, `tocsin rebuild` makes them again" : "");
	}
	return OK;
}

static enum err
verify(struct cx *cx, struct copy *c)
{
	struct row_checkpoint_last *last;
	uint64_t n;

	tell(c, "making the views again", 0, 0);
	TRY(effect_rebuild(cx, c->to, &c->keys, &n));
	tell(c, "verifying", 0, 0);
	TRY(keys_check(cx, c->to, &c->keys));
	TRY(journal_verify(cx, c->to, &c->keys, &n));
	TRY(compare_tables(cx, c));
	TRY(sql_checkpoint_last(cx, c->to, c->logs[c->n_logs - 1].log, &last));
	c->done->checkpoint = last ? str_copy(c->kept, last->note) : S("");
	return OK;
}

/* Whoever serves the same database from another directory is not kept out by this one's lock. */
static enum err
nobody_wrote(struct cx *cx, struct copy *c)
{
	bool same;

	db_snapshot_end(c->from);
	TRY(is_same_journal(cx, c, c->from, db_body(c->from), &same));
	return same ? OK : fail(cx, ERR_BUSY, "another node wrote into the old database meanwhile: stop every node first");
}

static enum err
fill(struct cx *cx, struct copy *c)
{
	TRY(open_old(cx, c));
	TRY(make_new(cx, c));
	c->sums = NEW(cx, struct table_sum, sql_wholes_count);
	TRY(sum_views(cx, c));
	TRY(db_begin(cx, c->to));
	TRY(copy_files(cx, c));
	TRY(copy_tables(cx, c));
	TRY(verify(cx, c));
	TRY(nobody_wrote(cx, c));
	TRY(arrive_end(cx, &c->arrival));
	return db_tidy(cx, c->to, FOLD_EMPTY);
}

static enum err
build(struct cx *cx, void *arg)
{
	struct copy *c = arg;
	struct mark m;
	enum err e;
	int lock;

	TRY(files_open_dir(cx, FILES_HERE, c->ask->from, &c->dir));
	files_close_later(cx, c->dir);
	TRY(desk_stays(cx, c->dir));
	TRY(files_lock(cx, c->dir, &lock));
	files_close_later(cx, lock);
	m = cx_mark(cx);
	e = fill(cx, c);
	if (e != OK)
		arrive_undo(cx, &c->arrival);
	cx_back(cx, m); /* both databases are closed, the old directory is still held */
	return e;
}

/* The names of the new directory, and then where it is: after this nothing starts in the old one. */
static enum err
settle(struct cx *cx, struct copy *c)
{
	TRY(folder_end(cx, &c->f, S("db")));
	return files_write(cx, c->dir, S("db/moved"), 0600, str_fmt(cx, "%.*s\n", F(c->ask->data)));
}

enum err
copy_run(struct cx *cx, const struct copy_ask *ask, struct copy_done *out)
{
	struct cx life = { .now = cx->now, .boot = cx->boot, .chance = cx->chance };
	struct copy *c = NEW(cx, struct copy, 1);
	enum err e;

	*out = (struct copy_done){ .origin = S(""), .checkpoint = S("") };
	*c = (struct copy){ .ask = ask, .done = out, .kept = cx };
	TRY(folder_begin(cx, ask->data, &c->f));
	cx_begin(&life, cx_room(ROOM), ROOM);
	e = cx_run(&life, build, c);
	e = e == OK ? settle(cx, c) : fail(cx, e, "%s", life.why);
	cx_end(&life);
	if (e != OK)
		folder_undo(cx, &c->f);
	return e;
}
