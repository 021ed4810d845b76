#include "mail/clerk.h"

#include "desk/flow.h"
#include "mail/smtp.h"
#include <stdlib.h>
#include <sys/wait.h>

#define LETTER "{\"narrative\":\"A letter about the Kestrel family went to the wrong house.\",\"facts\":{\"category\":" \
	"\"wrong_recipient\",\"forms\":[\"paper\"],\"personal_data\":\"yes\"},\"reporter\":{\"mode\":\"named\",\"name\":\"Rita Porter\"," \
	"\"email\":\"rita@example.org\"}}"

/* The registrar in the same process. */
static enum err
at_once(struct cx *cx, void *desk, const struct js *request, struct js **answer)
{
	struct str text;

	TRY(desk_begin(cx, desk));
	TRY(desk_do(cx, desk, js_text(cx, request), false, true, &text));
	TRY(desk_end(cx, desk));
	return desk_answer(cx, text, answer);
}

static struct clerk
clerk_of(struct flow *f)
{
	return (struct clerk){ .desk = &f->desk, .command = at_once, .with = &f->desk, .swept = NEVER };
}

/* The server that src/mail/smtp_fake.py plays, for one connection, in one of its manners. */
static FILE *
play(struct flow *f, const char *manner)
{
	const char *root = getenv("TOCSIN_ROOT") ? getenv("TOCSIN_ROOT") : ".";
	FILE *out = popen(str_fmt(f->cx, "python3 -IS '%s/src/mail/smtp_fake.py' %s", root, manner).p, "r"); /* NOLINT(cert-env33-c) */
	struct cx *cx = f->cx;
	int port = 0;

	EXPECT(out != NULL);
	if (fscanf(out, "%d", &port) != 1) { /* NOLINT(cert-err34-c) */
		EXPECT(WEXITSTATUS(pclose(out)) == 127);
		printf("SKIP: python3 is not here to play a mail server\n");
		skip();
	}
	EXPECT(fgetc(out) == '\n');
	flow_do(f, S("local"), "settings", S(""), str_fmt(cx,
	    "{\"set\":{\"mail_server\":\"smtp://localhost:%d\",\"mail_from\":"
	    "\"desk@example.org\",\"public_url\":\"https://tell.example.org\"}}", port).p);
	EXPECT_OK(desk_refresh(cx, &f->desk));
	return out;
}

static struct str
heard(struct cx *cx, FILE *f)
{
	char *p = NEW(cx, char, 1 << 20);
	size_t n = fread(p, 1, 1 << 20, f);

	pclose(f);
	return (struct str){ p, (ptrdiff_t)n };
}

/* How many letters wait, however long; how many are given up. */
static int64_t
waiting(struct flow *f)
{
	struct row_delivery_waits *w;
	struct cx *cx = f->cx;

	EXPECT_OK(sql_delivery_waits(cx, f->desk.db, 1000, &w));
	return w->n;
}

static ptrdiff_t
dead(struct flow *f)
{
	struct row_delivery_dead *rows;
	struct cx *cx = f->cx;
	ptrdiff_t n;

	EXPECT_OK(sql_delivery_dead(cx, f->desk.db, 1000, &rows, &n));
	return n;
}

/* Rounds against a server that takes one connection each, until nothing waits. */
static struct str
all_mail(struct flow *f, struct clerk *c)
{
	struct buf b = buf_new(f->cx);
	struct cx *cx = f->cx;

	for (int i = 0; i < 40; i++) {
		FILE *server = play(f, "plain");

		EXPECT_OK(clerk_round(cx, c));
		if (!waiting(f)) {
			buf_put(&b, heard(cx, server));
			return buf_str(&b);
		}
		buf_put(&b, heard(cx, server));
		flow_wait(f, 5 * HOUR); /* the others found nobody listening and wait */
	}
	fail_msg("some mail is never sent");
	return S("");
}

TEST(whoever_has_a_duty_is_told_by_mail_that_says_nothing_of_the_case)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct clerk c = clerk_of(f);
	struct str ref = js_str(flow_do(f, S(""), "report", S(""), LETTER), S("ref")), mail;

	EXPECT_OK(smtp_ready(cx));
	mail = all_mail(f, &c);
	EXPECT(str_find(mail, S("RCPT TO:<internal_audit@example.org>")) >= 0);
	EXPECT(str_find(mail, S("RCPT TO:<dpo@example.org>")) >= 0);
	EXPECT(str_find(mail, str_fmt(cx, "Reference: %.*s", F(ref))) >= 0);
	EXPECT(str_find(mail, str_fmt(cx, "https://tell.example.org/case/%.*s", F(ref))) >= 0);
	EXPECT(str_find(mail, S("Kestrel")) < 0 && str_find(mail, S("letter about")) < 0 && str_find(mail, S("Rita")) < 0);
	EXPECT(str_find(mail, S("wrong")) < 0);
	EXPECT(dead(f) == 0);
	flow_end(f);
}

TEST(a_letter_that_is_put_off_is_tried_again_and_one_that_is_refused_is_not)
{
	struct flow *f = flow_start(cx, S("hmcts"));
	struct clerk c = clerk_of(f);
	FILE *server;
	int64_t all;

	EXPECT_OK(smtp_ready(cx));
	flow_do(f, S(""), "report", S(""), LETTER);
	server = play(f, "grey");
	EXPECT_OK(clerk_round(cx, &c));
	heard(cx, server);
	all = waiting(f);
	EXPECT(all > 0 && dead(f) == 0);
	/* before its time nothing happens: the server hears nobody, for there is none */
	EXPECT_OK(clerk_round(cx, &c));
	EXPECT(waiting(f) == all);
	flow_wait(f, 2 * MINUTE);
	server = play(f, "unknown");
	EXPECT_OK(clerk_round(cx, &c));
	heard(cx, server);
	EXPECT(dead(f) == 1 && waiting(f) == all - 1);
	flow_end(f);
}

TEST(after_ten_tries_a_letter_is_given_up)
{
	struct flow *f = flow_start(cx, S("hmcts"));
	struct clerk c = clerk_of(f);
	int rounds = 0;

	EXPECT_OK(smtp_ready(cx));
	flow_do(f, S(""), "report", S(""), LETTER);
	flow_do(f, S("local"), "settings", S(""),
	    "{\"set\":{\"mail_server\":\"smtp://127.0.0.1:1\",\"mail_from\":\"desk@example.org\"}}");
	do {
		EXPECT_OK(clerk_round(cx, &c));
		flow_wait(f, 5 * HOUR);
	} while (waiting(f) && ++rounds < 400);
	EXPECT(rounds < 400 && dead(f) > 0);
	flow_end(f);
}

TEST(without_mail_notices_are_passed_over_and_the_clock_still_ticks)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct clerk c = clerk_of(f);
	struct row_meta_get *upto;
	struct row_duties_due *due;
	ptrdiff_t n;

	flow_do(f, S(""), "report", S(""), LETTER);
	flow_wait(f, 30 * HOUR);
	EXPECT_OK(sql_duties_due(cx, f->desk.db, cx->now, 10, &due, &n));
	EXPECT(n > 0);
	EXPECT_OK(clerk_round(cx, &c));
	EXPECT(c.said_no_server && c.swept == cx->boot);
	EXPECT_OK(sql_duties_due(cx, f->desk.db, cx->now, 10, &due, &n));
	EXPECT(n == 0);
	EXPECT(waiting(f) == 0);
	EXPECT_OK(sql_meta_get(cx, f->desk.db, S("mailed_upto"), &upto));
	EXPECT(upto != NULL);
	flow_end(f);
}
