/* What is erased leaves the index: no file of the database holds it any more. */
#include "store/search.h"

#include "base/test.h"
#include "store/test_db.h"
#include "sys/test_dir.h"

enum { CASES = 2000, ERASED = 700 };

static struct id
case_of(int i)
{
	return (struct id){ { 1, (uint8_t)(i >> 8), (uint8_t)i } };
}

/* As a journal leaves them, but for what the index does not look at. */
static void
fill(struct cx *cx, struct db *db)
{
	for (int i = 0; i < CASES; i++) {
		struct mark m = cx_mark(cx);
		struct str words = str_fmt(cx, " a letter %d went %d astray%s", i, i * 7919, i == ERASED ? " zzqxplantedword" : "");

		EXPECT_OK(sql_timeline_add(cx, db, case_of(i), i, T0, S("report"), case_of(0), S(""), S(""), S("both"), S(""), case_of(0)));
		EXPECT_OK(sql_search_add(cx, db, i, words, S(" .let .ast _mark")));
		EXPECT_OK(sql_search_row_set(cx, db, i, case_of(i), S(" _mark"), words));
		cx_back(cx, m);
	}
}

static ptrdiff_t
hits(struct cx *cx, struct db *db, const char *word)
{
	struct row_search_hits *rows;
	ptrdiff_t n, all = 0;

	for (int64_t high = CASES - 1; high >= 0; high = (high >> 10 << 10) - 1) {
		EXPECT_OK(sql_search_hits(cx, db, str_fmt(cx, "\"%s\" AND \"_mark\"", word), 10, high, CASES, &rows, &n));
		all += n;
	}
	return all;
}

static void
newest_are_known(struct cx *cx, struct db *db)
{
	struct row_search_near *rows;
	ptrdiff_t n;

	EXPECT_OK(sql_search_near(cx, db, S("\"letter\""), 10, CASES - 2, 3, &rows, &n));
	EXPECT(n == 3 && rows[0].place == CASES - 2 && rows[2].place == CASES - 4);
}

static bool
stands_in_files(struct cx *cx, struct str place, const char *word)
{
	static const char *const ends[] = { "", "-wal" };
	bool there = false;

	for (int i = 0; i < COUNT(ends); i++) {
		struct mark m = cx_mark(cx);
		struct str file = test_read(cx, str_fmt(cx, "%.*s%s", F(place), ends[i]).p);

		there |= file.p && str_find(file, str_of(word)) >= 0;
		cx_back(cx, m);
	}
	return there;
}

static void
erase(struct cx *cx, struct db *db, int *steps)
{
	bool was, more = true;

	EXPECT_OK(db_begin(cx, db));
	EXPECT_OK(search_forget(cx, db, case_of(ERASED), &was));
	EXPECT(was);
	EXPECT_OK(search_forget(cx, db, case_of(ERASED), &was));
	EXPECT(!was);
	EXPECT_OK(db_commit(cx, db));
	for (*steps = 0; more; ++*steps)
		EXPECT_OK(search_grind(cx, db, &more));
	EXPECT_OK(db_tidy(cx, db, FOLD_EMPTY));
}

TEST(erased_words_stand_in_no_file_of_the_database)
{
	struct str place;
	struct db *db;
	int steps;

	test_dir(cx);
	place = str_fmt(cx, "%s/tocsin.db", test_dir_path());
	EXPECT_OK(db_create(cx, place, NULL));
	EXPECT_OK(db_open_writer(cx, place, &db));
	EXPECT_OK(db_begin(cx, db));
	fill(cx, db);
	EXPECT_OK(db_commit(cx, db));
	EXPECT(hits(cx, db, "zzqxplantedword") == 1 && hits(cx, db, "letter") == CASES);
	newest_are_known(cx, db);
	EXPECT_OK(db_tidy(cx, db, FOLD_SOME));
	EXPECT(stands_in_files(cx, place, "qxplantedword"));
	erase(cx, db, &steps);
	EXPECT(!stands_in_files(cx, place, "qxplantedword"));
	EXPECT(hits(cx, db, "zzqxplantedword") == 0 && hits(cx, db, "letter") == CASES - 1);
}

/* There the files are the server's: once their owner has had them written anew they are others, and what is in them holds it no more. */
TEST(erased_words_leave_the_index_of_the_other_database)
{
	static const char file[] = "SELECT pg_relation_filenode('search_words') || ' ' || pg_relation_filenode('search_doc')";
	struct str address = test_db(cx), before;
	struct db *db;
	int steps;

	if (!address.n) {
		printf("SKIP: TOCSIN_PG names no PostgreSQL server\n");
		skip();
	}
	EXPECT_OK(db_create(cx, address, NULL));
	EXPECT_OK(db_open_writer(cx, address, &db));
	fill(cx, db);
	EXPECT(hits(cx, db, "zzqxplantedword") == 1 && hits(cx, db, "letter") == CASES);
	newest_are_known(cx, db);
	before = test_db_read(cx, address, file);
	erase(cx, db, &steps);
	EXPECT(hits(cx, db, "zzqxplantedword") == 0 && hits(cx, db, "letter") == CASES - 1);
	test_db_tell(cx, address, "VACUUM (FULL) search_words, search_view");
	EXPECT(!str_eq(test_db_read(cx, address, file), before));
	EXPECT_STR(test_db_read(cx, address, "SELECT count(*) FROM ts_stat('SELECT doc FROM search_words') WHERE word = 'zzqxplantedword'"), S("0\n"));
}
