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
		EXPECT_OK(sql_search_add(cx, db, i, words, S(" .let .ast"), S(" _mark")));
		EXPECT_OK(sql_search_row_set(cx, db, i, case_of(i), S(" _mark"), words));
		cx_back(cx, m);
	}
	EXPECT_OK(sql_search_upto_set(cx, db, CASES));
}

static ptrdiff_t
hits(struct cx *cx, struct db *db, const char *word)
{
	struct row_search_hits *rows;
	ptrdiff_t n;

	EXPECT_OK(sql_search_hits(cx, db, str_fmt(cx, "\"~%s\"", word), str_fmt(cx, "\"~%s\"", word), S("\"~_mark\" AND "), S("%_mark%"), INT64_MAX, CASES + 1,
	    CASES + 1, &rows, &n));
	return n;
}

/* The newest of each are found, however far from the newest of all. */
static void
places_are(struct cx *cx, struct db *db, const char *words, const char *seldom, int64_t high, const int64_t *places, ptrdiff_t most)
{
	struct row_search_hits *rows;
	ptrdiff_t n;

	EXPECT_OK(sql_search_hits(cx, db, str_of(words), str_of(seldom), S("\"~_mark\" AND "), S("%_mark%"), high, most, most, &rows, &n));
	EXPECT(n == most);
	for (ptrdiff_t i = 0; i < n; i++)
		EXPECT(rows[i].place == places[i] && id_eq(rows[i].case_id, case_of((int)places[i])));
}

static void
far_places_are_found(struct cx *cx, struct db *db)
{
	static const int64_t all[] = { 7000000, 2999999, 999999, 999998, 990000, 989999, 989998, 970000, 800000, 131072, 131071, 5, 3 };

	for (int i = 0; i < COUNT(all); i++) {
		EXPECT_OK(sql_search_add(cx, db, all[i], S(" far away"), S(" .awa .far"), S(" _mark")));
		EXPECT_OK(sql_search_row_set(cx, db, all[i], case_of((int)all[i]), S(" _mark"), S(" far away")));
	}
	EXPECT_OK(sql_search_upto_set(cx, db, 7000001));
	for (int most = 1; most <= COUNT(all); most++)
		places_are(cx, db, "\"~away\"", "\"~away\"", INT64_MAX, all, most);
	for (int i = 0; i < COUNT(all); i++) {
		places_are(cx, db, "\"~far\" + \"~away\"", "\"~far\" + \"~away\"", all[i], all + i, COUNT(all) - i);
		for (int most = 1; most <= COUNT(all) - i; most++)
			places_are(cx, db, "\"~far\" AND \"~.awa\"", "\"~far\" AND \"~away\"*", all[i], all + i, most);
	}
	places_are(cx, db, "(\"~away\" OR \"~letter\")", "(\"~away\" OR \"~letter\")", INT64_MAX, all, 4);
}

TEST(the_newest_are_found_however_far_they_are)
{
	struct str place = test_db(cx);
	struct db *db;

	test_dir(cx);
	if (!place.n)
		place = str_fmt(cx, "%s/tocsin.db", test_dir_path());
	EXPECT_OK(db_create(cx, place, NULL));
	EXPECT_OK(db_open_writer(cx, place, &db));
	far_places_are_found(cx, db);
}

/* Where bodies share a table, each has words of its own. */
TEST(no_body_finds_the_words_of_another)
{
	struct str address = test_db_server(cx);
	int64_t other;
	struct db *db;

	EXPECT_OK(db_create(cx, address, NULL));
	EXPECT_OK(db_create(cx, address, &other));
	EXPECT_OK(db_open_writer(cx, address, &db));
	fill(cx, db);
	db_serve(db, other);
	EXPECT_OK(sql_search_upto_set(cx, db, CASES));
	EXPECT(hits(cx, db, "letter") == 0);
	far_places_are_found(cx, db);
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
	struct str address = test_db_server(cx), before;
	struct db *db;
	int steps;

	EXPECT_OK(db_create(cx, address, NULL));
	EXPECT_OK(db_open_writer(cx, address, &db));
	fill(cx, db);
	EXPECT(hits(cx, db, "zzqxplantedword") == 1 && hits(cx, db, "letter") == CASES);
	before = test_db_read(cx, address, file);
	erase(cx, db, &steps);
	EXPECT(hits(cx, db, "zzqxplantedword") == 0 && hits(cx, db, "letter") == CASES - 1);
	test_db_tell(cx, address, "VACUUM (FULL) search_words, search_view");
	EXPECT(!str_eq(test_db_read(cx, address, file), before));
	EXPECT_STR(test_db_read(cx, address, "SELECT count(*) FROM ts_stat('SELECT doc FROM search_words') WHERE word LIKE '%zzqxplantedword'"), S("0\n"));
}
