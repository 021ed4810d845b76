/* The API for programs: the same commands that pages send, as JSON. What it tells of cases stands in api_read.c. */
#include "desk/command.h"
#include "web/site.h"

enum { LONGEST_KEY = 255 };

/* A request sent again with the same Idempotency-Key is the same command: the desk then gives the answer it gave
 * before, and refuses a differing request under that key. Keys of one token mean nothing to another. */
static enum err
command_id(struct visit *v, struct id *out)
{
	struct str key = turn_field(v->turn, S("idempotency-key"));
	struct hash h;

	if (key.n > LONGEST_KEY)
		return fail(v->turn->cx, ERR_BAD_INPUT, "Idempotency-Key: at most %d characters", LONGEST_KEY);
	h = HASH(S("tocsin/v1/idempotency\n"), v->credential.token, S("\n"), key);
	*out = key.n ? id_of(h.b) : id_new(v->turn->cx);
	return OK;
}

/* The body, which must be one JSON object of these members. */
static enum err
body(struct visit *v, const struct str *names, ptrdiff_t n, struct js **out)
{
	struct cx *cx = v->turn->cx;

	if (!str_eq(v->turn->type, S("application/json")))
		return fail(cx, ERR_MEDIA, "only application/json is taken here");
	TRY(js_read(cx, v->turn->body, out));
	if ((*out)->type != JS_OBJECT)
		return fail(cx, ERR_BAD_INPUT, "the body must be a JSON object");
	js_only(cx, *out, names, n);
	return fault_end(cx);
}

static enum err
reported(struct turn *t, void *arg, enum err e, struct js *ok)
{
	static const struct str names[] = { { "ref", 3 }, { "code", 4 }, { "seal", 4 }, { "duties", 6 },
		{ "entry", 5 } };
	struct js *answer = js_object(t->cx);

	(void)arg;
	TRY(e);
	for (ptrdiff_t i = 0; i < COUNT(names); i++)
		if (js_get(ok, names[i]))
			js_set(t->cx, answer, names[i], js_share(t->cx, js_get(ok, names[i])));
	turn_set(t, S("Location"), str_fmt(t->cx, "/api/v1/cases/%.*s", F(js_str(ok, S("ref")))));
	turn_answer(t, 201, S("application/json"), js_text(t->cx, answer));
	return OK;
}

enum err
api_report(struct visit *v)
{
	static const struct str names[] = { { "narrative", 9 }, { "facts", 5 }, { "answers", 7 }, { "reporter", 8 },
		{ "channel", 7 }, { "line_manager", 12 }, { "entry_point", 11 }, { "reported_at", 11 } };
	struct cx *cx = v->turn->cx;
	struct js *args;
	struct id id;

	/* who shows a token wants the report to be theirs: a token that is over must not make it an anonymous one */
	if (turn_field(v->turn, S("authorization")).n && id_zero(v->who.id))
		return fail(cx, ERR_WHO, "this token is not known: report with one that holds, or without any");
	TRY(body(v, names, COUNT(names), &args));
	TRY(command_id(v, &id));
	if (!js_get(args, S("channel")))
		js_set_str(cx, args, S("channel"), S("api"));
	return door_send(v->door, v->turn, id, v->credential, S("report"), S(""), args, reported, NULL);
}

static enum err
commanded(struct turn *t, void *arg, enum err e, struct js *ok)
{
	(void)arg;
	TRY(e);
	turn_answer(t, 200, S("application/json"), js_text(t->cx, ok));
	return OK;
}

/* Is there such a command, and is it about a case? Which of them this actor may give is the desk's to say. */
static void
check_command(struct cx *cx, struct str name)
{
	struct str *names = NEW(cx, struct str, commands_count), near;
	ptrdiff_t n = 0;

	for (ptrdiff_t i = 0; i < commands_count; i++) {
		enum need need = commands[i].need;

		if (commands[i].run == command_download) /* its answer is for the worker, which sends the file itself */
			continue;
		if (need != NEED_REPORTER && need != NEED_STUB && need != NEED_CASE)
			continue;
		if (str_eq(commands[i].name, name))
			return;
		names[n++] = commands[i].name;
	}
	near = str_nearest(name, names, n);
	fault_add(cx, S("command"), 0, 0, S("unknown-command"), "a case has no command “%.*s”%s%.*s%s",
	    F(utf8_cut_whole(name, 64)), near.n ? "; did you mean “" : "", F(near), near.n ? "”?" : "");
}

enum err
api_command(struct visit *v)
{
	static const struct str names[] = { { "command", 7 }, { "args", 4 } };
	struct cx *cx = v->turn->cx;
	const struct js *args;
	struct js *request;
	struct id id;

	TRY(body(v, names, COUNT(names), &request));
	check_command(cx, js_str(request, S("command")));
	args = js_get(request, S("args"));
	if (args && args->type != JS_OBJECT)
		fault_add(cx, S("args"), 0, 0, S("type"), "must be an object");
	TRY(fault_end(cx));
	TRY(command_id(v, &id));
	return door_send(v->door, v->turn, id, v->credential, js_str(request, S("command")), v->args[0],
	    args ? js_share(cx, args) : js_object(cx), commanded, NULL);
}
