#include "store/test_db.h"

#include "base/buf.h"
#include "base/test.h"
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

static void
say(const char *server, struct str sql, const char *name)
{
	PGconn *c = PQconnectdb(server);
	PGresult *r;

	PQclear(PQexec(c, "SET client_min_messages = error"));
	r = PQexec(c, sql.p);

	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
		fprintf(stderr, "%s: %s\n", name, PQerrorMessage(c));
	PQclear(r);
	PQfinish(c);
}

struct fresh { const char *server, *name; };

static void
drop(void *arg)
{
	struct fresh *f = arg;
	char sql[128];
	int n = snprintf(sql, sizeof sql, "DROP SCHEMA %s CASCADE", f->name);

	say(f->server, (struct str){ sql, n }, f->name);
}

struct str
test_db(struct cx *cx)
{
	static int count;
	struct fresh *f = NEW(cx, struct fresh, 1);

	f->server = getenv("TOCSIN_PG");
	if (!f->server)
		return S("");
	/* a schema is as empty as a database, and made in a moment */
	f->name = str_fmt(cx, "tocsin_%d_%d", (int)getpid(), ++count).p;
	say(f->server, str_fmt(cx, "CREATE SCHEMA %s", f->name), f->name);
	cx_defer(cx, drop, f);
	return str_fmt(cx, "%s&options=-csearch_path%%3D%s", f->server, f->name);
}

struct str
test_db_server(struct cx *cx)
{
	struct str address = test_db(cx);

	if (!address.n) {
		printf("SKIP: TOCSIN_PG names no PostgreSQL server\n");
		skip();
	}
	return address;
}

void
test_db_cut(void)
{
	say(getenv("TOCSIN_PG"), S("SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
	    "backend_type = 'client backend'"), "cut");
}

static struct str
lite_rows(struct cx *cx, struct str path, const char *sql)
{
	struct buf out = buf_new(cx);
	char *why = NULL;
	sqlite3_stmt *st = NULL;
	sqlite3 *s;

	EXPECT(sqlite3_open(str_z(cx, path), &s) == SQLITE_OK);
	if (sqlite3_prepare_v2(s, sql, -1, &st, NULL) != SQLITE_OK || !sqlite3_column_count(st))
		if (sqlite3_exec(s, sql, NULL, NULL, &why) != SQLITE_OK)
			fail_msg("%s: %s", sql, why);
	while (st && sqlite3_column_count(st) && sqlite3_step(st) == SQLITE_ROW)
		for (int c = 0; c < sqlite3_column_count(st); c++)
			buf_fmt(&out, "%s%c", sqlite3_column_text(st, c), c + 1 < sqlite3_column_count(st) ? '|' : '\n');
	sqlite3_finalize(st);
	sqlite3_close(s);
	return buf_str(&out);
}

static struct str
pg_rows(struct cx *cx, struct str url, const char *sql)
{
	struct buf out = buf_new(cx);
	PGconn *c = PQconnectdb(str_z(cx, url));
	PGresult *r;

	PQclear(PQexec(c, "SET client_min_messages = error"));
	r = PQexec(c, sql);
	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(c));
	for (int i = 0; i < PQntuples(r); i++)
		for (int f = 0; f < PQnfields(r); f++)
			buf_fmt(&out, "%s%c", PQgetvalue(r, i, f), f + 1 < PQnfields(r) ? '|' : '\n');
	PQclear(r);
	PQfinish(c);
	return buf_str(&out);
}

static bool is_pg(struct str place) { return str_starts(place, S("postgresql:")); }

struct str
test_db_read(struct cx *cx, struct str place, const char *sql)
{
	return is_pg(place) ? pg_rows(cx, place, sql) : lite_rows(cx, place, sql);
}

void
test_db_tell(struct cx *cx, struct str place, const char *sql)
{
	(void)test_db_read(cx, place, sql);
}

void
test_db_released(struct cx *cx, struct str place, int version)
{
	struct str all = test_file(cx, str_fmt(cx, "test/released/%d.%s.sql", version, is_pg(place) ? "pg" : "sqlite").p);

	EXPECT(all.n > 0);
	if (!is_pg(place))
		test_db_tell(cx, place, "PRAGMA journal_mode=WAL");
	test_db_tell(cx, place, str_z(cx, all));
}

void
test_db_copy(struct cx *cx, struct str from, struct str to)
{
	static const char each[] = "SELECT 'INSERT INTO ' || name || ' (' || columns || ') SELECT ' || columns || ' FROM %.*s.' || "
	    "name || ' WHERE body > 0;' FROM (%s) AS t";
	static const char lite[] = "SELECT t.name, group_concat(c.name, ', ') AS columns FROM sqlite_schema AS t "
	    "JOIN pragma_table_info(t.name) AS c WHERE t.sql LIKE 'CREATE TABLE % (body INTEGER %' GROUP BY t.name";
	static const char pg[] = "SELECT table_name AS name, string_agg(column_name, ', ') AS columns FROM information_schema.columns "
	    "WHERE table_schema = current_schema() GROUP BY table_name";
	struct str live = is_pg(from) ? str_trim(test_db_read(cx, from, "SELECT current_schema()")) : S("live"), all;

	all = test_db_read(cx, to, str_fmt(cx, each, F(live), is_pg(to) ? pg : lite).p);
	test_db_tell(cx, to, str_fmt(cx, is_pg(to) ? "BEGIN; %.*s %.*s COMMIT" : "ATTACH '%.*s' AS live; BEGIN; %.*s COMMIT",
	    is_pg(to) ? 0 : (int)from.n, from.p, F(all)).p);
}
