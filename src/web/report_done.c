/* After sending: what to keep, what to do, what happens next. Shown for an hour to the browser that sent it. */
#include "web/report_step.h"

#include "desk/ask_report.h"
#include "web/case_own.h"
#include "web/report_who.h"
#include "web/site.h"

/* What was sent lately, and its case as its reporter sees it. `there` is false when there is nothing to show. */
static enum err
last_sent(struct visit *v, struct draft *d, const struct js **sent, struct ask_report_case *c, bool *there)
{
	struct cx *cx = v->turn->cx;
	struct credential as = { .session = S("") };
	struct actor who;

	*there = false;
	TRY(report_draft_load(v, d));
	*sent = report_draft_sent(v, d);
	as.session = js_str(*sent, S("session"));
	if (!*sent || !as.session.n)
		return OK;
	TRY(access_who(cx, v->desk->db, v->policy, &as, &who));
	if (id_zero(who.only_case))
		return OK; /* left, or over */
	TRY(ask_report_case(cx, v->desk, &who, S(""), c));
	*there = true;
	return OK;
}

enum err
report_done(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct page_done p = { .again_href = S("/"), .receipt_href = S("/report/receipt"),
		.proof_href = S("/report/proof") };
	struct ask_report_case c;
	const struct js *sent;
	struct draft d;
	bool there;
	bool question;

	TRY(last_sent(v, &d, &sent, &c, &there));
	if (!there)
		return visit_see(v, S("/follow"));
	question = str_eq(js_str(sent, S("kind")), S("enquiry"));
	p.title = question ? S("Thank you – we’ve got your question") : S("");
	p.ref = js_str(sent, S("ref"));
	p.code = js_str(sent, S("code"));
	p.seal = js_str(sent, S("seal"));
	p.sent = visit_time(v, c.received);
	p.cards = case_own_cards(v, &c, &p.n_cards);
	p.next = case_own_next(v, &c, &p.n_next);
	/* one's own name leads to one's own list; anybody else holds the receipt's session or its code */
	p.follow_href = report_who_signed_in(v) && !str_eq(c.mode, S("anonymous")) ?
	    str_fmt(cx, "/mine/%.*s", F(c.ref)) : S("/follow");
	p.leave = visit_form(v, S("/report/leave"));
	p.frame = visit_frame(v, question ? S("Question sent") : S("Report sent"), false);
	page_done(visit_page(v, 200), &p);
	return OK;
}

enum err
report_receipt(struct visit *v)
{
	struct ask_report_case c;
	const struct js *sent;
	struct draft d;
	bool there;

	TRY(last_sent(v, &d, &sent, &c, &there));
	return there ? case_own_receipt(v, &c, js_str(sent, S("code")), S("/report/proof"), S("/report/done")) :
	    visit_see(v, S("/follow"));
}

enum err
report_proof(struct visit *v)
{
	struct ask_report_case c;
	const struct js *sent;
	struct draft d;
	bool there;

	TRY(last_sent(v, &d, &sent, &c, &there));
	return there ? case_own_proof(v, (struct credential){ .session = js_str(sent, S("session")) }, S(""),
	    S("/report/receipt")) :
	    visit_see(v, S("/follow"));
}

static enum err
left(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct visit *v = visit_of(t);
	struct draft *d = arg;

	(void)ok;
	TRY(e);
	if (!report_who_signed_in(v))
		visit_session(v, S(""));
	report_draft_put(t->cx, d->all, S("sent"), NULL);
	return report_draft_save(v, d, S("/"));
}

/* Nobody who uses this device next finds the report. */
enum err
report_leave(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct draft *d = NEW(cx, struct draft, 1);
	const struct js *sent;

	TRY(report_draft_load(v, d));
	sent = report_draft_sent(v, d);
	if (!sent)
		return visit_see(v, S("/"));
	return door_send(v->door, v->turn, (struct id){ { 0 } },
	    (struct credential){ .session = js_str(sent, S("session")) }, S("sign_out"), S(""),
	    js_object(cx), left, d);
}
