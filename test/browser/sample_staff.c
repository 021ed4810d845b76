#include "test/browser/sample.h"

static const struct view_clock clocks[] = {
	{ CLOCK_OVER, S("2h 10m overdue"), S("ICO 72h · was due 08:31"), S("2026-11-20T08:31:00Z"), 0 },
	{ CLOCK_URGENT, S("5h 20m left"), S("ICO 72h · due today 16:01"), S("2026-11-20T16:01:00Z"), 7 },
	{ CLOCK_SOON, S("19h left"), S("ICO 72h · due Sun 05:40"), S("2026-11-22T05:40:00Z"), 26 },
	{ CLOCK_ON, S("69h left"), S("ICO 72h · due Tue 07:50"), S("2026-11-24T07:50:00Z"), 96 },
	{ CLOCK_PAUSED, S("Paused"), S("Service level · waits for the reporter"), S(""), 0 },
	{ CLOCK_MET, S("ICO told in 31h"), S("Sent 14 Nov 16:20"), S(""), 0 },
	{ CLOCK_UNKNOWN, S("No due time yet"), S("Counts from when we were aware"), S(""), 0 },
	{ 0 },
};

static const struct view_option severities[] = {
	{ .value = S("4"), .label = S("Critical"), .hint = S("1"), .checked = true }, { .value = S("3"),
		.label = S("High"), .hint = S("5"), .checked = true },
	{ .value = S("2"), .label = S("Medium"), .hint = S("14") }, { .value = S("1"), .label = S("Low"),
		.hint = S("18") },
};
static const struct view_option states[] = {
	{ .value = S("new"), .label = S("New"), .hint = S("4") }, { .value = S("assessing"), .label = S("Assessing"),
		.hint = S("9") },
	{ .value = S("containing"), .label = S("Containing"), .hint = S("7") }, { .value = S("reviewing"),
		.label = S("Reviewing"), .hint = S("13") },
};

static struct page_queue
queue_page(void)
{
	static const struct view_tab tabs[] = { { S("Clocks"), S("/queue?view=clocks"), S("5"), true, true },
		{ S("New"), S("/queue?view=new"), S("4"), false, false }, { S("All open"), S("/queue?view=open"), S("38"),
			false, false },
		{ S("Waiting on others"), S("/queue?view=waiting"), S("9"), false, false },
		{ S("Near misses"), S("/queue?view=near"), S("17"), false, false }, { S("Closed"), S("/queue?view=closed"),
			S("1,000+"), false, false } };
	static const struct view_chip chips[] = { { S("Severity: Critical"), S("/queue?severity=3") },
		{ S("Severity: High"), S("/queue?severity=4") } };
	static const struct view_filter filters[] = { { S("Severity"), S("severity"), severities, 4 }, { S("Status"),
		S("state"), states, 4 } };
	static const struct view_column columns[] = { { S("Case"), S("/queue?by=ref"), false, false }, { S("Clock"),
		S("/queue?by=-due"), true, false },
		{ S("Severity"), S("/queue?by=severity"), false, false }, { S("Status"), S(""), false, false }, { S("Owner"),
			S(""), false, false },
		{ S("Reported"), S("/queue?by=reported"), false, false } };
	static const struct view_option bulk[] = { { .value = S("mine"), .label = S("Assign to me") },
		{ .value = S("assign"), .label = S("Assign to someone…") },
		{ .value = S("export"), .label = S("Download (CSV)") } };

	return (struct page_queue){ .frame = frame_staff("Cases", "Queue"), .heading = S("Cases"),
		.updated = { S("2026-11-20T10:41:00Z"), S("Updated 10:41") }, .log_href = S("/log"), .action = S("/queue"),
			.clear_href = S("/queue"),
		.keep = { S("view"), S("clocks") }, .tabs = tabs, .n_tabs = 6, .words = t("laptop"), .filters = filters,
			.n_filters = 2, .chips = chips,
		.n_chips = 2, .columns = columns, .n_columns = 6, .caption = S("Open cases, clock soonest first"),
			.bulk = form("/queue/do"),
		.bulk_do = bulk, .n_bulk_do = 3, .empty = S("Nothing waits for you.") };
}

static void
queue(struct buf *b)
{
	struct view_case rows[] = {
		{ .ref = S("INC-26-K4020-R"), .title = t("Ransom message on planning file server"),
			.meta = t("Malware · Planning"), .severity = { 4, S("Critical") },
		  .state = { S("Containing"), S("orange") }, .owner = { t("Dana Whitfield"), S("DW"), false }, .hot = true },
		{ .ref = S("INC-26-K4097-A"), .title = t("Court list with protected address published online"),
			.meta = t("Wrong disclosure · Registrars"),
		  .severity = { 3, S("High") }, .state = { S("Assessing"), S("yellow") }, .owner = { t("Priya Nair"), S("PN"),
			false }, .hot = true },
		{ .ref = S("INC-26-K4133-C"), .title = t("Laptop stolen from car, not encrypted"),
			.meta = t("Lost or stolen · Housing"), .severity = { 3, S("High") },
		  .state = { S("Assessing"), S("yellow") }, .owner = { t("Sam Okafor"), S("SO"), true } },
		{ .ref = S("INC-26-K4188-D"), .title = t("Password given to caller claiming to be IT"),
			.meta = t("Phishing · Revenues and benefits"),
		  .severity = { 2, S("Medium") }, .state = { S("New"), S("light-blue") } },
		{ .ref = S("INC-26-K4111-E"), .title = t("Care record opened without a work reason"),
			.meta = t("Misuse of access · Adult social care"),
		  .severity = { 3, S("High") }, .state = { S("Assessing"), S("yellow") }, .owner = { t("Lee Chan"), S("LC"),
			false } },
		{ .ref = S("INC-26-K3952-F"), .title = t("Benefit letters put in wrong envelopes (34 homes)"),
			.meta = t("Wrong recipient · Revenues and benefits"),
		  .severity = { 1, S("Low") }, .state = { S("Reviewing"), S("purple") }, .owner = { t("Priya Nair"), S("PN"),
			false } },
		{ .ref = S("INC-26-K3950-G"), .title = S("INC-26-K3950-G"), .meta = S("Restricted"),
			.state = { S("Assessing"), S("yellow") } },
	};
	struct page_queue p = queue_page();

	for (int i = 0; i < (int)COUNT(rows); i++) {
		rows[i].clock = clocks[i];
		rows[i].href = S("/cases/INC-26-K4020-R");
		rows[i].reported = (struct view_time){ S("2026-11-20T07:41:00Z"), S("3 hours ago") };
	}
	p.rows = rows;
	p.n_rows = (int)COUNT(rows);
	p.pages = (struct view_pages){ S("/queue?before=x"), S("/queue?after=y") };
	p.note = S("Only the newest 1,000 cases with these words were looked through: the next page goes on from there.");
	page_queue(b, &p);
}

static void
queue_empty(struct buf *b)
{
	struct page_queue p = queue_page();

	p.n_chips = 0;
	page_queue(b, &p);
}

static struct view_duty
duty(const char *id, const char *title, const char *hint, struct view_tag tag, struct view_clock clock)
{
	static struct view_action actions[3];
	static struct str steps[2];

	actions[0] = (struct view_action){ .text = S("Done"), .form = form("/cases/x/duty/done"), .primary = true };
	actions[1] = (struct view_action){ .text = S("Hand over"), .href = S("/cases/x/duty/hand") };
	actions[2] = (struct view_action){ .text = S("Not needed, because …"), .href = S("/cases/x/duty/not") };
	steps[0] = t("Aware on Fri 20 Nov 2026, 09:12");
	steps[1] = t("72 hours later, counted without a break: Mon 23 Nov 2026, 09:12");
	return (struct view_duty){ .id = str_of(id), .title = t(title), .hint = t(hint), .href = S("/cases/x/duty"),
		.tag = tag, .clock = clock,
		.clause = S("5-5"), .clause_title = t("The Data Protection Officer notifies the regulator"),
			.because = t("Personal data: yes, set by Priya Nair today 10:22"),
		LIST(steps, steps), LIST(actions, actions) };
}

static const struct view_row card_rows[] = { { .key = S("Aware"), .value = S("Fri 20 Nov 2026, 09:12") },
	{ .key = S("Send by"), .value = S("Mon 23 Nov 2026, 09:12") }, { .key = S("Decision"),
		.value = S("Not made yet") } };
static const struct view_clockcard card = { .label = S("72-hour clock: tell the ICO"),
	.words = S("46h 31m left"), .state = CLOCK_SOON,
	.due = S("2026-11-23T09:12:00Z"), .gone = 35, .rows = card_rows, .n_rows = 3,
	.why = { S("Explain this due time"), S("/cases/x/duty/why") } };

static void
case_(struct buf *b)
{
	struct view_tag tags[] = { { S("Containing"), S("orange") }, { S("Personal data breach"), S("red") },
		{ S("Children"), S("purple") } };
	struct view_action actions[] = { { .text = S("Add an update"), .href = S("#note"), .primary = true },
		{ .text = S("Change status"), .href = S("/cases/x/status") },
		{ .text = S("Assign"), .href = S("/cases/x/assign") }, { .text = S("Take it"), .form = form("/cases/x/take") } };
	struct view_tab tabs[] = { { S("Duties"), S("#duties"), S("5"), false, true }, { S("What was reported"),
		S("#said"), S(""), false, false },
		{ S("Facts"), S("#facts"), S("4"), false, false }, { S("Messages"), S("#messages"), S("2"), false, false },
		{ S("Files"), S("#files"), S("2"), false, false }, { S("Timeline"), S("#timeline"), S("23"), false, false } };
	struct view_duty duties[] = {
		duty("d1", "Get written confirmation that the email was deleted", "Sam Okafor · containment",
			(struct view_tag){ .colour = S("") }, clocks[1]),
		duty("d2", "Prepare the notification to the regulator", "Priya Nair (DPO) · clause 5-5",
			(struct view_tag){ .colour = S("") }, clocks[2]),
		duty("d3", "Tell the people affected, or record why not", "Priya Nair (DPO)",
			(struct view_tag){ S("Cannot start yet"), S("") }, clocks[7]),
		duty("d4", "Tell the line manager", "Jo Hartley · clause 4.2-1", (struct view_tag){ S("Done"), S("green") },
			clocks[7]),
	};
	struct view_duty withheld[] = { { .title = t("Line manager"), .because = t("involved in the incident"),
		.clause = S("4.2-1") } };
	struct view_row said[] = { { .key = S("What happened"),
		.value = t("A spreadsheet of foster placements was emailed to a parent.\nThe parent replied at 09:12.") },
		{ .key = S("People affected"), .value = t("About 212 (148 children, 64 carers)") } };
	struct view_fact facts[] = { { S("personal_data"), t("Personal data"), t("Yes"), t("Priya Nair, today 10:22"),
		S("/cases/x/facts/personal_data") },
		{ S("forms"), t("Form"), t("Email"), t("follows from the category"), S("/cases/x/facts/forms") },
		{ S("recovered"), t("Got back"), t("Partly"), t("Sam Okafor, today 09:40"), S("") } };
	struct view_message messages[] = { { .id = S("m1"), .who = t("Alex Morgan"),
		.text = t("The parent has phoned me."), .at = { S("2026-11-20T10:22:00Z"), S("today 10:22") } },
		{ .id = S("m2"), .who = t("IT Service Desk"), .text = t("Do not forward it."),
			.at = { S("2026-11-20T10:32:00Z"), S("today 10:32") }, .ours = true,
		  .instruction = true, .read = S("Read by Alex Morgan, today 10:40") } };
	struct view_file files[] = { { .id = S("f1"), .name = t("sent-email.eml"),
		.meta = t("88 KB · given by Alex Morgan, Fri 20 Nov 09:14"), .fetch = form("/case/x/file/f1"),
		.hash = S("9f2c41d7…e07b15aa") } };
	struct view_option to[] = { { .value = S("note"), .label = S("Note for the team"), .checked = true },
		{ .value = S("message"), .label = S("Message to the reporter") },
		{ .value = S("instruction"), .label = S("Instruction from IT") }, { .value = S("decision"),
			.label = S("Decision, with reason") } };
	struct view_entry entries[] = {
		{ .n = 23, .who = t("Alex Morgan"), .what = t("replied to the team"), .at = { S("2026-11-20T10:22:00Z"),
			S("today 10:22") }, .reporter = true,
		  .text = t("The parent has phoned me. She says she deleted it and did not forward it. She is upset."),
			.seal = S("c41e…9a02"), .icon = ENTRY_MESSAGE },
		{ .n = 19, .who = t("Priya Nair"), .what = t("recorded a decision: awareness starts Fri 20 Nov 09:12"),
			.at = { S("2026-11-20T09:20:00Z"), S("yesterday 11:20") },
		  .text = t("The reporter knew with reasonable certainty when the parent replied."),
			.reason = t("Because of clause 5-5"), .seal = S("77d0…41bf"), .icon = ENTRY_FLAG, .law = true },
		{ .n = 9, .who = t("Tocsin"), .what = t("started the 72-hour clock, due Mon 23 Nov 09:12"),
			.at = { S("2026-11-20T09:13:00Z"), S("yesterday 09:33") }, .seal = S("1b90…c3d8"),
		  .icon = ENTRY_CLOCK },
		{ .n = 6, .who = t("Dana Whitfield"), .what = t("assigned this to Sam Okafor"),
			.at = { S("2026-11-20T09:13:00Z"), S("yesterday 09:29") }, .icon = ENTRY_PERSON },
		{ .n = 5, .who = t("Dana Whitfield"), .what = t("did a duty"), .at = { S("2026-11-20T09:13:00Z"),
			S("yesterday 09:28") }, .icon = ENTRY_DUTY },
		{ .n = 4, .who = t("Alex Morgan"), .what = t("added a file"), .at = { S("2026-11-20T09:13:00Z"),
			S("yesterday 09:27") }, .icon = ENTRY_FILE },
		{ .n = 3, .who = t("Lee Chan"), .what = t("read this case"), .at = { S("2026-11-20T09:13:00Z"),
			S("yesterday 09:26") }, .icon = ENTRY_READ },
		{ .n = 1, .who = t("Alex Morgan"), .what = t("reported this"), .at = { S("2026-11-20T09:14:00Z"),
			S("yesterday 09:14") }, .seal = S("5d3c…88e1") },
	};
	struct view_row key[] = { { .key = S("Owner"), .value = t("Sam Okafor (you)"),
		.change = S("/cases/x/assign") }, { .key = S("Reporter"), .value = t("Alex Morgan, confidential") },
		{ .key = S("Department"), .value = t("Children’s services") } };
	struct view_link linked[] = { { t("INC-26-K0398-B same mailing list, Sept"), S("/cases/INC-26-K0398-B") } };
	struct page_case p = { .frame = frame_staff("Foster placement list emailed to a parent", "Queue"),
		.ref = S("INC-26-K4170-X"), .category = t("Wrong recipient"),
		.title = t("Foster placement list emailed to a parent"), .severity = { 3, S("High") }, LIST(tags, tags),
			LIST(actions, actions), LIST(tabs, tabs),
		.triage = { .text = S("Decide"), .href = S("/cases/x/triage"), .primary = true },
			.triage_text = t("Nobody has decided yet whether this is an incident."),
		.duties_note = S("1 of 4 done · next is due today at 17:00"), LIST(duties, duties), LIST(withheld, withheld),
			LIST(said, said),
		.said_note = t("by Alex Morgan, Fri 20 Nov 2026 09:14"), .facts_note = S("3 known"), LIST(facts, facts),
			.facts_href = S("/cases/x/facts"),
		LIST(messages, messages), LIST(files, files), .attach = form("/cases/x/files"),
			.attach_limit = S("Up to 25 MB each"), .compose = form("/cases/x/notes"),
		LIST(compose_to, to), .compose_text = { .kind = FIELD_AREA, .name = S("text"), .label = S("Add an update"),
			.rows = 3 }, LIST(entries, entries),
		.older_href = S("/cases/x?before=1"), .clocks = &card, .n_clocks = 1,
			.alert = { .text = S("Tell the reporter"), .href = S("/cases/x/alert") },
		.alert_text = t("The promised answer by 17:30 cannot be kept."), LIST(key, key), LIST(linked, linked),
			.integrity = S("23 entries, chain intact"),
		.integrity_href = S("/cases/x/verify") };

	p.frame.back_href = S("/queue?view=clocks");
	p.frame.back_text = S("Clocks");
	p.frame.banner = S("The note stands in the timeline.");
	page_case(b, &p);
}

static void
stub(struct buf *b)
{
	struct view_duty duties[] = { duty("d1", "Make business continuity arrangements",
		"Housing management team · clause 4.3-6", (struct view_tag){ .colour = S("") }, clocks[1]) };
	struct view_tag tags[] = { { S("Containing"), S("orange") } };
	struct page_stub p = { .frame = frame_staff("INC-26-K4170-X", "Queue"), .ref = S("INC-26-K4170-X"),
		.why = t("You have something to do here, but only Internal Audit may read it. Ask Priya Nair."), LIST(tags, tags),
		LIST(duties, duties), .clocks = &card, .n_clocks = 1 };

	page_stub(b, &p);
}

static void
work(struct buf *b)
{
	struct view_work over[] = { { t("Prepare the notification to the regulator"), S("/cases/x#d2"),
		S("INC-26-K4020-R"), t("clause 5-5"), clocks[0], { S(""), S("") } } };
	struct view_work today[] = { { t("Read this report"), S("/cases/y#d1"), S("INC-26-K4097-A"), t("clause 4.2-2"),
		clocks[1], { S(""), S("") } },
		{ t("Agree the notification"), S("/cases/y#d4"), S("INC-26-K4097-A"), t("clause 5-5"), clocks[7],
			{ S("Waits for you"), S("yellow") } } };
	struct view_works groups[] = { { S("Overdue"), over, 1 }, { S("Today"), today, 2 } };
	struct page_work p = { .frame = frame_staff("My work", "My work"), .note = S("3 things"), LIST(groups, groups),
		.pages = { .next = S("/work?after=x") } };

	page_work(b, &p);
}

static void
work_empty(struct buf *b)
{
	struct page_work p = { .frame = frame_staff("My work", "My work"), .empty = S("Nothing waits for you.") };

	page_work(b, &p);
}

static void
triage(struct buf *b)
{
	struct view_option is[] = { { .value = S("incident"), .label = S("An incident"),
		.hint = S("Something happened that harmed information or could have") },
		{ .value = S("weakness"), .label = S("A weakness"), .hint = S("It could happen") }, { .value = S("near_miss"),
			.label = S("A near miss") },
		{ .value = S("not_security"), .label = S("Not about information security"), .apart = true } };
	struct view_field f[] = { { .kind = FIELD_RADIOS, .name = S("assessed"), .label = S("This is"), .options = is,
		.n_options = 4, .small = true },
		{ .kind = FIELD_AREA, .name = S("reason"), .label = S("Because"),
			.hint = S("One sentence is enough. It stays on the record."), .rows = 3, .error = t("Say why") } };
	struct view_row rows[] = { { .key = S("Reported as"), .value = t("Information went to the wrong person") } };
	struct page_form p = { .frame = frame_staff("Decide what this is", "Queue"), .form = form("/cases/x/triage"),
		.above = S("INC-26-K4170-X"),
		.heading = S("Decide what this is"), LIST(rows, rows), LIST(fields, f),
			.inset = t("Changing this later is possible and stays on the record."),
		.warning = t("Duties begin when you save."), .button = S("Record the decision"), .cancel = { S(""),
			S("/cases/x") } };

	p.frame.faults = (struct view_fault[]){ { S("reason"), t("Say why") } };
	p.frame.n_faults = 1;
	page_form(b, &p);
}

static void
log_call(struct buf *b)
{
	struct view_option by[] = { { .value = S("phone"), .label = S("Phone") }, { .value = S("person"),
		.label = S("In person") }, { .value = S("email"), .label = S("Email") } };
	struct view_field who[] = { { .name = S("name"), .label = S("Name of the caller"), .is_optional = true },
		{ .kind = FIELD_RADIOS, .name = S("channel"), .label = S("How they told us"),
		.options = by, .n_options = 3, .in_line = true, .small = true }, { .kind = FIELD_DATE_TIME,
			.name = S("reported"), .label = S("When they told us") } };
	struct view_field what[] = { { .kind = FIELD_SELECT, .name = S("category"), .label = S("What happened"),
		.options = by, .n_options = 3 },
		{ .kind = FIELD_AREA, .name = S("narrative"), .label = S("In their words"), .rows = 6 } };
	struct view_section sections[] = { { S("who"), S("The caller"), S(""), who, 3 }, { S("what"),
		S("What happened"), t("Write what they say, not what you think."), what, 2 } };
	struct page_form p = { .frame = frame_staff("Log a report for a caller", "Queue"), .form = form("/log"),
		.heading = S("Log a report for a caller"),
		LIST(sections, sections), .button = S("Record the report"), .multipart = true, .cancel = { S("Cancel"),
			S("/queue") } };

	page_form(b, &p);
}

static void
message(struct buf *b)
{
	struct str text[] = { t("If we know that address, a link is on its way to it. It works once, for 15 minutes.") };
	struct view_link links[] = { { S("Back to signing in"), S("/sign-in") } };
	struct page_message p = { .frame = frame_public("Look at your email"), .heading = S("Look at your email"),
		LIST(text, text), .form = form("/link"),
		.button = S("Continue to sign in"), LIST(links, links) };

	page_message(b, &p);
}

static void
sign_in(struct buf *b)
{
	struct page_sign_in p = { .frame = frame_public("Sign in"), .form = form("/sign-in"),
		.link_action = S("/sign-in/link"),
		.user = { .kind = FIELD_EMAIL, .name = S("user"), .label = S("Email address"), .autocomplete = S("username"),
			.value = t("sam.okafor@exampleshire.example") },
		.password = { .kind = FIELD_PASSWORD, .name = S("password"), .label = S("Password"),
			.error = S("Email address or password is wrong") } };

	p.frame.faults = (struct view_fault[]){ { S("password"), S("Email address or password is wrong") } };
	p.frame.n_faults = 1;
	page_sign_in(b, &p);
}

static void
password(struct buf *b)
{
	struct page_password p = { .frame = frame_public("Set your password"), .form = form("/password"), .asks_old = true,
		.old = { .kind = FIELD_PASSWORD, .name = S("old"), .label = S("Your password until now") },
		.password = { .kind = FIELD_NEW_PASSWORD, .name = S("password"), .label = S("New password"),
			.hint = S("At least 12 characters. Three words that do not belong together are good.") },
		.user = t("sam.okafor@exampleshire.example") };

	page_password(b, &p);
}

static void
notices(struct buf *b)
{
	struct view_notice rows[] = { { S("n1"), t("You are told of INC-26-K4170-X"), t("Acknowledge it by 17:00."),
		S("/cases/x"), S("INC-26-K4170-X"), { S("2026-11-20T10:22:00Z"), S("today 10:22") }, true },
		{ S("n2"), t("A due time has moved"), t(""), S("/cases/y"), S("INC-26-K4097-A"), { S("2026-11-19T10:22:00Z"),
			S("yesterday 10:22") }, false } };
	struct page_notices p = { .frame = frame_staff("Notices", "Notices"), LIST(rows, rows),
		.all_read = form("/notices/read"), .pages = { .next = S("/notices?after=x") } };

	page_notices(b, &p);
}

static void
search(struct buf *b)
{
	struct view_found rows[] = { { S("INC-26-K4133-C"), t("Laptop stolen from car, not encrypted"),
		S("/cases/INC-26-K4133-C"), t("… the laptop was on the back seat …"), t("Lost or stolen · Housing"),
		{ S("Assessing"), S("yellow") }, { S("2026-11-19T10:22:00Z"), S("yesterday") } } };
	struct page_search p = { .frame = frame_staff("Search", ""), .words = t("laptop"), .action = S("/search"),
		.count = S("1 case, newest first"), LIST(rows, rows) };

	page_search(b, &p);
}

const struct sample samples_staff[] = {
	{ "queue", queue }, { "queue-empty", queue_empty }, { "case", case_ }, { "stub", stub }, { "work", work },
		{ "work-empty", work_empty }, { "form-triage", triage },
	{ "form-log", log_call }, { "message", message }, { "sign-in", sign_in }, { "password", password },
		{ "notices", notices }, { "search", search }, { NULL, NULL },
};
