/* Which statements the tests have put to the database they run on. The linker puts __wrap_db_run in front of the store's own
 * (meson.build), so the product knows nothing of it. Tests only. */
#include "base/test.h"
#include "store/db_engine.h"
#include <stdlib.h>

enum err __real_db_run(struct cx *, struct db *, enum sql, const struct db_val *, int, struct db_rows *);
enum err __wrap_db_run(struct cx *, struct db *, enum sql, const struct db_val *, int, struct db_rows *);

static bool used[2][SQL_COUNT]; /* on SQLite, on PostgreSQL */

enum err
__wrap_db_run(struct cx *cx, struct db *db, enum sql id, const struct db_val *in, int n, struct db_rows *rows)
{
	enum err e = __real_db_run(cx, db, id, in, n, rows);

	used[db->engine == &db_pg][id] |= e == OK;
	return e;
}

/* What is asked elsewhere: by one node alone neither files kept in the database nor leases; and what is made for every table alike is
 * the copy's, which puts many rows at once. */
static bool
is_left_out(const char *name, bool shared)
{
	static const char *const starts[] = { "object", "lease", "server" };

	for (size_t i = 0; !shared && i < sizeof starts / sizeof starts[0]; i++)
		if (!strncmp(name, starts[i], strlen(starts[i])))
			return true;
	return strstr(name, "__") != NULL;
}

/* Every statement of sql/ has done its work at least once. */
static bool
all_used(void)
{
	bool shared = getenv("TOCSIN_PG") != NULL;
	const bool *here = used[shared];
	int missing = 0;

	for (int i = 0; i < SQL_COUNT; i++)
		if (!here[i] && !is_left_out(sql_texts[i].name, shared) && ++missing)
			printf("the statement %s is never put to the database\n", sql_texts[i].name);
	printf("statements: %d tried, %d failed\n", SQL_COUNT, missing);
	return missing == 0;
}

__attribute__((constructor)) static void at_end(void) { test_at_end = all_used; }
