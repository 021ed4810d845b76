/* Doors to put where people look: desktop, intranet, gateway, wall. Each says which door it is by its address, so
 * that later one can see which of them people find. */
#include "web/admin.h"
#include "web/page/admin.h"
#include "web/page_put.h"
#include "web/qr.h"
#include "web/site.h"

enum { MOST_EXAMPLES = 5 };

#define EXAMPLE S("https://the-address-of-this-service.example")

enum err
share_show(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct str url = admin_public_url(v), shown = url.n ? url : EXAMPLE;
	struct page_share page = { .url = str_fmt(cx, "%.*s/", F(shown)),
	    .gateway = str_fmt(cx, "%.*s/r/gateway", F(shown)) };
	struct buf b = buf_new(cx);

	page.frame = visit_frame(v, S("Put it where people look"), true);
	buf_fmt(&b, "<a href=\"%.*s/r/intranet\">", F(shown));
	page_put_str(&b, desk_setting(v->desk, S("service_name"), S("Report a security incident")));
	buf_put(&b, S("</a>"));
	page.snippet = buf_str(&b);
	if (url.n) {
		page.shortcut_href = S("/share/tocsin.url");
		page.poster_href = S("/poster");
	} else {
		page.missing = S("The address under which people reach this service is not set, so what stands here is an example. "
		    "Shortcut and poster come when it is.");
		if (v->who.admin)
			page.missing_link = (struct view_link){ S("Set the address"), S("/setup#address") };
	}
	page_share(visit_page(v, 200), &page);
	return OK;
}

static enum err
needs_url(struct visit *v, struct str *url)
{
	*url = admin_public_url(v);
	return url->n ? OK : fail(v->turn->cx, ERR_CONFLICT,
	    "The address under which people reach this service is not set yet: an administrator sets it under “Set up”");
}

/* An Internet shortcut as Windows desktops take it. */
enum err
share_shortcut(struct visit *v)
{
	struct str url;

	TRY(needs_url(v, &url));
	turn_set_download(v->turn, S("Report a security incident.url"));
	turn_answer(v->turn, 200, S("application/octet-stream"), str_fmt(v->turn->cx,
	    "[InternetShortcut]\r\nURL=%.*s/r/desktop\r\n", F(url)));
	return OK;
}

enum err
poster_show(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct str *examples = NEW(cx, struct str, MOST_EXAMPLES), url;
	struct page_poster page = { .examples = examples };

	TRY(needs_url(v, &url));
	TRY(qr_svg(cx, str_fmt(cx, "%.*s/r/poster", F(url)),
	    S("A code for your telephone’s camera: it opens the page for reports"), &page.qr));
	for (ptrdiff_t i = 0; v->policy && i < v->policy->n_categories && page.n_examples < MOST_EXAMPLES; i++)
		if (v->policy->categories[i].everyday)
			examples[page.n_examples++] = v->policy->categories[i].label;
	page.frame = visit_frame(v, S("Poster"), false);
	page.frame.phone_hours = desk_setting(v->desk, S("hours"), S("")); /* paper does not know what time it is */
	page.frame.back_href = S("/share");
	page.url = str_starts(url, S("https://")) ? str_sub(url, 8, url.n) : url;
	page_poster(visit_page(v, 200), &page);
	return OK;
}
