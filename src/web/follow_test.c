#include "web/report_walk.h"

/* A message to the reporter by whoever holds that role. */
static void
team_writes(struct browse *b, struct str ref, const char *role, const char *kind, const char *words)
{
	struct cx *cx = b->cx;

	flow_do(b->flow, flow_sign_in(b->flow, role), "message", ref,
	    str_fmt(cx, "{\"kind\":\"%s\",\"words\":\"%s\"}", kind, words).p);
}

static struct browse *
follower(struct browse *b, struct str ref, struct str code)
{
	struct browse *f = walk_other(b);

	browse_get(f, "/follow");
	browse_fill(f, "ref", str_z(b->cx, str_lower(b->cx, ref)));
	browse_fill(f, "code", str_z(b->cx, str_lower(b->cx, code)));
	browse_send(f, "/follow");
	return f;
}

TEST(reference_and_code_open_one_report_and_nothing_else)
{
	struct browse *b = walk_begin(cx, "st-helens"), *f;
	struct str ref, code, other;

	walk_tell(b, "building", "The gate was open.");
	ref = walk_send(b, &code);
	f = walk_other(b);
	browse_get(f, "/follow/page");
	browse_expect(f, 200, "/follow", "Follow your report");
	browse_fill(f, "ref", "INC-26-AAAAA-A");
	browse_fill(f, "code", "short");
	browse_send(f, "/follow");
	browse_expect(f, 422, "/follow", "There is a problem");
	EXPECT(browse_has(f, "href=\"#ref\"") && browse_has(f, "href=\"#code\""));
	EXPECT_STR(browse_value(f, "ref"), S("INC-26-AAAAA-A"));
	browse_fill(f, "ref", str_z(cx, ref));
	browse_fill(f, "code", "ABCD-EFGH-JKMN-PQRS");
	browse_send(f, "/follow");
	browse_expect(f, 422, "/follow", "no report with this reference and code together");
	f = follower(b, ref, code);
	browse_expect(f, 200, "/follow/page", "The gate was open.");
	EXPECT(browse_sees(f, "You will hear from us by") && browse_sees(f, "Received"));
	EXPECT(str_find(f->at, code) < 0);
	/* another's report stays out of sight, whatever is asked */
	walk_tell(b, "building", "Somebody else's words.");
	other = walk_send(b, NULL);
	browse_get(f, str_fmt(cx, "/mine/%.*s", F(other)).p);
	browse_expect(f, 200, "/sign-in", NULL);
	browse_get(f, "/mine");
	browse_expect(f, 200, "/sign-in", NULL);
	browse_get(f, "/follow/page");
	browse_send(f, "/follow/leave");
	browse_expect(f, 200, "/", NULL);
	browse_get(f, "/follow/page");
	browse_expect(f, 200, "/follow", NULL);
	flow_end(b->flow);
}

TEST(reporter_and_team_talk_and_the_team_keeps_its_own_counsel)
{
	struct browse *b = walk_begin(cx, "st-helens"), *f;
	struct str ref, code;

	walk_tell(b, "malware", "It asks for money.");
	ref = walk_send(b, &code);
	f = follower(b, ref, code);
	browse_fill(f, "text", "It happened at ten.");
	browse_send(f, "/follow/add");
	browse_expect(f, 200, "/follow/page", "It happened at ten.");
	browse_send(f, "/follow/add");
	browse_expect(f, 422, "/follow/add", "Write something, or choose a file");
	flow_do(b->flow, flow_sign_in(b->flow, "internal_audit"), "note", ref,
	    "{\"words\":\"We suspect the reporter.\"}");
	team_writes(b, ref, "it_service_desk", "instruction", "Leave it on.");
	flow_do(b->flow, flow_sign_in(b->flow, "internal_audit"), "set_facts", ref,
	    "{\"set\":{\"offence_possible\":true,\"loss\":\"stolen\"}}");
	browse_get(f, "/follow/page");
	browse_expect(f, 200, NULL, "Leave it on.");
	EXPECT(browse_sees(f, "IT Service Desk") && browse_sees(f, "Please do this"));
	EXPECT(!browse_sees(f, "We suspect") && !browse_sees(f, "A it_service_desk") &&
	    !browse_sees(f, "Tell the police"));
	browse_send(f, "/follow/read");
	browse_expect(f, 200, NULL, "You read this");
	team_writes(b, ref, "it_service_desk", "proposal", "We come on Friday instead.");
	browse_get(f, "/follow/page");
	browse_press(f, "/follow/read", "disagree");
	browse_expect(f, 200, NULL, "You did not agree");
	browse_fill(f, "text", "Friday is too late.");
	browse_attach(f, "file", "photo.jpg", S("not a photo"));
	browse_send(f, "/follow/add");
	browse_expect(f, 200, "/follow/page", "Friday is too late.");
	EXPECT(browse_sees(f, "photo.jpg") && browse_sees(f, "11 bytes"));
	browse_again(f);
	browse_expect(f, 200, "/follow/page", "photo.jpg");
	browse_get(f, "/follow/receipt");
	browse_expect(f, 200, NULL, "It asks for money.");
	EXPECT(!browse_sees(f, code.p));
	flow_end(b->flow);
}

/* A message sent twice, with its file, is one message and one file. */
TEST(what_is_added_twice_is_there_once)
{
	struct browse *b = walk_begin(cx, "st-helens"), *f;
	struct row_attachments *files;
	struct row_timeline *rows;
	struct str ref, code;
	ptrdiff_t n, said = 0;

	walk_tell(b, "building", "The gate was open.");
	ref = walk_send(b, &code);
	f = follower(b, ref, code);
	browse_fill(f, "text", "And the door.");
	browse_attach(f, "file", "door.jpg", S("door"));
	browse_send(f, "/follow/add");
	browse_again(f);
	EXPECT_OK(sql_attachments(cx, b->flow->desk.db, flow_case(b->flow, ref), &files, &n));
	EXPECT(n == 1);
	EXPECT_OK(sql_timeline(cx, b->flow->desk.db, flow_case(b->flow, ref), INT64_MAX, 100, &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		said += str_eq(rows[i].words, S("And the door."));
	EXPECT(said == 1);
	flow_end(b->flow);
}

TEST(who_is_signed_in_finds_what_they_reported)
{
	struct browse *b = walk_begin(cx, "st-helens"), *other;
	struct str ref;

	browse_get(b, "/mine");
	EXPECT(!browse_sees(b, "My reports"));
	browse_as(b, flow_sign_in(b->flow, "rita"));
	browse_get(b, "/mine");
	browse_expect(b, 200, "/mine", "You have not reported anything");
	walk_tell(b, "building", "The gate was open.");
	ref = walk_send(b, NULL);
	browse_get(b, "/mine");
	browse_follow(b, "The gate was open");
	browse_expect(b, 200, str_fmt(cx, "/mine/%.*s", F(ref)).p, "Being dealt with");
	team_writes(b, ref, "internal_audit", "message", "Which gate?");
	browse_get(b, str_fmt(cx, "/mine/%.*s", F(ref)).p);
	browse_send(b, str_fmt(cx, "/mine/%.*s/read", F(ref)).p);
	browse_expect(b, 200, NULL, "You read this");
	browse_fill(b, "text", "The one at the back.");
	browse_send(b, str_fmt(cx, "/mine/%.*s/add", F(ref)).p);
	browse_expect(b, 200, NULL, "The one at the back.");
	browse_follow(b, "Your receipt");
	browse_expect(b, 200, NULL, "word for word");
	other = walk_other(b);
	browse_as(other, flow_sign_in(b->flow, "hr"));
	browse_get(other, str_fmt(cx, "/mine/%.*s", F(ref)).p);
	browse_expect(other, 404, NULL, NULL);
	flow_end(b->flow);
}

TEST(a_closed_report_says_so_kindly)
{
	struct browse *b = walk_begin(cx, "st-helens"), *f;
	struct str ref, code, audit = flow_sign_in(b->flow, "internal_audit");
	struct row_duties_of_case *rows;
	ptrdiff_t n;

	browse_get(b, "/ask");
	browse_fill(b, "question", "Is this normal?");
	browse_send(b, "/ask");
	ref = browse_class(b, "app-ref");
	code = browse_class(b, "app-code");
	flow_do(b->flow, audit, "triage", ref,
	    "{\"assessed\":\"not_security\",\"reasons\":\"A question\",\"next\":\"Answer it\"}");
	EXPECT_OK(sql_duties_of_case(cx, b->flow->desk.db, flow_case(b->flow, ref), &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		if (str_eq(rows[i].state, S("open")))
			flow_do(b->flow, audit, "duty_done", ref,
			    str_fmt(cx, "{\"duty\":\"%.*s\",\"how\":\"answered\"}", F(id_hex(cx, rows[i].duty_id))).p);
	flow_do(b->flow, audit, "close", ref, "{\"reason\":\"Answered\",\"to_reporter\":\"Yes, it is.\"}");
	f = follower(b, ref, code);
	browse_expect(f, 200, "/follow/page", "You did the right thing");
	EXPECT(browse_sees(f, "Yes, it is.") && browse_sees(f, "Closed"));
	flow_end(b->flow);
}

TEST(the_proof_comes_with_the_signature)
{
	struct browse *b = walk_begin(cx, "st-helens");
	struct str note, words;
	struct js *receipt;

	walk_tell(b, "building", "The gate was open.");
	walk_send(b, NULL);
	browse_get(b, "/report/proof");
	browse_expect(b, 503, NULL, "Try again in a minute");
	EXPECT_OK(desk_sign(cx, &b->flow->desk, &note));
	browse_get(b, "/report/proof");
	EXPECT(b->status == 200);
	EXPECT(str_starts(browse_head(b, "content-disposition"), S("attachment; filename=\"INC-26-")));
	EXPECT_OK(js_read(cx, b->page, &receipt));
	words = js_str(receipt, S("words"));
	EXPECT(str_find(words, S("The gate was open.")) > 0 && js_str(receipt, S("proof")).n > 100);
	flow_end(b->flow);
}

/* A report could not be sent with it, and by then nobody would know which file it was. */
TEST(a_file_whose_name_cannot_be_kept_is_refused_when_it_comes)
{
	struct browse *b = walk_begin(cx, "st-helens");
	char *name = NEW(cx, char, 302);

	memset(name, 'a', 301);
	walk_choose(b, "weak_spot");
	browse_get(b, "/report/files");
	browse_attach(b, "file", name, S("x"));
	browse_send(b, "/report/files");
	browse_expect(b, 400, "/report/files", "file: a file has a name that is too long: at most 300 characters.");
	browse_get(b, "/report/files");
	browse_attach(b, "file", "a\x02.txt", S("x"));
	browse_send(b, "/report/files");
	browse_expect(b, 400, "/report/files", "file: a file has a name with a control character in it");
	browse_get(b, "/report/files");
	browse_attach(b, "file", name + 1, S("x"));
	browse_send(b, "/report/files");
	browse_expect(b, 200, "/report/files", name + 1);
	flow_end(b->flow);
}
