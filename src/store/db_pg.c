#include "store/db_pg.h"

#include "base/buf.h"
#include "base/code.h"
#include "core/be.h"
#include "sys/sys.h"
#include <libpq-fe.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { MOST_PARAMETERS = 40, OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25, BINARY = 1,
	PATIENCE_MS = 15000 };

static const char is_ours[] = "SELECT (count(*) = 3)::int FROM pg_class WHERE oid IN "
	"(to_regclass('entry'), to_regclass('head'), to_regclass('meta'))";

/* A result lies outside the arena: whoever holds one is found by the turn's end. */
struct held { PGresult *r; };

static void
let_go(void *arg)
{
	struct held *h = arg;

	PQclear(h->r);
	h->r = NULL;
}

static struct held *
hold(struct cx *cx)
{
	struct held *h = NEW(cx, struct held, 1);

	cx_defer(cx, let_go, h);
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
pg_error(struct cx *cx, struct pg *pg, const PGresult *r, const char *doing)
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

/* The next result of what was sent; NULL when there is none left, the server has not answered in time or is gone: then the
 * connection is as good as cut, for what becomes of the statement nobody knows. */
static PGresult *
pg_next(struct pg *pg, when until)
{
	while (PQisBusy(pg->c)) {
		struct pollfd p = { PQsocket(pg->c), POLLIN, 0 };
		when left = until - sys_boot();

		if (left <= 0 || poll(&p, 1, (int)(left / 1000) + 1) == 0)
			shutdown(p.fd, SHUT_RDWR); /* and the next read finds it closed */
		if (!PQconsumeInput(pg->c))
			break;
	}
	return PQgetResult(pg->c);
}

/* The last result of what was sent; NULL: there is none. */
static PGresult *
pg_wait(struct pg *pg, int sent)
{
	when until = sys_boot() + (when)pg->patience * 1000;
	PGresult *r, *last = NULL;

	while (sent && (r = pg_next(pg, until))) {
		PQclear(last);
		last = r;
	}
	return last;
}

enum err
pg_exec(struct cx *cx, struct pg *pg, const char *sql)
{
	struct held *h = hold(cx);
	enum err e;

	h->r = pg_wait(pg, PQsendQuery(pg->c, sql));
	e = went_well(h->r) ? OK : pg_error(cx, pg, h->r, sql);
	let_go(h);
	return e;
}

static enum err pg_exec_any(struct cx *cx, struct db *db, const char *sql) { return pg_exec(cx, pg_of(db), sql); }

enum err
pg_number(struct cx *cx, struct db *db, const char *sql, int64_t *out)
{
	struct held *h = hold(cx);
	enum err e;

	h->r = pg_wait(pg_of(db), PQsendQuery(pg_of(db)->c, sql));
	e = went_well(h->r) ? OK : pg_error(cx, pg_of(db), h->r, sql);
	*out = e == OK && PQntuples(h->r) ? strtoll(PQgetvalue(h->r, 0, 0), NULL, 10) : -1;
	let_go(h);
	return e;
}

/* A reader's connection that was lost between two questions is made again. */
static bool
pg_lost(const struct pg *pg)
{
	return !pg->db.writer && PQstatus(pg->c) != CONNECTION_OK;
}

static enum err
pg_open(struct cx *cx, struct str url, bool writer, bool fresh, struct db **out)
{
	struct pg *pg;
	int64_t ours;

	TRY(pg_connect(cx, url, writer, &pg));
	*out = &pg->db;
	if (!fresh)
		return OK;
	TRY(pg_number(cx, *out, is_ours, &ours));
	return ours == 1 ? OK : pg_rights_to_make(cx, pg);
}

static enum err
pg_settle(struct cx *cx, struct db *db)
{
	pg_of(db)->patience = PATIENCE_MS;
	return pg_rights_take_off(cx, pg_of(db));
}

static enum err pg_finish(struct cx *cx, struct db *db) { return pg_rights_give(cx, pg_of(db)); }

static enum err pg_begin(struct cx *cx, struct db *db) { return pg_exec(cx, pg_of(db), "BEGIN"); }

/* The server calls it well done, too, when it rolls a transaction back that had failed before. */
static enum err
pg_commit(struct cx *cx, struct db *db)
{
	struct pg *pg = pg_of(db);
	struct held *h = hold(cx);
	enum err e = OK;

	h->r = pg_wait(pg, PQsendQuery(pg->c, "COMMIT"));
	if (!went_well(h->r))
		e = pg_error(cx, pg, h->r, "COMMIT");
	else if (strcmp(PQcmdStatus(h->r), "COMMIT") != 0)
		e = fail(cx, ERR_BROKEN, "COMMIT: a statement had failed before");
	let_go(h);
	return e;
}


static enum err
pg_snapshot(struct cx *cx, struct db *db)
{
	static const char begin[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
	enum err e = pg_exec(cx, pg_of(db), begin);

	if (e == OK || !pg_lost(pg_of(db)))
		return e;
	TRY(pg_connect_again(cx, pg_of(db)));
	return pg_exec(cx, pg_of(db), begin);
}

/* After a statement that failed nothing of the transaction can be kept. */
static bool
pg_in_batch(struct db *db)
{
	return PQtransactionStatus(pg_of(db)->c) == PQTRANS_INTRANS;
}

static void
pg_rollback(struct db *db)
{
	if (PQtransactionStatus(pg_of(db)->c) != PQTRANS_IDLE)
		PQclear(pg_wait(pg_of(db), PQsendQuery(pg_of(db)->c, "ROLLBACK")));
}

static enum err
pg_prepare(struct cx *cx, struct pg *pg, enum sql id)
{
	const struct sql_text *t = &sql_texts[id];
	struct held *h;
	Oid oids[MOST_PARAMETERS];
	enum err e = OK;

	if (pg->prepared[id])
		return OK;
	for (int i = 0; i < t->n_in; i++)
		oids[i] = t->in[i] == 'i' ? OID_INT8 : t->in[i] == 't' ? OID_TEXT : t->in[i] == 'o' ? OID_BOOL : OID_BYTEA;
	h = hold(cx);
	h->r = pg_wait(pg, PQsendPrepare(pg->c, t->name, t->pg, t->n_in, oids));
	if (!went_well(h->r))
		e = pg_error(cx, pg, h->r, t->name);
	let_go(h);
	pg->prepared[id] = e == OK;
	return e;
}

/* Prepared, and each column of the kind that the statement declares. */
static enum err
check_one(struct cx *cx, struct pg *pg, enum sql id)
{
	const struct sql_text *t = &sql_texts[id];
	struct held *h = hold(cx);

	TRY(pg_prepare(cx, pg, id));
	h->r = pg_wait(pg, PQsendDescribePrepared(pg->c, t->name));
	if (!went_well(h->r))
		return pg_error(cx, pg, h->r, t->name);
	if (PQnfields(h->r) != t->n_out || PQnparams(h->r) != t->n_in)
		return fail(cx, ERR_BROKEN, "%s: %d columns and %d parameters, not the %d and %d it declares", t->name,
		    PQnfields(h->r), PQnparams(h->r), t->n_out, t->n_in);
	for (int i = 0; i < t->n_out; i++) {
		Oid is = PQftype(h->r, i);
		char letter = is == OID_INT8 ? 'i' : is == OID_TEXT ? 't' : is == OID_BOOL ? 'o' : is == OID_BYTEA ? 'b' : '?';

		if (letter != t->out[i])
			return fail(cx, ERR_BROKEN, "%s: column %d has type %u, which is not “%c”", t->name, i + 1, (unsigned)is, t->out[i]);
	}
	let_go(h);
	return OK;
}

static enum err
pg_check(struct cx *cx, struct db *db)
{
	for (int i = 0; i < SQL_COUNT; i++)
		TRY(check_one(cx, pg_of(db), (enum sql)i));
	return OK;
}

static struct db_val
pg_column(struct cx *cx, const PGresult *r, int row, int at)
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
ask(struct cx *cx, struct pg *pg, enum sql id, const struct binding *b, struct held *h)
{
	const struct sql_text *t = &sql_texts[id];

	TRY(plan_again(cx, pg));
	TRY(pg_prepare(cx, pg, id));
	h->r = pg_wait(pg, PQsendQueryPrepared(pg->c, t->name, t->n_in, b->values, b->lengths, b->formats, BINARY));
	return went_well(h->r) ? OK : pg_error(cx, pg, h->r, t->name);
}

static enum err
pg_run(struct cx *cx, struct db *db, enum sql id, const struct db_val *in, int n_in, struct db_rows *rows)
{
	const struct sql_text *t = &sql_texts[id];
	struct pg *pg = pg_of(db);
	bool alone = PQtransactionStatus(pg->c) != PQTRANS_INTRANS;
	struct held *h = hold(cx);
	struct binding b;
	enum err e;

	bind_one(&b, 0, 'i', (struct db_val){ DB_INT_, db->body, { NULL, 0 } });
	for (int i = 0; i < n_in; i++)
		bind_one(&b, i + 1, t->in[i + 1], in[i]);
	e = ask(cx, pg, id, &b, h);
	if (e != OK && alone && pg_lost(pg)) {
		let_go(h);
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
			rows->v[i * t->n_out + c] = pg_column(cx, h->r, i, c);
	let_go(h);
	return OK;
}

/* What became of `sent` statements and of the sync behind them; the first that failed is in `h`. */
static void
gather(struct pg *pg, ptrdiff_t sent, struct held *h)
{
	when until = sys_boot() + (when)pg->patience * 1000;
	PGresult *r;

	for (ptrdiff_t i = 0; i < sent; i++) {
		while ((r = pg_next(pg, until))) {
			pg->written += went_well(r);
			if (went_well(r) || h->r)
				PQclear(r);
			else
				h->r = r;
		}
	}
	while ((r = pg_next(pg, until))) {
		bool end = PQresultStatus(r) == PGRES_PIPELINE_SYNC;

		PQclear(r);
		if (end)
			break;
	}
}

/* Rows are sent one behind the other, and what became of them is asked at the end of each load. */
static enum err
pg_put(struct cx *cx, struct db *db, enum sql id, const struct db_val *in, int n_in, ptrdiff_t n)
{
	enum { LOAD = 128 };
	const struct sql_text *t = &sql_texts[id];
	struct pg *pg = pg_of(db);
	struct held *h = hold(cx);
	enum err e = OK;

	TRY(pg_prepare(cx, pg, id));
	if (!PQenterPipelineMode(pg->c))
		return pg_error(cx, pg, NULL, t->name);
	for (ptrdiff_t i = 0, sent; i < n && e == OK; i += sent) {
		for (sent = 0; sent < LOAD && i + sent < n; sent++) {
			struct binding b;

			bind_one(&b, 0, 'i', (struct db_val){ DB_INT_, db->body, { NULL, 0 } });
			for (int c = 0; c < n_in; c++)
				bind_one(&b, c + 1, t->in[c + 1], in[(i + sent) * n_in + c]);
			if (!PQsendQueryPrepared(pg->c, t->name, t->n_in, b.values, b.lengths, b.formats, BINARY))
				break;
		}
		if (PQpipelineSync(pg->c))
			gather(pg, sent, h);
		if (h->r || !sent || PQstatus(pg->c) != CONNECTION_OK)
			e = pg_error(cx, pg, h->r, t->name);
	}
	let_go(h);
	(void)PQexitPipelineMode(pg->c);
	return e;
}

/* One statement about a view, for the body that is served. */
static enum err
view(struct cx *cx, struct db *db, const char *sql, struct held *h)
{
	struct binding b;
	const Oid number = OID_INT8;

	bind_one(&b, 0, 'i', (struct db_val){ DB_INT_, db->body, { NULL, 0 } });
	h->r = pg_wait(pg_of(db), PQsendQueryParams(pg_of(db)->c, sql, 1, &number, b.values, b.lengths, b.formats, BINARY));
	return went_well(h->r) ? OK : pg_error(cx, pg_of(db), h->r, sql);
}

static enum err
pg_forget_views(struct cx *cx, struct db *db)
{
	for (int i = 0; i < sql_views_count; i++) {
		struct held *h = hold(cx);

		TRY(view(cx, db, sql_views[i].forget, h));
		let_go(h);
	}
	return OK;
}

static enum err
pg_dump_views(struct cx *cx, struct db *db, struct buf *out)
{
	for (int i = 0; i < sql_views_count; i++) {
		struct held *h = hold(cx);

		TRY(view(cx, db, sql_views[i].read, h));
		for (int row = 0; row < PQntuples(h->r); row++) {
			buf_put(out, str_of(sql_views[i].name));
			for (int c = 0; c < PQnfields(h->r); c++)
				db_dump_value(cx, out, PQfname(h->r, c), pg_column(cx, h->r, row, c), PQftype(h->r, c) == OID_BYTEA);
			buf_char(out, '\n');
		}
		let_go(h);
	}
	return OK;
}

/* The server folds its log by itself. */
static enum err pg_tidy(struct cx *cx, struct db *db, enum db_fold how) { (void)cx, (void)db, (void)how; return OK; }
static enum err pg_grown(struct cx *cx, struct db *db) { return pg_exec(cx, pg_of(db), "DISCARD PLANS"); }
static int64_t pg_log_size(struct db *db) { (void)db; return 0; }
/* The server does not say who else has committed: whoever asks must look. */
static int64_t pg_version(struct db *db) { (void)db; return -1; }
static int64_t pg_rows_written(struct db *db) { return pg_of(db)->written; }

const struct db_engine db_pg = {
	.shared = true,
	.open = pg_open, .settle = pg_settle, .exec = pg_exec_any, .number = pg_number,
	.lock = "BEGIN; LOCK TABLE meta IN EXCLUSIVE MODE", .is_ours = is_ours, .finish = pg_finish, .begin = pg_begin, .commit = pg_commit, .rollback = pg_rollback, 
	.in_batch = pg_in_batch, .snapshot = pg_snapshot,
	.snapshot_end = pg_rollback, .forget_views = pg_forget_views, .dump_views = pg_dump_views, .tidy = pg_tidy,
	.log_size = pg_log_size, .log_used = pg_log_size, .version = pg_version, .rows_written = pg_rows_written, .caution = pg_connect_caution, .check = pg_check, .run = pg_run,
	.put = pg_put, .grown = pg_grown,
};
