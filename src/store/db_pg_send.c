/* A statement's way to the server, and what the server answers. */
#include "base/buf.h"
#include "core/be.h"
#include "store/db_pg.h"
#include "sys/sys.h"
#include <libpq-fe.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { MOST_PARAMETERS = 40, OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25, BINARY = 1 };
#define SLOW (6 * HOUR)

void
pg_let_go(void *arg)
{
	struct pg_held *h = arg;

	PQclear(h->r);
	h->r = NULL;
}

struct pg_held *
pg_hold(struct cx *cx)
{
	struct pg_held *h = NEW(cx, struct pg_held, 1);

	cx_defer(cx, pg_let_go, h);
	return h;
}

struct str
pg_said(const char *text)
{
	struct str line, rest;

	str_cut(str_of(text), '\n', &line, &rest);
	return str_trim(line);
}

/* What became of a statement, by its SQLSTATE. */
static enum err
error(struct cx *cx, struct pg *pg, const PGresult *r, const char *doing)
{
	static const struct { const char *starts; enum err kind; } kinds[] = {
		{ "23", ERR_CONFLICT }, { "40", ERR_BUSY }, { "55P03", ERR_BUSY }, { "53100", ERR_NO_ROOM }, { "53", ERR_BUSY },
		{ "08", ERR_BUSY }, { "57", ERR_BUSY }, { "25006", ERR_BUSY }, { "25P03", ERR_BUSY },
	};
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

	/* a writer cannot know what became of its last words: it ends, and the next one believes what it finds */
	if (PQstatus(pg->c) != CONNECTION_OK)
		return fail(cx, pg->db.writer ? ERR_SYNC : ERR_BUSY, "%.60s: the database went away: %.*s", doing,
		    F(pg_said(PQerrorMessage(pg->c))));
	for (size_t i = 0; state && i < sizeof kinds / sizeof kinds[0]; i++)
		if (!strncmp(state, kinds[i].starts, strlen(kinds[i].starts)))
			return fail(cx, kinds[i].kind, "%.60s: %.*s", doing, F(pg_said(PQresultErrorMessage(r))));
	return fail(cx, ERR_BROKEN, "%.60s: %.*s", doing, F(pg_said(r ? PQresultErrorMessage(r) : PQerrorMessage(pg->c))));
}

static bool
went_well(const PGresult *r)
{
	return PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK;
}

static when until(const struct pg *pg) { return sys_boot() + (pg->slow ? SLOW : (when)pg->patience * 1000); }

/* The next result of what was sent; NULL when there is none left, the server has not answered in time or is gone: then the
 * connection is as good as cut, for what becomes of the statement nobody knows. */
static PGresult *
next(struct pg *pg, when end)
{
	while (PQisBusy(pg->c)) {
		struct pollfd p = { PQsocket(pg->c), POLLIN, 0 };
		when left = end - sys_boot();

		if (left <= 0 || poll(&p, 1, (int)(left / 1000) + 1) == 0)
			shutdown(p.fd, SHUT_RDWR); /* and the next read finds it closed */
		if (!PQconsumeInput(pg->c))
			break;
	}
	return PQgetResult(pg->c);
}

/* The last result of what was sent; NULL: there is none. */
static PGresult *
wait_for(struct pg *pg, int sent)
{
	when end = until(pg);
	PGresult *r, *last = NULL;

	while (sent && (r = next(pg, end))) {
		PQclear(last);
		last = r;
	}
	return last;
}

/* What became of `n` statements that were sent one behind the other: held is the first that failed, or else the last; which of them
 * that is. The server does nothing more after one that failed. */
static int
gather(struct pg *pg, int n, struct pg_held *h)
{
	when end = until(pg);
	bool failed = false;
	int which = n - 1;
	PGresult *r;

	(void)PQpipelineSync(pg->c); /* what is wrong with the connection is found below */
	for (int i = 0; i < n; i++)
		while ((r = next(pg, end))) {
			if (failed || (went_well(r) && i + 1 < n)) {
				PQclear(r);
				continue;
			}
			failed = !went_well(r);
			which = i;
			pg_let_go(h);
			h->r = r;
		}
	while ((r = next(pg, end))) {
		bool over = PQresultStatus(r) == PGRES_PIPELINE_SYNC;

		PQclear(r);
		if (over)
			break;
	}
	(void)PQexitPipelineMode(pg->c);
	return which;
}

/* Those on their way, the last of which may be one that gives rows. */
static enum err
arrived(struct cx *cx, struct pg *pg, struct pg_held *h)
{
	int n = pg->n_sent, which;

	pg->n_sent = 0;
	which = gather(pg, n, h);
	return went_well(h->r) ? OK : error(cx, pg, h->r, sql_texts[pg->sent[which]].name);
}

enum err
pg_arrived(struct cx *cx, struct pg *pg)
{
	struct pg_held *h;
	enum err e;

	if (!pg->n_sent)
		return OK;
	h = pg_hold(cx);
	e = arrived(cx, pg, h);
	pg_let_go(h);
	return e;
}

bool
pg_in_batch(struct db *db)
{
	return pg_of(db)->n_sent || PQtransactionStatus(pg_of(db)->c) == PQTRANS_INTRANS;
}

void
pg_rollback(struct db *db)
{
	struct pg *pg = pg_of(db);
	struct pg_held h = { NULL };

	if (pg->n_sent)
		(void)gather(pg, pg->n_sent, &h);
	pg_let_go(&h);
	pg->n_sent = 0;
	if (PQtransactionStatus(pg->c) != PQTRANS_IDLE)
		PQclear(wait_for(pg, PQsendQuery(pg->c, "ROLLBACK")));
}

enum err
pg_tell(struct cx *cx, struct pg *pg, const char *sql, struct pg_held *h)
{
	TRY(pg_arrived(cx, pg));
	h->r = wait_for(pg, PQsendQuery(pg->c, sql));
	return went_well(h->r) ? OK : error(cx, pg, h->r, sql);
}

enum err
pg_exec(struct cx *cx, struct pg *pg, const char *sql)
{
	struct pg_held *h = pg_hold(cx);
	enum err e = pg_tell(cx, pg, sql, h);

	pg_let_go(h);
	return e;
}

static enum err
prepare(struct cx *cx, struct pg *pg, enum sql id)
{
	const struct sql_text *t = &sql_texts[id];
	struct pg_held *h;
	Oid oids[MOST_PARAMETERS];
	enum err e = OK;

	if (pg->prepared[id])
		return OK;
	TRY(pg_arrived(cx, pg));
	for (int i = 0; i < t->n_in; i++)
		oids[i] = t->in[i] == 'i' ? OID_INT8 : t->in[i] == 't' ? OID_TEXT : t->in[i] == 'o' ? OID_BOOL : OID_BYTEA;
	h = pg_hold(cx);
	h->r = wait_for(pg, PQsendPrepare(pg->c, t->name, t->pg, t->n_in, oids));
	if (!went_well(h->r))
		e = error(cx, pg, h->r, t->name);
	pg_let_go(h);
	pg->prepared[id] = e == OK;
	return e;
}

enum err
pg_check_one(struct cx *cx, struct pg *pg, enum sql id)
{
	const struct sql_text *t = &sql_texts[id];
	struct pg_held *h = pg_hold(cx);

	TRY(prepare(cx, pg, id));
	h->r = wait_for(pg, PQsendDescribePrepared(pg->c, t->name));
	if (!went_well(h->r))
		return error(cx, pg, h->r, t->name);
	if (PQnfields(h->r) != t->n_out || PQnparams(h->r) != t->n_in)
		return fail(cx, ERR_BROKEN, "%s: %d columns and %d parameters, not the %d and %d it declares", t->name,
		    PQnfields(h->r), PQnparams(h->r), t->n_out, t->n_in);
	for (int i = 0; i < t->n_out; i++) {
		Oid is = PQftype(h->r, i);
		char letter = is == OID_INT8 ? 'i' : is == OID_TEXT ? 't' : is == OID_BOOL ? 'o' : is == OID_BYTEA ? 'b' : '?';

		if (letter != t->out[i])
			return fail(cx, ERR_BROKEN, "%s: column %d has type %u, which is not “%c”", t->name, i + 1, (unsigned)is, t->out[i]);
	}
	pg_let_go(h);
	return OK;
}

/* The values of one statement as libpq takes them. */
struct binding {
	const char *values[MOST_PARAMETERS];
	uint8_t numbers[MOST_PARAMETERS][8];
	int lengths[MOST_PARAMETERS], formats[MOST_PARAMETERS];
};

static void
bind_one(struct binding *b, int at, char letter, struct db_val v)
{
	b->formats[at] = BINARY;
	b->lengths[at] = v.type != DB_INT_ ? (int)v.s.n : letter == 'o' ? 1 : 8;
	b->values[at] = v.type == DB_NULL_ ? NULL : v.type == DB_INT_ ? (const char *)b->numbers[at] : v.s.p ? v.s.p : "";
	if (v.type == DB_INT_)
		be_put(b->numbers[at], b->lengths[at], (uint64_t)v.i);
}

static void
bind_all(struct binding *b, const struct db *db, const char *letters, const struct db_val *in, int n_in)
{
	bind_one(b, 0, 'i', (struct db_val){ DB_INT_, db->body, { NULL, 0 } });
	for (int i = 0; i < n_in; i++)
		bind_one(b, i + 1, letters[i + 1], in[i]);
}

/* A plan that was made while a table was empty may go by half a key, which then costs the same, and would stay until the server
 * has counted the rows, a minute later. So plans are made again whenever a session has asked twice as much as the last time. */
static enum err
plan_again(struct cx *cx, struct pg *pg)
{
	enum { FIRST = 512 };

	pg->asked++;
	return pg->asked < FIRST || (pg->asked & (pg->asked - 1)) != 0 ? OK : pg_exec(cx, pg, "DISCARD PLANS");
}

static enum err
post(struct cx *cx, struct pg *pg, enum sql id, const struct binding *b)
{
	const struct sql_text *t = &sql_texts[id];

	TRY(plan_again(cx, pg));
	TRY(prepare(cx, pg, id));
	if (PQenterPipelineMode(pg->c) && PQsendQueryPrepared(pg->c, t->name, t->n_in, b->values, b->lengths, b->formats, BINARY)) {
		pg->sent[pg->n_sent++] = id;
		return OK;
	}
	return error(cx, pg, NULL, t->name);
}

static enum err
ask(struct cx *cx, struct pg *pg, enum sql id, const struct binding *b, struct pg_held *h)
{
	TRY(post(cx, pg, id, b));
	return arrived(cx, pg, h);
}

static struct db_val
column(struct cx *cx, const PGresult *r, int row, int at)
{
	const char *p = PQgetvalue(r, row, at);
	int n = PQgetlength(r, row, at);

	if (PQgetisnull(r, row, at))
		return (struct db_val){ DB_NULL_, 0, { NULL, 0 } };
	switch (PQftype(r, at)) {
	case OID_INT8: return (struct db_val){ DB_INT_, (int64_t)be_get((const uint8_t *)p, 8), { NULL, 0 } };
	case OID_BOOL: return (struct db_val){ DB_INT_, *p != 0, { NULL, 0 } };
	default:       return (struct db_val){ DB_BYTES_, 0, str_copy(cx, (struct str){ p, n }) };
	}
}

/* A reader's connection that was lost between two questions is made again. */
bool
pg_lost(const struct pg *pg)
{
	return !pg->db.writer && PQstatus(pg->c) != CONNECTION_OK;
}

enum err
pg_run(struct cx *cx, struct db *db, enum sql id, const struct db_val *in, int n_in, struct db_rows *rows)
{
	const struct sql_text *t = &sql_texts[id];
	struct pg *pg = pg_of(db);
	bool alone = !pg_in_batch(db);
	struct pg_held *h;
	struct binding b;
	enum err e;

	bind_all(&b, db, t->in, in, n_in);
	if (!rows && !alone) {
		TRY(post(cx, pg, id, &b));
		pg->written++;
		return pg->n_sent < PG_ON_THE_WAY ? OK : pg_arrived(cx, pg);
	}
	h = pg_hold(cx);
	e = ask(cx, pg, id, &b, h);
	if (e != OK && alone && pg_lost(pg)) {
		pg_let_go(h);
		TRY(pg_connect_again(cx, pg));
		e = ask(cx, pg, id, &b, h);
	}
	TRY(e);
	if (!rows)
		pg->written += strtoll(PQcmdTuples(h->r), NULL, 10);
	else
		*rows = (struct db_rows){ NEW(cx, struct db_val, (ptrdiff_t)PQntuples(h->r) * t->n_out), PQntuples(h->r) };
	for (int i = 0; rows && i < rows->n; i++)
		for (int c = 0; c < t->n_out; c++)
			rows->v[i * t->n_out + c] = column(cx, h->r, i, c);
	pg_let_go(h);
	return OK;
}

enum err
pg_view(struct cx *cx, struct db *db, const char *sql, struct pg_held *h)
{
	struct pg *pg = pg_of(db);
	const Oid number = OID_INT8;
	struct binding b;

	TRY(pg_arrived(cx, pg));
	bind_all(&b, db, "", NULL, 0);
	h->r = wait_for(pg, PQsendQueryParams(pg->c, sql, 1, &number, b.values, b.lengths, b.formats, BINARY));
	return went_well(h->r) ? OK : error(cx, pg, h->r, sql);
}

void
pg_dump_row(struct cx *cx, struct buf *out, const struct pg_held *h, int row)
{
	for (int c = 0; c < PQnfields(h->r); c++)
		db_dump_value(cx, out, PQfname(h->r, c), column(cx, h->r, row, c), PQftype(h->r, c) == OID_BYTEA);
	buf_char(out, '\n');
}
