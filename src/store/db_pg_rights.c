#include "store/db_pg.h"

#include "base/buf.h"
#include <libpq-fe.h>

/* What is only ever added to. */
static bool
is_journal(const char *table)
{
	return !strcmp(table, "entry") || !strcmp(table, "payload") || !strcmp(table, "checkpoint");
}

static const char *who(struct cx *cx, struct pg *pg) { return str_fmt(cx, "%.60s", PQuser(pg->c)).p; }

enum err
pg_rights_to_make(struct cx *cx, struct pg *pg)
{
	struct buf b = buf_new(cx);
	int64_t may, taken;
	const char *me = who(cx, pg);

	TRY(pg_number(cx, &pg->db, "SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)::int", &may));
	if (!may)
		return fail(cx, ERR_DENIED, "%s may not make tables in this database: let its owner run GRANT CREATE, USAGE ON SCHEMA "
		    "public TO \"%s\"; or give Tocsin a database of its own: CREATE DATABASE tocsin OWNER \"%s\"", me, me, me);
	buf_put(&b, S("SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname IN (''"));
	for (int i = 0; i < sql_tables_count; i++)
		buf_fmt(&b, ", '%s'", sql_tables[i]);
	buf_put(&b, S(")"));
	TRY(pg_number(cx, &pg->db, str_z(cx, buf_str(&b)), &taken));
	return taken ? fail(cx, ERR_CONFLICT, "this database holds something else: %lld of its tables have names that Tocsin needs; "
	    "give Tocsin a database of its own", (long long)taken) : OK;
}

/* Whoever makes a role is not yet one who may take it. Another may be making them at the same time. */
static const char roles[] =
	"DO $$ DECLARE name text; kind text := CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END;"
	" BEGIN FOREACH name IN ARRAY ARRAY['tocsin_writer', 'tocsin_reader'] LOOP"
	"  BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN EXECUTE format('CREATE ROLE %I NOLOGIN', name); END IF;"
	"  EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL; END;"
	"  BEGIN IF NOT pg_has_role(current_user, name, kind) THEN EXECUTE format('GRANT %I TO CURRENT_USER', name); END IF;"
	"  EXCEPTION WHEN undefined_object OR insufficient_privilege THEN NULL; END;"
	" END LOOP; END $$";

static enum err
missing(struct cx *cx, struct pg *pg)
{
	const char *me = who(cx, pg);

	return fail(cx, ERR_DENIED, "%s may not be tocsin_writer and tocsin_reader: let an administrator of the server run CREATE ROLE "
	    "tocsin_writer NOLOGIN; CREATE ROLE tocsin_reader NOLOGIN; GRANT tocsin_writer, tocsin_reader TO \"%s\"; (whichever is "
	    "there already is right)", me, me);
}

static enum err
has_role(struct cx *cx, struct pg *pg, const char *role, bool *out)
{
	int64_t n;

	TRY(pg_number(cx, &pg->db, str_fmt(cx, "SELECT count(*) FROM pg_roles WHERE rolname = '%s' AND "
	    "pg_has_role(current_user, oid, CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END)",
	    role).p, &n));
	*out = n == 1;
	return OK;
}

enum err
pg_rights_give(struct cx *cx, struct pg *pg)
{
	struct buf b = buf_new(cx);
	bool writer, reader;

	TRY(pg_exec(cx, pg, roles));
	TRY(has_role(cx, pg, "tocsin_writer", &writer));
	TRY(has_role(cx, pg, "tocsin_reader", &reader));
	if (!writer || !reader)
		return missing(cx, pg);
	buf_put(&b, S("DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO tocsin_writer, tocsin_reader', current_schema()); END $$;"));
	for (int i = 0; i < sql_tables_count; i++)
		buf_fmt(&b, "GRANT SELECT, INSERT%s ON %s TO tocsin_writer; GRANT SELECT ON %s TO tocsin_reader;",
		    is_journal(sql_tables[i]) ? "" : ", UPDATE, DELETE", sql_tables[i], sql_tables[i]);
	return pg_exec(cx, pg, str_z(cx, buf_str(&b)));
}

/* The schema is the one that whoever logged in finds: a role would look for one of its own name. */
enum err
pg_rights_take_off(struct cx *cx, struct pg *pg)
{
	const char *role = pg->db.writer ? "tocsin_writer" : "tocsin_reader";
	bool may;

	TRY(has_role(cx, pg, role, &may));
	if (!may)
		return missing(cx, pg);
	return pg_exec(cx, pg, str_fmt(cx, "SELECT set_config('search_path', quote_ident(current_schema()), false); SET ROLE %s", role).p);
}
