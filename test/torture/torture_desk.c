/* The other forms of those who handle cases, a question that somebody asks, and the end of a case. */
#include "torture.h"

enum { NARRATIVE, NAME, PHONE, EMAIL, DEPARTMENT, MANAGER, QUESTION, ASKER, ASKER_EMAIL, ASKER_PHONE, REASONS, NEXT,
	REASON, TO_REPORTER, AGAIN, ALL };
enum { AT_LOGGED, AT_CASE, AT_ASKED, AT_ENQUIRY, AT_FOLLOWED };

static void
slots(struct round *r)
{
	round_slot(r, "narrative", "calm words of a caller");
	round_slot(r, "name", "Calm Telephoner");
	round_slot(r, "phone", "0100 555 0102");
	round_slot(r, "email", "calm.caller@example.org")->small = true;
	round_slot(r, "department", "Calm Caller Department");
	round_slot(r, "line_manager", "Calm Caller Manager");
	round_slot(r, "question", "calm words of a question");
	round_slot(r, "name", "Calm Asker");
	round_slot(r, "email", "calm.asker@example.org")->small = true;
	round_slot(r, "phone", "0100 555 0103");
	round_slot(r, "reasons", "calm reasons of a decision");
	round_slot(r, "next", "calm next step");
	round_slot(r, "reason", "calm reason of the end");
	round_slot(r, "to_reporter", "calm words at the end");
	round_slot(r, "reason", "calm reason of a new beginning");
	EXPECT(r->n == ALL);
}

static const char *
on(struct round *r, struct str ref, const char *what)
{
	return str_z(r->cx, str_fmt(r->cx, "/case/%.*s%s", F(ref), what));
}

/* Logged for a caller: the form's answer says the reference. */
static void
log_call(struct round *r, struct browse *h)
{
	static const char *const more[] = { "category", "weak_spot", "channel", "phone", NULL };
	struct look page;
	struct str why, ref;

	browse_get(h, "/log");
	round_send(r, h, "/log", NARRATIVE, QUESTION, more);
	round_page(r, h, AT_LOGGED);
	EXPECT(look_at(r->cx, h->page, &page, &why));
	ref = look_href(&page, "/case/");
	ref = str_sub(ref, 6, ref.n);
	r->slot[NARRATIVE].alt = walk_case(h, ref)->title;
	browse_get(h, on(r, ref, ""));
	round_page(r, h, AT_CASE);
}

/* Whatever is owed on the case is said to be done, so that it can close. */
static void
do_all(struct round *r, struct browse *h, struct str ref)
{
	for (int n = 0; n < 20; n++) {
		struct look page;
		struct str why, href;

		browse_get(h, on(r, ref, ""));
		EXPECT(look_at(r->cx, h->page, &page, &why));
		href = look_href(&page, "not-needed");
		if (!href.n)
			return;
		browse_get(h, str_z(r->cx, href));
		browse_fill(h, "why", "It was said.");
		browse_send(h, on(r, ref, "/do/not-needed"));
	}
	fail_msg("the duties have no end");
}

static void
ask(struct round *r, struct browse *b, struct browse *h)
{
	static const char *const none[] = { "assessed", "not_security", NULL };
	struct str ref;

	browse_get(b, "/ask");
	round_send(r, b, "/ask", QUESTION, REASONS, NULL);
	round_page(r, b, AT_ASKED);
	ref = browse_class(b, "app-ref");
	r->slot[QUESTION].alt = walk_case(b, ref)->title;
	browse_get(h, on(r, ref, "/do/triage"));
	round_send(r, h, on(r, ref, "/do/triage"), REASONS, REASON, none);
	do_all(r, h, ref);
	browse_get(h, on(r, ref, "/do/close"));
	round_send(r, h, on(r, ref, "/do/close"), REASON, AGAIN, NULL);
	browse_get(h, on(r, ref, "/do/reopen"));
	round_send(r, h, on(r, ref, "/do/reopen"), AGAIN, ALL, NULL);
	browse_get(h, on(r, ref, ""));
	round_page(r, h, AT_ENQUIRY);
	browse_get(b, "/follow/page");
	round_page(r, b, AT_FOLLOWED);
	browse_send(b, "/follow/leave");
}

static void
some_turns(struct cx *cx, const struct str *strings, ptrdiff_t n, ptrdiff_t from, ptrdiff_t to)
{
	struct browse *b = walk_begin(cx, "st-helens"), *h = walk_other(b), mine, theirs;
	struct round r = { .cx = cx };

	slots(&r);
	browse_as(h, flow_sign_in(b->flow, "internal_audit"));
	mine = *b, theirs = *h;
	for (ptrdiff_t turn = from - 1; turn < to; turn++) {
		struct mark m = cx_mark(cx);

		round_begin(&r, strings, n, turn < from ? -1 : turn);
		log_call(&r, h);
		ask(&r, b, h);
		if (r.calm)
			continue;
		*b = mine, *h = theirs;
		cx_back(cx, m);
	}
	flow_end(b->flow);
}

TEST(what_is_logged_asked_and_said_at_the_end_is_shown_byte_for_byte_or_refused_by_name)
{
	torture_turns(cx, some_turns);
}
