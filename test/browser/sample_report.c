#include "test/browser/sample.h"

static const struct str examples[] = {
	S("An email or letter sent to the wrong person"),
	S("A lost phone, laptop, pass or paper file"),
	S("A message that looked like a scam – even if you clicked"),
	S("Someone looking at records they did not need"),
	S("A “near miss”, where nothing bad happened this time"),
};

static void
start(struct buf *b)
{
	struct page_start p = {
		.frame = frame_public("Report an incident"),
		.report_href = S("/report/category"), .follow_href = S("/follow"),
		.closed = t("The desk opens on Monday at 8am. You can still report: Internal Audit is told at once."),
		.examples = examples, .n_examples = (int)COUNT(examples),
	};

	page_start(b, &p);
}

static struct view_field
category(void)
{
	static struct view_option o[10];
	static const char *labels[][3] = {
		{ "wrong_recipient", "Information went to the wrong person",
			"Sent, posted, faxed, handed or read out to someone it was not meant for" },
		{ "lost", "Something was lost", "Device, paper, pass or memory stick" },
		{ "stolen", "Something was stolen", "" },
		{ "phishing", "A suspicious email, text or call", "Even if you clicked or replied" },
		{ "malware", "A virus or a strange computer", "A ransom message, pop-ups, files that changed" },
		{ "access", "Someone looked at what they should not", "" },
		{ "password", "A password or login was shared or exposed", "" },
		{ "disposal", "Confidential paper was not disposed of properly", "" },
		{ "something_else", "Something else", "" },
		{ "not_sure", "I’m not sure", "We will work it out with you" },
	};

	for (int i = 0; i < 10; i++)
		o[i] = (struct view_option){ .value = str_of(labels[i][0]), .label = t(labels[i][1]), .hint = t(labels[i][2]),
			.apart = i == 8 };
	return (struct view_field){ .kind = FIELD_RADIOS, .name = S("category"), .label = S("What happened?"),
		.heading = true,
		.hint = S("Pick the closest one. If you choose the wrong one, we will put it right."), .options = o,
			.n_options = 10 };
}

static void
choose(struct buf *b)
{
	struct page_choose p = { .frame = frame_public("What happened?"), .form = form("/report/category"),
		.progress = { 1, 8, 12 }, .category = category(), .more_href = S("/report/categories") };

	p.frame.back_href = S("/");
	p.form.keep = (struct view_pair[]){ { S("draft"), S("d-17") } };
	p.form.n_keep = 1;
	page_choose(b, &p);
}

static void
choose_wrong(struct buf *b)
{
	struct page_choose p = { .frame = frame_public("What happened?"), .form = form("/report/category"),
		.progress = { 1, 8, 12 }, .category = category(), .more_href = S("/report/categories") };

	p.frame.faults = (struct view_fault[]){ { S("category"),
		S("Choose what happened. If none fits, choose ‘Something else’") } };
	p.frame.n_faults = 1;
	p.category.error = p.frame.faults[0].words;
	page_choose(b, &p);
}

static void
categories(struct buf *b)
{
	struct view_category paper[] = { { S("fax"), t("A fax to the wrong number"), t("") },
		{ S("desk"), t("Papers left on a desk, printer or train"), t("Even if you found them again") } };
	struct view_category tech[] = { { S("chain"), t("A chain letter or false virus warning"), t("Do not forward it") },
		{ S("login"), t("Someone used another person’s login"), t("") } };
	struct view_group groups[] = { { t("Information seen or sent"), paper, 2 }, { t("Computers and accounts"),
		tech, 2 } };
	struct page_categories p = { .frame = frame_public("Kinds of incident"), .form = form("/report/category"),
		.search_action = S("/report/categories"), .keep_search = { S("draft"), S("d-17") }, .words = t("fax"),
			.none = true,
		.groups = groups, .n_groups = 2 };

	p.frame.back_href = S("/report/category");
	page_categories(b, &p);
}

static void
narrative(struct buf *b)
{
	struct view_field f = { .kind = FIELD_AREA, .name = S("narrative"),
		.label = S("Tell us what happened, in your own words"),
		.hint = S("What happened, where, and what you noticed. A few sentences are enough."), .heading = true, .rows = 8,
		.limit = 20000, .value = t("I sent the placements list to the wrong Morgan.\nShe phoned to say so.") };
	struct page_question p = { .frame = frame_public("What happened, in your own words"),
		.form = form("/report/narrative"),
		.progress = { 3, 8, 38 }, .warning = t("Do not write the names or details of people affected, and no passwords."),
		.fields = &f, .n_fields = 1, .details_title = S("I am not sure what matters"),
		.details = (struct str[]){ S("Write what you saw. We will ask if we need more.") }, .n_details = 1 };

	p.frame.back_href = S("/report/category");
	page_question(b, &p);
}

static const struct view_option yes_no_unsure[] = {
	{ .value = S("yes"), .label = S("Yes") }, { .value = S("no"), .label = S("No") },
	{ .value = S("unsure"), .label = S("Not sure"), .apart = true, .checked = true },
};

/* Each kind of field once, each with an error. */
static void
fields(struct buf *b)
{
	struct view_option forms[] = { { .value = S("paper"), .label = t("Paper") },
		{ .value = S("email"), .label = t("Email or message"), .hint = t("Text messages and chats too"),
			.checked = true },
		{ .value = S("none"), .label = t("None of these"), .apart = true, .alone = true } };
	struct view_field f[] = {
		{ .kind = FIELD_RADIOS, .name = S("people"), .label = t("Is information about people involved?"),
		  .options = yes_no_unsure, .n_options = 3, .in_line = true },
		{ .kind = FIELD_CHECKS, .name = S("forms"), .label = t("What kind of information is it?"),
			.hint = t("Choose all that apply"),
		  .options = forms, .n_options = 3, .error = t("Choose what it was") },
		{ .kind = FIELD_DATE, .name = S("occurred"), .label = t("When did it happen?"),
			.hint = t("For example 20 11 2026"),
		  .day = t("20"), .month = t("11"), .error = t("Say which year") },
		{ .kind = FIELD_DATE_TIME, .name = S("noticed"), .label = t("When did you notice?"), .day = S("20"),
			.month = S("11"),
		  .year = S("2026"), .value = S("9:14") },
		{ .kind = FIELD_NUMBER, .name = S("people_affected"), .label = t("About how many people?"), .width = 5,
			.suffix = S("people"),
		  .is_optional = true, .value = t("many"), .error = t("Write a number") },
		{ .kind = FIELD_EMAIL, .name = S("email"), .label = t("Your email address"), .autocomplete = S("email"),
			.value = t("alex@") },
		{ .kind = FIELD_PHONE, .name = S("phone"), .label = t("Your phone number"), .autocomplete = S("tel"),
			.width = 20 },
		{ .kind = FIELD_SELECT, .name = S("department"), .label = t("Your department"), .options = yes_no_unsure,
			.n_options = 3,
		  .hint = t("Where you work"), .error = t("Choose one") },
		{ .kind = FIELD_AREA, .name = S("more"), .label = t("Anything else"), .error = t("Too long"), .limit = 200 },
		{ .kind = FIELD_TEXT, .name = S("manager"), .label = t("Who is your line manager?"), .autocomplete = S("off") },
		{ .kind = FIELD_TIME, .name = S("time"), .label = t("At what time?"), .width = 5 },
		{ .kind = FIELD_SEARCH, .name = S("search"), .label = t("Find") },
		{ .kind = FIELD_FILE, .name = S("photo"), .label = t("A photo"), .error = t("Too big") },
		{ .kind = FIELD_NEW_PASSWORD, .name = S("password"), .label = t("New password"),
			.hint = t("At least 12 characters") },
	};
	struct page_question p = { .frame = frame_public("Questions"), .form = form("/report/questions"),
		.progress = { 4, 8, 50 },
		.heading = t("About the information"), .text = (struct str[]){ t("Answer what you can.") }, .n_text = 1,
		.inset = t("Not knowing is an answer too."), .fields = f, .n_fields = (int)COUNT(f),
			.skip = { S("Skip these questions"), S("/report/when") } };

	p.frame.faults = (struct view_fault[]){ { S("forms"), t("Choose what it was") }, { S("occurred"),
		t("Say which year") },
		{ S(""), t("Something without a field") } };
	p.frame.n_faults = 3;
	page_question(b, &p);
}

static void
weakness(struct buf *b)
{
	struct page_question p = { .frame = frame_public("Before you go on"), .form = form("/report/weakness"),
		.heading = S("Leave the weakness as it is"),
		.warning = S("Do not try to prove a weakness. Testing it may be treated as misuse."),
		.text = (struct str[]){ S("Tell us what you saw. The people who look after the system test it safely.") },
			.n_text = 1 };

	page_question(b, &p);
}

static void
files(struct buf *b)
{
	struct view_file f[] = { { .id = S("f1"), .name = t("screenshot.png"), .meta = t("88 KB"),
		.remove = form("/report/files/f1/remove") } };
	struct page_files p = { .frame = frame_public("Photos or files"), .form = form("/report/files"),
		.progress = { 7, 8, 88 },
		LIST(files, f), .limit = S("Up to 10 files, 25 MB each"), .go_on = form("/report/files/next") };

	page_files(b, &p);
}

static void
check(struct buf *b)
{
	struct str lines[] = { t("She phoned to say so."), t("She says she deleted it.") };
	struct view_row what[] = {
		{ .key = S("What happened"), .value = t("Information went to the wrong person"),
			.change = S("/report/category") },
		{ .key = S("In your words"), .value = t("I sent the placements list to the wrong Morgan."), LIST(more, lines),
		  .change = S("/report/narrative"), .what = S("what happened in your own words") },
	};
	struct view_row who[] = { { .key = S("Your name"), .value = t("Alex Morgan"), .change = S("/report/you") },
		{ .key = S("Line manager"), .value = t("Jo Hartley"), .change = S("/report/manager") } };
	struct view_summary cards[] = { { S("What happened"), what, 2 }, { S("About you"), who, 2 } };
	struct page_check p = { .frame = frame_public("Check your answers"), .form = form("/report/check"), LIST(cards,
		cards),
		.told = t("Your line manager and Internal Audit will be told.") };

	p.frame.back_href = S("/report/files");
	page_check(b, &p);
}

static void
done(struct buf *b)
{
	struct str ask[] = { t("Ask the person to delete it, not to open it, and to tell you when that is done."),
		t("Keep the original.") };
	struct view_card cards[] = { { t("Ask for it back"), ask, 2 } };
	struct view_step next[] = { { t("Your line manager and Internal Audit are told now"), t("by 9:20 today") },
		{ t("Somebody reads your report"), t("within 30 minutes") }, { t("We tell you how it goes"),
			t("by Monday 8am at the latest") } };
	struct page_done p = { .frame = frame_public("Report received"), .ref = S("INC-26-7K4M9-Q"),
		.code = S("9XQ4-7T2M-K0HB-33VD"),
		.seal = S("2QWXK M7RTA 9BCDE F0123"), .sent = { S("2026-11-20T09:14:00Z"),
			S("Friday 20 November 2026 at 9:14am") },
		.email = t("alex.morgan@exampleshire.example"), LIST(cards, cards), LIST(next, next),
			.receipt_href = S("/follow/receipt"),
		.proof_href = S("/follow/proof"), .follow_href = S("/follow"), .again_href = S("/report") };

	page_done(b, &p);
}

static void
receipt(struct buf *b)
{
	struct view_row rows[] = { { .key = S("What happened"), .value = t("Information went to the wrong person") },
		{ .key = S("In your words"),
			.value = t("I sent the placements list to the wrong Morgan.\nShe phoned to say so.") } };
	struct page_receipt p = { .frame = frame_public("Receipt"), .ref = S("INC-26-7K4M9-Q"),
		.code = S("9XQ4-7T2M-K0HB-33VD"),
		.seal = S("2QWXK M7RTA 9BCDE F0123"),
			.said = S("bb6af50df5264c2d5e5e19c61809d0b754c28f130ffb23983f20fbcbf2ad695a"),
		.sent = { S("2026-11-20T09:14:00Z"), S("Friday 20 November 2026 at 9:14am") }, .entry = 4711, LIST(rows, rows),
		.proof_href = S("/follow/proof") };

	page_receipt(b, &p);
}

static void
follow_in(struct buf *b)
{
	struct page_follow_in p = { .frame = frame_public("Follow your report"), .form = form("/follow"),
		.ref = { .name = S("ref"), .label = S("Reference"), .hint = S("For example INC-26-7K4M9-Q"), .width = 20,
			.value = t("INC-26-7K4M9"),
		  .error = t("The reference has one character too few") },
		.code = { .name = S("code"), .label = S("Code"), .width = 20, .autocomplete = S("off") } };

	p.frame.faults = (struct view_fault[]){ { S("ref"), p.ref.error } };
	p.frame.n_faults = 1;
	page_follow_in(b, &p);
}

static void
follow(struct buf *b)
{
	struct view_stage stages[] = { { t("Received"), t("20 Nov, 9:14am"), true, false }, { t("Being looked at"),
		t("since 9:26am"), false, true },
		{ t("Put right"), t(""), false, false }, { t("Closed"), t(""), false, false } };
	struct view_message messages[] = {
		{ .id = S("m1"), .who = t("IT Service Desk"),
			.text = t("Leave the laptop on and disconnect it from the network.\nWe are on our way."),
		  .at = { S("2026-11-20T09:30:00Z"), S("today 9:30am") }, .instruction = true,
			.acknowledge = form("/follow/read/m1") },
		{ .id = S("m2"), .who = t("You"), .text = t("Done."), .at = { S("2026-11-20T09:34:00Z"), S("today 9:34am") },
			.ours = true },
		{ .id = S("m3"), .who = t("IT Service Desk"), .text = t("Change your password now."), .instruction = true,
		  .at = { S("2026-11-20T09:40:00Z"), S("today 9:40am") }, .read = S("You read this today at 9:41am") },
	};
	struct view_file f[] = { { .id = S("f1"), .name = t("screenshot.png"), .meta = t("88 KB · added 9:14am") } };
	struct view_row rows[] = { { .key = S("What happened"), .value = t("A virus or a strange computer") } };
	struct page_follow p = { .frame = frame_public("Your report"), .ref = S("INC-26-7K4M9-Q"),
		.title = t("A virus or a strange computer"),
		.state = { S("Being looked at"), S("yellow") },
			.plain = t("IT is dealing with it. You will hear from us by 5:30pm today."),
		LIST(stages, stages), LIST(messages, messages), .add = form("/follow/add"),
		.text = { .kind = FIELD_AREA, .name = S("text"), .label = S("Add to your report, or answer"), .rows = 4 },
			LIST(files, f), LIST(rows, rows),
		.receipt_href = S("/follow/receipt"), .leave = form("/follow/leave") };

	page_follow(b, &p);
}

const struct sample samples_report[] = {
	{ "start", start }, { "choose", choose }, { "choose-wrong", choose_wrong }, { "categories", categories },
		{ "narrative", narrative },
	{ "fields", fields }, { "weakness", weakness }, { "files", files }, { "check", check }, { "done", done },
		{ "receipt", receipt },
	{ "follow-in", follow_in }, { "follow", follow }, { NULL, NULL },
};
