#include "base/code.h"
#include "web/report_walk.h"

/* The token of somebody in the directory. */
static struct str
token_of(struct browse *b, struct str person)
{
	struct cx *cx = b->flow->cx;
	struct row_person_of *row;

	EXPECT_OK(sql_person_of(cx, b->flow->desk.db, person, &row));
	EXPECT(row != NULL);
	return access_token_person(cx, row->actor_id);
}

TEST(each_everyday_kind_is_reported_from_end_to_end)
{
	static const char *const packs[] = { "st-helens", "hmcts" };

	for (ptrdiff_t p = 0; p < COUNT(packs); p++) {
		struct browse *b = walk_begin(cx, packs[p]);
		const struct policy *policy = b->flow->desk.policy;
		int kinds = 0;

		for (ptrdiff_t i = 0; i < policy->n_categories; i++) {
			const struct category *c = &policy->categories[i];
			struct row_case_get *row;

			if (!c->everyday)
				continue;
			kinds++;
			walk_choose(b, str_z(cx, c->id));
			browse_fill(b, "narrative", "It happened on the way to work.");
			browse_send(b, NULL);
			EXPECT(walk_to(b, "/report/check") <= 8);
			EXPECT(browse_sees(b, "It happened on the way to work."));
			row = walk_case(b, walk_send(b, NULL));
			EXPECT_STR(row->category, c->id);
			EXPECT_STR(row->narrative, S("It happened on the way to work."));
			EXPECT_STR(row->reporter, S("anonymous"));
			EXPECT_STR(row->channel, S("portal"));
			EXPECT(browse_class(b, "app-code").n == 19);
			browse_send(b, "/report/leave");
		}
		EXPECT(kinds == 8);
		flow_end(b->flow);
	}
}

TEST(every_kind_there_is_can_be_reported_with_every_question_answered)
{
	struct browse *b = walk_begin(cx, "st-helens");
	const struct policy *policy = b->flow->desk.policy;

	for (ptrdiff_t i = 0; i < policy->n_categories; i++) {
		const struct category *c = &policy->categories[i];

		browse_get(b, "/report/categories");
		browse_press(b, "/report/category", str_z(cx, c->id));
		browse_fill(b, "narrative", "This and that.");
		browse_send(b, NULL);
		/* the first answer to whatever is asked; what that opens is asked in turn */
		for (int pages = 0; !str_eq(b->at, S("/report/check")); pages++) {
			if (pages > 14 || b->status != 200)
				browse_expect(b, 200, "/report/check", str_z(cx, c->id));
			for (ptrdiff_t k = 0; k < policy->n_questions; k++) {
				const struct question *q = &policy->questions[k];
				bool yes = q->kind == ASK_YES_NO || q->kind == ASK_YES_NO_UNSURE, text = q->kind == ASK_TEXT;

				if (q->kind == ASK_DATE || !browse_has(b, str_fmt(cx, " name=\"%.*s\"", F(q->id)).p))
					continue;
				browse_fill(b, str_z(cx, q->id), yes ? "yes" : text ? "words" : q->kind == ASK_NUMBER ? "3" :
				    str_z(cx, q->options[0].value));
			}
			browse_send(b, str_eq(b->at, S("/report/files")) ? "/report/files/next" : NULL);
		}
		EXPECT_STR(walk_case(b, walk_send(b, NULL))->category, c->id);
		browse_send(b, "/report/leave");
	}
	flow_end(b->flow);
}

TEST(what_was_typed_comes_back_with_what_is_wrong_with_it)
{
	struct browse *b = walk_begin(cx, "st-helens");

	browse_get(b, "/report/category");
	browse_send(b, "/report/category");
	browse_expect(b, 422, "/report/category", "There is a problem");
	EXPECT(browse_has(b, "href=\"#category\""));
	walk_choose(b, "wrong_recipient");
	browse_fill(b, "narrative", "   ");
	browse_send(b, NULL);
	browse_expect(b, 422, "/report/narrative", "Write a few words about what happened");
	EXPECT(browse_has(b, "href=\"#narrative\"") && browse_has(b, "<title>Error: "));
	browse_fill(b, "narrative", "A letter went astray.");
	browse_send(b, NULL);
	walk_to(b, "/report/people");
	browse_fill(b, "people", "yes");
	browse_send(b, NULL);
	browse_expect(b, 200, "/report/people", "About how many people");
	browse_fill(b, "how_many", "a few");
	browse_fill(b, "whose", "staff");
	browse_fill(b, "whose", "public");
	browse_send(b, NULL);
	browse_expect(b, 422, "/report/people", "Write a whole number");
	EXPECT_STR(browse_value(b, "how_many"), S("a few"));
	EXPECT(browse_has(b, "value=\"staff\" checked") && browse_has(b, "value=\"public\" checked") &&
	    !browse_has(b, "value=\"service_user\" checked"));
	browse_fill(b, "how_many", "3");
	browse_send(b, NULL);
	browse_expect(b, 200, "/report/when", NULL);
	browse_fill(b, "noticed", "at");
	browse_fill(b, "noticed_at-day", "31");
	browse_fill(b, "noticed_at-month", "2");
	browse_fill(b, "happened", "at");
	browse_send(b, NULL);
	browse_expect(b, 422, "/report/when", "There is no such day");
	EXPECT(browse_sees(b, "Say when it was, or choose"));
	EXPECT_STR(browse_value(b, "noticed_at-day"), S("31"));
	browse_fill(b, "noticed_at-day", "20");
	browse_fill(b, "noticed_at-month", "11");
	browse_fill(b, "noticed_at-time", "9:12");
	browse_fill(b, "happened", "unknown");
	browse_send(b, NULL);
	browse_fill(b, "mode", "named");
	browse_fill(b, "email", "rita at example");
	browse_send(b, NULL);
	browse_expect(b, 422, "/report/you", "Write an email address like");
	EXPECT_STR(browse_value(b, "email"), S("rita at example"));
	EXPECT_STR(browse_value(b, "mode"), S("named"));
	browse_fill(b, "email", "");
	browse_send(b, NULL);
	browse_expect(b, 422, "/report/you", "Give your name, or choose");
	flow_end(b->flow);
}

TEST(a_report_carries_what_was_answered_and_no_more)
{
	struct browse *b = walk_begin(cx, "st-helens");
	struct js *asked;
	struct str ref;

	walk_choose(b, "lost_or_stolen");
	browse_fill(b, "narrative", "My laptop is gone.");
	browse_send(b, NULL);
	browse_fill(b, "item", "laptop");
	browse_fill(b, "loss", "stolen");
	browse_fill(b, "last_seen", "On the train");
	browse_send(b, NULL);
	/* what a stolen device opens is asked on the next page, and what was asked is not asked again */
	browse_expect(b, 200, "/report/details", "Do the police know?");
	EXPECT(browse_sees(b, "Is it encrypted?") && !browse_sees(b, "What happened to it?"));
	browse_fill(b, "police", "yes");
	browse_fill(b, "locked", "yes");
	browse_send(b, NULL);
	browse_expect(b, 200, "/report/details", "What number did the police give you?");
	browse_fill(b, "police_ref", "CR/1234");
	walk_to(b, "/report/when");
	browse_fill(b, "noticed", "now");
	browse_fill(b, "happened", "at");
	browse_fill(b, "happened_at-day", "22");
	browse_fill(b, "happened_at-month", "11");
	browse_fill(b, "happened_at-time", "6pm");
	browse_fill(b, "rough", "yes");
	browse_send(b, NULL);
	browse_fill(b, "mode", "confidential");
	browse_fill(b, "name", "Rita Porter");
	browse_fill(b, "email", "Rita@example.org");
	browse_fill(b, "department", "Housing");
	browse_send(b, NULL);
	browse_fill(b, "line_manager", "a line_manager");
	browse_fill(b, "manager", "away");
	browse_send(b, NULL);
	walk_to(b, "/report/check");
	browse_expect(b, 200, NULL, "Stolen");
	browse_expect(b, 200, NULL, "CR/1234");
	browse_expect(b, 200, NULL, "22 November 2026");
	browse_expect(b, 200, NULL, "Only those who must know");
	/* changed after all: what depended on the theft goes with it */
	browse_get(b, "/report/details?then=check");
	EXPECT_STR(browse_value(b, "loss"), S("stolen"));
	browse_fill(b, "loss", "lost");
	browse_send(b, NULL);
	browse_expect(b, 200, "/report/check", NULL);
	EXPECT(!browse_sees(b, "CR/1234"));
	ref = walk_send(b, NULL);
	asked = walk_asked(b, ref);
	EXPECT_STR(js_text(cx, js_get(asked, S("answers"))),
	    S("{\"item\":\"laptop\",\"loss\":\"lost\",\"locked\":\"yes\",\"last_seen\":\"On the train\","
	    "\"manager\":\"away\"}"));
	EXPECT_STR(js_str(js_get(asked, S("facts")), S("discovered_at")), S("2026-11-23T10:00:00Z"));
	EXPECT_STR(js_str(js_get(asked, S("facts")), S("occurred_at")), S("2026-11-22"));
	EXPECT_STR(js_str(asked, S("line_manager")), token_of(b, S("line_manager")));
	EXPECT_STR(js_str(js_get(asked, S("reporter")), S("mode")), S("confidential"));
	EXPECT_STR(walk_case(b, ref)->department, S("Housing"));
	EXPECT(browse_sees(b, "Another manager in the department"));
	EXPECT(!browse_sees(b, "our line manager"));
	flow_end(b->flow);
}

TEST(hostile_words_come_back_as_words)
{
	static const char evil[] = "</textarea><script>alert(1)</script>\"'&<img src=x onerror=alert(1)>{{x}}";
	struct browse *b = walk_begin(cx, "st-helens");

	walk_choose(b, "weak_spot");
	browse_fill(b, "narrative", evil);
	browse_send(b, NULL);
	browse_fill(b, "observed", evil);
	browse_fill(b, "systems", evil);
	browse_send(b, NULL);
	walk_to(b, "/report/you");
	browse_fill(b, "mode", "named");
	browse_fill(b, "name", evil);
	browse_fill(b, "department", evil);
	browse_fill(b, "email", evil);
	browse_send(b, NULL);
	browse_expect(b, 422, "/report/you", "Write an email address like");
	EXPECT_STR(browse_value(b, "name"), str_of(evil));
	EXPECT(!browse_has(b, "<script>") && !browse_has(b, "<img"));
	browse_fill(b, "email", "x@example.org");
	browse_send(b, NULL);
	browse_fill(b, "line_manager", evil);
	browse_send(b, NULL);
	browse_attach(b, "file", "<script>alert(1)</script>.txt", S("x"));
	browse_send(b, "/report/files");
	browse_expect(b, 200, "/report/files", "<script>alert(1)</script>.txt");
	EXPECT(!browse_has(b, "<script>") && !browse_has(b, "<img"));
	walk_to(b, "/report/check");
	EXPECT(browse_sees(b, evil) && !browse_has(b, "<script>") && !browse_has(b, "<img"));
	walk_send(b, NULL);
	browse_follow(b, "Save or print");
	EXPECT(browse_sees(b, evil) && !browse_has(b, "<script>") && !browse_has(b, "<img"));
	browse_get(b, "/follow/page");
	EXPECT(browse_sees(b, evil) && !browse_has(b, "<script>") && !browse_has(b, "<img"));
	browse_get(b, "/report/categories?q=%3Cscript%3Ealert(1)%3C/script%3E");
	browse_expect(b, 200, NULL, "Nothing is called that");
	EXPECT(!browse_has(b, "<script>"));
	flow_end(b->flow);
}

TEST(advice_is_shown_before_the_words_and_its_showing_is_recorded)
{
	struct browse *b = walk_begin(cx, "st-helens");
	struct js *asked;
	struct str words;
	ptrdiff_t advice, field;

	walk_choose(b, "password_on_show");
	advice = str_find(b->page, S("Do not try to prove it"));
	field = str_find(b->page, S("<textarea"));
	EXPECT(advice > 0 && field > advice);
	browse_fill(b, "narrative", "It sticks to the screen.");
	browse_send(b, NULL);
	walk_to(b, "/report/check");
	asked = walk_asked(b, walk_send(b, NULL));
	words = js_text(cx, js_get(asked, S("shown")));
	EXPECT(str_find(words, S("\"do_not_prove\"")) > 0);
	EXPECT_STR(js_str(js_get(asked, S("shown")), S("policy")), hex_of(cx, b->flow->desk.policy->hash.b, 32));
	/* a card that only an answer brings up is shown right after it */
	walk_choose(b, "wrong_recipient");
	browse_fill(b, "narrative", "A refuge's address.");
	browse_send(b, NULL);
	EXPECT(!browse_sees(b, "Phone 999 now"));
	walk_to(b, "/report/people");
	browse_send(b, NULL);
	browse_fill(b, "safety", "yes");
	browse_send(b, NULL);
	browse_expect(b, 200, "/report/when", "If somebody is in danger");
	flow_end(b->flow);
}

TEST(the_line_manager_is_found_by_whole_name_or_address_alone)
{
	struct browse *b = walk_begin(cx, "st-helens");
	struct str ref;

	flow_do(b->flow, S("local"), "people", S(""),
	    "{\"people\":[{\"person\":\"jo1\",\"name\":\"Jo Hartley\",\"email\":\"jo1@example.org\","
	    "\"department\":\"Legal\",\"roles\":[]},{\"person\":\"jo2\",\"name\":\"Jo Hartley\","
	    "\"email\":\"jo2@example.org\","
	    "\"department\":\"Parks\",\"roles\":[]}]}");
	walk_choose(b, "building");
	browse_fill(b, "narrative", "A window was open.");
	browse_send(b, NULL);
	walk_to(b, "/report/manager");
	browse_fill(b, "line_manager", "Jo");
	browse_send(b, NULL);
	browse_expect(b, 200, "/report/files", NULL);
	browse_get(b, "/report/manager");
	browse_fill(b, "line_manager", "jo hartley");
	browse_send(b, NULL);
	browse_expect(b, 422, "/report/manager", "Several people have this name");
	EXPECT(browse_sees(b, "Parks") && browse_sees(b, "Legal"));
	browse_fill(b, "line_manager_is", "jo2");
	browse_send(b, NULL);
	browse_expect(b, 200, "/report/files", NULL);
	walk_to(b, "/report/check");
	EXPECT(browse_sees(b, "Jo Hartley") && browse_sees(b, "your line manager"));
	ref = walk_send(b, NULL);
	EXPECT_STR(js_str(walk_asked(b, ref), S("line_manager")), token_of(b, S("jo2")));
	EXPECT(browse_sees(b, "Your line manager"));
	flow_end(b->flow);
}

TEST(who_is_signed_in_reports_as_themself_or_as_nobody)
{
	struct browse *b = walk_begin(cx, "st-helens");
	struct row_entry_first_of_case *first;
	struct row_case_get *row;
	struct record record;

	browse_as(b, flow_sign_in(b->flow, "rita"));
	walk_choose(b, "left_out");
	browse_fill(b, "narrative", "Papers on the printer.");
	browse_send(b, NULL);
	walk_to(b, "/report/you");
	EXPECT(browse_sees(b, "You are signed in as Rita Porter, rita@example.org, Housing"));
	walk_to(b, "/report/manager");
	EXPECT_STR(browse_value(b, "line_manager"), S("A line_manager"));
	walk_to(b, "/report/check");
	row = walk_case(b, walk_send(b, NULL));
	EXPECT_STR(row->reporter, S("named"));
	EXPECT_STR(row->department, S("Housing"));
	EXPECT(!id_zero(row->reporter_id));
	browse_follow(b, "Follow this report");
	browse_expect(b, 200, str_fmt(cx, "/mine/%.*s", F(row->ref)).p, "Papers on the printer");
	/* as nobody: not even the journal knows */
	walk_choose(b, "left_out");
	browse_fill(b, "narrative", "My manager's papers.");
	browse_send(b, NULL);
	walk_to(b, "/report/you");
	browse_fill(b, "mode", "anonymous");
	browse_send(b, NULL);
	browse_expect(b, 200, "/report/manager", "may show who you are");
	EXPECT_STR(browse_value(b, "line_manager"), S(""));
	walk_to(b, "/report/check");
	row = walk_case(b, walk_send(b, NULL));
	EXPECT_STR(row->reporter, S("anonymous"));
	EXPECT(id_zero(row->reporter_id) && !row->department.n);
	EXPECT_OK(sql_entry_first_of_case(cx, b->flow->desk.db, flow_case(b->flow, row->ref), &first));
	EXPECT_OK(record_read(cx, (const uint8_t *)first->record.p, &record));
	EXPECT(id_zero(record.actor_id));
	browse_get(b, str_fmt(cx, "/mine/%.*s", F(row->ref)).p);
	browse_expect(b, 404, NULL, NULL);
	flow_end(b->flow);
}

TEST(a_question_goes_to_whom_the_policy_names)
{
	struct browse *b = walk_begin(cx, "st-helens");
	struct row_duties_of_case *rows;
	struct row_case_get *row;
	struct str ref;
	ptrdiff_t n;

	walk_choose(b, "building");
	browse_follow(b, "Ask Internal Audit a question instead");
	browse_expect(b, 200, "/ask", "Ask Internal Audit a question");
	browse_fill(b, "email", "nonsense");
	browse_send(b, "/ask");
	browse_expect(b, 422, "/ask", "Write your question");
	EXPECT_STR(browse_value(b, "email"), S("nonsense"));
	browse_fill(b, "question", "May I use my own phone?");
	browse_send(b, "/ask");
	browse_expect(b, 422, "/ask", "does not look like an email address");
	EXPECT(browse_has(b, "href=\"#email\""));
	EXPECT_STR(browse_value(b, "question"), S("May I use my own phone?"));
	browse_fill(b, "email", "rita@example.org");
	browse_send(b, "/ask");
	browse_expect(b, 200, "/report/done", "got your question");
	EXPECT(browse_sees(b, "Internal Audit answers you"));
	ref = browse_class(b, "app-ref");
	browse_again(b);
	EXPECT_STR(browse_class(b, "app-ref"), ref);
	row = walk_case(b, ref);
	EXPECT_STR(row->kind, S("enquiry"));
	EXPECT_OK(sql_duties_of_case(cx, b->flow->desk.db, flow_case(b->flow, ref), &rows, &n));
	EXPECT(n == 1);
	EXPECT_STR(rows[0].act, S("advise"));
	/* the report that was begun is still there */
	browse_get(b, "/report/category");
	EXPECT_STR(browse_value(b, "category"), S("building"));
	flow_end(b->flow);
}

TEST(where_somebody_came_from_is_kept)
{
	struct browse *b = walk_begin(cx, "st-helens");

	browse_get(b, "/r/poster");
	browse_expect(b, 200, "/", NULL);
	browse_follow(b, "Report it now");
	browse_fill(b, "category", "building");
	browse_send(b, "/report/category");
	browse_fill(b, "narrative", "No lock.");
	browse_send(b, NULL);
	walk_to(b, "/report/check");
	EXPECT_STR(walk_case(b, walk_send(b, NULL))->entry_point, S("poster"));
	browse_get(b, "/r/%3Cscript%3E");
	browse_expect(b, 404, NULL, NULL);
	browse_get(b, "/r");
	browse_expect(b, 200, "/", NULL);
	flow_end(b->flow);
}

TEST(kinds_are_found_by_words_that_people_use)
{
	struct browse *b = walk_begin(cx, "st-helens");

	browse_get(b, "/report/categories");
	browse_expect(b, 200, NULL, "Seen by or sent to the wrong person");
	browse_get(b, "/report/categories?q=ransom");
	browse_expect(b, 200, NULL, "A computer is acting oddly");
	EXPECT(!browse_sees(b, "A door, room or building"));
	EXPECT_STR(browse_value(b, "category"), S(""));
	browse_press(b, "/report/category", "malware");
	browse_expect(b, 200, "/report/narrative", "Do not turn it off");
	/* what is not among the first ten stays chosen when somebody goes back */
	browse_get(b, "/report/categories?q=hoax");
	browse_press(b, "/report/category", "chain_message");
	browse_get(b, "/report/category");
	EXPECT_STR(browse_value(b, "category"), S("chain_message"));
	flow_end(b->flow);
}

TEST(the_first_page_says_the_truth_about_the_phone)
{
	struct browse *b = walk_begin(cx, "st-helens");

	browse_get(b, "/");
	EXPECT(browse_sees(b, "01744 676525") && browse_sees(b, "Open now, until 17:30") &&
	    !browse_sees(b, "Nobody may read it"));
	flow_wait(b->flow, 9 * HOUR);
	browse_get(b, "/");
	EXPECT(browse_sees(b, "Closed now. Opens tomorrow 08:00") && browse_sees(b, "Nobody may read it until it opens"));
	flow_do(b->flow, S("local"), "settings", S(""),
	    "{\"set\":{\"on_call\":\"the duty manager\",\"everyday\":\"outage,defacement\"}}");
	browse_get(b, "/");
	EXPECT(browse_sees(b, "On call: the duty manager."));
	EXPECT(browse_sees(b, "Our web site was changed by somebody") && !browse_sees(b, "A computer is acting oddly"));
	flow_end(b->flow);
}
