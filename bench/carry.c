/* carry: every row of an SQLite database into the tables of an empty body on PostgreSQL, by COPY: what the command path made in
 * one is there in the other within minutes, not hours. Indexes are made when the rows are there. Not of the product: it asks
 * nothing and proves nothing; `tocsin copy` is for bodies that live.
 *   carry FILE URL    says the rows and seconds as one line of JSON */
#include "core/be.h"
#include "sys/sys.h"
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COLUMNS = 64, MOST_DEFINED = 200, ROOM = 1 << 16 };

static PGconn *to;
static sqlite3 *from;

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "carry: %s: %s%s\n", what, to ? PQerrorMessage(to) : "", from ? sqlite3_errmsg(from) : "");
	exit(70);
}

static PGresult *
pg(const char *sql)
{
	PGresult *r = PQexec(to, sql);
	ExecStatusType s = PQresultStatus(r);

	if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK && s != PGRES_COPY_IN)
		die(sql);
	return r;
}

__attribute__((format(printf, 1, 2))) static void
pg_do(const char *fmt, ...)
{
	char sql[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sql, sizeof sql, fmt, ap);
	va_end(ap);
	PQclear(pg(sql));
}

static void
send_bytes(const void *p, size_t n)
{
	static char room[ROOM];
	static size_t used;

	if ((used + n > sizeof room || !p) && used && PQputCopyData(to, room, (int)used) != 1)
		die("COPY");
	if (used + n > sizeof room || !p)
		used = 0;
	if (n > sizeof room) {
		if (PQputCopyData(to, p, (int)n) != 1)
			die("COPY");
		return;
	}
	if (p)
		memcpy(room + used, p, n);
	used += n;
}

static void
send_number(uint64_t v, int bytes)
{
	uint8_t b[8];

	be_put(b, bytes, v);
	send_bytes(b, (size_t)bytes);
}

static void
send_value(sqlite3_stmt *st, int at, const char *type)
{
	int n = sqlite3_column_bytes(st, at);

	if (sqlite3_column_type(st, at) == SQLITE_NULL)
		send_number(UINT32_MAX, 4);
	else if (!strcmp(type, "bigint"))
		send_number(8, 4), send_number((uint64_t)sqlite3_column_int64(st, at), 8);
	else if (!strcmp(type, "boolean"))
		send_number(1, 4), send_number((uint64_t)sqlite3_column_int(st, at), 1);
	else {
		send_number((uint64_t)n, 4);
		if (n)
			send_bytes(sqlite3_column_blob(st, at), (size_t)n);
	}
}

/* The rows of one table, column by column as PostgreSQL names them. */
static long
table(const char *name)
{
	char sql[4096], columns[2048] = "";
	const char *ask[1] = { name };
	PGresult *c = PQexecParams(to, "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' "
	    "AND table_name = $1 ORDER BY ordinal_position", 1, NULL, ask, NULL, NULL, 0);
	sqlite3_stmt *st;
	long n = 0;
	int k = PQntuples(c);

	for (int i = 0; i < k; i++)
		snprintf(columns + strlen(columns), sizeof columns - strlen(columns), "%s%s", i ? ", " : "", PQgetvalue(c, i, 0));
	snprintf(sql, sizeof sql, "SELECT %s FROM %s", columns, name);
	if (sqlite3_prepare_v2(from, sql, -1, &st, NULL) != SQLITE_OK) {
		fprintf(stderr, "  %s is not carried: %s\n", name, sqlite3_errmsg(from));
		PQclear(c);
		return 0;
	}
	pg_do("TRUNCATE %s", name);
	pg_do("COPY %s (%s) FROM STDIN BINARY", name, columns);
	send_bytes("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
	for (; sqlite3_step(st) == SQLITE_ROW; n++) {
		send_number((uint64_t)k, 2);
		for (int i = 0; i < k; i++)
			send_value(st, i, PQgetvalue(c, i, 1));
	}
	send_number(UINT16_MAX, 2);
	send_bytes(NULL, 0);
	if (PQputCopyEnd(to, NULL) != 1)
		die(name);
	for (PGresult *r; (r = PQgetResult(to)); PQclear(r))
		if (PQresultStatus(r) != PGRES_COMMAND_OK)
			die(name);
	sqlite3_finalize(st);
	PQclear(c);
	return n;
}

/* Keys and indexes are put aside and made again: sorted once is faster than sorted in a million times. */
static void
aside(char **again, int *n)
{
	PGresult *r = pg("SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname, 'ALTER TABLE ' || "
	    "conrelid::regclass || ' ADD CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE contype "
	    "= 'p' AND connamespace = 'public'::regnamespace UNION ALL SELECT 'DROP INDEX ' || i.indexrelid::regclass, "
	    "pg_get_indexdef(i.indexrelid) FROM pg_index AS i JOIN pg_class AS k ON k.oid = i.indrelid WHERE NOT i.indisprimary AND "
	    "k.relnamespace = 'public'::regnamespace");

	for (*n = 0; *n < PQntuples(r) && *n < MOST_DEFINED; ++*n) {
		pg_do("%s", PQgetvalue(r, *n, 0));
		again[*n] = strdup(PQgetvalue(r, *n, 1));
	}
	PQclear(r);
}

int
main(int argc, char **argv)
{
	char *again[MOST_DEFINED];
	when began = sys_boot();
	long rows = 0;
	PGresult *r;
	int n;

	if (argc != 3) {
		fputs("usage: carry FILE URL\n", stderr);
		return 64;
	}
	to = PQconnectdb(argv[2]);
	if (PQstatus(to) != CONNECTION_OK || sqlite3_open_v2(argv[1], &from, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		die("cannot be opened");
	/* what the journal's triggers forbid, the owner of the server may */
	pg_do("SET session_replication_role = replica; SET maintenance_work_mem = '1GB'; SET synchronous_commit = off");
	r = pg("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1");
	aside(again, &n);
	for (int i = 0; i < PQntuples(r); i++) {
		long had = table(PQgetvalue(r, i, 0));

		rows += had;
		if (had > 100000)
			fprintf(stderr, "  %s: %ld rows, %.0f s\n", PQgetvalue(r, i, 0), had, (double)(sys_boot() - began) / SECOND);
	}
	for (int i = 0; i < n; free(again[i]), i++)
		pg_do("%s", again[i]);
	pg_do("ANALYZE");
	PQclear(r);
	printf("{\"rows\":%ld,\"seconds\":%.3f}\n", rows, (double)(sys_boot() - began) / SECOND);
	sqlite3_close_v2(from);
	PQfinish(to);
	return 0;
}
