/* What people say who report, who follow and who ask; and what those say who handle it. */
#include "torture.h"

#include "web/url.h"

enum { NARRATIVE, OBSERVED, SYSTEMS, NAME, EMAIL, PHONE, DEPARTMENT, MANAGER, FILENAME, NOTE, MESSAGE, REASONS, NEXT,
	FACT_VALUE, FACT_REASON, HAND_WHY, NOT_NEEDED, HOW, TEXT, ALL };
enum { AT_CHECK, AT_DONE, AT_RECEIPT, AT_FOLLOW, AT_CASE, AT_QUEUE, AT_FOLLOW_AFTER };

static void
slots(struct round *r)
{
	round_slot(r, "narrative", "calm words of the narrative");
	round_slot(r, "observed", "calm words of what was seen");
	round_slot(r, "systems", "calm_system");
	round_slot(r, "name", "Calm Name of a reporter");
	round_slot(r, "email", "calm.reporter@example.org")->small = true;
	round_slot(r, "phone", "0100 555 0101");
	round_slot(r, "department", "Calm Department")->choice = true;
	round_slot(r, "line_manager", "Calm Manager");
	round_slot(r, "file", "calm_file.txt")->file = true;
	round_slot(r, "words", "calm words of a note");
	round_slot(r, "words", "calm words of a message");
	round_slot(r, "reasons", "calm reasons of a decision");
	round_slot(r, "next", "calm next step");
	round_slot(r, "value", "calm_value");
	round_slot(r, "reason", "calm reason of a fact");
	round_slot(r, "why", "calm reason of handing over");
	round_slot(r, "why", "calm reason of no need");
	round_slot(r, "how", "calm way of having done it");
	round_slot(r, "text", "calm words of an addition");
	EXPECT(r->n == ALL);
}

/* A list shows the first sentence, or the beginning of it. */
static void
check_title(struct round *r, struct str title)
{
	struct str kept = round_kept(r, &r->slot[NARRATIVE]), stem = title;

	torture_tried++;
	r->slot[NARRATIVE].alt = title;
	if (str_eq(title, S("Something could go wrong")))
		return;
	if (!str_starts(kept, title) && str_ends(title, S("…")))
		stem.n -= S("…").n;
	if (!utf8_ok(title) || !title.n || !str_starts(kept, stem) || !utf8_edge(kept, stem.n))
		torture_wrong("“%.*s” has the title “%.*s”", F(torture_words(r->cx, kept)),
		    F(torture_words(r->cx, title)));
}

static void
send_file(struct round *r, struct browse *b)
{
	struct slot *s = &r->slot[FILENAME];
	struct str name = str_trim(s->said);
	bool named;

	torture_tried++;
	browse_attach(b, "file", str_z(r->cx, name), S("x"));
	browse_send(b, "/report/files");
	if (b->status < 400)
		return;
	/* a backslash at the end hides the quote that ends the name: then not even the field can be known */
	named = browse_sees(b, "file") || (str_ends(name, S("\\")) && browse_sees(b, "Content-Disposition"));
	if (b->status >= 500 || !named)
		torture_wrong("file name “%.*s”: %d", F(torture_words(r->cx, name)), b->status);
	s->refused = true;
	browse_get(b, "/report/files");
	browse_attach(b, "file", str_z(r->cx, s->calm), S("x"));
	browse_send(b, "/report/files");
	browse_expect(b, 200, "/report/files", NULL);
}

static struct str
report(struct round *r, struct browse *b)
{
	static const char *const named[] = { "mode", "named", NULL };
	struct str ref;

	browse_get(b, "/report/category");
	browse_fill(b, "category", "weak_spot");
	browse_send(b, "/report/category");
	round_send(r, b, "/report/narrative", NARRATIVE, OBSERVED, NULL);
	round_send(r, b, "/report/details", OBSERVED, NAME, NULL);
	while (b->status == 200 && !str_eq(b->at, S("/report/you")))
		browse_send(b, NULL);
	round_send(r, b, "/report/you", NAME, MANAGER, named);
	round_send(r, b, "/report/manager", MANAGER, FILENAME, NULL);
	send_file(r, b);
	browse_send(b, "/report/files/next");
	browse_expect(b, 200, "/report/check", NULL);
	round_page(r, b, AT_CHECK);
	browse_send(b, "/report/check");
	browse_expect(b, 200, "/report/done", NULL);
	ref = browse_class(b, "app-ref");
	check_title(r, walk_case(b, ref)->title);
	round_page(r, b, AT_DONE);
	browse_follow(b, "Save or print");
	round_page(r, b, AT_RECEIPT);
	browse_get(b, "/follow/page");
	round_page(r, b, AT_FOLLOW);
	return ref;
}

static const char *
on(struct round *r, struct str ref, const char *what)
{
	return str_z(r->cx, str_fmt(r->cx, "/case/%.*s%s", F(ref), what));
}

/* An act on the first duty that offers it. */
static void
on_duty(struct round *r, struct browse *b, struct str ref, const char *what, int slot, const char *const *more)
{
	struct look page;
	struct str why, href;

	browse_get(b, on(r, ref, ""));
	EXPECT(look_at(r->cx, b->page, &page, &why));
	href = look_href(&page, what);
	if (!href.n)
		fail_msg("no duty offers %s", what);
	browse_get(b, str_z(r->cx, href));
	round_send(r, b, on(r, ref, str_z(r->cx, str_fmt(r->cx, "/do/%s", what))), slot, slot + 1, more);
}

static void
handle(struct round *r, struct browse *b, struct str ref)
{
	static const char *const note[] = { "to", "note", NULL }, *const message[] = { "to", "message", NULL },
		*const incident[] = { "assessed", "weakness", NULL }, *const to[] = { "to", "rita", NULL };

	browse_get(b, on(r, ref, ""));
	round_send(r, b, on(r, ref, "/say"), NOTE, MESSAGE, note);
	round_send(r, b, on(r, ref, "/say"), MESSAGE, REASONS, message);
	browse_get(b, on(r, ref, "/do/triage"));
	round_send(r, b, on(r, ref, "/do/triage"), REASONS, FACT_VALUE, incident);
	browse_get(b, on(r, ref, "/do/facts?fact=department"));
	round_send(r, b, on(r, ref, "/do/facts"), FACT_VALUE, HAND_WHY, NULL);
	/* what the answer about systems means differs with the words */
	browse_get(b, on(r, ref, "/do/facts?fact=systems"));
	browse_fill(b, "value", "payroll");
	browse_send(b, on(r, ref, "/do/facts"));
	on_duty(r, b, ref, "hand-over", HAND_WHY, to);
	on_duty(r, b, ref, "not-needed", NOT_NEEDED, NULL);
	on_duty(r, b, ref, "done", HOW, NULL);
	browse_get(b, on(r, ref, ""));
	round_page(r, b, AT_CASE);
}

static void
look_for(struct round *r, struct browse *b)
{
	struct str words = round_kept(r, &r->slot[NARRATIVE]);

	browse_get(b, str_z(r->cx, str_fmt(r->cx, "/queue?q=%.*s", F(url_encode(r->cx, words)))));
	round_list(r, b, AT_QUEUE);
	round_says(r, b, "q", words);
}

static void
one_round(struct round *r, struct browse *reporter, struct browse *handler)
{
	struct str ref = report(r, reporter);

	handle(r, handler, ref);
	look_for(r, handler);
	browse_get(reporter, "/follow/page");
	round_send(r, reporter, "/follow/add", TEXT, ALL, NULL);
	round_page(r, reporter, AT_FOLLOW_AFTER);
	browse_send(reporter, "/follow/leave");
}

/* On a service of its own: what it grows to is looked through at the end. */
static void
some_turns(struct cx *cx, const struct str *strings, ptrdiff_t n, ptrdiff_t from, ptrdiff_t to)
{
	struct browse *b = walk_begin(cx, "st-helens"), *h = walk_other(b), mine, theirs;
	struct round r = { .cx = cx };

	slots(&r);
	for (int i = 0; i < 60; i++) /* more than one page of a list */
		flow_do(b->flow, S(""), "report", S(""), "{\"narrative\":\"calm words of the narrative\"}");
	browse_as(h, flow_sign_in(b->flow, "internal_audit"));
	mine = *b;
	theirs = *h;
	round_begin(&r, strings, n, -1);
	one_round(&r, b, h);
	for (ptrdiff_t turn = from; turn < to; turn++) {
		struct mark m = cx_mark(cx);

		*b = mine;
		*h = theirs;
		round_begin(&r, strings, n, turn);
		one_round(&r, b, h);
		cx_back(cx, m);
	}
	flow_end(b->flow);
}

TEST(what_is_reported_and_handled_is_kept_and_shown_byte_for_byte_or_refused_by_name)
{
	torture_turns(cx, some_turns);
}
