#include "mail/smtp.h"

#include "base/test.h"
#include "sys/jail.h"
#include "sys/sys.h"
#include "sys/test_dir.h"
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static struct smtp_mail
mail(void)
{
	return (struct smtp_mail){ S("Incident desk"), S("desk@example.org"), S(""), S("dpo@example.net"),
		S("A duty is due"), S("INC-1\nSee the list.\n"), S("n-17.1"), T0 };
}

static bool
has(struct str text, const char *piece)
{
	return str_find(text, str_of(piece)) >= 0;
}

TEST(smtp_message_is_as_the_standard_wants_it)
{
	struct smtp_mail m = mail();
	struct str text;

	EXPECT_OK(smtp_message(cx, &m, &text));
	EXPECT_STR(text, S("Date: Thu, 1 Jan 2026 00:00:00 +0000\r\nFrom: \"Incident desk\" <desk@example.org>\r\n"
	    "To: <dpo@example.net>\r\nSubject: A duty is due\r\nMessage-ID: <n-17.1@example.org>\r\n"
	    "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "INC-1\r\nSee the list.\r\n"));
}

TEST(smtp_message_encodes_what_is_not_plain)
{
	struct smtp_mail m = mail();
	struct str text, line, rest;

	m.subject = S("Anf\xc3\xa4lligkeit \xe2\x82\xac \xf0\x9f\x98\x80 und noch viel mehr Text, der nicht in ein"
	    " Wort passt");
	m.from_name = S("the \"desk\" \\ here");
	m.reply_to = S("reply@example.org");
	m.body = S(".\r\n..dots\na=b trailing \n\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
	    "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 and so on\nlone\rcr");
	EXPECT_OK(smtp_message(cx, &m, &text));
	EXPECT(has(text, "From: \"the \\\"desk\\\" \\\\ here\" <desk@example.org>\r\n"));
	EXPECT(has(text, "Reply-To: <reply@example.org>\r\n"));
	EXPECT(has(text, "Subject: =?utf-8?B?QW5mw6RsbGlna2VpdCDigqwg8J+YgCB1bmQgbm9jaCB2aWVs?=\r\n"
	    " =?utf-8?B?"));
	EXPECT(has(text, "\r\n\r\n=2E\r\n=2E.dots\r\na=3Db trailing=20\r\n=C3=A9"));
	EXPECT(has(text, "lone=0Dcr\r\n"));
	for (rest = text; str_cut(rest, '\n', &line, &rest);)
		EXPECT(line.n <= 77 && line.n > 0 && line.p[line.n - 1] == '\r');
	for (ptrdiff_t i = 0; i < text.n; i++)
		EXPECT((unsigned char)text.p[i] < 0x80);
}

TEST(smtp_message_takes_no_header_from_its_texts)
{
	static const struct str bad_words[] = { { "a\r\nBcc: x@y.z", 13 }, { "a\nb", 3 }, { "a\rb", 3 },
		{ "a\0b", 3 }, { "\xff", 1 } };
	static const struct str bad_addresses[] = { { "", 0 }, { "a", 1 }, { "a@", 2 }, { "@b", 2 }, { "a@b@c", 5 },
		{ "a b@c", 5 }, { "a@b>\r\nDATA", 10 }, { "a@b,c@d", 7 }, { "<a@b>", 5 }, { "\"a\"@b", 5 },
		{ "a@b..c", 6 }, { "a@-b", 4 }, { "-a@b", 4 }, { "\xc3\xa9@b", 4 }, { "a@b\0c", 5 } };
	struct smtp_mail m;
	struct str text;

	for (ptrdiff_t i = 0; i < COUNT(bad_words); i++) {
		m = mail();
		m.subject = bad_words[i];
		EXPECT(smtp_message(cx, &m, &text) == ERR_BAD_INPUT);
		m = mail();
		m.from_name = bad_words[i];
		EXPECT(smtp_message(cx, &m, &text) == ERR_BAD_INPUT);
		m = mail();
		m.id = bad_words[i];
		EXPECT(smtp_message(cx, &m, &text) == ERR_BAD_INPUT);
	}
	for (ptrdiff_t i = 0; i < COUNT(bad_addresses); i++) {
		m = mail();
		m.to = bad_addresses[i];
		EXPECT(smtp_message(cx, &m, &text) == ERR_BAD_INPUT);
		m = mail();
		m.from = bad_addresses[i];
		EXPECT(smtp_message(cx, &m, &text) == ERR_BAD_INPUT);
		m = mail();
		m.reply_to = bad_addresses[i];
		EXPECT(i == 0 || smtp_message(cx, &m, &text) == ERR_BAD_INPUT);
	}
}

/* The server that src/mail/smtp_fake.py plays, in one of its manners. */
struct fake { FILE *out; int port; };

static struct fake
play(struct cx *cx, const char *manner)
{
	const char *root = getenv("TOCSIN_ROOT") ? getenv("TOCSIN_ROOT") : ".";
	struct fake f;

	f.out = popen(str_fmt(cx, "python3 -IS '%s/src/mail/smtp_fake.py' %s", root, manner).p, "r"); /* NOLINT(cert-env33-c) */
	EXPECT(f.out != NULL);
	if (fscanf(f.out, "%d", &f.port) != 1) { /* NOLINT(cert-err34-c) */
		EXPECT(WEXITSTATUS(pclose(f.out)) == 127);
		printf("SKIP: python3 is not here to play a mail server\n");
		skip();
	}
	EXPECT(fgetc(f.out) == '\n');
	return f;
}

static struct str
heard(struct cx *cx, struct fake f)
{
	char *p = NEW(cx, char, 1 << 16);
	size_t n = fread(p, 1, 1 << 16, f.out);

	pclose(f.out);
	return (struct str){ p, (ptrdiff_t)n };
}

static struct smtp_server
server(struct cx *cx, struct fake f)
{
	return (struct smtp_server){ .url = str_fmt(cx, "smtp://localhost:%d", f.port), .tls = SMTP_TLS_IF_OFFERED,
		.patience = 10 * SECOND };
}

static struct smtp_answer
answer_of(struct cx *cx, const char *manner, when patience)
{
	struct fake f = play(cx, manner);
	struct smtp_server s = server(cx, f);
	struct smtp_mail m = mail();
	struct smtp_answer a;

	s.patience = patience;
	EXPECT_OK(smtp_ready(cx));
	EXPECT_OK(smtp_send(cx, &s, &m, &a));
	heard(cx, f);
	return a;
}

TEST(smtp_hands_a_message_over)
{
	struct fake f = play(cx, "plain");
	struct smtp_server s = server(cx, f);
	struct smtp_mail m = mail();
	struct smtp_answer a;
	struct str text, all;

	EXPECT_OK(smtp_ready(cx));
	m.body = S("first\n.\nlast\n");
	EXPECT_OK(smtp_send(cx, &s, &m, &a));
	EXPECT(a.end == SMTP_SENT && a.code == 250);
	EXPECT_STR(a.words, S("2.0.0 queued as 4711"));
	EXPECT_OK(smtp_message(cx, &m, &text));
	all = heard(cx, f);
	EXPECT(has(all, "EHLO example.org\r\n") && has(all, "MAIL FROM:<desk@example.org>"));
	EXPECT(has(all, "RCPT TO:<dpo@example.net>") && str_find(all, text) > 0);
	EXPECT(str_find(all, str_fmt(cx, "%.*s.\r\n", F(text))) > 0);
}

TEST(smtp_answers_are_classed)
{
	static const struct { const char *manner; enum smtp_end end; int code; const char *words; } cases[] = {
		{ "unknown", SMTP_NEVER, 550, "5.1.1 no such person" },
		{ "spam", SMTP_NEVER, 554, "5.7.1 we do not 5.7.1 like ?[2J this" },
		{ "grey", SMTP_LATER, 450, "4.2.0 greylisted" },
		{ "full", SMTP_LATER, 452, "disk full" },
		{ "busy", SMTP_LATER, 421, "come back later" },
		{ "closed", SMTP_LATER, 554, "no service here" },
		{ "auth_first", SMTP_LATER, 530, "5.7.0 authentication required" },
		{ "drop", SMTP_LATER, 0, NULL }, { "drop_after", SMTP_SENT, 250, NULL },
	};

	for (ptrdiff_t i = 0; i < COUNT(cases); i++) {
		struct smtp_answer a = answer_of(cx, cases[i].manner, 10 * SECOND);

		if (a.end != cases[i].end || a.code != cases[i].code)
			fail_msg("%s: %d, %d %.*s", cases[i].manner, a.end, a.code, F(a.words));
		if (cases[i].words)
			EXPECT_STR(a.words, str_of(cases[i].words));
	}
}

TEST(smtp_survives_hostile_servers)
{
	static const char *const manners[] = { "silent", "garbage", "flood", "endless" };

	for (ptrdiff_t i = 0; i < COUNT(manners); i++) {
		when began = sys_boot();
		struct smtp_answer a = answer_of(cx, manners[i], SECOND / 2);

		if (a.end != SMTP_LATER || a.words.n > 500 || !utf8_ok(a.words) || sys_boot() - began > 10 * SECOND)
			fail_msg("%s: %d, %d %.*s", manners[i], a.end, a.code, F(a.words));
	}
}

TEST(smtp_without_server_or_with_a_wrong_one)
{
	struct smtp_server s = { .url = S("") };
	struct smtp_mail m = mail();
	struct smtp_answer a;

	EXPECT_OK(smtp_ready(cx));
	EXPECT_OK(smtp_send(cx, &s, &m, &a));
	EXPECT(a.end == SMTP_NOT_SET);
	s.url = S("smtp://127.0.0.1:1");
	EXPECT_OK(smtp_send(cx, &s, &m, &a));
	EXPECT(a.end == SMTP_LATER && a.code == 0 && a.words.n > 0);
	s.url = S("http://127.0.0.1:1");
	EXPECT(smtp_send(cx, &s, &m, &a) == ERR_BAD_INPUT);
	s.url = S("smtp://127.0.0.1:1/x");
	EXPECT(smtp_send(cx, &s, &m, &a) == ERR_BAD_INPUT);
	s = (struct smtp_server){ .url = S("smtp://127.0.0.1:1"), .helo = S("a\r\nQUIT") };
	EXPECT(smtp_send(cx, &s, &m, &a) == ERR_BAD_INPUT);
	s = (struct smtp_server){ .url = S("smtp://127.0.0.1:1"), .tls = SMTP_TLS_NONE, .user = S("me") };
	EXPECT(smtp_send(cx, &s, &m, &a) == ERR_BAD_INPUT);
}

TEST(smtp_does_not_wait_long_for_a_goodbye)
{
	struct fake f = play(cx, "stuck");
	struct smtp_server s = server(cx, f);
	struct smtp_mail m = mail();
	when began = sys_boot();
	struct smtp_answer a;

	s.patience = 2 * SECOND;
	EXPECT_OK(smtp_ready(cx));
	EXPECT_OK(smtp_send(cx, &s, &m, &a));
	EXPECT(a.end == SMTP_SENT && sys_boot() - began < 10 * SECOND);
	pclose(f.out);
}

static const char *
certificate(struct cx *cx)
{
	const char *pem, *make;

	test_dir(cx);
	pem = str_fmt(cx, "%s/pem", test_dir_path()).p;
	make = str_fmt(cx, "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
	    "-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout '%s' -out '%s.c' 2>/dev/null && "
	    "cat '%s.c' >>'%s'", pem, pem, pem, pem).p;
	if (system(make) != 0) { /* NOLINT(cert-env33-c) */
		printf("SKIP: openssl is not here to make a certificate\n");
		skip();
	}
	return pem;
}

static struct smtp_answer
over_tls(struct cx *cx, const char *manner, const char *pem, struct str ca, struct str password)
{
	struct fake f = play(cx, str_fmt(cx, "%s %s", manner, pem).p);
	struct smtp_server s = server(cx, f);
	struct smtp_mail m = mail();
	struct smtp_answer a;

	s.tls = SMTP_TLS_REQUIRED;
	s.ca_file = ca;
	s.user = S("me");
	s.password = password;
	EXPECT_OK(smtp_send(cx, &s, &m, &a));
	/* what it heard includes the inside of TLS, and without TLS no password */
	EXPECT(has(heard(cx, f), "AUTH") == (a.end == SMTP_SENT || a.code == 535));
	return a;
}

TEST(smtp_password_goes_over_tls_only)
{
	const char *pem;
	struct str ca;

	EXPECT_OK(smtp_ready(cx));
	pem = certificate(cx);
	ca = str_fmt(cx, "%s.c", pem);
	EXPECT(over_tls(cx, "plain", pem, ca, S("sesame")).end == SMTP_LATER); /* no STARTTLS offered */
	EXPECT(over_tls(cx, "tls", pem, S("/etc/ssl/certs/ca-certificates.crt"), S("sesame")).end == SMTP_LATER);
	EXPECT(over_tls(cx, "tls", pem, ca, S("sesame")).end == SMTP_SENT);
	EXPECT(over_tls(cx, "tls", pem, ca, S("mustard")).end == SMTP_LATER);
}

TEST(smtp_works_in_the_clerks_jail)
{
	const char *pem = certificate(cx);
	struct fake f = play(cx, "plain"), g = play(cx, str_fmt(cx, "tls %s", pem).p);
	struct smtp_server s = server(cx, f);
	struct smtp_mail m = mail();
	struct smtp_answer a;
	int status;
	pid_t pid;

	pid = fork();
	if (pid == 0) {
		if (smtp_ready(cx) != OK || jail_enter(cx, jail_of(S("clerk")), str_of(test_dir_path())) != OK)
			_exit(1);
		if (smtp_send(cx, &s, &m, &a) != OK)
			_exit(2);
		if (a.end != SMTP_SENT)
			fprintf(stderr, "in the jail: %.*s\n", F(a.words));
		if (a.end != SMTP_SENT)
			_exit(3);
		/* the system's certificates are read there, and found not to include this one */
		s = server(cx, g);
		s.tls = SMTP_TLS_REQUIRED;
		if (smtp_send(cx, &s, &m, &a) != OK || !has(a.words, "certificate problem"))
			fprintf(stderr, "in the jail: %.*s\n", F(a.words));
		_exit(a.end == SMTP_LATER && has(a.words, "certificate problem") ? 0 : 4);
	}
	EXPECT(waitpid(pid, &status, 0) == pid);
	heard(cx, f);
	heard(cx, g);
	EXPECT(status == 0);
}
