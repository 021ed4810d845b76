#include "store/db_pg.h"

#include "sys/sys.h"
#include <libpq-fe.h>
#include <poll.h>

enum { PROBE_MS = 5000, PATIENCE_MS = 15000 };
#define AGAIN_AFTER (1 * SECOND)

/* What the address says nothing about: nobody waits for ever for a server that has vanished. A machine that does not even say that it
 * has received something, or that it still hears, is given up after some five seconds; one that does is given a statement's patience. */
static const char *const keywords[] = { "connect_timeout", "tcp_user_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count",
	"application_name", "dbname", NULL };
enum { AT_ADDRESS = 6 };

static void
dial(struct cx *cx, struct str url, const char *values[])
{
	static const char *const otherwise[] = { "3", "5000", "2", "1", "3", "tocsin" };

	memcpy(values, otherwise, sizeof otherwise);
	values[AT_ADDRESS] = str_z(cx, url);
	values[AT_ADDRESS + 1] = NULL;
}

/* An address in which a password was not written as it must be could be read as another one, and its parts be shown. */
static bool
is_clear(struct cx *cx, struct str url)
{
	struct str scheme, rest, before, after, authority, path;
	PQconninfoOption *parsed = PQconninfoParse(str_z(cx, url), NULL);
	bool good = parsed != NULL;

	for (const PQconninfoOption *o = parsed; o && o->keyword; o++)
		if (!strcmp(o->keyword, "port") && o->val && o->val[strspn(o->val, "0123456789,")])
			good = false;
	PQconninfoFree(parsed);
	if (!good || !str_cut(url, '/', &scheme, &rest))
		return false;
	str_cut(str_sub(rest, 1, rest.n), '?', &before, &after);
	str_cut(before, '/', &authority, &path);
	return str_index(path, '@') < 0 && (!str_cut(authority, '@', &before, &after) || str_index(after, '@') < 0);
}

/* A word for each thing that can be wrong on the way: by what libpq says itself, or by the state that a server gives. */
static const struct trouble { const char *says; enum err kind; const char *words; } troubles[] = {
	{ "28P01", ERR_DENIED, "the server at %s refuses the password of “%s”: correct it in the address" },
	{ "28000", ERR_DENIED, "the server at %s does not let “%s” in: see its pg_hba.conf, or correct the address" },
	{ "3D000", ERR_NOT_FOUND, "the server at %s has no database of that name: let “%s” make it (createdb), or correct the address" },
	{ "42501", ERR_DENIED, "the server at %s does not let “%s” into that database: GRANT CONNECT ON DATABASE … TO …" },
	{ "53300", ERR_BUSY, "the server at %s has no connection left for “%s”: raise max_connections" },
	{ "57P03", ERR_BUSY, "the server at %s is starting or stopping: try again shortly" },
	{ "translate host name", ERR_BUSY, "there is no machine “%s”: correct the address of the database" },
	{ "Connection refused", ERR_BUSY, "nobody listens at %s: is PostgreSQL running there, and is the port right?" },
	{ "No such file", ERR_BUSY, "nobody listens at %s: is PostgreSQL running there, and is the folder of its socket right?" },
	{ "timeout expired", ERR_BUSY, "the machine %s does not answer: correct the address, or look at the network" },
	{ "No route", ERR_BUSY, "there is no way to %s: correct the address, or look at the network" },
	{ "unreachable", ERR_BUSY, "there is no way to %s: correct the address, or look at the network" },
	{ "no password supplied", ERR_DENIED, "the server at %s asks for a password of “%s”: the address must hold one" },
	{ "root certificate", ERR_BAD_INPUT, "the address asks for an encrypted connection to %s, and the file with the certificate of "
	    "its authority cannot be used: see sslrootcert" },
	{ "SSL", ERR_DENIED, "there is no encrypted connection to %s as the address asks for it: see sslmode and sslrootcert" },
	{ "certificate", ERR_DENIED, "the certificate of %s is not the one that the address asks for: see sslmode and sslrootcert" },
	{ "read-only", ERR_BUSY, "of the servers in the address (the last: %s) none takes writes" },
};

static enum err
say(struct cx *cx, const PGconn *c, const struct trouble *t)
{
	const char *host = PQhost(c) && PQhost(c)[0] ? PQhost(c) : "this machine", *port = PQport(c) ? PQport(c) : "";
	struct str where = str_fmt(cx, host[0] == '/' || !port[0] ? "%.100s" : "%.100s:%.10s", host, port);
	struct str user = str_fmt(cx, "%.60s", PQuser(c) ? PQuser(c) : ""), before, after = str_of(t->words);
	const char *values[] = { str_z(cx, where), str_z(cx, user) };
	struct str out = S("");

	for (int i = 0; i < 2 && str_find(after, S("%s")) >= 0; i++) {
		ptrdiff_t at = str_find(after, S("%s"));

		before = str_sub(after, 0, at);
		after = str_sub(after, at + 2, after.n);
		out = str_fmt(cx, "%.*s%.*s%s", F(out), F(before), values[i]);
	}
	return fail(cx, t->kind, "%.*s%.*s", F(out), F(after));
}

/* A server's own words are in its own language: asked once more, it gives the state by its number as well. */
static PGconn *
probe(const char *const values[])
{
	when until = sys_boot() + PROBE_MS * SECOND / 1000;
	PGconn *c = PQconnectStartParams(keywords, values, 1);
	PostgresPollingStatusType s = PGRES_POLLING_WRITING;

	PQsetErrorVerbosity(c, PQERRORS_VERBOSE);
	while (PQstatus(c) != CONNECTION_BAD && s != PGRES_POLLING_OK && s != PGRES_POLLING_FAILED && sys_boot() < until) {
		struct pollfd p = { PQsocket(c), s == PGRES_POLLING_READING ? POLLIN : POLLOUT, 0 };

		if (poll(&p, 1, 100) > 0)
			s = PQconnectPoll(c);
	}
	return c;
}

static enum err
why_not(struct cx *cx, PGconn *c, const char *const values[])
{
	const char *first = PQerrorMessage(c);
	const char *more = strchr(first, '\n');
	bool silent = strstr(first, "timeout expired") && !(more && more[1]); /* of nobody but who would only be waited for again */
	PGconn *again = silent ? NULL : probe(values);
	enum err e = OK;

	for (ptrdiff_t i = 0; e == OK && i < COUNT(troubles); i++)
		if (strstr(first, troubles[i].says) || strstr(PQerrorMessage(again), troubles[i].says))
			e = say(cx, c, &troubles[i]);
	if (e == OK)
		e = fail(cx, ERR_BUSY, "the database cannot be reached: %.*s", F(pg_said(first)));
	PQfinish(again);
	return e;
}

enum err
pg_connect_version(struct cx *cx, int version, int oldest)
{
	return version >= oldest ? OK : fail(cx, ERR_VERSION, "the database server is PostgreSQL %d.%d: Tocsin needs %d or a newer one",
	    version / 10000, version % 10000, oldest / 10000);
}

static enum err
greet(struct cx *cx, struct pg *pg)
{
	memset(pg->prepared, 0, sizeof pg->prepared);
	TRY(pg_connect_version(cx, PQserverVersion(pg->c), PG_OLDEST));
	if (pg->db.writer)
		return pg_exec(cx, pg, PG_PLANS "SET synchronous_commit = on; "
		    "SET idle_in_transaction_session_timeout = '5s'; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; "
		    "SET tcp_keepalives_count = 3; SET tcp_user_timeout = 11000");
	return pg_exec(cx, pg, PG_PLANS "SET default_transaction_read_only = on");
}

enum err
pg_connect_again(struct cx *cx, struct pg *pg)
{
	if (sys_boot() < pg->again)
		return fail(cx, ERR_BUSY, "the database cannot be reached: try again shortly");
	PQreset(pg->c);
	if (PQstatus(pg->c) != CONNECTION_OK) {
		pg->again = sys_boot() + AGAIN_AFTER; /* or those who wait in a row would each wait for a server that is not there */
		return fail(cx, ERR_BUSY, "the database cannot be reached: %.*s", F(pg_said(PQerrorMessage(pg->c))));
	}
	TRY(greet(cx, pg));
	return pg_rights_take_off(cx, pg);
}

static void
hang_up(void *arg)
{
	struct pg *pg = arg;

	PQfinish(pg->c);
	pg->c = NULL;
}

static void quiet(void *arg, const PGresult *r) { (void)arg, (void)r; }

enum err
pg_connect(struct cx *cx, struct str url, bool writer, struct pg **out)
{
	struct pg *pg = NEW(cx, struct pg, 1);
	const char *values[COUNT(keywords)];

	if (!is_clear(cx, url))
		return fail(cx, ERR_BAD_INPUT, "the address of the database cannot be read: it is postgresql://USER:PASSWORD@HOST:PORT/DATABASE, "
		    "with @ / : ? # and %% of a password written %%40 %%2F %%3A %%3F %%23 and %%25");
	pg->db = (struct db){ &db_pg, 1, writer };
	pg->patience = PATIENCE_MS;
	pg->slow = true;
	dial(cx, url, values);
	cx_defer(cx, hang_up, pg);
	pg->c = PQconnectdbParams(keywords, values, 1);
	if (PQstatus(pg->c) != CONNECTION_OK)
		return why_not(cx, pg->c, values);
	PQsetNoticeReceiver(pg->c, quiet, NULL);
	TRY(greet(cx, pg));
	*out = pg;
	return OK;
}

struct str
pg_connect_caution(struct cx *cx, struct db *db)
{
	const PGconn *c = pg_of(db)->c;
	struct str at = str_of(PQhostaddr(c));

	if (PQsslInUse(pg_of(db)->c) || !at.n || str_starts(at, S("127.")) || str_eq(at, S("::1")) || PQhost(c)[0] == '/')
		return S("");
	return str_fmt(cx, "the connection to the database at %.100s is not encrypted: add sslmode=verify-full and "
	    "sslrootcert=FILE to its address", PQhost(c));
}
