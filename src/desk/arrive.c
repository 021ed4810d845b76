#include "desk/arrive.h"

#include "desk/backup.h"

/* Of the other bodies in the database, the one of that origin; 0: none. */
static enum err
find(struct cx *cx, const struct arrival *a, int64_t *out)
{
	int64_t own = db_body(a->db), body;
	struct row_heads *logs;
	ptrdiff_t n;

	*out = 0;
	TRY(db_body_after(cx, a->db, 0, &body));
	while (body && !*out) {
		struct mark m = cx_mark(cx);

		db_serve(a->db, body);
		TRY(sql_heads(cx, a->db, &logs, &n));
		if (body != own && n && str_eq(logs[0].origin, a->origin))
			*out = body;
		cx_back(cx, m);
		TRY(db_body_after(cx, a->db, body, &body));
	}
	db_serve(a->db, own);
	return OK;
}

enum err
arrive_begin(struct cx *cx, const struct folder *f, int keys, struct str database, struct str origin, struct arrival *a)
{
	struct str place;
	int64_t body;

	*a = (struct arrival){ .origin = origin, .dir = f->at };
	TRY(desk_places(cx, f->at));
	TRY(backup_keys_copy(cx, keys, f->at));
	if (database.n)
		TRY(files_create(cx, f->at, S("db/address"), 0600, database));
	TRY(desk_place(cx, f->work, f->at, &place));
	TRY(db_create(cx, place, &body));
	TRY(db_open_body(cx, place, body, true, &a->db));
	return find(cx, a, &a->there);
}

enum err
arrive_again(struct cx *cx, struct arrival *a)
{
	TRY(sql_meta_drop(cx, a->db, S("body")));
	db_serve(a->db, a->there);
	a->counts = true;
	return OK;
}

enum err
arrive_refused(struct cx *cx, const struct arrival *a)
{
	return fail(cx, ERR_CONFLICT, "%.*s is in that database already, as its body %lld: `tocsin join` makes one more directory for it, "
	    "and what is to stand beside it needs another database", F(a->origin), (long long)a->there);
}

enum err
arrive_end(struct cx *cx, struct arrival *a)
{
	if (!a->counts) {
		TRY(db_bodies_lock(cx, a->db));
		TRY(find(cx, a, &a->there));
		if (a->there)
			return arrive_refused(cx, a);
	}
	TRY(desk_body_set(cx, a->dir, db_body(a->db)));
	TRY(db_commit(cx, a->db));
	a->counts = true;
	return OK;
}

void
arrive_undo(struct cx *cx, struct arrival *a)
{
	char why[sizeof cx->why];

	if (!a->db || a->counts)
		return;
	memcpy(why, cx->why, sizeof why); /* which is a better reason than what goes wrong here */
	db_rollback(a->db);
	if (sql_meta_drop(cx, a->db, S("body")) != OK)
		memcpy(cx->why, why, sizeof why);
}
