#include "cli/addresses.h"

#include "cli/send.h"
#include "desk/desk.h"
#include "sys/files.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

enum { CONF_MOST = 64 << 10 };

struct str
addresses_host(struct str url)
{
	ptrdiff_t from = str_find(url, S("://")), end;
	struct str rest;

	if (from < 0)
		return S("");
	rest = str_sub(url, from + 3, url.n);
	if (str_starts(rest, S("["))) {
		end = str_find(rest, S("]"));
		return end < 0 ? S("") : str_sub(rest, 1, end - 1);
	}
	for (end = 0; end < rest.n && rest.p[end] != ':' && rest.p[end] != '/'; end++)
		;
	return str_sub(rest, 0, end);
}

static bool
is_address(struct cx *cx, struct str s)
{
	uint8_t bytes[16];
	const char *z = str_z(cx, s);

	return inet_pton(AF_INET, z, bytes) == 1 || inet_pton(AF_INET6, z, bytes) == 1;
}

void
addresses_resolvers(struct cx *cx, struct str file, struct buf *out)
{
	struct str line, word;

	while (str_next(&file, '\n', &line)) {
		line = str_trim(line);
		if (!str_starts(line, S("nameserver")) || line.n < 11 || (line.p[10] != ' ' && line.p[10] != '\t'))
			continue;
		word = str_trim(str_sub(line, 11, line.n));
		if (is_address(cx, word))
			buf_fmt(out, "IPAddressAllow=%.*s\n", F(word));
	}
}

/* Every address of a name, each once: getaddrinfo gives one for each kind of socket if it is not told which. */
static enum err
put_host(struct cx *cx, struct str host, struct buf *out)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *all;
	char text[INET6_ADDRSTRLEN];
	int bad = getaddrinfo(str_z(cx, host), NULL, &hints, &all);

	if (bad)
		return fail(cx, ERR_NOT_FOUND, "the mail server %.*s has no address now: %s", F(host), gai_strerror(bad));
	for (struct addrinfo *a = all; a; a = a->ai_next)
		if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
			buf_fmt(out, "IPAddressAllow=%s\n", text);
	freeaddrinfo(all);
	return OK;
}

enum err
addresses_verb(struct cx *cx, const struct cli *c)
{
	struct buf out = buf_new(cx);
	struct str conf, host;
	struct desk *d;

	TRY(cli_desk(cx, cli_option(c, S("data"), S("")), &d));
	host = addresses_host(desk_setting(d, S("mail_server"), S("")));
	buf_fmt(&out, "# What the clerk may reach, as tocsin addresses has found it. Write it anew when the mail server "
	    "moves.\n[Service]\n# the resolver\n");
	if (files_read(cx, FILES_HERE, S("/etc/resolv.conf"), CONF_MOST, &conf) == OK)
		addresses_resolvers(cx, conf, &out);
	if (host.n) {
		buf_fmt(&out, "# the mail server, %.*s\n", F(host));
		TRY(put_host(cx, host, &out));
	} else {
		buf_fmt(&out, "# no mail server is set: tocsin setting set mail_server\n");
	}
	return cli_print(cx, buf_str(&out));
}
