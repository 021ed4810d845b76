/* The suites of others about formats: JSON, UTF-8, CSV, and characters as people see them. What they expect is held
 * of our readers and, where there is one, of the door before them. */
#include "torture.h"

#include "base/code.h"
#include "base/csv.h"
#include "web/url.h"
#include <dirent.h>
#include <stdlib.h>

#define SUITE "json/JSONTestSuite/test_parsing"

/* Every file of a folder, in order. */
static ptrdiff_t
files_of(struct cx *cx, const char *folder, struct str **out)
{
	const char *path = str_z(cx, str_fmt(cx, "%s/%s", torture_folder(), folder));
	struct str *names = NEW(cx, struct str, 512);
	struct dirent **found;
	int n = scandir(path, &found, NULL, alphasort), m = 0;

	EXPECT(n > 2 && n < 512);
	for (int i = 0; i < n; i++) {
		if (found[i]->d_name[0] != '.')
			names[m++] = str_copy(cx, str_of(found[i]->d_name));
		free(found[i]);
	}
	free(found);
	*out = names;
	return m;
}

/* What the API says to a body: a problem of our own making, whatever came. */
static void
post_json(struct browse *b, struct str name, struct str body, bool good)
{
	struct cx *cx = b->cx;
	struct js *j;

	torture_tried++;
	browse_raw(b, "POST", "/api/v1/reports", "application/json", body);
	cx->n_faults = 0, cx->faults = NULL;
	if (b->status != 201 && b->status != 400)
		torture_wrong("%.*s by API: %d", F(name), b->status);
	if (!utf8_ok(b->page) || js_read(cx, b->page, &j) != OK)
		torture_wrong("%.*s by API: the answer is not JSON: %.*s", F(name), F(torture_words(cx, b->page)));
	else if (!good && !str_starts(js_str(j, S("detail")), S("JSON, line ")))
		torture_wrong("%.*s by API: %d that names no line: %.*s", F(name), b->status, F(b->page));
	else if (good && b->status == 400 && str_starts(js_str(j, S("detail")), S("JSON, line ")))
		torture_wrong("%.*s by API: good JSON is refused: %.*s", F(name), F(b->page));
}

TEST(json_is_taken_or_refused_as_its_test_suite_says)
{
	struct browse *b = walk_begin(cx, "st-helens");
	struct str *names;
	ptrdiff_t n = files_of(cx, SUITE, &names);

	for (ptrdiff_t i = 0; i < n; i++) {
		struct mark m = cx_mark(cx);
		struct str text = torture_file(cx, str_z(cx, str_fmt(cx, SUITE "/%.*s", F(names[i]))));
		bool good = str_starts(names[i], S("y_")), either = str_starts(names[i], S("i_"));
		struct js *j;
		enum err e = js_read(cx, text, &j);

		torture_tried++;
		if (e != OK && e != ERR_BAD_INPUT)
			torture_wrong("%.*s: %s", F(names[i]), cx->why);
		if (either)
			good = e == OK;
		else if (good != (e == OK))
			torture_wrong("%.*s is %s: %s", F(names[i]), e == OK ? "taken" : "refused", cx->why);
		post_json(b, names[i], text, good);
		post_json(b, names[i], str_fmt(cx, "{\"narrative\":\"x\",\"answers\":%.*s}", F(text)), good);
		cx_back(cx, m);
	}
	flow_end(b->flow);
	EXPECT(torture_holds());
}

/* What the suite leaves to us: a key that comes twice is refused by its name, at any depth there may be. */
TEST(json_with_a_key_twice_is_refused_by_name_and_depth_is_bounded)
{
	struct browse *b = walk_begin(cx, "st-helens");
	char *deep = NEW(cx, char, 200000);

	browse_raw(b, "POST", "/api/v1/reports", "application/json", S("{\"narrative\":\"x\",\"narrative\":\"y\"}"));
	EXPECT(b->status == 400 && str_find(b->page, S("narrative")) > 0);
	browse_raw(b, "POST", "/api/v1/reports", "application/json",
	    S("{\"narrative\":\"x\",\"reporter\":{\"name\":\"a\",\"name\":\"b\"}}"));
	EXPECT(b->status == 400 && str_find(b->page, S("name")) > 0);
	browse_raw(b, "POST", "/api/v1/reports", "application/json", S("{\"narrative\":\"x\",\"narative\":\"y\"}"));
	EXPECT(b->status == 400 && str_find(b->page, S("narative")) > 0);
	for (int i = 0; i < 200000; i++)
		deep[i] = i % 2 ? '{' : '[';
	post_json(b, S("deep"), (struct str){ deep, 200000 }, false);
	memset(deep, '[', 100000);
	memset(deep + 100000, ']', 100000);
	post_json(b, S("deep and closed"), (struct str){ deep, 200000 }, false);
	torture_tried += 3;
	flow_end(b->flow);
	EXPECT(torture_holds());
}

/* The narrative of a fresh report by form; what the form then holds. The bytes as they are, NUL too. */
static bool
by_form(struct browse *b, struct str bytes, struct str *kept)
{
	struct cx *cx = b->cx;

	browse_get(b, "/report/narrative");
	browse_raw(b, "POST", "/report/narrative", "application/x-www-form-urlencoded",
	    str_fmt(cx, "csrf=%.*s&cid=%.*s&narrative=%.*s", F(browse_value(b, "csrf")), F(browse_value(b, "cid")),
	    F(url_encode(cx, bytes))));
	if (b->status == 400 && browse_sees(b, "narrative: "))
		return false;
	if (b->status != 200)
		torture_wrong("“%.*s” by form: %d", F(hex_of(cx, bytes.p, bytes.n)), b->status);
	browse_get(b, "/report/narrative");
	*kept = browse_value(b, "narrative");
	return true;
}

static bool
by_api(struct browse *b, struct str bytes, struct str *kept)
{
	struct buf body = buf_new(b->cx);
	struct cx *cx = b->cx;
	struct js *j;

	buf_put(&body, S("{\"narrative\":"));
	js_write_str(&body, bytes);
	buf_put(&body, S("}"));
	browse_raw(b, "POST", "/api/v1/reports", "application/json", buf_str(&body));
	if (js_read(cx, b->page, &j) != OK || (b->status != 201 && b->status != 400))
		torture_wrong("“%.*s” by API: %d", F(hex_of(cx, bytes.p, bytes.n)), b->status);
	if (b->status != 201)
		return false;
	*kept = walk_case(b, js_str(j, S("ref")))->narrative;
	return true;
}

/* "num:valid:bytes" and "num:invalid:bytes". The suite's own expectation of what is invalid is what replacing gives;
 * ours is that it is refused by the name of its field. Valid text is kept byte for byte, but for NUL. */
TEST(utf8_is_taken_or_refused_as_its_tests_say)
{
	struct str rest = torture_file(cx, "utf8tests"), line, number, word, bytes, kept;
	struct browse *b = walk_begin(cx, "st-helens");

	walk_choose(b, "weak_spot");
	while (str_next(&rest, '\n', &line)) {
		bool good, taken;

		if (!str_cut(line, ':', &number, &line) || !str_cut(line, ':', &word, &bytes))
			continue;
		good = str_eq(word, S("valid"));
		EXPECT(good || str_eq(word, S("invalid")));
		torture_tried += 3;
		if (utf8_ok(bytes) != good)
			torture_wrong("%.*s is %.*s", F(number), F(word));
		good = good && str_index(bytes, 0) < 0;
		taken = by_form(b, bytes, &kept);
		if (taken != good || (good && !str_eq(kept, str_trim(bytes))))
			torture_wrong("%.*s by form: %s", F(number), taken ? "taken, but not as it was" : "refused");
		taken = by_api(b, bytes, &kept);
		if (taken != good || (good && !str_eq(kept, str_trim(bytes))))
			torture_wrong("%.*s by API: %s", F(number), taken ? "taken, but not as it was" : "refused");
	}
	flow_end(b->flow);
	EXPECT(torture_holds());
}

/* Some of the files are about CR LF, which the copies that we have lost on their way. */
static struct str
csv_file(struct cx *cx, struct str stem)
{
	struct str text = torture_file(cx, str_z(cx, str_fmt(cx, "csv/csv-spectrum/csvs/%.*s.csv", F(stem))));
	struct buf b = buf_new(cx);

	if (!str_ends(stem, S("_crlf")) || str_index(text, '\r') >= 0)
		return text;
	for (ptrdiff_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n')
			buf_char(&b, '\r');
		buf_char(&b, text.p[i]);
	}
	return buf_str(&b);
}

/* The CSV and the rows that are expected of it, a JSON object each. One is no CSV as we read it: quotes stand inside
 * a field that has none around it. Where they stand must be said. */
TEST(csv_is_read_as_its_spectrum_says)
{
	struct str *names;
	ptrdiff_t n = files_of(cx, "csv/csv-spectrum/csvs", &names);

	for (ptrdiff_t i = 0; i < n; i++) {
		struct str stem = str_sub(names[i], 0, names[i].n - 4);
		struct js *want, *got = js_array(cx);
		bool loose = str_eq(stem, S("location_coordinates"));
		struct csv csv;
		enum err e;

		torture_tried++;
		EXPECT_OK(js_read(cx, torture_file(cx,
		    str_z(cx, str_fmt(cx, "csv/csv-spectrum/json/%.*s.json", F(stem)))), &want));
		e = csv_read(cx, csv_file(cx, stem), &csv);
		if (loose && e == ERR_BAD_INPUT && str_starts(str_of(cx->why), S("line 2, column 2:"))) {
			cx->n_faults = 0, cx->faults = NULL;
			continue;
		}
		EXPECT_OK(e);
		for (ptrdiff_t r = 0; r < csv.n_rows; r++) {
			struct js *row = js_add(cx, got, js_object(cx));

			for (int c = 0; c < csv.n_columns; c++)
				js_set_str(cx, row, csv.column[c], csv.rows[r].field[c]);
		}
		if (!js_eq(want, got))
			torture_wrong("%.*s: %.*s", F(names[i]), F(js_text(cx, got)));
	}
	EXPECT(torture_holds());
}

static void
put_point(struct buf *b, unsigned long c)
{
	if (c >= 0x80)
		buf_char(b, (char)(c < 0x800 ? 0xC0 | c >> 6 : c < 0x10000 ? 0xE0 | c >> 12 : 0xF0 | c >> 18));
	if (c >= 0x10000)
		buf_char(b, (char)(0x80 | (c >> 12 & 0x3F)));
	if (c >= 0x800)
		buf_char(b, (char)(0x80 | (c >> 6 & 0x3F)));
	buf_char(b, (char)(c < 0x80 ? c : 0x80 | (c & 0x3F)));
}

/* "÷ 0020 × 0308 ÷ 0020 ÷ # …": a text is never cut where ÷ does not stand. */
TEST(no_character_as_people_see_it_is_cut_in_two)
{
	struct str rest = torture_file(cx, "graphemes"), line, word;
	long cuts = 0, edges = 0;

	while (str_next(&rest, '\n', &line)) {
		bool edge[64] = { true };
		struct buf b = buf_new(cx);

		line = str_trim(str_sub(line, 0, str_index(line, '#') < 0 ? line.n : str_index(line, '#')));
		while (line.n && str_next(&line, ' ', &word)) {
			struct str w = str_trim(word);

			if (str_eq(w, S("÷")) || str_eq(w, S("×")))
				edge[b.n] = str_eq(w, S("÷"));
			else if (w.n)
				put_point(&b, strtoul(str_z(cx, w), NULL, 16));
		}
		for (ptrdiff_t n = 0; b.n && n <= b.n; n++) {
			torture_tried++;
			cuts += utf8_edge(buf_str(&b), n);
			edges += edge[n];
			if (utf8_edge(buf_str(&b), n) && !edge[n])
				torture_wrong("%.*s is cut at %td", F(hex_of(cx, b.p, b.n)), n);
		}
	}
	printf("torture: %ld of %ld places where a text may be cut are known as such\n", cuts, edges);
	EXPECT(torture_holds() && cuts * 4 > edges * 3);
}
