/* Searches: who finds what, and that nobody finds more. */
#include "desk/ask.h"
#include "desk/flow.h"
#include "desk/index.h"
#include "store/effect.h"
#include "store/search.h"

#include "base/buf.h"

#define LETTER(words) "{\"narrative\":\"" words "\",\"facts\":{\"category\":\"wrong_recipient\"," \
	"\"forms\":[\"paper\"],\"personal_data\":\"yes\",\"data_subjects\":[\"service_user\"]},\"line_manager\":\"line_manager\"," \
	"\"reporter\":{\"mode\":\"named\",\"name\":\"Rita Porter\",\"department\":\"Housing\"}}"
#define LOST(words) "{\"narrative\":\"" words "\",\"facts\":{\"category\":\"lost_or_stolen\",\"forms\":[\"device\"]," \
	"\"personal_data\":\"no\"},\"reporter\":{\"mode\":\"anonymous\"}}"

static struct str
report(struct flow *f, const char *args)
{
	return js_str(flow_do(f, S(""), "report", S(""), args), S("ref"));
}

/* What somebody finds, as references with a space behind each. */
static struct str
found(struct flow *f, struct str session, struct ask_filter filter)
{
	struct cx *cx = f->cx;
	struct actor a = flow_actor(f, session);
	struct buf b = buf_new(cx);
	struct ask_page page;

	if (!filter.after)
		filter.after = INT64_MIN;
	EXPECT_OK(ask_queue(cx, &f->desk, &a, &filter, &page));
	for (ptrdiff_t i = 0; i < page.n; i++)
		buf_fmt(&b, "%.*s ", F(page.rows[i].row->ref));
	return buf_str(&b);
}

static struct str
finds(struct flow *f, struct str session, const char *words)
{
	return found(f, session, (struct ask_filter){ .words = str_of(words) });
}

static struct str both(struct cx *cx, struct str a, struct str b) { return str_fmt(cx, "%.*s %.*s ", F(a), F(b)); }
static struct str one(struct cx *cx, struct str a) { return str_fmt(cx, "%.*s ", F(a)); }

/* Nothing of a case is open any more. */
static void
finish(struct flow *f, struct str session, struct str ref)
{
	struct row_duties_of_case *rows;
	struct cx *cx = f->cx;
	ptrdiff_t n;

	EXPECT_OK(sql_duties_of_case(cx, f->desk.db, flow_case(f, ref), &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		if (str_eq(rows[i].state, S("open")))
			flow_do(f, session, "not_needed", ref, str_fmt(cx, "{\"duty\":\"%.*s\",\"why\":\"It came back.\"}",
			    F(id_hex(cx, rows[i].duty_id))).p);
}

TEST(words_phrases_and_beginnings_are_found_the_newest_first)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str audit = flow_sign_in(f, "internal_audit");
	struct str a = report(f, LETTER("A letter about Zoë went to the wrong house.")), b = report(f, LETTER("The wrong letter, a house of cards."));

	EXPECT_STR(finds(f, audit, "letter"), S("")); /* a little behind */
	flow_index(f);
	EXPECT_STR(finds(f, audit, "letter"), both(cx, b, a));
	EXPECT_STR(finds(f, audit, "zoe HOUSE"), one(cx, a));
	EXPECT_STR(finds(f, audit, "\"wrong house\""), one(cx, a));
	EXPECT_STR(finds(f, audit, "\"wrong letter\""), one(cx, b));
	EXPECT_STR(finds(f, audit, "hou"), both(cx, b, a));
	EXPECT_STR(finds(f, audit, "let* zoe"), one(cx, a));
	EXPECT_STR(finds(f, audit, "ouse"), S(""));
	EXPECT_STR(finds(f, audit, "housing"), both(cx, b, a));
	EXPECT_STR(found(f, audit, (struct ask_filter){ .words = a }), one(cx, a));
	flow_end(f);
}

TEST(what_is_said_later_is_found_and_what_has_changed_is_no_longer)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str audit = flow_sign_in(f, "internal_audit"), ref = report(f, LETTER("A letter went astray."));

	flow_index(f);
	flow_do(f, audit, "note", ref, "{\"words\":\"Rang the courier, who knows nothing.\"}");
	flow_do(f, audit, "message", ref, "{\"words\":\"Thank you. Was it in a window envelope?\"}");
	flow_index(f);
	EXPECT_STR(finds(f, audit, "courier"), one(cx, ref));
	EXPECT_STR(finds(f, audit, "envelope"), one(cx, ref));
	EXPECT_STR(found(f, audit, (struct ask_filter){ .words = S("courier"), .closed = true }), S(""));
	flow_do(f, audit, "triage", ref, "{\"assessed\":\"near_miss\",\"reasons\":\"It came back unopened.\",\"next\":\"Nothing.\"}");
	finish(f, audit, ref);
	flow_do(f, audit, "close", ref, "{\"reason\":\"Returned to sender.\"}");
	/* the views know it at once */
	EXPECT_STR(finds(f, audit, "courier"), S(""));
	flow_index(f);
	EXPECT_STR(finds(f, audit, "courier"), S(""));
	EXPECT_STR(found(f, audit, (struct ask_filter){ .words = S("unopened sender"), .closed = true }), one(cx, ref));
	EXPECT_STR(found(f, audit, (struct ask_filter){ .words = S("courier"), .either = true }), one(cx, ref));
	flow_end(f);
}

TEST(words_and_filters_hold_together)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str audit = flow_sign_in(f, "internal_audit"), letter = report(f, LETTER("It is gone.")), lost = report(f, LOST("It is gone too."));

	flow_do(f, audit, "assign", letter, "{\"person\":\"internal_audit\"}");
	flow_index(f);
	EXPECT_STR(finds(f, audit, "gone"), both(cx, lost, letter));
	EXPECT_STR(found(f, audit, (struct ask_filter){ .words = S("gone"), .category = S("lost_or_stolen") }), one(cx, lost));
	EXPECT_STR(found(f, audit, (struct ask_filter){ .words = S("gone"), .department = S("Housing") }), one(cx, letter));
	EXPECT_STR(found(f, audit, (struct ask_filter){ .words = S("gone"), .personal_data = true }), one(cx, letter));
	EXPECT_STR(found(f, audit, (struct ask_filter){ .words = S("gone"), .mine = true }), one(cx, letter));
	EXPECT_STR(found(f, audit, (struct ask_filter){ .words = S("gone"), .level = S("p9") }), S(""));
	EXPECT_STR(found(f, audit, (struct ask_filter){ .words = S("gone"), .state = S("new") }), both(cx, lost, letter));
	finish(f, audit, lost);
	EXPECT_STR(found(f, audit, (struct ask_filter){ .words = S("gone"), .overdue = true }), one(cx, letter));
	flow_end(f);
}

/* Whoever holds a role finds a word if and only if they see its case in full, wherever in the case the word stands. */
TEST(a_secret_word_is_found_by_those_alone_who_may_read_it)
{
	static const char *const words[] = { "xylophone", "zeppelin", "quagmire", "vuvuzela" };
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str audit = flow_sign_in(f, "internal_audit"), ref[2];
	int readers = 0, others = 0;

	ref[0] = report(f, LETTER("Whoever reads xylophone may."));
	ref[1] = report(f, LOST("Whoever reads zeppelin may."));
	flow_do(f, audit, "note", ref[0], "{\"words\":\"The word is quagmire.\"}");
	flow_do(f, audit, "message", ref[1], "{\"words\":\"The word is vuvuzela.\"}");
	flow_index(f);
	for (ptrdiff_t r = 0; r < f->desk.policy->n_roles; r++) {
		struct str session = flow_sign_in(f, str_z(cx, f->desk.policy->roles[r].id));
		struct actor a = flow_actor(f, session);

		for (int w = 0; w < COUNT(words); w++) {
			enum sight_level sight;
			struct str in = ref[w % 2];

			EXPECT_OK(access_sight(cx, f->desk.db, &a, flow_case(f, in), &sight));
			EXPECT_STR(finds(f, session, words[w]), sight == SEES_IT_ALL ? one(cx, in) : S(""));
			readers += sight == SEES_IT_ALL;
			others += sight != SEES_IT_ALL;
		}
	}
	EXPECT(readers > 4 && others > 4);
	EXPECT_STR(finds(f, flow_sign_in(f, "rita"), "xylophone"), S(""));
	EXPECT_STR(finds(f, flow_sign_in(f, "boss"), "xylophone"), S(""));
	EXPECT_STR(finds(f, S(""), "xylophone"), S(""));
	flow_end(f);
}

TEST(whom_a_case_is_handed_to_finds_it)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str manager = flow_sign_in(f, "line_manager"), hr = flow_sign_in(f, "hr"), ref = report(f, LETTER("A letter."));
	struct row_duties_of_case *rows;
	struct id duty = { { 0 } };
	ptrdiff_t n;

	flow_index(f);
	EXPECT_STR(finds(f, manager, "letter"), one(cx, ref));
	EXPECT_STR(finds(f, hr, "letter"), S(""));
	EXPECT_OK(sql_duties_of_case(cx, f->desk.db, flow_case(f, ref), &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		if (str_eq(rows[i].role, S("line_manager")) && str_eq(rows[i].state, S("open")))
			duty = rows[i].duty_id;
	flow_do(f, manager, "hand_over", ref, str_fmt(cx, "{\"duty\":\"%.*s\",\"to\":\"hr\",\"why\":\"away\"}", F(id_hex(cx, duty))).p);
	flow_index(f);
	EXPECT_STR(finds(f, hr, "letter"), one(cx, ref));
	flow_end(f);
}

TEST(pages_of_a_search_go_on_where_the_one_before_ended)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct actor a = flow_actor(f, flow_sign_in(f, "internal_audit"));
	struct ask_filter filter = { .words = S("gone"), .after = INT64_MIN };
	struct ask_page page;
	ptrdiff_t n = 0, pages = 0;
	int64_t behind, entries;

	for (int i = 0; i < 2 * ASK_PAGE + 1; i++)
		report(f, LOST("It is gone."));
	EXPECT_OK(index_behind(cx, &f->desk, &entries, &behind));
	EXPECT(behind == entries && entries > (int64_t)2 * ASK_PAGE);
	EXPECT_OK(index_fill(cx, &f->desk));
	EXPECT_OK(index_behind(cx, &f->desk, &entries, &behind));
	EXPECT(behind == 0);
	do {
		EXPECT_OK(ask_queue(cx, &f->desk, &a, &filter, &page));
		n += page.n;
		filter.after = page.after;
		filter.after_id = page.after_id;
		pages++;
	} while (page.more);
	EXPECT(n == 2 * ASK_PAGE + 1 && pages == 3 && !page.looked);
	filter = (struct ask_filter){ .words = S("gone"), .best = true, .after = INT64_MIN };
	EXPECT_OK(ask_queue(cx, &f->desk, &a, &filter, &page));
	EXPECT(page.n == ASK_PAGE && !page.more);
	flow_end(f);
}

/* ---- against all that there is, read one by one ---- */

enum { DOCUMENTS = 160 };
struct document { struct id case_id; struct str marks, words, ref, category, starts; };

/* Every second case holds "gone" and "carefully", the others "carefullest", which begins alike; every ninth "goner", every seventh
 * "rarely", every fortieth "wayward". */
static void
make_documents(struct flow *f, struct document *all)
{
	struct cx *cx = f->cx;
	struct row_report_entry *first;
	struct row_search_row *row;

	for (int i = 0; i < DOCUMENTS; i++) {
		struct str words = str_fmt(cx, "It is %s %s %s %s.", i % 2 ? "gone carefully" : "there carefullest", i % 9 ? "" : "goner",
		    i % 7 ? "often" : "rarely", i % 40 ? "" : "wayward");
		struct str ref = report(f, str_fmt(cx, i % 5 ? LOST("%.*s") : LETTER("%.*s"), F(words)).p);

		all[i] = (struct document){ .case_id = flow_case(f, ref), .ref = ref, .category = i % 5 ? S("lost_or_stolen") : S("wrong_recipient") };
	}
	flow_index(f);
	for (int i = 0; i < DOCUMENTS; i++) {
		struct buf b = buf_new(cx);

		EXPECT_OK(sql_report_entry(cx, f->desk.db, all[i].case_id, &first));
		EXPECT_OK(sql_search_row(cx, f->desk.db, first->seq, &row));
		EXPECT_OK(sql_search_row_end(cx, f->desk.db, first->seq));
		all[i].marks = row->marks;
		all[i].words = row->words;
		words_starts(&b, cx, row->words);
		all[i].starts = buf_str(&b);
	}
	EXPECT_OK(sql_search_empty(cx, f->desk.db));
}

/* So many entries lie between two of them: of the older, and of the newest. */
struct apart { int64_t older, newest; };

static int64_t
place_of(struct apart apart, int i)
{
	enum { OLDER = DOCUMENTS - 40 };

	return i < OLDER ? i * apart.older : OLDER * apart.older + (i - OLDER) * apart.newest;
}

static void
spread(struct flow *f, const struct document *all, struct apart apart)
{
	struct cx *cx = f->cx;

	for (int i = 0; i < DOCUMENTS; i++) {
		EXPECT_OK(sql_search_add(cx, f->desk.db, place_of(apart, i), all[i].words, all[i].starts, all[i].marks));
		EXPECT_OK(sql_search_row_set(cx, f->desk.db, place_of(apart, i), all[i].case_id, all[i].marks, all[i].words));
	}
	EXPECT_OK(sql_search_upto_set(cx, f->desk.db, place_of(apart, DOCUMENTS)));
}

static void
gather(struct flow *f, const struct document *all, struct apart apart)
{
	struct cx *cx = f->cx;

	for (int i = 0; i < DOCUMENTS; i++) {
		EXPECT_OK(sql_search_take(cx, f->desk.db, place_of(apart, i), all[i].words, all[i].starts, all[i].marks));
		EXPECT_OK(sql_search_row_end(cx, f->desk.db, place_of(apart, i)));
	}
}

static struct str
by_pages(struct flow *f, const struct actor *a, struct ask_filter filter)
{
	struct cx *cx = f->cx;
	struct buf b = buf_new(cx);
	struct ask_page page;

	filter.after = INT64_MIN;
	do {
		EXPECT_OK(ask_queue(cx, &f->desk, a, &filter, &page));
		for (ptrdiff_t i = 0; i < page.n; i++)
			buf_fmt(&b, "%.*s ", F(page.rows[i].row->ref));
		filter.after = page.after;
		filter.after_id = page.after_id;
	} while (page.more);
	return buf_str(&b);
}

static struct str
one_by_one(struct flow *f, const struct actor *a, const struct document *all, struct ask_filter filter)
{
	struct cx *cx = f->cx;
	struct buf b = buf_new(cx);
	struct words_query q;

	words_query(cx, filter.words, &q);
	for (int i = DOCUMENTS - 1; i >= 0; i--) {
		enum sight_level sight;

		EXPECT_OK(access_sight(cx, f->desk.db, a, all[i].case_id, &sight));
		if (sight == SEES_IT_ALL && words_hold(&q, all[i].words) && (!filter.category.n || str_eq(filter.category, all[i].category)))
			buf_fmt(&b, "%.*s ", F(all[i].ref));
	}
	return buf_str(&b);
}

static void
compare(struct flow *f, struct str session, const struct document *all)
{
	static const char *const words[] = { "gone", "gone*", "goner", "gon", "rarely", "wayward", "gone rarely", "it wayward", "\"is gone\"", "\"it is\"",
		"carefully*", "carefull", "nowhere" };
	struct actor a = flow_actor(f, session);
	struct cx *cx = f->cx;

	for (int w = 0; w < COUNT(words); w++)
		for (int c = 0; c < 3; c++) {
			struct mark m = cx_mark(cx);
			struct ask_filter filter = { .words = str_of(words[w]),
				.category = c == 0 ? S("") : c == 1 ? S("lost_or_stolen") : S("wrong_recipient") };

			EXPECT_STR(by_pages(f, &a, filter), one_by_one(f, &a, all, filter));
			cx_back(cx, m);
		}
}

/* Newer than all, and more of them than are looked at one by one: they hold a word and nobody may read them. */
enum { HIDDEN = 1100 };

static void
hide(struct flow *f, int64_t from, int64_t apart)
{
	struct cx *cx = f->cx;

	for (int i = 0; i < HIDDEN; i++) {
		struct id nobodys = { { 1, (uint8_t)(i >> 8), (uint8_t)i } };

		EXPECT_OK(sql_search_add(cx, f->desk.db, from + i * apart, S(" gone wayward"), S(" .gone .waywa"), S(" _nobodys")));
		EXPECT_OK(sql_search_row_set(cx, f->desk.db, from + i * apart, nobodys, S(" _nobodys"), S(" gone wayward")));
	}
	EXPECT_OK(sql_search_upto_set(cx, f->desk.db, from + HIDDEN * apart + 100000));
}

static void
unhide(struct flow *f, int64_t from, int64_t apart)
{
	struct cx *cx = f->cx;

	for (int i = 0; i < HIDDEN; i++)
		EXPECT_OK(sql_search_row_end(cx, f->desk.db, from + i * apart));
}

TEST(behind_many_that_may_not_be_read_the_same_are_found)
{
	static const struct apart apart = { 700, 1 };
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str audit = flow_sign_in(f, "internal_audit"), manager = flow_sign_in(f, "line_manager");
	struct document *all = NEW(cx, struct document, DOCUMENTS);

	make_documents(f, all);
	spread(f, all, apart);
	hide(f, 200000, 600);
	compare(f, audit, all);
	compare(f, manager, all);
	hide(f, 2000000, 3);
	compare(f, audit, all);
	compare(f, manager, all);
	unhide(f, 200000, 600);
	unhide(f, 2000000, 3);
	gather(f, all, apart);
	EXPECT_OK(search_rebuild(cx, f->desk.db));
	flow_end(f);
}

TEST(whatever_lies_between_them_the_same_are_found)
{
	static const struct apart apart[] = { { 1, 1 }, { 30, 30 }, { 700, 700 }, { 20000, 20000 }, { 20000, 1 }, { 1, 20000 } };
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str audit = flow_sign_in(f, "internal_audit"), manager = flow_sign_in(f, "line_manager"), hr = flow_sign_in(f, "hr");
	struct document *all = NEW(cx, struct document, DOCUMENTS);

	make_documents(f, all);
	for (int i = 0; i < COUNT(apart); i++) {
		spread(f, all, apart[i]);
		compare(f, audit, all);
		compare(f, manager, all);
		compare(f, hr, all);
		gather(f, all, apart[i]);
	}
	/* as it is written down */
	EXPECT_OK(search_rebuild(cx, f->desk.db));
	flow_end(f);
}

TEST(the_best_of_what_is_found_comes_first)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str audit = flow_sign_in(f, "internal_audit");
	struct str best = report(f, LOST("A courier: the courier lost it, the courier says."));
	struct str other = report(f, LOST("It was on a desk and then it was not and nobody knows whether the courier took it or somebody else did."));

	flow_index(f);
	EXPECT_STR(finds(f, audit, "courier"), both(cx, other, best));
	EXPECT_STR(found(f, audit, (struct ask_filter){ .words = S("courier"), .best = true }), both(cx, best, other));
	flow_end(f);
}

TEST(hostile_searches_are_searches)
{
	static const char *const hostile[] = { "\"", "\"\"", "*", "gone OR 1", "gone AND", "NOT gone", "NEAR(gone, 3)", "{words} : gone",
		"words:gone*", "^gone", "gone + gone", "(((((", "gone)", "'; DROP TABLE entry; --", "gone & !it", "gone <-> it", "gone:*A",
		"\\", "%", "_", "~", "~gone", "/", "gone/it", "%s", "\x01\x02", "_aaaaaaaaaaaaaaaa", ".gon", "\xF0\x9F\x98\x80" };
	struct flow *f = flow_start(cx, S("st-helens"));
	struct actor a = flow_actor(f, flow_sign_in(f, "internal_audit")), hr = flow_actor(f, flow_sign_in(f, "hr"));
	struct ask_filter filter = { .after = INT64_MIN };
	struct buf many = buf_new(cx);
	struct ask_page page;

	report(f, LOST("It is gone."));
	flow_index(f);
	for (int i = 0; i < COUNT(hostile); i++) {
		filter.words = str_of(hostile[i]);
		EXPECT_OK(ask_queue(cx, &f->desk, &a, &filter, &page));
		EXPECT_OK(ask_queue(cx, &f->desk, &hr, &filter, &page));
		EXPECT(page.n == 0);
	}
	for (int i = 0; i < 10000; i++)
		buf_put(&many, S("gone "));
	filter.words = buf_str(&many);
	EXPECT_OK(ask_queue(cx, &f->desk, &a, &filter, &page));
	EXPECT(page.n == 1 && page.cut);
	filter.words = (struct str){ "go\0ne", 5 };
	EXPECT_OK(ask_queue(cx, &f->desk, &a, &filter, &page));
	EXPECT(page.n == 0);
	flow_end(f);
}

TEST(a_reference_leads_to_its_case_for_those_who_may_know_of_it)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct actor audit = flow_actor(f, flow_sign_in(f, "internal_audit")), hr = flow_actor(f, flow_sign_in(f, "hr"));
	struct str ref = report(f, LOST("It is gone.")), got;
	bool there;

	EXPECT_OK(ask_ref(cx, &f->desk, &audit, str_lower(cx, ref), &got, &there));
	EXPECT(there);
	EXPECT_STR(got, ref);
	EXPECT_OK(ask_ref(cx, &f->desk, &hr, ref, &got, &there));
	EXPECT(!there);
	EXPECT_OK(ask_ref(cx, &f->desk, &audit, S("a letter"), &got, &there));
	EXPECT(!there);
	flow_end(f);
}
