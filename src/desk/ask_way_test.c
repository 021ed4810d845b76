/* A narrowed list holds what the whole list holds of it, whoever asks and whichever way is shorter. */
#include "desk/ask.h"
#include "desk/flow.h"

enum { CASES = 260, PAGES = 20 };

/* All pages of it: the references, one after the other. */
static struct str
walked(struct cx *cx, struct flow *f, const struct actor *a, struct ask_filter filter, bool (*takes)(const struct row_case_lines *), ptrdiff_t *n)
{
	struct buf b = buf_new(cx);
	struct ask_page page = { .more = true };

	*n = 0;
	filter.after = INT64_MIN;
	for (int i = 0; i < PAGES && page.more; i++) {
		EXPECT_OK(ask_queue(cx, &f->desk, a, &filter, &page));
		for (ptrdiff_t k = 0; k < page.n; k++)
			if (page.rows[k].sight == SEES_IT_ALL && (!takes || takes(page.rows[k].row))) {
				buf_put(&b, page.rows[k].row->ref);
				buf_char(&b, ' ');
				++*n;
			}
		filter.after = page.after;
		filter.after_id = page.after_id;
	}
	EXPECT(!page.more);
	return buf_str(&b);
}

static bool is_scam(const struct row_case_lines *r) { return str_eq(r->category, S("scam_message")); }
static bool is_planning(const struct row_case_lines *r) { return str_eq(r->department, S("Planning")); }
static bool is_p2(const struct row_case_lines *r) { return str_eq(r->level, S("P2")); }
static bool is_letter_of_planning(const struct row_case_lines *r)
{ return is_planning(r) && str_eq(r->category, S("wrong_recipient")); }

/* Who sees all of many cases owns the one that stands last. */
static void
one_of_many_is_mine(struct cx *cx, struct flow *f)
{
	struct str audit = flow_sign_in(f, "internal_audit");
	struct actor a = flow_actor(f, audit);
	struct str rest = walked(cx, f, &a, (struct ask_filter){ .closed = false }, NULL, &(ptrdiff_t){ 0 }), ref, last = S("");
	ptrdiff_t n;

	while (str_next(&rest, ' ', &ref))
		last = ref.n ? ref : last;
	flow_do(f, audit, "assign", last, "{\"person\":\"internal_audit\"}");
	EXPECT_STR(walked(cx, f, &a, (struct ask_filter){ .mine = true }, NULL, &n), str_fmt(cx, "%.*s ", F(last)));
}

TEST(a_narrowed_list_is_that_part_of_the_whole_list)
{
	static const char *const people[] = { "internal_audit", "it_support", "it_service_desk", "dpo", "hr" };
	static const struct { struct ask_filter filter; bool (*takes)(const struct row_case_lines *); } lists[] = {
		{ { .category = { "scam_message", 12 } }, is_scam }, { { .department = { "Planning", 8 } }, is_planning },
		{ { .level = { "P2", 2 } }, is_p2 },
		{ { .department = { "Planning", 8 }, .category = { "wrong_recipient", 15 } }, is_letter_of_planning } };
	struct flow *f = flow_start(cx, S("st-helens"));
	ptrdiff_t all, part, most = 0;

	for (int i = 0; i < CASES; i++) {
		struct mark m = cx_mark(cx);

		flow_do(f, S(""), "report", S(""), str_z(cx, str_fmt(cx, "{\"narrative\":\"The %d.\",\"facts\":{\"category\":\"%s\","
		    "\"personal_data\":\"%s\",\"people_affected\":%d},\"reporter\":{\"name\":\"A B\",\"department\":\"%s\"}}", i,
		    i % 3 ? "wrong_recipient" : "scam_message", i % 5 ? "yes" : "no", i % 7 ? 1 : 200, i % 11 ? "Housing" : "Planning")));
		flow_wait(f, MINUTE);
		cx_back(cx, m);
	}
	for (size_t p = 0; p < sizeof people / sizeof people[0]; p++) {
		struct actor a = flow_actor(f, flow_sign_in(f, people[p]));

		for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++) {
			struct str whole = walked(cx, f, &a, (struct ask_filter){ .closed = false }, lists[k].takes, &all);

			EXPECT_STR(walked(cx, f, &a, lists[k].filter, NULL, &part), whole);
			most = part > most ? part : most;
		}
	}
	EXPECT(most > 2);
	one_of_many_is_mine(cx, f);
	flow_end(f);
}

TEST(what_is_ones_own_is_found_among_ones_own)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct js *ok = flow_do(f, S(""), "report", S(""), "{\"narrative\":\"A letter.\",\"facts\":{\"category\":\"wrong_recipient\"}}");
	struct str audit = flow_sign_in(f, "internal_audit"), hr = flow_sign_in(f, "hr"), ref = str_copy(cx, js_str(ok, S("ref")));
	struct ask_filter mine = { .mine = true };
	struct actor a = flow_actor(f, hr);
	ptrdiff_t n;

	walked(cx, f, &a, mine, NULL, &n);
	EXPECT(n == 0);
	flow_do(f, audit, "assign", ref, "{\"person\":\"hr\"}");
	EXPECT_STR(walked(cx, f, &a, mine, NULL, &n), str_fmt(cx, "%.*s ", F(ref)));
	a = flow_actor(f, audit);
	walked(cx, f, &a, mine, NULL, &n);
	EXPECT(n == 0);
	flow_end(f);
}
