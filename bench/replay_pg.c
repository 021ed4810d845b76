/* replay_pg: what bench/record.c wrote down, done again on PostgreSQL by a bare loop of libpq with prepared statements, which are
 * planned as the product has them planned and waited for where they give rows. Not of the product.
 *   replay_pg URL FILE    prints one line of JSON */
#include "bench.h"
#include "core/be.h"
#include "store/db_pg.h"
#include "sys/sys.h"
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BINARY = 1 };

static PGconn *pg;
static bool prepared[SQL_COUNT];
static long statements, groups;
static int on_their_way;

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "replay_pg: %s: %s\n", what, pg ? PQerrorMessage(pg) : "");
	exit(70);
}

static void
done(PGresult *r, const char *what)
{
	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
		die(what);
	PQclear(r);
}

/* Whatever was sent has been done. */
static void
arrive(const char *what)
{
	PGresult *r;

	if (!on_their_way)
		return;
	if (!PQpipelineSync(pg))
		die(what);
	for (; on_their_way; on_their_way--)
		while ((r = PQgetResult(pg)))
			done(r, what);
	PQclear(PQgetResult(pg)); /* the sync */
	if (!PQexitPipelineMode(pg))
		die(what);
}

static void
prepare(int id)
{
	const struct sql_text *t = &sql_texts[id];
	Oid oids[TAPE_VALUES];

	if (prepared[id])
		return;
	arrive(t->name);
	for (int i = 0; i < t->n_in; i++)
		oids[i] = t->in[i] == 'i' ? 20 : t->in[i] == 't' ? 25 : t->in[i] == 'o' ? 16 : 17;
	done(PQprepare(pg, t->name, t->pg, t->n_in, oids), t->name);
	prepared[id] = true;
}

/* The statement whose values stand at p; returns where the next one stands. */
static const char *
one(const char *p, int id, int n)
{
	const struct sql_text *t = &sql_texts[id];
	const char *values[TAPE_VALUES];
	int lengths[TAPE_VALUES], formats[TAPE_VALUES];
	uint8_t numbers[TAPE_VALUES][8] = { { 0, 0, 0, 0, 0, 0, 0, 1 } };

	values[0] = (const char *)numbers[0], lengths[0] = 8, formats[0] = BINARY;
	for (int i = 1; i <= n; i++) {
		int64_t what[2];

		memcpy(what, p, sizeof what);
		p += sizeof what;
		formats[i] = BINARY;
		lengths[i] = what[0] != DB_INT_ ? (int)what[1] : t->in[i] == 'o' ? 1 : 8;
		values[i] = what[0] == DB_NULL_ ? NULL : what[0] == DB_INT_ ? (const char *)numbers[i] : p;
		if (what[0] == DB_INT_)
			be_put(numbers[i], lengths[i], (uint64_t)what[1]);
		if (what[0] >= DB_TEXT_)
			p += what[1];
	}
	prepare(id);
	if (!PQenterPipelineMode(pg) || !PQsendQueryPrepared(pg, t->name, n + 1, values, lengths, formats, BINARY))
		die(t->name);
	on_their_way++;
	if (t->n_out || on_their_way == PG_ON_THE_WAY)
		arrive(t->name);
	if (++statements >= 512 && (statements & (statements - 1)) == 0) { /* as the product does when tables have grown */
		arrive(t->name);
		done(PQexec(pg, "DISCARD PLANS"), "DISCARD PLANS");
	}
	return p;
}

int
main(int argc, char **argv)
{
	const char *p, *end;
	char *tape;
	size_t size;
	when began;

	if (argc != 3) {
		fputs("usage: replay_pg URL FILE\n", stderr);
		return 64;
	}
	p = tape = bench_tape(argv[2], &size);
	end = p + size;
	pg = PQconnectdb(argv[1]);
	if (PQstatus(pg) != CONNECTION_OK)
		die("cannot be reached");
	done(PQexec(pg, PG_PLANS "SET synchronous_commit = on"), "SET");
	began = sys_boot();
	while (p < end) {
		uint16_t word[2];

		memcpy(word, p, sizeof word);
		p += sizeof word;
		switch (word[0]) {
		case TAPE_BEGIN:  done(PQexec(pg, "BEGIN"), "BEGIN"); break;
		case TAPE_COMMIT:
			arrive("COMMIT");
			done(PQexec(pg, "COMMIT"), "COMMIT"), groups++;
			break;
		case TAPE_TIDY:   break;
		default:     p = one(p, word[0], word[1]);
		}
	}
	printf("{\"what\":\"replay_pg\",\"n\":%ld,\"seconds\":%.4f,\"statements\":%ld}\n", groups, (double)(sys_boot() - began) / SECOND, statements);
	PQfinish(pg);
	free(tape);
	return 0;
}
