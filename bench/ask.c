/* ask: how long the desk's questions take, asked in process as a web worker asks them (on a reader's handle), as
 * somebody who is signed in; and, to compare, bare statements of the database. Not of the product.
 *   ask DIR SESSION SECONDS    standard input: a line a question, each asked for so long; prints a line of JSON each
 * Questions: queue NAME=VALUE&…, count, closed, work, notices, case REF, sql STATEMENT. */
#include "bench.h"
#include "desk/ask.h"
#include "sys/files.h"
#include "sys/sys.h"
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 1 << 28, MOST = 1 << 20, ROWS_MOST = 60 };

static struct desk desk;
static struct actor who;
static struct str address;
static sqlite3_stmt *bare;
static sqlite3 *file;
static PGconn *pg;
static int64_t took[MOST];

static bool
is(struct str field, const char *name, struct str *value)
{
	struct str key;

	return str_cut(field, '=', &key, value) && str_eq(key, str_of(name));
}

static enum err
queue(struct cx *cx, struct str arg, long *rows)
{
	struct ask_filter f = { .after = INT64_MIN };
	struct ask_page page;
	struct str field, value;

	while (arg.n) {
		struct str rest = S("");

		if (!str_cut(arg, '&', &field, &rest))
			field = arg;
		arg = rest;
		if (is(field, "category", &value)) f.category = value;
		else if (is(field, "department", &value)) f.department = value;
		else if (is(field, "level", &value)) f.level = value;
		else if (is(field, "state", &value)) f.state = value;
		else if (is(field, "words", &value)) f.words = value;
		else if (is(field, "closed", &value)) f.closed = true;
		else if (is(field, "mine", &value)) f.mine = true;
		else if (is(field, "overdue", &value)) f.overdue = true;
		else if (is(field, "personal_data", &value)) f.personal_data = true;
		else
			return fail(cx, ERR_BAD_INPUT, "%.*s is no part of a filter", F(field));
	}
	TRY(ask_queue(cx, &desk, &who, &f, &page));
	*rows = page.n;
	return OK;
}

static enum err
bare_ready(struct cx *cx, struct str sql)
{
	if (address.n) {
		PGresult *r = PQprepare(pg, "", str_z(cx, sql), 0, NULL);
		bool well = PQresultStatus(r) == PGRES_COMMAND_OK;

		PQclear(r);
		return well ? OK : fail(cx, ERR_BROKEN, "%s", PQerrorMessage(pg));
	}
	sqlite3_finalize(bare);
	return sqlite3_prepare_v2(file, sql.p, (int)sql.n, &bare, NULL) == SQLITE_OK ? OK : fail(cx, ERR_BROKEN, "%s", sqlite3_errmsg(file));
}

static enum err
bare_run(struct cx *cx, long *rows)
{
	if (address.n) {
		PGresult *r = PQexecPrepared(pg, "", 0, NULL, NULL, NULL, 1);
		bool well = PQresultStatus(r) == PGRES_TUPLES_OK;

		*rows = PQntuples(r);
		PQclear(r);
		return well ? OK : fail(cx, ERR_BROKEN, "%s", PQerrorMessage(pg));
	}
	for (*rows = 0; sqlite3_step(bare) == SQLITE_ROW;)
		++*rows;
	return sqlite3_reset(bare) == SQLITE_OK ? OK : fail(cx, ERR_BROKEN, "%s", sqlite3_errmsg(file));
}

static enum err
question(struct cx *cx, struct str what, struct str arg, long *rows)
{
	struct ask_notice *notices;
	struct ask_duty *duties;
	struct ask_case *k;
	ptrdiff_t n = 0, unseen;
	int64_t count;

	if (str_eq(what, S("queue")))
		return queue(cx, arg, rows);
	if (str_eq(what, S("count")) || str_eq(what, S("closed"))) {
		TRY(ask_queue_count(cx, &desk, &who, what.p[1] == 'l', &count));
		*rows = count;
	} else if (str_eq(what, S("work"))) {
		TRY(ask_work(cx, &desk, &who, ROWS_MOST, &duties, &n));
		*rows = n;
	} else if (str_eq(what, S("notices"))) {
		TRY(ask_notices(cx, &desk, &who, ROWS_MOST, &notices, &n, &unseen));
		*rows = n;
	} else if (str_eq(what, S("case"))) {
		k = NEW(cx, struct ask_case, 1);
		TRY(ask_case(cx, &desk, &who, arg, INT64_MAX, k));
		*rows = k->n_timeline;
	} else {
		return fail(cx, ERR_BAD_INPUT, "%.*s is no question", F(what));
	}
	return OK;
}

static int
cmp(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static double milliseconds(int64_t micro) { return (double)micro / 1000; }

static enum err
one(struct cx *cx, struct str line, when seconds)
{
	struct str what, arg;
	long n = 0, rows = 0;
	when until;
	bool sql;

	if (!str_cut(line, ' ', &what, &arg))
		what = line, arg = S("");
	sql = str_eq(what, S("sql"));
	if (sql)
		TRY(bare_ready(cx, arg));
	until = sys_boot() + seconds;
	do {
		struct mark m = cx_mark(cx);
		when began;

		sys_turn(cx);
		began = sys_boot();
		TRY(sql ? bare_run(cx, &rows) : question(cx, what, arg, &rows));
		took[n++] = sys_boot() - began;
		cx_back(cx, m);
	} while (n < MOST && (n < 5 || sys_boot() < until));
	qsort(took, (size_t)n, sizeof *took, cmp);
	printf("{\"n\":%ld,\"rows\":%ld,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"worst_ms\":%.3f}\n", n, rows, milliseconds(took[n / 2]),
	    milliseconds(took[n * 99 / 100]), milliseconds(took[n - 1]));
	return fflush(stdout) ? fail(cx, ERR_BROKEN, "standard output is closed") : OK;
}

static enum err
work(struct cx *cx, void *arg)
{
	char **argv = arg, line[4096];
	struct credential c = { .session = str_of(argv[2]) };

	TRY(desk_open(cx, str_of(argv[1]), false, &desk));
	if (files_read_secret(cx, desk.dir, S("db/address"), 4096, &address) != OK)
		address = S("");
	pg = address.n ? PQconnectdb(str_z(cx, str_trim(address))) : NULL;
	if (!address.n && sqlite3_open_v2(str_z(cx, str_fmt(cx, "%s/db/tocsin.db", argv[1])), &file, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		return fail(cx, ERR_BROKEN, "the database cannot be opened");
	TRY(desk_refresh(cx, &desk));
	TRY(access_who(cx, desk.db, desk.policy, &c, &who));
	if (id_zero(who.id))
		return fail(cx, ERR_DENIED, "nobody is signed in with that session");
	while (fgets(line, sizeof line, stdin)) {
		struct mark m = cx_mark(cx);
		enum err e = one(cx, str_trim(str_of(line)), (when)(atof(argv[3]) * SECOND));

		if (e) { /* the others are asked all the same */
			printf("{\"failed\":\"%.*s\"}\n", F(err_name(e)));
			fprintf(stderr, "ask: %s: %s\n", line, cx->why);
		}
		cx_back(cx, m);
	}
	return OK;
}

int
main(int argc, char **argv)
{

	if (argc != 4) {
		fputs("usage: ask DIR SESSION SECONDS < QUESTIONS\n", stderr);
		return 64;
	}
	return bench_run("ask", ROOM, work, argv);
}
