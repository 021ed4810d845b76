#include "store/db_memory.h"

#include "base/test.h"
#include <sqlite3.h>

/* Whatever sizes come and go, each block holds what was put there, and rounding says no less than what is given. */
TEST(memory_for_the_database_is_nobody_elses)
{
	enum { BLOCKS = 400, ROUNDS = 20000, MOST = 80000 };
	static struct { unsigned char *p; int n; unsigned char mark; } all[BLOCKS];
	uint64_t dice = 12345;

	db_memory_begin();
	for (int round = 0; round < ROUNDS; round++) {
		int i, n;

		dice = dice * 6364136223846793005u + 1442695040888963407u;
		i = (int)(dice >> 33) % BLOCKS;
		n = 1 + (int)(dice >> 20 & 0xffff) % (dice >> 60 ? 300 : MOST);
		for (int k = 0; k < all[i].n; k++)
			EXPECT(all[i].p[k] == all[i].mark);
		if (dice >> 32 & 1) {
			unsigned char *was = all[i].p;

			all[i].p = sqlite3_realloc(was, n);
			for (int k = 0; k < n && k < all[i].n; k++)
				EXPECT(all[i].p[k] == all[i].mark);
		} else {
			sqlite3_free(all[i].p);
			all[i].p = sqlite3_malloc(n);
		}
		EXPECT(all[i].p && (uintptr_t)all[i].p % 8 == 0 && (int64_t)sqlite3_msize(all[i].p) >= n);
		all[i].n = n;
		all[i].mark = (unsigned char)round;
		memset(all[i].p, all[i].mark, (size_t)n);
	}
	for (int i = 0; i < BLOCKS; i++)
		sqlite3_free(all[i].p);
	(void)cx;
}
