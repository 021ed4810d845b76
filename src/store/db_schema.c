#include "store/db_schema.h"

#include "store/db_engine.h"

static const char schema_note[] = "SELECT CAST(value AS bigint) FROM meta WHERE body = 0 AND name = 'schema'";
static const char step_note[] = "SELECT CAST(value AS bigint) FROM meta WHERE body = 0 AND name = 'step'";

/* One who moves a database to a newer schema. */
struct mover { struct cx *cx; struct db *db; int left; };

static const char *spelled(const struct db *db, const struct sql_piece *p) { return db->engine == &db_pg ? p->pg : p->sqlite; }

static enum err
tell(struct mover *m, const char *sql)
{
	if (m->left-- <= 0)
		return fail(m->cx, ERR_BUSY, "stopped before: %.60s", sql);
	return sql[0] ? m->db->engine->exec(m->cx, m->db, sql) : OK;
}

static enum err
note(struct mover *m, const char *name, int64_t value)
{
	return tell(m, str_fmt(m->cx, "INSERT INTO meta (body, name, value) VALUES (0, '%s', '%lld')"
	    " ON CONFLICT (body, name) DO UPDATE SET value = excluded.value", name, (long long)value).p);
}

enum err
db_schema(struct cx *cx, struct db *db, int64_t *version)
{
	int64_t ours;

	TRY(db->engine->number(cx, db, db->engine->is_ours, &ours));
	if (ours != 1)
		return fail(cx, ERR_NOT_FOUND, "this database holds no journal: make one by tocsin init");
	TRY(db->engine->number(cx, db, schema_note, version));
	*version = *version < 0 ? 1 : *version;
	return OK;
}

enum err
db_schema_make(struct cx *cx, struct db *db)
{
	struct mover m = { cx, db, INT32_MAX };

	TRY(db->engine->begin(cx, db));
	for (int i = 0; i < sql_schema_count; i++)
		TRY(tell(&m, spelled(db, &sql_schema[i])));
	TRY(note(&m, "schema", SQL_SCHEMA));
	TRY(db->engine->finish(cx, db));
	return db->engine->commit(cx, db);
}

/* The number is taken by a note under it. No lock is asked for: bodies that are written for hours would have all others wait. */
enum err
db_schema_body(struct cx *cx, struct db *db, int64_t *body)
{
	do
		TRY(db->engine->number(cx, db, "INSERT INTO meta (body, name, value) SELECT coalesce(max(body), 0) + 1, 'body', '' FROM "
		    "(SELECT max(body) AS body FROM head UNION ALL SELECT max(body) FROM meta) AS taken WHERE true "
		    "ON CONFLICT (body, name) DO NOTHING RETURNING body", body));
	while (*body < 0); /* somebody else took it at the same moment */
	return OK;
}

static enum err
too_new(struct cx *cx, int64_t version)
{
	return fail(cx, ERR_VERSION, "this database was written by a newer Tocsin (schema %lld; this one knows %d): use that version",
	    (long long)version, SQL_SCHEMA);
}

/* The step behind `done` others of those that lead to `version`; NULL when all are done. */
static const struct sql_piece *
step_of(int64_t version, int64_t done)
{
	for (int i = 0; i < sql_steps_count; i++)
		if (sql_steps[i].version == version && done-- <= 0)
			return &sql_steps[i];
	return NULL;
}

/* Under the lock: one step, or the end of a version. */
static enum err
advance(struct mover *m, bool *more)
{
	const struct sql_piece *step;
	int64_t version, done;

	TRY(db_schema(m->cx, m->db, &version));
	if (version > SQL_SCHEMA)
		return too_new(m->cx, version);
	TRY(m->db->engine->number(m->cx, m->db, step_note, &done));
	*more = version < SQL_SCHEMA;
	if (!*more)
		return OK;
	done = done < 0 ? 0 : done;
	step = step_of(version + 1, done);
	if (step) {
		TRY(tell(m, spelled(m->db, step)));
		return note(m, "step", done + 1);
	}
	TRY(m->db->engine->finish(m->cx, m->db));
	TRY(tell(m, "DELETE FROM meta WHERE body = 0 AND name = 'step'"));
	TRY(note(m, "schema", version + 1));
	return OK;
}

enum err
db_schema_move(struct cx *cx, struct db *db, int most)
{
	struct mover m = { cx, db, most };
	int64_t version;
	bool more = true;

	TRY(db_schema(cx, db, &version));
	if (version > SQL_SCHEMA)
		return too_new(cx, version);
	while (more && version < SQL_SCHEMA) {
		struct mark mark = cx_mark(cx);
		enum err e = tell(&m, db->engine->lock);

		if (e == OK)
			e = advance(&m, &more);
		if (e == OK)
			e = tell(&m, "COMMIT");
		if (e != OK) {
			db->engine->rollback(db);
			return e;
		}
		cx_back(cx, mark);
	}
	return OK;
}

enum err
db_schema_fits(struct cx *cx, struct db *db)
{
	int64_t version, asked;

	TRY(db_schema(cx, db, &version));
	if (version > SQL_SCHEMA)
		return too_new(cx, version);
	if (version < SQL_SCHEMA)
		return fail(cx, ERR_BUSY, "the database has schema %lld and this version needs %d: tocsin serve, or any verb that writes, "
		    "brings it up to date", (long long)version, SQL_SCHEMA);
	TRY(db->engine->number(cx, db, str_fmt(cx, "SELECT count(*) FROM meta WHERE body = %lld AND name = 'rebuild'",
	    (long long)db->body).p, &asked));
	return asked ? fail(cx, ERR_BUSY, "the views are being made anew: try again shortly, or start tocsin serve") : OK;
}
