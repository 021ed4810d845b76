/* cagetable: prints docs/CAGE.md's tables from src/sys/proc.def and src/sys/act.def.  usage: cagetable */
#include "sys/cage_acts.h"

#include <stdio.h>
#include <string.h>

static const struct str says_of_place[] = {
#define PLACE(id, name, holds) { holds, sizeof holds - 1 },
#include "sys/proc.def"
#undef PLACE
};

/* A bit set as words. */
static void
put_set(unsigned set, const struct str *names, int n, const char *quote)
{
	const char *between = "";

	if (!set)
		printf("nothing");
	for (int i = 0; i < n; i++)
		if (set >> i & 1) {
			printf("%s%s%.*s%s", between, quote, F(names[i]), quote);
			between = " ";
		}
}

static void
put_rows(void)
{
	static const struct str acts[] = { { "accept", 6 }, { "connect", 7 }, { "threads", 7 }, { "fork", 4 },
		{ "database", 8 } };

	printf("| process | reads | writes | acts | |\n|---|---|---|---|---|\n");
	for (int i = 0; i < jail_count; i++) {
		const struct jail *j = &jail_rows[i];

		printf("| %.*s | ", F(j->name));
		put_set(j->reads & ((1u << JAIL_PLACES) - 1), jail_places, JAIL_PLACES, "`");
		printf("%s | ", j->reads >> JAIL_PLACES & 1 ? ", the resolver's files" : "");
		put_set(j->writes, jail_places, JAIL_PLACES, "`");
		printf(" | ");
		put_set(j->acts, acts, (int)COUNT(acts), "");
		printf(" | %.*s |\n", F(j->says));
	}
	printf("\n| place | holds |\n|---|---|\n");
	for (int p = 0; p < JAIL_PLACES; p++)
		printf("| `%.*s/` | %.*s |\n", F(jail_places[p]), F(says_of_place[p]));
}

static void
put_cell(const struct jail *j, bool may, enum jail_wall wall)
{
	if (may)
		printf(" **may** |");
	else
		printf(" %.*s |", F(jail_kernel(jail_needs(j, wall))));
}

static void
put_acts(void)
{
	printf("\n| who may |");
	for (int i = 0; i < jail_count; i++)
		printf(" %.*s |", F(jail_rows[i].name));
	printf("\n|---|");
	for (int i = 0; i < jail_count; i++)
		printf("---|");
	for (int p = 0; p < 2 * JAIL_PLACES; p++) {
		bool writes = p % 2;

		printf("\n| %s `%.*s/` |", writes ? "write" : "read", F(jail_places[p / 2]));
		for (int i = 0; i < jail_count; i++)
			put_cell(&jail_rows[i], (writes ? jail_rows[i].writes : jail_rows[i].reads) >> p / 2 & 1,
			    writes ? JAIL_WRITING : JAIL_READING);
	}
	for (int a = 0; a < cage_n_acts; a++) {
		printf("\n| %s |", cage_acts[a].words);
		for (int i = 0; i < jail_count; i++)
			put_cell(&jail_rows[i], cage_acts[a].may(&jail_rows[i]), cage_acts[a].wall);
	}
	printf("\n");
}

int
main(void)
{
	put_rows();
	put_acts();
	return 0;
}
