#include "core/words.h"

#include "base/test.h"

static struct str
words_of(struct cx *cx, const char *text)
{
	struct buf b = buf_new(cx);

	words_put(&b, str_of(text));
	return buf_str(&b);
}

static bool
holds(struct cx *cx, const char *typed, const char *text)
{
	struct words_query q;

	words_query(cx, str_of(typed), &q);
	return q.n && words_hold(&q, words_of(cx, text));
}

TEST(a_text_becomes_small_letters_without_accents)
{
	EXPECT_STR(words_of(cx, "Lost a LAPTOP (Dell), on the No. 7 bus!"), S(" lost a laptop dell on the no 7 bus"));
	EXPECT_STR(words_of(cx, "Ysgol Gŵyr, Llŷn; Zoë’s café"), S(" ysgol gwyr llyn zoe s cafe"));
	EXPECT_STR(words_of(cx, "Straße ÆON œuvre Łódź ﬁle"), S(" strasse aeon oeuvre lodz file"));
	EXPECT_STR(words_of(cx, "ŷ cafe\u0301 co\u00ADoperate in\u200Dform"), S(" y cafe cooperate inform"));
	EXPECT_STR(words_of(cx, "ΆΝΘΡΩΠΟΣ Привет ＡＢ１"), S(" ανθρωποσ привет ab1"));
	EXPECT_STR(words_of(cx, "紛失しました USB"), S(" 紛 失 し ま し た usb"));
	EXPECT_STR(words_of(cx, "\t\"*^_.-()\xF0\x9F\x98\x80 \xFF\xC3( \xE2\x80"), S(""));
	EXPECT_STR(words_of(cx, ""), S(""));
}

TEST(a_word_and_a_text_without_end_are_cut)
{
	struct buf b = buf_new(cx), long_word = buf_new(cx);

	for (int i = 0; i < 70; i++)
		buf_char(&long_word, 'x');
	EXPECT(words_of(cx, str_z(cx, buf_str(&long_word))).n == 65);
	EXPECT(holds(cx, str_z(cx, buf_str(&long_word)), str_z(cx, buf_str(&long_word))));
	for (int i = 0; i < 100000; i++)
		words_put(&b, S("words and words"));
	EXPECT(b.n <= WORDS_TEXT);
}

TEST(what_is_typed_is_words_phrases_and_a_last_word_that_goes_on)
{
	static const char text[] = "The laptop of Anne O'Brien was lost with data breaches on it";

	EXPECT(holds(cx, "laptop lost", text));
	EXPECT(holds(cx, "LOST laptop", text));
	EXPECT(!holds(cx, "laptop stolen", text));
	EXPECT(holds(cx, "lap", text));
	EXPECT(!holds(cx, "lap lost", text));
	EXPECT(holds(cx, "lap* lost", text));
	EXPECT(!holds(cx, "\"lap\"", text));
	EXPECT(holds(cx, "\"lap\"*", text));
	EXPECT(holds(cx, "la", text) == false);
	EXPECT(holds(cx, "\"was lost\"", text));
	EXPECT(holds(cx, "“was lost”", text));
	EXPECT(!holds(cx, "\"lost was\"", text));
	EXPECT(holds(cx, "o'brien", text));
	EXPECT(!holds(cx, "brien-o", text));
	EXPECT(holds(cx, "\"data bre\"*", text));
	EXPECT(!holds(cx, "\"data bre\"", text));
	EXPECT(holds(cx, "\"was lost", text));
	EXPECT(!holds(cx, "aptop", text));
}

TEST(what_would_mean_something_to_a_database_means_nothing)
{
	struct words_query q;

	EXPECT(!holds(cx, "\"", "a"));
	EXPECT(!holds(cx, "***", "a"));
	EXPECT(!holds(cx, "lost OR laptop", "laptop"));
	EXPECT(!holds(cx, "laptop NOT lost", "laptop"));
	EXPECT(holds(cx, "NEAR(laptop, 5)", "near laptop 5"));
	EXPECT(holds(cx, "words:laptop", "words laptop"));
	words_query(cx, (struct str){ "lap\0top", 7 }, &q);
	EXPECT(q.n == 1);
	EXPECT_STR(q.term[0].words, S(" lap top"));
}

TEST(of_ten_thousand_words_the_first_are_looked_for)
{
	struct buf b = buf_new(cx);
	struct words_query q;

	for (int i = 0; i < 10000; i++)
		buf_fmt(&b, "w%d ", i);
	words_query(cx, buf_str(&b), &q);
	EXPECT(q.n == WORDS_TERMS && q.cut);
	words_query(cx, S("one two"), &q);
	EXPECT(q.n == 2 && !q.cut);
}

static struct str
spelled(struct cx *cx, const char *typed, bool seldom)
{
	struct buf b = buf_new(cx);
	struct words_query q;

	words_query(cx, str_of(typed), &q);
	for (int i = 0; i < q.n; i++) {
		buf_put(&b, i ? S(" AND ") : S(""));
		words_spell(&b, &q.term[i], seldom);
	}
	return buf_str(&b);
}

TEST(the_index_is_asked_for_no_less_than_what_is_looked_for)
{
	struct buf starts = buf_new(cx);

	words_starts(&starts, cx, S(" laptop was lost laptops"));
	EXPECT_STR(buf_str(&starts), S(" .lap .lapto .los .was"));
	EXPECT_STR(spelled(cx, "lost laptop", false), S("\"~lost\" AND \"~.lapto\""));
	EXPECT_STR(spelled(cx, "was lapt", false), S("\"~was\" AND \"~.lap\""));
	EXPECT_STR(spelled(cx, "\"was lost\" it", false), S("\"~was\" + \"~lost\" AND \"~it\""));
	EXPECT_STR(spelled(cx, "o'brien x", false), S("\"~o\" + \"~brien\" AND \"~x\""));
	EXPECT_STR(spelled(cx, "x o'brien", false), S("\"~x\" AND \"~o\" AND \"~.brien\""));
	EXPECT_STR(spelled(cx, "lost laptop", true), S("\"~lost\" AND \"~laptop\"*"));
	EXPECT_STR(spelled(cx, "x o'brien", true), S("\"~x\" AND \"~o\" AND \"~brien\"*"));
}

TEST(how_often_a_word_stands_there_is_counted)
{
	struct words_query q;
	int counts[WORDS_TERMS];

	words_query(cx, S("data \"was lost\" lap"), &q);
	words_count(&q, S(" data was lost laptop data database was lost lap lapse"), counts);
	EXPECT(counts[0] == 2 && counts[1] == 2 && counts[2] == 3);
}
