#include "cli/serve.h"

enum err (*cli_serve)(struct cx *, const struct cli_server *);
enum err (*cli_clerk)(struct cx *, struct str);

enum err
serve_verb(struct cx *cx, const struct cli *c)
{
	struct str listen = cli_option(c, S("listen"), S("127.0.0.1:8080")), workers = cli_option(c, S("workers"), S("2"));
	struct cli_server s = { .data = cli_option(c, S("data"), S("")), .https = cli_flag(c, S("https")),
		.listens = cli_option(c, S("listen"), S("")).n > 0, .without_clerk = cli_flag(c, S("without-clerk")) };
	ptrdiff_t colon = -1;
	int64_t n, port;

	for (ptrdiff_t i = 0; i < listen.n; i++)
		if (listen.p[i] == ':')
			colon = i;
	if (colon < 1)
		return fail(cx, ERR_USAGE, "--listen: must be ADDRESS:PORT, such as 127.0.0.1:8080; port 0 takes any");
	s.host = str_sub(listen, 0, colon);
	s.port = str_sub(listen, colon + 1, listen.n);
	if (!str_int(s.port, &port) || port < 0 || port > 65535)
		return fail(cx, ERR_USAGE, "--listen: “%.*s” is no port: 0 to 65535, and 0 takes any", F(s.port));
	if (str_starts(s.host, S("[")) && str_ends(s.host, S("]")))
		s.host = str_sub(s.host, 1, s.host.n - 2);
	if (!str_int(workers, &n) || n < 1 || n > 32)
		return fail(cx, ERR_USAGE, "--workers: must be 1 to 32");
	s.workers = (int)n;
	if (!cli_serve)
		return fail(cx, ERR_UNKNOWN, "this programme was built without a server");
	return cli_serve(cx, &s);
}

enum err
serve_verb_clerk(struct cx *cx, const struct cli *c)
{
	if (!cli_clerk)
		return fail(cx, ERR_UNKNOWN, "this programme was built without a clerk");
	return cli_clerk(cx, cli_option(c, S("data"), S("")));
}
