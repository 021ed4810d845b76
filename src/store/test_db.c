#include "store/test_db.h"

#include "base/test.h"
#include <libpq-fe.h>
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

void
test_db_cut(void)
{
	say(getenv("TOCSIN_PG"), S("SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
	    "backend_type = 'client backend'"), "cut");
}
