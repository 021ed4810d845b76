#include "store/vault.h"

#include "sys/files.h"
#include <fcntl.h>

enum { AT_A_TIME = 256, TOGETHER = 64 }; /* TOGETHER: chunks in one commit of a put */
#define SPOOL_KEPT DAY

struct vault_put {
	struct vault v;
	struct id object;
	bool alone;          /* no batch of the caller */
	int fd;              /* in a folder */
	uint8_t *chunk;      /* in a database: the bytes that make no full chunk yet */
	ptrdiff_t n;
	int64_t at;
};

static struct str
in_folder(struct cx *cx, const char *folder, struct id object)
{
	return str_fmt(cx, "%s/%.*s", folder, F(id_hex(cx, object)));
}

/* How far an object in a database has come: its whole chunks, and what the one after them holds; -1: there is none. */
struct reach { int64_t chunks, rest; };

static enum err
reach_of(struct cx *cx, const struct vault *v, struct id object, struct reach *out)
{
	struct row_object_last *row;

	*out = (struct reach){ 0, -1 };
	TRY(sql_object_last(cx, v->db, object, &row));
	if (row && row->size < VAULT_CHUNK)
		*out = (struct reach){ row->at, row->size };
	else if (row)
		out->chunks = row->at + 1;
	return OK;
}

/* The next slice of a file of the spool into rows. */
static enum err
keep_rows(struct cx *cx, const struct vault *v, struct id object, bool *whole)
{
	struct reach had;
	struct str piece;
	enum err e;
	int fd;

	TRY(reach_of(cx, v, object, &had));
	*whole = had.rest >= 0;
	if (*whole)
		return OK;
	e = files_open(cx, v->dir, in_folder(cx, "spool", object), O_RDONLY, 0, &fd);
	if (e == ERR_NOT_FOUND)
		return fail(cx, e, "the uploaded file is not in this node's spool: send it again");
	TRY(e);
	for (int64_t at = had.chunks; !*whole && at < had.chunks + VAULT_SLICE / VAULT_CHUNK; at++) {
		struct mark m = cx_mark(cx);

		TRY(files_piece(cx, fd, at * VAULT_CHUNK, VAULT_CHUNK, &piece));
		TRY(sql_object_add(cx, v->db, object, at, piece));
		*whole = piece.n < VAULT_CHUNK;
		cx_back(cx, m);
	}
	return OK;
}

/* A second name, for the first goes only once this is committed. */
static enum err
keep_file(struct cx *cx, const struct vault *v, struct id object)
{
	struct str hex = id_hex(cx, object);
	int spool, vault;
	int64_t size;
	enum err e;

	TRY(files_open_dir(cx, v->dir, S("spool"), &spool));
	files_close_later(cx, spool);
	TRY(files_open_dir(cx, v->dir, S("vault"), &vault));
	files_close_later(cx, vault);
	e = files_link(cx, spool, hex, vault, hex);
	if (e == ERR_CONFLICT || (e == ERR_NOT_FOUND && files_size(cx, vault, hex, &size) == OK))
		return files_sync_dir(cx, vault); /* by a batch that was lost */
	if (e == ERR_NOT_FOUND)
		return fail(cx, e, "the uploaded file is not in the spool: send it again");
	return e;
}

enum err
vault_keep(struct cx *cx, const struct vault *v, struct id object, bool *whole)
{
	if (db_shared(v->db))
		return keep_rows(cx, v, object, whole);
	*whole = true;
	return keep_file(cx, v, object);
}

static enum err
not_here(struct cx *cx, struct id object)
{
	return fail(cx, ERR_NOT_FOUND, "the file %.*s is not in the vault", F(id_hex(cx, object)));
}

enum err
vault_size(struct cx *cx, const struct vault *v, struct id object, int64_t *out)
{
	struct reach r;
	enum err e;

	if (!db_shared(v->db)) {
		e = files_size(cx, v->dir, in_folder(cx, "vault", object), out);
		return e == ERR_NOT_FOUND ? not_here(cx, object) : e;
	}
	TRY(reach_of(cx, v, object, &r));
	if (r.rest < 0)
		return not_here(cx, object);
	*out = r.chunks * VAULT_CHUNK + r.rest;
	return OK;
}

static enum err
piece_of(struct cx *cx, const struct vault *v, struct id object, int fd, int64_t at, struct str *out)
{
	struct row_object_chunk *row;

	if (!db_shared(v->db))
		return files_piece(cx, fd, at * VAULT_CHUNK, VAULT_CHUNK, out);
	TRY(sql_object_chunk(cx, v->db, object, at, &row));
	if (!row)
		return fail(cx, ERR_TAMPERED, "the file %.*s has a gap in the vault", F(id_hex(cx, object)));
	*out = row->chunk;
	return OK;
}

enum err
vault_get(struct cx *cx, const struct vault *v, struct id object, struct vault_get *out)
{
	*out = (struct vault_get){ .v = *v, .object = object, .fd = -1 };
	TRY(vault_size(cx, v, object, &out->size));
	return db_shared(v->db) ? OK : files_open(cx, v->dir, in_folder(cx, "vault", object), O_RDONLY, 0, &out->fd);
}

enum err
vault_get_next(struct cx *cx, struct vault_get *g, struct str *piece)
{
	*piece = S("");
	return g->at * VAULT_CHUNK < g->size ? piece_of(cx, &g->v, g->object, g->fd, g->at++, piece) : OK;
}

enum err
vault_read(struct cx *cx, const struct vault *v, struct id object, struct stream_sink sink)
{
	struct mark all = cx_mark(cx), m;
	struct vault_get g;
	struct str piece;

	TRY(vault_get(cx, v, object, &g));
	do {
		m = cx_mark(cx);
		TRY(vault_get_next(cx, &g, &piece));
		if (piece.n)
			TRY(sink.put(cx, sink.with, piece));
		cx_back(cx, m);
	} while (piece.n);
	cx_back(cx, all);
	return OK;
}

static enum err
feed(struct cx *cx, void *with, struct str bytes)
{
	(void)cx;
	sha256_feed(with, bytes);
	return OK;
}

static void
give_up(void *arg)
{
	struct sha256_run **run = arg;

	if (*run)
		sha256_end(*run);
}

enum err
vault_hash(struct cx *cx, const struct vault *v, struct id object, struct hash *out)
{
	struct mark m = cx_mark(cx);
	struct sha256_run **run = NEW(cx, struct sha256_run *, 1);

	cx_defer(cx, give_up, run);
	*run = sha256_start();
	TRY(vault_read(cx, v, object, (struct stream_sink){ feed, *run }));
	*out = sha256_end(*run);
	*run = NULL;
	cx_back(cx, m);
	return OK;
}

enum err
vault_begin(struct cx *cx, const struct vault *v, struct id object, struct vault_put **out)
{
	struct vault_put *p = *out = NEW(cx, struct vault_put, 1);

	*p = (struct vault_put){ .v = *v, .object = object };
	if (!db_shared(v->db))
		return files_open(cx, v->dir, in_folder(cx, "vault", object), O_WRONLY | O_CREAT | O_TRUNC, 0600, &p->fd);
	p->chunk = NEW(cx, uint8_t, VAULT_CHUNK);
	p->alone = !db_in_batch(v->db);
	if (p->alone)
		TRY(db_begin(cx, v->db));
	return sql_object_remove(cx, v->db, object);
}

static enum err
put_chunk(struct cx *cx, struct vault_put *p)
{
	if (p->alone && p->at % TOGETHER == TOGETHER - 1) {
		TRY(db_commit(cx, p->v.db));
		TRY(db_begin(cx, p->v.db));
	}
	TRY(sql_object_add(cx, p->v.db, p->object, p->at++, (struct str){ (char *)p->chunk, p->n }));
	p->n = 0;
	return OK;
}

enum err
vault_more(struct cx *cx, void *put, struct str bytes)
{
	struct vault_put *p = put;

	if (!p->chunk)
		return files_put(cx, p->fd, bytes);
	while (bytes.n) {
		ptrdiff_t room = VAULT_CHUNK - p->n, n = bytes.n < room ? bytes.n : room;
		struct mark m = cx_mark(cx);

		memcpy(p->chunk + p->n, bytes.p, (size_t)n);
		p->n += n;
		bytes = str_sub(bytes, n, bytes.n);
		if (p->n == VAULT_CHUNK)
			TRY(put_chunk(cx, p));
		cx_back(cx, m);
	}
	return OK;
}

enum err
vault_end(struct cx *cx, struct vault_put *p)
{
	if (!p->chunk)
		return OK;
	TRY(put_chunk(cx, p));
	return p->alone ? db_commit(cx, p->v.db) : OK;
}

static enum err
list_rows(struct cx *cx, const struct vault *v, enum err (*each)(struct cx *, void *, struct id), void *with)
{
	struct id after = { { 0 } };
	struct row_objects_from *rows;
	ptrdiff_t n;

	do {
		struct mark m = cx_mark(cx);

		TRY(sql_objects_from(cx, v->db, after, AT_A_TIME, &rows, &n));
		for (ptrdiff_t i = 0; i < n; i++) {
			TRY(each(cx, with, rows[i].object_key));
			after = rows[i].object_key;
		}
		cx_back(cx, m);
	} while (n == AT_A_TIME);
	return OK;
}

enum err
vault_list(struct cx *cx, const struct vault *v, enum err (*each)(struct cx *, void *, struct id), void *with)
{
	struct str *names;
	struct id object;
	ptrdiff_t n;

	if (db_shared(v->db))
		return list_rows(cx, v, each, with);
	TRY(files_list(cx, v->dir, S("vault"), &names, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		if (id_read(names[i], &object))
			TRY(each(cx, with, object));
	return OK;
}

enum err
vault_remove(struct cx *cx, const struct vault *v, struct id object)
{
	if (db_shared(v->db))
		return sql_object_remove(cx, v->db, object);
	return files_remove(cx, v->dir, in_folder(cx, "vault", object));
}

/* The file goes only once it can be read in the database. */
static enum err
move_one(struct cx *cx, const struct vault *v, struct id object)
{
	struct str name = in_folder(cx, "vault", object), piece;
	struct vault_put *put;
	int64_t at = 0, size;
	int fd;

	if (vault_size(cx, v, object, &size) == OK)
		return files_remove(cx, v->dir, name);
	TRY(files_open(cx, v->dir, name, O_RDONLY, 0, &fd));
	TRY(vault_begin(cx, v, object, &put));
	do {
		struct mark m = cx_mark(cx);

		TRY(files_piece(cx, fd, at++ * VAULT_CHUNK, VAULT_CHUNK, &piece));
		TRY(vault_more(cx, put, piece));
		cx_back(cx, m);
	} while (piece.n == VAULT_CHUNK);
	TRY(vault_end(cx, put));
	return files_remove(cx, v->dir, name);
}

enum err
vault_move_in(struct cx *cx, const struct vault *v)
{
	struct str *names;
	struct id object;
	ptrdiff_t n;

	if (!db_shared(v->db))
		return OK;
	TRY(files_list(cx, v->dir, S("vault"), &names, &n));
	for (ptrdiff_t i = 0; i < n; i++) {
		struct mark m = cx_mark(cx);

		if (id_read(names[i], &object))
			TRY(move_one(cx, v, object));
		cx_back(cx, m);
	}
	return OK;
}

enum err
vault_tidy(struct cx *cx, const struct vault *v)
{
	struct str *names;
	ptrdiff_t n;

	TRY(files_list(cx, v->dir, S("spool"), &names, &n));
	for (ptrdiff_t i = 0; i < n; i++) {
		struct mark m = cx_mark(cx);
		struct str name = str_fmt(cx, "spool/%.*s", F(names[i]));
		struct id object;
		int64_t size;
		when at;

		if (files_time(cx, v->dir, name, &at) == OK && (cx->now - at > SPOOL_KEPT ||
		    (id_read(names[i], &object) && vault_size(cx, v, object, &size) == OK)))
			TRY(files_remove(cx, v->dir, name));
		cx_back(cx, m);
	}
	return OK;
}
