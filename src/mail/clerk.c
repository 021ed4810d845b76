#include "mail/clerk.h"

#include "base/log.h"
#include "desk/index.h"
#include "desk/mailing.h"
#include "mail/smtp.h"

enum { TICKS = 500, LETTERS = 50, TRIES = 10, INDEX_BUSY = 10, INDEX_QUIET = 400, MANY = 250 };
#define SWEEP_EVERY (1 * HOUR)

/* Seconds after the first, second … failure; the last for all that follow. */
static const int64_t again[] = { 60, 300, 900, 3600, 14400 };

static enum err
command(struct cx *cx, struct clerk *c, const char *name, struct js *args, struct js **answer)
{
	struct js *r = js_object(cx);

	js_set_str(cx, r, S("id"), id_hex(cx, id_new(cx)));
	js_set_str(cx, r, S("command"), str_of(name));
	js_set(cx, r, S("args"), args ? args : js_object(cx));
	return c->command(cx, c->with, r, answer);
}

/* Of several nodes one has the clerk, and that may change while a mail server lets us wait. Asked without an id: nothing is to
 * be kept of it. */
static enum err
on_duty(struct cx *cx, struct clerk *c, bool *on)
{
	struct js *r = js_object(cx), *answer;

	js_set_str(cx, r, S("command"), S("be_clerk"));
	TRY(c->command(cx, c->with, r, &answer));
	*on = js_true(answer, S("ours"));
	return OK;
}

/* Every warning that is due, one an entry. */
static enum err
tick(struct cx *cx, struct clerk *c)
{
	struct js *answer;

	for (int i = 0; i < TICKS; i++) {
		struct mark m = cx_mark(cx);
		bool more;

		TRY(command(cx, c, "tick", NULL, &answer));
		more = js_true(answer, S("more"));
		cx_back(cx, m);
		if (!more)
			break;
	}
	return OK;
}

static enum err
delivered(struct cx *cx, struct clerk *c, const struct mailing_letter *l, int tries, const char *state, int64_t wait,
    struct str words)
{
	struct js *args = js_object(cx), *answer;

	js_set_str(cx, args, S("notice"), id_hex(cx, l->notice));
	js_set_str(cx, args, S("address"), l->address);
	js_set_int(cx, args, S("seq"), l->seq);
	js_set_int(cx, args, S("tries"), tries);
	js_set_str(cx, args, S("state"), str_of(state));
	js_set_str(cx, args, S("words"), words);
	js_set_int(cx, args, S("wait"), wait);
	return command(cx, c, "delivered", args, &answer);
}

/* Is mail set up and not switched off? Said in the log once when it is not set up. */
static bool
may_mail(struct clerk *c)
{
	if (str_eq(desk_setting(c->desk, S("mail_off"), S("no")), S("yes")))
		return false;
	if (desk_setting(c->desk, S("mail_server"), S("")).n && desk_setting(c->desk, S("mail_from"), S("")).n) {
		c->said_no_server = false;
		return true;
	}
	if (!c->said_no_server)
		log_line("no mail is sent: mail_server and mail_from are not set");
	c->said_no_server = true;
	return false;
}

/* Each notice becomes its letters; without mail it is merely passed over. */
static enum err
write_letters(struct cx *cx, struct clerk *c, bool mail)
{
	struct mailing_letter *letters;
	int64_t after, upto;
	struct js *args, *answer;
	ptrdiff_t n;

	for (;;) {
		struct mark m = cx_mark(cx);

		TRY(mailing_upto(cx, c->desk, &after));
		TRY(mailing_new(cx, c->desk, after, &letters, &n, &upto));
		if (upto == after)
			return OK;
		for (ptrdiff_t i = 0; mail && i < n; i++)
			TRY(delivered(cx, c, &letters[i], 0, "later", 0, S("")));
		args = js_object(cx);
		js_set_int(cx, args, S("upto"), upto);
		TRY(command(cx, c, "delivered", args, &answer));
		cx_back(cx, m);
	}
}

/* A line break in a setting must not stop the mail. */
static struct str
one_line(struct cx *cx, struct str s)
{
	char *p = (char *)(uintptr_t)str_copy(cx, s).p;

	for (ptrdiff_t i = 0; i < s.n; i++)
		if ((unsigned char)p[i] < ' ')
			p[i] = ' ';
	return (struct str){ p, s.n };
}

static struct str
service_name(struct cx *cx, const struct desk *d)
{
	return one_line(cx, desk_setting(d, S("service_name"), desk_setting(d, S("org_name"), S("Tocsin"))));
}

/* What is said: that there is something, which case, where to read it. */
static struct str
body_of(struct cx *cx, const struct desk *d, const struct mailing_letter *l)
{
	struct str url = desk_setting(d, S("public_url"), S("")), phone = desk_setting(d, S("phone"), S(""));
	struct buf b = buf_new(cx);

	if (str_ends(url, S("/")))
		url.n--;
	buf_fmt(&b, "%.*s.\n\n", F(l->words));
	if (l->ref.n)
		buf_fmt(&b, "Reference: %.*s\n", F(l->ref));
	if (url.n && l->ref.n)
		buf_fmt(&b, "%.*s%s%.*s\n", F(url), l->staff ? "/case/" : "/follow", F(l->staff ? l->ref : S("")));
	buf_fmt(&b, "\n%s Nothing about the case stands in this mail, and answers to it are not read.\n", l->staff ?
	    "Sign in to read it." : "You can read it there with the reference and the code that you were given.");
	if (phone.n)
		buf_fmt(&b, "Telephone: %.*s\n", F(phone));
	return buf_str(&b);
}

/* On the way to this machine itself nobody listens; on any other the connection must be encrypted. */
static enum smtp_tls
tls_for(struct str url)
{
	static const struct str here[] = { { "smtp://localhost", 16 }, { "smtp://127.0.0.1", 16 }, { "smtp://[::1]", 12 } };

	for (ptrdiff_t i = 0; i < COUNT(here); i++)
		if (str_starts(url, here[i]) && (url.n == here[i].n || url.p[here[i].n] == ':' || url.p[here[i].n] == '/'))
			return SMTP_TLS_IF_OFFERED;
	return SMTP_TLS_REQUIRED;
}

static enum err
send(struct cx *cx, struct clerk *c, const struct mailing_letter *l, struct smtp_answer *out)
{
	const struct desk *d = c->desk;
	struct smtp_server s = { .url = desk_setting(d, S("mail_server"), S("")),
		.user = desk_setting(d, S("mail_user"), S("")),
		.password = c->password };
	struct smtp_mail m = { .from_name = service_name(cx, d), .from = desk_setting(d, S("mail_from"), S("")),
	    .to = l->address,
		.subject = l->ref.n ? str_fmt(cx, "%.*s: %.*s", F(service_name(cx, d)), F(l->ref)) : service_name(cx, d),
		.body = body_of(cx, d, l), .id = id_hex(cx, l->notice), .date = cx->now };

	s.tls = tls_for(s.url);
	if (!c->password.n)
		s.user = S("");
	return smtp_send(cx, &s, &m, out);
}

/* One letter; *on is false when the server is not to be reached, so that the others need not try now. */
static enum err
send_letter(struct cx *cx, struct clerk *c, const struct mailing_letter *l, bool *on)
{
	struct smtp_answer a = { .end = SMTP_NEVER };
	int tries = l->tries + 1;
	int64_t wait = again[l->tries < COUNT(again) ? l->tries : COUNT(again) - 1];
	enum err e = send(cx, c, l, &a);

	if (e == ERR_BAD_INPUT) { /* an address or a setting of which no mail can be made: another try would not help */
		a.words = str_copy(cx, str_of(cx->why));
		a.code = 1;
	} else if (e != OK) {
		return e;
	}
	*on = a.code != 0;
	if (a.end == SMTP_SENT)
		return delivered(cx, c, l, tries, "sent", 0, S(""));
	/* without a code it was the server and not this letter */
	if ((a.end == SMTP_NEVER && a.code != 0) || tries >= TRIES) {
		/* what is said of a letter often has the address in it: that is for the administrator's page */
		log_line("a notice could not be delivered after %d tries: %.*s", tries,
		    F(a.code ? str_fmt(cx, "answer %d", a.code) : a.words));
		return delivered(cx, c, l, tries, "dead", 0, a.words);
	}
	return delivered(cx, c, l, tries, "later", wait, a.words);
}

static enum err
send_letters(struct cx *cx, struct clerk *c)
{
	struct mailing_letter *letters;
	bool on = true;
	ptrdiff_t n;

	TRY(mailing_due(cx, c->desk, LETTERS, &letters, &n));
	for (ptrdiff_t i = 0; i < n && on; i++) {
		struct mark m = cx_mark(cx);

		TRY(on_duty(cx, c, &on));
		if (on)
			TRY(send_letter(cx, c, &letters[i], &on));
		cx_back(cx, m);
	}
	return OK;
}

/* The index of words follows the journal. While many report it follows slowly, for they come first. */
static enum err
index_words(struct cx *cx, struct clerk *c)
{
	int64_t entries, behind;
	struct js *answer;
	bool many, more = true;

	TRY(index_behind(cx, c->desk, &entries, &behind));
	many = c->entries && entries - c->entries > MANY;
	c->entries = entries;
	for (int i = 0; behind > 0 && more && i < (many ? INDEX_BUSY : INDEX_QUIET); i++) {
		struct mark m = cx_mark(cx);

		TRY(command(cx, c, "index", NULL, &answer));
		more = js_true(answer, S("more"));
		cx_back(cx, m);
	}
	return OK;
}

enum err
clerk_round(struct cx *cx, struct clerk *c)
{
	struct js *answer;
	bool mail, on;

	TRY(on_duty(cx, c, &on));
	if (!on)
		return OK;
	TRY(desk_refresh(cx, c->desk));
	TRY(tick(cx, c));
	TRY(index_words(cx, c));
	mail = may_mail(c);
	TRY(write_letters(cx, c, mail));
	if (mail)
		TRY(send_letters(cx, c));
	if (c->swept != NEVER && cx->boot - c->swept < SWEEP_EVERY)
		return OK;
	c->swept = cx->boot;
	return command(cx, c, "sweep", NULL, &answer);
}
