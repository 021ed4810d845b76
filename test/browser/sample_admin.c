#include "test/browser/sample.h"

static void
people(struct buf *b)
{
	struct str roles[] = { t("Data Protection Officer"), t("Internal Audit") };
	struct view_member rows[] = { { t("Priya Nair"), t("priya.nair@exampleshire.example"), t("Governance"),
		t("Jo Hartley"), S("/people/1"), { S("Active"), S("green") }, LIST(roles, roles) },
		{ t("Lee Chan"), t("lee.chan@exampleshire.example"), t("Adult social care"), t(""), S("/people/2"),
			{ S("Left"), S("") }, NULL, 0 } };
	struct page_people p = { .frame = frame_staff("People", "People"), .words = t("nair"), .action = S("/people"),
		.count = S("208 people"), LIST(rows, rows),
		.add_href = S("/people/new"), .import_href = S("/people/import"), .pages = { .next = S("/people?after=x") } };

	page_people(b, &p);
}

static void
import(struct buf *b)
{
	struct view_problem problems[] = { { 14, S("manager"),
		t("No line of the file has the address jo@exampleshire.example") } };
	struct view_change changes[] = { { t("joins"), t("Ruth Adeyemi"), t("Housing, manager Jo Hartley"), { S("New"),
		S("green") } } };
	struct page_import p = { .frame = frame_staff("Import people", "People"), .upload = form("/people/import"),
		.columns = S("name, email, department, manager"),
		.paste = { .kind = FIELD_AREA, .name = S("text"), .label = S("Or paste it here"), .rows = 4 },
		LIST(problems, problems), .result = S("12 new, 3 changed, 1 left, 204 as before"), LIST(changes, changes),
			.apply = form("/people/import/apply") };

	page_import(b, &p);
}

static void
undelivered(struct buf *b)
{
	struct view_undelivered rows[] = { { S("n9"), t("jo.hartley@exampleshire.example"), t("A report in your team"),
		S("INC-26-K4170-X"), S("/cases/x"), t("550 5.1.1 no such mailbox"), S("5 tries"),
		{ S("2026-11-20T10:22:00Z"), S("today 10:22") }, form("/undelivered/n9/retry"), form("/undelivered/n9/told") } };
	struct page_undelivered p = { .frame = frame_staff("Notices that could not be delivered", "Status"), LIST(rows,
		rows) };

	page_undelivered(b, &p);
}

static void
setup(struct buf *b)
{
	struct view_field colour[] = { { .name = S("colour"), .label = S("Colour"),
		.hint = S("Six digits, such as #0b5a55. White text must be readable on it."), .width = 10, .value = t("#ffe600"),
		.error = S("White text on this colour cannot be read by everybody. Choose a darker colour") } };
	struct view_row roles[] = { { .key = S("Data Protection Officer"), .value = t("Priya Nair"),
		.change = S("/setup/roles/dpo") }, { .key = S("Internal Audit"), .value = t("Nobody yet"),
		.change = S("/setup/roles/audit") } };
	struct view_setup sections[] = {
		{ .id = S("look"), .title = S("Name and colour"), .state = { S("Done"), S("green") }, LIST(fields, colour),
			.form = form("/setup/look") },
		{ .id = S("roles"), .title = S("Who holds which role"), .intro = t("The policy names these."),
			.state = { S("Not yet"), S("yellow") }, LIST(rows, roles) },
		{ .id = S("share"), .title = S("Put it where people look"), .state = { S("Not yet"), S("yellow") },
			.link = { S("Shortcut, intranet, poster"), S("/share") } },
	};
	struct page_setup p = { .frame = frame_staff("Set up", "Set up"), .note = S("1 of 3 done."), LIST(sections,
		sections) };

	p.frame.faults = (struct view_fault[]){ { S("colour"), colour[0].error } };
	p.frame.n_faults = 1;
	page_setup(b, &p);
}

static void
share(struct buf *b)
{
	struct page_share p = { .frame = frame_staff("Put it where people look", "Set up"),
		.url = S("https://report.exampleshire.example/"), .shortcut_href = S("/share/tocsin.url"),
		.snippet = S("<a href=\"https://report.exampleshire.example/\">Report a security incident</a>"),
			.gateway = S("https://report.exampleshire.example/?from=gateway"),
		.poster_href = S("/share/poster"), .mail = t("incidents@exampleshire.example") };

	page_share(b, &p);
}

static void
poster(struct buf *b)
{
	static const struct str examples[] = { S("An email or letter to the wrong person"),
		S("A lost phone, laptop, pass or file"), S("A message that looked like a scam"),
		S("Someone reading what they should not"), S("A weakness nobody has used yet") };
	struct page_poster p = { .frame = frame_public("Poster"), .url = t("report.exampleshire.example"),
		.examples = examples, .n_examples = (int)COUNT(examples),
		.qr = { S("<svg viewBox=\"0 0 29 29\" role=\"img\" aria-label=\"QR code of the address\" "
		  "shape-rendering=\"crispEdges\">"
		  "<path d=\"M4 4h7v7h-7zM18 4h7v7h-7zM4 18h7v7h-7z\" fill=\"none\" stroke=\"#000\"/>"
		  "<path d=\"M6 6h3v3h-3zM20 6h3v3h-3zM6 20h3v3h-3z"
		  "M13 5h1v4h2v2h-3zM15 15h3v1h4v3h-2v5h-3v-4h-2zM5 13h6v1h-6zM22 22h3v3h-3z\"/></svg>") } };

	p.frame.brand = S("/brand.css");
	page_poster(b, &p);
}

static void
status(struct buf *b)
{
	struct view_check cage[] = { { t("Landlock"), t("holds in all five processes"), t(""), { S("Good"), S("green") } },
		{ t("Backup of the keys"), t("none is confirmed"), t("Lost keys are lost cases: tocsin keys backup"),
			{ S("Act now"), S("red") } } };
	struct view_checks groups[] = { { S("Safety"), cage, 2 } };
	struct page_status p = { .frame = frame_staff("How Tocsin is doing", "Status"),
		.at = { S("2026-11-20T10:22:00Z"), S("looked today 10:22") }, .bad = true,
		.verdict = S("One thing needs you."), LIST(groups, groups) };

	page_status(b, &p);
}

static void
help(struct buf *b)
{
	struct page_help p = { .frame = frame_public("Help"), .report_href = S("/report"), .follow_href = S("/follow"),
		.ask_email = t("infosec@exampleshire.example"),
		.rules_title = t("Information Security Incident Reporting Policy"), .rules_href = S("/policy") };

	page_help(b, &p);
}

static void
privacy(struct buf *b)
{
	struct view_row kept[] = { { .key = S("Incidents"), .value = t("6 years after they are closed") } };
	struct page_privacy p = { .frame = frame_public("Privacy notice"), .officer = t("Priya Nair"),
		.officer_email = t("dpo@exampleshire.example"), LIST(kept, kept) };

	page_privacy(b, &p);
}

static void
accessibility(struct buf *b)
{
	struct page_accessibility p = { .frame = frame_public("Accessibility statement"),
		.email = t("infosec@exampleshire.example"), .checked = S("21 November 2026") };

	page_accessibility(b, &p);
}

static void
error(struct buf *b)
{
	struct str text[] = { t("Somebody is working on it. Please try again in a minute.") };
	struct page_error p = { .frame = frame_public("Sorry, there is a problem with the service"), .status = 503,
		.heading = S("Sorry, there is a problem with the service"), LIST(text, text),
		.kept = true, .again = { S("Try again"), S("/") }, .id = S("9f2c41d7") };

	page_error(b, &p);
}

const struct sample samples_admin[] = {
	{ "people", people }, { "import", import }, { "undelivered", undelivered }, { "setup", setup }, { "share",
		share }, { "poster", poster }, { "status", status },
	{ "help", help }, { "privacy", privacy }, { "accessibility", accessibility }, { "error", error }, { NULL, NULL },
};
