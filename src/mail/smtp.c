#include "mail/smtp.h"

#include <curl/curl.h>
#include <netdb.h>
#include <string.h>

enum { WORDS = 500 };

/* What one exchange needs inside the library's callbacks, which must not take memory. */
struct talk {
	struct str rest;       /* of the message, not yet given */
	char words[WORDS + 1]; /* of the server's last reply */
	size_t n;
	int code;
	bool ended;            /* that reply is complete: the next line begins another */
	char trouble[CURL_ERROR_SIZE];
};

static size_t
give(char *to, size_t size, size_t n, void *arg)
{
	struct talk *t = arg;
	ptrdiff_t most = (ptrdiff_t)(size * n);

	if (most > t->rest.n)
		most = t->rest.n;
	if (most)
		memcpy(to, t->rest.p, (size_t)most);
	t->rest = str_sub(t->rest, most, t->rest.n);
	return (size_t)most;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void
keep(struct talk *t, struct str words)
{
	if (t->n && t->n < WORDS)
		t->words[t->n++] = ' ';
	for (ptrdiff_t i = 0; i < words.n && t->n < WORDS; i++) {
		char c = words.p[i];

		t->words[t->n++] = c >= 0x20 && c < 0x7f ? c : '?';
	}
}

/* One line of a reply: "250-more" or "250 last". */
static size_t
hear(char *p, size_t size, size_t n, void *arg)
{
	struct str line = str_trim((struct str){ p, (ptrdiff_t)(size * n) });
	struct talk *t = arg;

	if (str_starts(line, S("221")))
		return size * n; /* goodbye is not what the server thought of the message */
	if (t->ended)
		t->n = 0;
	t->ended = true;
	t->code = 0;
	if (line.n >= 3 && is_digit(line.p[0]) && is_digit(line.p[1]) && is_digit(line.p[2])) {
		t->code = (line.p[0] - '0') * 100 + (line.p[1] - '0') * 10 + line.p[2] - '0';
		t->ended = line.n == 3 || line.p[3] != '-';
		line = str_sub(line, 4, line.n);
	}
	keep(t, line);
	return size * n;
}

enum err
smtp_ready(struct cx *cx)
{
	struct addrinfo *found = NULL;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return fail(cx, ERR_BROKEN, "the mail library does not start");
	/* the resolver's own libraries come with the first question; later they could not be loaded */
	if (getaddrinfo("localhost", NULL, NULL, &found) == 0)
		freeaddrinfo(found);
	return OK;
}

static void
end_handle(void *arg)
{
	curl_easy_cleanup(*(CURL **)arg);
}

static void
end_list(void *arg)
{
	curl_slist_free_all(*(struct curl_slist **)arg);
}

static bool
tls_from_start(const struct smtp_server *s)
{
	return str_starts(s->url, S("smtps://"));
}

/* "smtp://host:port/helo". The name by which we call ourselves must not bring anything else along. */
static enum err
address(struct cx *cx, const struct smtp_server *s, const struct smtp_mail *m, const char **out)
{
	struct str local, helo = s->helo, host = s->url;

	if (!helo.n)
		str_cut(m->from, '@', &local, &helo);
	for (ptrdiff_t i = 0; i < helo.n; i++)
		if (!is_digit(helo.p[i]) && !((helo.p[i] | 32) >= 'a' && (helo.p[i] | 32) <= 'z') &&
		    helo.p[i] != '-' && helo.p[i] != '.')
			return fail(cx, ERR_BAD_INPUT, "%.*s is not a host name", F(helo));
	if (tls_from_start(s))
		host = str_sub(host, 8, host.n);
	else if (str_starts(host, S("smtp://")))
		host = str_sub(host, 7, host.n);
	else
		return fail(cx, ERR_BAD_INPUT, "the mail server must be smtp://host:port or smtps://host:port");
	if (!host.n || str_index(host, '/') >= 0 || str_index(host, '@') >= 0 || !utf8_ok(host))
		return fail(cx, ERR_BAD_INPUT, "the mail server must be no more than a host and a port");
	*out = str_z(cx, str_fmt(cx, "%.*s/%.*s", F(s->url), F(helo)));
	return OK;
}

#define SET(option, value) do { CURLcode c_ = curl_easy_setopt(curl, option, value); if (c_ != CURLE_OK) \
	return fail(cx, ERR_BROKEN, "%s: %s", #option, curl_easy_strerror(c_)); } while (0)

static enum err
prepare(struct cx *cx, CURL *curl, const struct smtp_server *s, const struct smtp_mail *m, struct talk *t)
{
	struct curl_slist **to = NEW(cx, struct curl_slist *, 1);
	long patience = (long)((s->patience ? s->patience : 30 * SECOND) / 1000);
	const char *url;

	TRY(address(cx, s, m, &url));
	cx_defer(cx, end_list, to);
	*to = curl_slist_append(NULL, str_z(cx, str_fmt(cx, "<%.*s>", F(m->to))));
	if (!*to)
		return fail(cx, ERR_BUSY, "no memory to send a mail");
	SET(CURLOPT_URL, url);
	SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(CURLOPT_PROXY, ""); /* whatever the environment says */
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_TIMEOUT_MS, patience);
	SET(CURLOPT_CONNECTTIMEOUT_MS, patience);
	SET(CURLOPT_SERVER_RESPONSE_TIMEOUT, (patience + 999) / 1000); /* the goodbye has no other limit */
	SET(CURLOPT_USE_SSL, (long)(s->tls == SMTP_TLS_NONE ? CURLUSESSL_NONE :
	    s->tls == SMTP_TLS_REQUIRED || s->user.n ? CURLUSESSL_ALL : CURLUSESSL_TRY));
	if (s->ca_file.n)
		SET(CURLOPT_CAINFO, str_z(cx, s->ca_file));
	if (s->user.n) {
		SET(CURLOPT_USERNAME, str_z(cx, s->user));
		SET(CURLOPT_PASSWORD, str_z(cx, s->password));
	}
	SET(CURLOPT_MAIL_FROM, str_z(cx, str_fmt(cx, "<%.*s>", F(m->from))));
	SET(CURLOPT_MAIL_RCPT, *to);
	SET(CURLOPT_UPLOAD, 1L);
	SET(CURLOPT_READFUNCTION, give);
	SET(CURLOPT_READDATA, t);
	SET(CURLOPT_HEADERFUNCTION, hear);
	SET(CURLOPT_HEADERDATA, t);
	SET(CURLOPT_ERRORBUFFER, t->trouble);
	return OK;
}

/* Whether a 5xx was about this message: then no later try can help. Asking for TLS or for a password is about us. */
static bool
is_final(const struct talk *t, CURLcode result)
{
	bool about_us = t->code == 530 || t->code == 534 || t->code == 535 || t->code == 538;

	return t->code >= 500 && t->code <= 599 && !about_us && (result == CURLE_SEND_ERROR || t->rest.n == 0);
}

static void
conclude(struct cx *cx, const struct talk *t, CURLcode result, struct smtp_answer *out)
{
	struct str words = { t->words, (ptrdiff_t)t->n };

	out->end = result == CURLE_OK ? SMTP_SENT : is_final(t, result) ? SMTP_NEVER : SMTP_LATER;
	out->code = t->code;
	if (result == CURLE_OK || t->code >= 400) {
		out->words = str_copy(cx, words);
		return;
	}
	/* the server said nothing against it: what the library met tells more than its last friendly reply */
	out->code = 0;
	out->words = str_copy(cx, utf8_cut(str_of(t->trouble[0] ? t->trouble : curl_easy_strerror(result)), WORDS));
}

enum err
smtp_send(struct cx *cx, const struct smtp_server *s, const struct smtp_mail *m, struct smtp_answer *out)
{
	struct talk *t = NEW(cx, struct talk, 1);
	CURL **curl = NEW(cx, CURL *, 1);
	CURLcode result;

	TRY(smtp_message(cx, m, &t->rest));
	*out = (struct smtp_answer){ SMTP_NOT_SET, 0, S("no mail server is set") };
	if (!s->url.n)
		return OK;
	if (s->user.n && s->tls == SMTP_TLS_NONE && !tls_from_start(s))
		return fail(cx, ERR_BAD_INPUT, "a password for the mail server is only sent over TLS");
	cx_defer(cx, end_handle, curl);
	if (!(*curl = curl_easy_init()))
		return fail(cx, ERR_BUSY, "no memory to send a mail");
	TRY(prepare(cx, *curl, s, m, t));
	result = curl_easy_perform(*curl);
	conclude(cx, t, result, out);
	curl_easy_cleanup(*curl); /* says goodbye now, not when the turn ends */
	*curl = NULL;
	return OK;
}
