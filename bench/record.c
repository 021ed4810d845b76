/* record: what the database is asked to do, written down with all values, and done again by a bare loop of sqlite3.
 * The linker puts __wrap_ functions in place of the store's own (see bench/meson.build), so the product knows nothing
 * of it. Not of the product.
 *   record reports DIR N FILE      N reports (standard input holds one, as the API takes it) in groups of 64, in
 *                                  process, as the registrar takes them; FILE: what the database was asked, or -
 *   record import DIR VERIS FILE   the import of a VERIS file
 *   record replay DB FILE          the same statements with their values in the same groups, by nothing but sqlite3
 *   record writes DB FILE          those of them alone that change something
 * Each prints one line of JSON. */
#include "bench.h"
#include "cli/import.h"
#include "desk/desk.h"
#include "sys/sys.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 1 << 30, GROUP = 64 };

static FILE *tape;
static long statements, rows_changed;

enum err __real_db_run(struct cx *, struct db *, enum sql, const struct db_val *, int, struct db_rows *);
enum err __wrap_db_run(struct cx *, struct db *, enum sql, const struct db_val *, int, struct db_rows *);
enum err __real_db_begin(struct cx *, struct db *);
enum err __wrap_db_begin(struct cx *, struct db *);
enum err __real_db_commit(struct cx *, struct db *);
enum err __wrap_db_commit(struct cx *, struct db *);
enum err __real_db_tidy(struct cx *, struct db *, enum db_fold);
enum err __wrap_db_tidy(struct cx *, struct db *, enum db_fold);

static void
put(const void *p, size_t n)
{
	if (fwrite(p, 1, n, tape) != n) {
		perror("record");
		exit(70);
	}
}

static void
put_word(int word, int n)
{
	uint16_t both[2] = { (uint16_t)word, (uint16_t)n };

	if (tape)
		put(both, sizeof both);
}

enum err
__wrap_db_run(struct cx *cx, struct db *db, enum sql id, const struct db_val *in, int n, struct db_rows *rows)
{
	int64_t before = db_rows_written(db);
	enum err e;

	put_word((int)id, n);
	for (int i = 0; tape && i < n; i++) {
		int64_t what[2] = { in[i].type, in[i].type == DB_INT_ ? in[i].i : in[i].s.n };

		put(what, sizeof what);
		if (in[i].type >= DB_TEXT_ && in[i].s.n)
			put(in[i].s.p, (size_t)in[i].s.n);
	}
	e = __real_db_run(cx, db, id, in, n, rows);
	statements++;
	rows_changed += db_rows_written(db) - before;
	return e;
}

enum err
__wrap_db_begin(struct cx *cx, struct db *db)
{
	put_word(TAPE_BEGIN, 0);
	return __real_db_begin(cx, db);
}

enum err
__wrap_db_commit(struct cx *cx, struct db *db)
{
	put_word(TAPE_COMMIT, 0);
	return __real_db_commit(cx, db);
}

enum err
__wrap_db_tidy(struct cx *cx, struct db *db, enum db_fold how)
{
	put_word(TAPE_TIDY, 0);
	return __real_db_tidy(cx, db, how);
}

static void
say(const char *what, long n, when took)
{
	printf("{\"what\":\"%s\",\"n\":%ld,\"seconds\":%.4f,\"statements\":%ld,\"rows\":%ld}\n", what, n,
	    (double)took / SECOND, statements, rows_changed);
}

/* A report as the door makes a command of it. */
static struct str
request(struct cx *cx, struct str args)
{
	return str_fmt(cx, "{\"id\":\"%.*s\",\"command\":\"report\",\"as\":{},\"args\":%.*s}",
	    F(id_hex(cx, id_new(cx))), F(args));
}

static enum err
reports(struct cx *cx, struct str dir, long n, when *took)
{
	struct desk *d = NEW(cx, struct desk, 1);
	char args[8192];
	struct str body = { args, (ptrdiff_t)fread(args, 1, sizeof args, stdin) };
	when began, tidied;

	TRY(desk_open(cx, dir, true, d));
	began = tidied = sys_boot();
	for (long done = 0; done < n;) {
		struct mark m = cx_mark(cx);
		struct str answer;

		sys_turn(cx);
		TRY(desk_begin(cx, d));
		for (int i = 0; i < GROUP && done < n; i++, done++) {
			TRY(desk_do(cx, d, request(cx, str_trim(body)), false, false, &answer));
			if (!str_starts(answer, S("{\"ok\"")))
				return fail(cx, ERR_BROKEN, "%.*s", F(answer));
		}
		TRY(desk_end(cx, d));
		if (cx->boot - tidied > SECOND) { /* as the registrar's tick does */
			TRY(desk_tidy(cx, d, FOLD_SOME));
			tidied = cx->boot;
		}
		cx_back(cx, m);
	}
	*took = sys_boot() - began;
	return OK;
}

/* ---- the bare loop ---- */

static sqlite3 *bare;
static sqlite3_stmt *stmt[SQL_COUNT];

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "record: %s: %s\n", what, bare ? sqlite3_errmsg(bare) : strerror(errno));
	exit(70);
}

static void
exec(const char *sql)
{
	if (sqlite3_exec(bare, sql, NULL, NULL, NULL) != SQLITE_OK)
		die(sql);
}

static sqlite3_stmt *
prepared(int id)
{
	if (!stmt[id] && sqlite3_prepare_v3(bare, sql_texts[id].sqlite, -1, SQLITE_PREPARE_PERSISTENT, &stmt[id], NULL))
		die(sql_texts[id].name);
	return stmt[id];
}

/* Where $n stands: SQLite takes them for names. */
static int
place(sqlite3_stmt *st, int n)
{
	char name[16];
	int at = n;

	if (!sqlite3_bind_parameter_name(st, n) || atoi(sqlite3_bind_parameter_name(st, n) + 1) != n) {
		snprintf(name, sizeof name, "$%d", n);
		at = sqlite3_bind_parameter_index(st, name);
	}
	return at;
}

/* Bind the values that stand at p; returns where the next statement stands. */
static char *
bind(sqlite3_stmt *st, char *p, int n)
{
	for (int i = 0; i < n; i++) {
		int at = st ? place(st, i + 2) : 0;
		int64_t what[2];

		memcpy(what, p, sizeof what);
		p += sizeof what;
		if (st && what[0] == DB_INT_)
			sqlite3_bind_int64(st, at, what[1]);
		else if (st && what[0] == DB_TEXT_)
			sqlite3_bind_text64(st, at, p, (sqlite3_uint64)what[1], SQLITE_STATIC, SQLITE_UTF8);
		else if (st && what[0] == DB_BYTES_)
			sqlite3_bind_blob64(st, at, p, (sqlite3_uint64)what[1], SQLITE_STATIC);
		else if (st)
			sqlite3_bind_null(st, at);
		if (what[0] >= DB_TEXT_)
			p += what[1];
	}
	return p;
}

static char *
one(char *p, int id, int n, bool writes_only)
{
	sqlite3_stmt *st = prepared(id);
	int r;

	if (writes_only && sqlite3_stmt_readonly(st))
		return bind(NULL, p, n);
	sqlite3_bind_int64(st, place(st, 1), 1);
	p = bind(st, p, n);
	while ((r = sqlite3_step(st)) == SQLITE_ROW)
		;
	if (r != SQLITE_DONE)
		die(sql_texts[id].name);
	if (!sqlite3_stmt_readonly(st))
		rows_changed += sqlite3_changes(bare);
	sqlite3_reset(st);
	statements++;
	return p;
}

static void
replay(const char *db, const char *path, bool writes_only)
{
	size_t size;
	char *p = bench_tape(path, &size), *end = p + size;
	long groups = 0;
	when began;

	if (sqlite3_open_v2(db, &bare, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		die(db);
	exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA recursive_triggers=ON;"
	    "PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY");
	began = sys_boot();
	while (p < end) {
		uint16_t word[2];

		memcpy(word, p, sizeof word);
		p += sizeof word;
		switch (word[0]) {
		case TAPE_BEGIN:  exec("BEGIN IMMEDIATE"); break;
		case TAPE_COMMIT: exec("COMMIT"), groups++; break;
		case TAPE_TIDY:   sqlite3_wal_checkpoint_v2(bare, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL); break;
		default:     p = one(p, word[0], word[1], writes_only);
		}
	}
	say(writes_only ? "writes" : "replay", groups, sys_boot() - began);
	sqlite3_close_v2(bare);
}

struct job { char **argv; };

static enum err
work(struct cx *cx, void *arg)
{
	const struct job *job = arg;
	char **argv = job->argv;
	struct import_sum sum;
	when took;

	tape = strcmp(argv[4], "-") ? fopen(argv[4], "wb") : NULL;
	if (!strcmp(argv[1], "reports")) {
		TRY(reports(cx, str_of(argv[2]), atol(argv[3]), &took));
		say("reports", atol(argv[3]), took);
	} else {
		took = sys_boot();
		TRY(import_veris(cx, str_of(argv[2]), str_of(argv[3]), false, 0, &sum));
		say("import", sum.taken, sys_boot() - took);
	}
	return tape && fclose(tape) ? fail(cx, ERR_NO_ROOM, "the recording could not be written") : OK;
}

int
main(int argc, char **argv)
{
	struct job job = { argv };

	if (argc == 4 && (!strcmp(argv[1], "replay") || !strcmp(argv[1], "writes"))) {
		replay(argv[2], argv[3], argv[1][0] == 'w');
		return 0;
	}
	if (argc != 5 || (strcmp(argv[1], "reports") != 0 && strcmp(argv[1], "import") != 0)) {
		fputs("usage: record reports DIR N FILE | import DIR VERIS FILE | replay DB FILE | writes DB FILE\n", stderr);
		return 64;
	}
	return bench_run("record", ROOM, work, &job);
}
