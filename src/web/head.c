#include "web/head.h"

#include <string.h>

enum step { VERB, PATH, QUERY, VERSION, LINE_LF, LINE, NAME, BEFORE_VALUE, VALUE, VALUE_LF, LAST_LF, DONE };

/* Fields that mean one thing: two of them would be read differently by different readers. */
static const struct str single[] = {
	{ "host", 4 }, { "content-length", 14 }, { "transfer-encoding", 17 }, { "content-type", 12 }, { "expect", 6 },
	{ "cookie", 6 }, { "authorization", 13 }, { "origin", 6 }, { "referer", 7 }, { "idempotency-key", 15 },
};
enum { HOST, LENGTH, CODING, TYPE, WAITS, SINGLES = sizeof single / sizeof *single };

static bool
is_alnum(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* RFC 9110, 5.6.2 */
static bool
is_token(unsigned char c)
{
	return is_alnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* RFC 3986: pchar and '/'; a query may hold '?' too. */
static bool
is_path(unsigned char c)
{
	return is_alnum(c) || (c && strchr("-._~!$&'()*+,;=:@%/", c));
}

void
head_begin(struct head *h)
{
	memset(h, 0, offsetof(struct head, field));
	h->length = 0;
}

static enum err
refuse(enum err e, const char **why, const char *words)
{
	*why = words;
	return e;
}
#define BAD(words) return refuse(ERR_BAD_INPUT, why, words)

/* The version is eight characters and CR. */
static enum err
version_step(struct head *h, const char *text, unsigned char c, const char **why)
{
	static const char shape[] = "HTTP/d.d\r";
	char want = shape[h->seen];

	if (want == 'd' ? c < '0' || c > '9' : c != (unsigned char)want)
		BAD("the request line does not end in a version and CR LF");
	if (want != '\r') {
		h->seen++;
		return OK;
	}
	if (text[h->at - 3] != '1' || text[h->at - 1] > '1')
		return refuse(ERR_VERSION, why, "only HTTP/1.1 and HTTP/1.0 are spoken");
	h->old = text[h->at - 1] == '0';
	h->step = LINE_LF;
	return OK;
}

static enum err
request_step(struct head *h, const char *text, unsigned char c, const char **why)
{
	switch ((enum step)h->step) {
	case VERB:
		if (c == ' ' && h->verb.n) {
			h->path.at = (uint16_t)(h->at + 1);
			h->step = PATH;
		} else if (is_token(c)) {
			h->verb.n++;
		} else {
			BAD("the request does not begin with a method");
		}
		return OK;
	case PATH:
	case QUERY:
		if (c == ' ' && h->path.n) {
			h->step = VERSION;
		} else if (h->path.n == 0 && c != '/') {
			BAD("the target is not a path");
		} else if (c == '?' && h->step == PATH) {
			h->query.at = (uint16_t)(h->at + 1);
			h->step = QUERY;
		} else if (is_path(c) || c == '?') {
			h->step == PATH ? h->path.n++ : h->query.n++;
		} else {
			BAD("the target holds a character that must be encoded");
		}
		return OK;
	case VERSION:
		return version_step(h, text, c, why);
	default:
		if (c != '\n')
			BAD("CR without LF");
		h->step = LINE;
		return OK;
	}
}

static enum err
name_step(struct head *h, char *text, unsigned char c, const char **why)
{
	struct head_field *f = &h->field[h->n_fields];

	if (c == ':') {
		h->step = BEFORE_VALUE;
		return OK;
	}
	if (!is_token(c))
		BAD(c == ' ' || c == '\t' ? "a space before the colon of a field" : "a field name holds what none may hold");
	if (c >= 'A' && c <= 'Z')
		text[h->at] = (char)(c + 32);
	f->name.n++;
	return OK;
}

/* The first character of a line. */
static enum err
line_step(struct head *h, char *text, unsigned char c, const char **why)
{
	if (c == '\r') {
		h->step = LAST_LF;
		return OK;
	}
	if (c == ' ' || c == '\t')
		BAD("a folded line");
	if (c == ':')
		BAD("a field without a name");
	if (h->n_fields == HEAD_FIELDS)
		return refuse(ERR_HEAD_SIZE, why, "too many fields");
	h->field[h->n_fields] = (struct head_field){ { h->at, 0 }, { 0, 0 } };
	h->step = NAME;
	return name_step(h, text, c, why);
}

static enum err
value_step(struct head *h, char *text, unsigned char c, const char **why)
{
	struct head_piece *v = &h->field[h->n_fields].value;

	if (c == '\r') {
		h->step = VALUE_LF;
		return OK;
	}
	if (c == ' ' || c == '\t')
		return OK;
	if (c < 0x20 || c == 0x7f)
		BAD(c == '\n' ? "LF without CR" : "a control character in a field");
	if (c > 0x7f)
		text[h->at] = '?';
	if (h->step == BEFORE_VALUE) {
		v->at = h->at;
		h->step = VALUE;
	}
	v->n = (uint16_t)(h->at + 1 - v->at); /* so trailing blanks are never counted */
	return OK;
}

static enum err
field_step(struct head *h, char *text, unsigned char c, const char **why)
{
	switch ((enum step)h->step) {
	case LINE:
		return line_step(h, text, c, why);
	case NAME:
		return name_step(h, text, c, why);
	case BEFORE_VALUE:
	case VALUE:
		return value_step(h, text, c, why);
	default:
		if (c != '\n')
			BAD("CR without LF");
		h->n_fields = (uint16_t)(h->n_fields + (h->step == VALUE_LF));
		h->step = h->step == VALUE_LF ? LINE : DONE;
		return OK;
	}
}

static enum err
verb_of(struct head *h, const char *text, const char **why)
{
	static const struct str taken[] = { { "GET", 3 }, { "HEAD", 4 }, { "POST", 4 } };
	static const struct str known[] = { { "PUT", 3 }, { "DELETE", 6 }, { "PATCH", 5 }, { "OPTIONS", 7 },
	    { "TRACE", 5 }, { "CONNECT", 7 } };
	struct str verb = head_str(text, h->verb);

	for (int i = 0; i < COUNT(taken); i++)
		if (str_eq(verb, taken[i])) {
			h->method = (enum method)i;
			return OK;
		}
	for (int i = 0; i < COUNT(known); i++)
		if (str_eq(verb, known[i]))
			return refuse(ERR_METHOD, why, "only GET, HEAD and POST are taken");
	return refuse(ERR_UNKNOWN, why, "this method is not known");
}

static bool
all_in(struct str s, const char *others)
{
	for (ptrdiff_t i = 0; i < s.n; i++)
		if (!is_alnum((unsigned char)s.p[i]) && !(s.p[i] && strchr(others, s.p[i])))
			return false;
	return s.n > 0;
}

/* A name or an address in brackets, and perhaps a port; never anybody's name or a path. */
static bool
host_ok(struct str host)
{
	bool brackets = str_starts(host, S("["));
	ptrdiff_t end = str_index(host, brackets ? ']' : ':');
	struct str name = str_sub(host, brackets, end < 0 ? host.n : end - brackets), port;
	int64_t n;

	if (brackets ? end < 0 || !all_in(name, ":.") : !all_in(name, "-._~"))
		return false;
	port = str_sub(host, brackets ? end + 1 : name.n, host.n);
	return !port.n || (port.p[0] == ':' && str_int(str_sub(port, 1, port.n), &n) && n > 0 && n <= 65535);
}

/* "close" among the comma-separated words of each Connection field. */
static bool
wants_close(const struct head *h, const char *text)
{
	for (int i = 0; i < h->n_fields; i++) {
		struct str rest = head_str(text, h->field[i].value), word;

		if (!str_eq(head_str(text, h->field[i].name), S("connection")))
			continue;
		while (str_next(&rest, ',', &word)) {
			word = str_trim(word);
			if (word.n == 5 && strncasecmp(word.p, "close", 5) == 0)
				return true;
		}
	}
	return false;
}

/* Where the body ends: the one thing two readers must never see differently. */
static enum err
framing(struct head *h, const char *text, const int *times, const char **why)
{
	struct str length = head_get(h, text, S("content-length"));

	if (times[LENGTH] && times[CODING])
		BAD("Content-Length beside Transfer-Encoding");
	if (times[CODING]) {
		if (h->old)
			BAD("Transfer-Encoding in HTTP/1.0");
		if (!str_eq(head_get(h, text, S("transfer-encoding")), S("chunked")))
			return refuse(ERR_UNKNOWN, why, "the only coding that is taken is chunked");
		h->chunked = true;
	}
	if (times[LENGTH] && (length.n > 15 || !str_int(length, &h->length) || h->length < 0))
		BAD("Content-Length is not a number");
	if (h->method != METHOD_POST && (h->chunked || h->length))
		BAD("only POST may have a body");
	if (times[WAITS]) {
		if (!str_eq(head_get(h, text, S("expect")), S("100-continue")))
			BAD("an expectation that is not 100-continue");
		h->expects = !h->old && (h->chunked || h->length);
	}
	return OK;
}

/* The head is complete: judge it as a whole. */
static enum err
judge(struct head *h, const char *text, const char **why)
{
	int times[SINGLES] = { 0 };

	for (int i = 0; i < h->n_fields; i++)
		for (int k = 0; k < SINGLES; k++)
			times[k] += str_eq(head_str(text, h->field[i].name), single[k]);
	if (times[HOST] == 0)
		BAD("no Host");
	for (int k = 0; k < SINGLES; k++)
		if (times[k] > 1)
			BAD(k == HOST ? "two Hosts" : k == LENGTH ? "two Content-Lengths" :
			    "a field comes twice that may come once");
	if (!host_ok(head_get(h, text, S("host"))))
		BAD("Host is not a host");
	TRY(verb_of(h, text, why));
	TRY(framing(h, text, times, why));
	h->keep = !h->old && !wants_close(h, text);
	return OK;
}

enum err
head_feed(struct head *h, char *text, ptrdiff_t n, bool *done, const char **why)
{
	*done = false;
	while (h->at < n && h->at < HEAD_MOST) {
		unsigned char c = (unsigned char)text[h->at];

		TRY(h->step < LINE ? request_step(h, text, c, why) : field_step(h, text, c, why));
		h->at++;
		if (h->step == DONE) {
			*done = true;
			return judge(h, text, why);
		}
	}
	if (h->at == HEAD_MOST)
		return refuse(ERR_HEAD_SIZE, why, "the head is longer than 16 KiB");
	return OK;
}

struct str
head_str(const char *text, struct head_piece piece)
{
	return (struct str){ text + piece.at, piece.n };
}

struct str
head_get(const struct head *h, const char *text, struct str name)
{
	struct str found = S("");
	int times = 0;

	for (int i = 0; i < h->n_fields; i++)
		if (str_eq(head_str(text, h->field[i].name), name)) {
			found = head_str(text, h->field[i].value);
			times++;
		}
	return times == 1 ? found : S("");
}
