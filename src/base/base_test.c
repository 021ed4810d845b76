#include "base/buf.h"
#include "base/code.h"
#include "base/hash.h"
#include "base/js.h"
#include "base/test.h"

TEST(str_int_is_strict)
{
	int64_t v;

	EXPECT(str_int(S("0"), &v) && v == 0);
	EXPECT(str_int(S("-9223372036854775808"), &v) && v == INT64_MIN);
	EXPECT(str_int(S("9223372036854775807"), &v) && v == INT64_MAX);
	EXPECT(!str_int(S("9223372036854775808"), &v));
	EXPECT(!str_int(S("01"), &v) && !str_int(S("-0"), &v) && !str_int(S("+1"), &v) && !str_int(S(" 1"), &v));
	EXPECT(!str_int(S(""), &v) && !str_int(S("-"), &v));
	(void)cx;
}

TEST(numbers_are_written_as_they_are_read)
{
	static const int64_t all[] = { 0, 7, -7, 1234567890, INT64_MAX, INT64_MIN };

	for (ptrdiff_t i = 0; i < COUNT(all); i++) {
		struct buf b = buf_new(cx);
		int64_t v;

		buf_int(&b, all[i]);
		EXPECT(str_int(buf_str(&b), &v) && v == all[i]);
	}
}

TEST(long_words_are_formatted_whole)
{
	struct str a = str_fmt(cx, "%255s", "x"), b = str_fmt(cx, "%256s", "x"), c = str_fmt(cx, "%2000s|", "x");

	EXPECT(a.n == 255 && b.n == 256 && c.n == 2001);
	EXPECT(a.p[254] == 'x' && b.p[255] == 'x' && c.p[2000] == '|' && c.p[2001] == 0);
}

TEST(utf8_refuses_what_the_standard_refuses)
{
	EXPECT(utf8_ok(S("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")));
	EXPECT(!utf8_ok(S("\xc0\x80")) && !utf8_ok(S("\xed\xa0\x80")) && !utf8_ok(S("\xf4\x90\x80\x80")));
	EXPECT(!utf8_ok(S("\xe2\x82")) && !utf8_ok(S("\x80")));
	EXPECT_STR(utf8_cut(S("a\xc3\xa9"), 2), S("a"));
	(void)cx;
}

TEST(nearest_word_is_found_only_when_near)
{
	static const struct str words[] = { { "personal_data", 13 }, { "people_affected", 15 }, { "intent", 6 } };

	EXPECT_STR(str_nearest(S("personnal_data"), words, 3), S("personal_data"));
	EXPECT_STR(str_nearest(S("zebra"), words, 3), S(""));
	(void)cx;
}

static enum err
eat(struct cx *cx, void *arg)
{
	cx_defer(cx, arg ? *(void (**)(void *))arg : NULL, arg);
	for (int i = 0; i < 1 << 20; i++)
		NEW(cx, char, 1 << 20);
	return OK;
}

static int closed;
static void note_closed(void *p) { (void)p; closed++; }

TEST(a_full_arena_ends_the_turn_and_runs_its_defers)
{
	static void (*fn)(void *) = note_closed;
	char *before = cx->a.at;

	closed = 0;
	EXPECT(cx_run(cx, eat, &fn) == ERR_TOO_BIG);
	EXPECT(closed == 1 && cx->a.at == before);
}

TEST(faults_are_collected)
{
	fault_add(cx, S("when"), 3, 9, S("syntax"), "no such fact “%s”", "x");
	fault_add(cx, S("do"), 0, 0, S("unknown"), "b");
	EXPECT(fault_end(cx) == ERR_BAD_INPUT && cx->n_faults == 2);
	EXPECT_STR(str_of(cx->why), S("line 3, column 9: no such fact “x”"));
}

TEST(an_error_from_another_process_is_never_none)
{
	EXPECT(err_of_name(S("CONFLICT")) == ERR_CONFLICT && err_of_name(err_name(ERR_WHO)) == ERR_WHO);
	EXPECT(err_of_name(S("OK")) == ERR_BROKEN && err_of_name(S("")) == ERR_BROKEN && err_of_name(S("X")) == ERR_BROKEN);
	(void)cx;
}

TEST(dates_go_there_and_back)
{
	char t[WHEN_TEXT];

	for (when w = -86400 * 40000LL * SECOND; w < 86400 * 40000LL * SECOND; w += 86399 * 37LL * SECOND)
		EXPECT(when_of(civil_of(w)) == w);
	when_text(T0 + 5, t);
	EXPECT_STR(str_of(t), S("2026-01-01T00:00:00.000005Z"));
	EXPECT(when_text(T0 - SECOND, t) == 20);
	EXPECT_STR(str_of(t), S("2025-12-31T23:59:59Z"));
	EXPECT(weekday_of(day_of(2026, 1, 1)) == 3);
	(void)cx;
}

TEST(moments_keep_their_precision)
{
	struct moment m;
	char t[WHEN_TEXT];

	EXPECT(moment_read(S("2026-03-27T17:00:00.25+01:00"), &m) && m.to == EXACT);
	EXPECT(m.at == when_of((struct civil){ 2026, 3, 27, 16, 0, 0, 250000 }));
	EXPECT(moment_read(S("2026-07"), &m) && m.to == TO_MONTH);
	moment_text(m, t);
	EXPECT_STR(str_of(t), S("2026-07"));
	EXPECT(!moment_read(S("2026-02-30"), &m) && !moment_read(S("2026-1"), &m) && !moment_read(S("26"), &m));
	EXPECT(!moment_read(S("2026-03-27T24:00:00Z"), &m) && !moment_read(S("2026-03-27T16:00:00"), &m));
	EXPECT(!moment_read(S("0000"), &m) && !moment_read(S("2026-03-27T16:00:00.Z"), &m));
	(void)cx;
}

TEST(london_changes_its_clocks)
{
	struct civil c = london_of(when_of((struct civil){ 2026, 3, 29, 1, 0, 0, 0 }));

	EXPECT(c.hour == 2);
	EXPECT(london_of(when_of((struct civil){ 2026, 10, 25, 1, 0, 0, 0 })).hour == 1);
	/* 01:30 on 25 October occurs twice: the first is BST */
	EXPECT(when_of_london((struct civil){ 2026, 10, 25, 1, 30, 0, 0 }) == when_of((struct civil){ 2026, 10, 25, 0, 30, 0, 0 }));
	/* 01:30 on 29 March does not exist */
	EXPECT(when_of_london((struct civil){ 2026, 3, 29, 1, 30, 0, 0 }) == when_of((struct civil){ 2026, 3, 29, 1, 30, 0, 0 }));
	(void)cx;
}

TEST(json_goes_there_and_back)
{
	struct str text = S("{\"b\":[1,-2.5,true,false,null,\"\\u0000é\\\"\\n\"],\"a\":{\"x\":4294967296}}");
	struct js *j, *k;

	EXPECT_OK(js_read(cx, text, &j));
	EXPECT_STR(js_text(cx, j), text);
	EXPECT(js_int(js_get(j, S("a")), S("x"), 0) == 4294967296);
	EXPECT_OK(js_read(cx, js_text(cx, j), &k));
	EXPECT(js_eq(j, k));
}

TEST(json_is_strict)
{
	struct js *j;

	EXPECT(js_read(cx, S("{\"a\":1,\"a\":2}"), &j) == ERR_BAD_INPUT);
	EXPECT(strstr(cx->why, "duplicate"));
	EXPECT(js_read(cx, S("{\"a\":1} x"), &j) == ERR_BAD_INPUT);
	EXPECT(js_read(cx, S("\"\xff\""), &j) == ERR_BAD_INPUT);
	EXPECT(js_read(cx, S(""), &j) == ERR_BAD_INPUT);
}

TEST(json_only_names_the_nearest_field)
{
	static const struct str names[] = { { "narrative", 9 }, { "facts", 5 } };
	struct js *j;

	EXPECT_OK(js_read(cx, S("{\"narative\":1,\"facts\":2}"), &j));
	js_only(cx, j, names, 2);
	EXPECT(cx->n_faults == 1 && str_find(cx->faults->words, S("narrative")) > 0);
}

TEST(codes_go_there_and_back)
{
	struct str out, text = S("any bytes\x00\xff!");
	uint8_t back[4];

	for (ptrdiff_t n = 0; n <= text.n; n++) {
		EXPECT(base64_read(cx, base64_of(cx, text.p, n), &out));
		EXPECT_STR(out, str_sub(text, 0, n));
	}
	EXPECT(!base64_read(cx, S("QQ"), &out) && !base64_read(cx, S("QR=="), &out) && !base64_read(cx, S("QQ= "), &out));
	EXPECT_STR(hex_of(cx, "\x01\xfe", 2), S("01fe"));
	EXPECT(hex_read(S("01feA0ff"), back, 4) && back[2] == 0xa0 && !hex_read(S("0g"), back, 1));
	EXPECT(base32_tidy(cx, S("oil-7k"), &out));
	EXPECT_STR(out, S("0117K"));
	EXPECT(base32_check(S("7K4MQ")) != base32_check(S("7K4QM")) && base32_check(S("7K4MQ")) != base32_check(S("7K5MQ")));
}

TEST(sha256_of_pieces_is_that_of_the_whole)
{
	struct hash h = HASH(S("a"), S(""), S("bc"));
	struct sha256_run *r = sha256_start();

	EXPECT_STR(hex_of(cx, h.b, 32), S("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
	sha256_feed(r, S("ab"));
	sha256_feed(r, S("c"));
	EXPECT(hash_eq(sha256_end(r), h));
}

TEST(a_buffer_grows)
{
	struct buf b = buf_new(cx);

	for (int i = 0; i < 1000; i++) {
		buf_fmt(&b, "%d,", i % 10);
		if (i % 100 == 0)
			NEW(cx, char, 1);
	}
	EXPECT(buf_str(&b).n == 2000 && str_ends(buf_str(&b), S("8,9,")));
}

/* The suite of Unicode is held in test/torture; these are the cases that a title meets. */
TEST(text_is_cut_between_characters_as_people_see_them)
{
	static const struct { struct str text; ptrdiff_t n, want; } cuts[] = {
		{ S("abc"), 2, 2 }, { S("abc"), 9, 3 }, { S("Zoe\xcc\x88 Q"), 3, 2 }, { S("Zoe\xcc\x88 Q"), 4, 2 },
		{ S("Zoe\xcc\x88 Q"), 5, 5 },
		{ S("a\r\nb"), 2, 1 }, { S("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x92!"), 7, 0 },
		{ S("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x92!"), 11, 11 }, { S("\xe6\x9d\xb1\xe4\xba\xac"), 4, 3 },
		{ S("\xf0\x9f\x87\xac\xf0\x9f\x87\xa7"), 4, 0 }, { S(""), 0, 0 },
	};

	for (ptrdiff_t i = 0; i < COUNT(cuts); i++)
		EXPECT(utf8_cut_whole(cuts[i].text, cuts[i].n).n == cuts[i].want);
	EXPECT(utf8_bytes(S("\xc3\xa9\xc3\xa9x"), 2) == 4 && utf8_bytes(S("ab"), 5) == 2 && utf8_bytes(S("ab"), 0) == 0);
	(void)cx;
}

/* RFC 4231, cases 1, 2 and 4. */
TEST(keyed_hashes_are_those_of_the_standard)
{
	static const struct { const char *key; struct str text; const char *is; } all[] = {
		{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", { "Hi There", 8 },
		    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ "4a656665", { "what do ya want for nothing?", 28 },
		    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ "0102030405060708090a0b0c0d0e0f10111213141516171819", { NULL, 50 },
		    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" } };
	char cd[50], key[64];

	memset(cd, 0xcd, sizeof cd);
	for (ptrdiff_t i = 0; i < COUNT(all); i++) {
		ptrdiff_t n = str_of(all[i].key).n / 2;
		struct hash h;

		EXPECT(hex_read(str_of(all[i].key), key, n));
		h = hash_keyed((struct str){ key, n }, (struct str){ all[i].text.p ? all[i].text.p : cd, all[i].text.n });
		EXPECT_STR(hex_of(cx, h.b, 32), str_of(all[i].is));
	}
}

TEST(what_a_string_must_escape_is_found_wherever_it_stands)
{
	static const char bad[] = "\"\\\n\x01\x1f\x7f";

	for (int n = 0; n < 40; n++)
		for (int at = 0; at < n; at++)
			for (const char *c = bad; *c; c++) {
				struct js *back, *all = js_object(cx);
				char text[40];

				memset(text, at % 2 ? 'x' : 0xc3, sizeof text);
				if (at % 2 == 0)
					for (int i = 1; i < n; i += 2)
						text[i] = (char)0xa9;
				text[at] = *c;
				if (!utf8_ok((struct str){ text, n }))
					continue;
				js_set_str(cx, all, S("a"), (struct str){ text, n });
				EXPECT_OK(js_read(cx, js_text(cx, all), &back));
				EXPECT_STR(js_str(back, S("a")), ((struct str){ text, n }));
			}
}

TEST(what_was_read_stays_when_something_else_is_read)
{
	struct js *one, *two;

	EXPECT_OK(js_read(cx, S("{\"a\":\"first\",\"b\":[1,2.5,true]}"), &one));
	EXPECT_OK(js_read(cx, S("{\"x\":\"other\",\"y\":[9,9.5,false]}"), &two));
	EXPECT_STR(js_text(cx, one), S("{\"a\":\"first\",\"b\":[1,2.5,true]}"));
	EXPECT_STR(js_str(two, S("x")), S("other"));
}
