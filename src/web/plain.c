/* Pages that only say something, and the few files that programs look for. */
#include "web/page/plain.h"

#include "web/asset.h"
#include "web/site.h"

enum err
plain_help(struct visit *v)
{
	struct page_help p = { .frame = visit_frame(v, S("Help"), false), .report_href = S("/report"),
		.follow_href = S("/follow"),
		.ask_email = desk_setting(v->desk, S("contact"), S("")) };

	page_help(visit_page(v, 200), &p);
	return OK;
}

/* What a state of the pack's retention is called on the page; others stay the records officer's. */
static const struct { struct str state, words; } kept[] = {
	{ S("closed"), S("Incidents, once closed") }, { S("weakness"), S("Weaknesses, once closed") },
	{ S("not_security"), S("Reports that turn out to be something else") }, { S("enquiry"), S("Questions") },
};

enum err
plain_privacy(struct visit *v)
{
	struct view_row *rows = NEW(v->turn->cx, struct view_row, COUNT(kept));
	struct page_privacy p = { .frame = visit_frame(v, S("Privacy notice"), false), .kept = rows };
	const struct role *dpo = v->policy ? policy_role(v->policy, S("dpo")) : NULL;

	for (ptrdiff_t i = 0; v->policy && i < COUNT(kept); i++) {
		const struct retention *r = policy_retention(v->policy, kept[i].state);

		if (r)
			rows[p.n_kept++] = (struct view_row){ .key = kept[i].words, .value = r->text };
	}
	if (dpo)
		p.officer = dpo->title;
	page_privacy(visit_page(v, 200), &p);
	return OK;
}

enum err
plain_accessibility(struct visit *v)
{
	struct page_accessibility p = { .frame = visit_frame(v, S("Accessibility statement"), false),
		.email = desk_setting(v->desk, S("contact"), S("")) };

	page_accessibility(visit_page(v, 200), &p);
	return OK;
}

enum err
plain_robots(struct visit *v)
{
	turn_answer(v->turn, 200, S("text/plain; charset=utf-8"), S("User-agent: *\nDisallow: /\n"));
	return OK;
}

/* RFC 9116; only where there is somebody to write to. */
enum err
plain_security(struct visit *v)
{
	struct str contact = desk_setting(v->desk, S("contact"), S("")),
	    url = desk_setting(v->desk, S("public_url"), S(""));
	struct cx *cx = v->turn->cx;
	char until[WHEN_TEXT];
	struct buf *b;

	if (!contact.n && !url.n)
		return fail(cx, ERR_NOT_FOUND, "there is no such page");
	when_text(cx->now - cx->now % DAY + 180 * DAY, until);
	b = turn_answer_buf(v->turn, 200, S("text/plain; charset=utf-8"));
	if (contact.n)
		buf_fmt(b, "Contact: mailto:%.*s\n", F(contact));
	if (str_starts(url, S("https://")))
		buf_fmt(b, "Contact: %.*s/report\n", F(str_ends(url, S("/")) ? str_sub(url, 0, url.n - 1) : url));
	buf_fmt(b, "Expires: %s\nPreferred-Languages: en\n", until);
	return OK;
}

enum err
plain_favicon(struct visit *v)
{
	return visit_see(v, ASSET_favicon_svg);
}
