#include "desk/join.h"

#include "desk/backup.h"
#include "sys/files.h"

/* Of the bodies in the database, the one whose journal the keys open. */
static enum err
find_body(struct cx *cx, struct db *db, struct keys *keys)
{
	struct row_head_get *head;
	struct data_key system;
	int64_t body, any;

	TRY(db_body_after(cx, db, 0, &any));
	for (body = any; body;) {
		db_serve(db, body);
		TRY(sql_head_get(cx, db, &head));
		if (head && keys_get(cx, db, keys, record_system_key(record_log_id(head->origin)), &system) == OK)
			return OK;
		TRY(db_body_after(cx, db, body, &body));
	}
	return any ? fail(cx, ERR_DENIED, "these are not the keys of a journal in this database") :
	    fail(cx, ERR_NOT_FOUND, "this database holds no journal: make one by tocsin init --database");
}

static enum err
take_number(struct cx *cx, struct db *db, uint16_t *node)
{
	struct row_head_lock *head;
	struct row_term_last *last;

	TRY(sql_head_lock(cx, db, &head));
	TRY(sql_term_last(cx, db, &last));
	if (!last || last->node >= UINT16_MAX)
		return fail(cx, ERR_CONFLICT, "there is no number left for one more node");
	*node = (uint16_t)(last->node + 1);
	return sql_term_set(cx, db, *node, 0);
}

static enum err
enter(struct cx *cx, int dir, struct str database, uint16_t *node)
{
	struct keys keys;
	struct db *db;
	enum err e;

	TRY(keys_load(cx, dir, S("-"), &keys));
	TRY(db_open_writer(cx, database, &db));
	TRY(find_body(cx, db, &keys));
	TRY(db_begin(cx, db));
	e = take_number(cx, db, node);
	if (e != OK) {
		db_rollback(db);
		return e;
	}
	TRY(files_create(cx, dir, S("db/address"), 0600, database));
	TRY(desk_body_set(cx, dir, db_body(db)));
	TRY(files_create(cx, dir, S("db/node"), 0600, str_fmt(cx, "%u\n", *node)));
	return db_commit(cx, db);
}

enum err
join_node(struct cx *cx, struct str path, struct str database, struct str keys, uint16_t *node)
{
	struct mark m = cx_mark(cx);
	struct folder f;
	int from;
	enum err e;

	TRY(files_open_dir(cx, FILES_HERE, keys, &from));
	files_close_later(cx, from);
	TRY(folder_begin(cx, path, &f));
	e = desk_places(cx, f.at);
	if (e == OK)
		e = backup_keys_copy(cx, from, f.at);
	if (e == OK)
		e = enter(cx, f.at, database, node);
	if (e == OK)
		e = folder_end(cx, &f, S("db"));
	if (e != OK)
		folder_undo(cx, &f);
	else
		cx_back(cx, m);
	return e;
}
