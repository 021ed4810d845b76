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

/* What one node alone never needs: files kept in the database, leases. */
static bool
for_several_nodes(const char *name)
{
	static const char *const starts[] = { "object", "lease" };

	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
		if (!strncmp(name, starts[i], strlen(starts[i])))
			return true;
	return false;
}

/* Every statement of sql/ has done its work at least once. */
static bool
all_used(void)
{
	bool shared = getenv("TOCSIN_PG") != NULL;
	const bool *here = used[shared];
	int missing = 0;

	for (int i = 0; i < SQL_COUNT; i++)
		if (!here[i] && (shared || !for_several_nodes(sql_texts[i].name)) && ++missing)
			printf("the statement %s is never put to the database\n", sql_texts[i].name);
	printf("statements: %d tried, %d failed\n", SQL_COUNT, missing);
	return missing == 0;
}

__attribute__((constructor)) static void at_end(void) { test_at_end = all_used; }
