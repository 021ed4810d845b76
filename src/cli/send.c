#include "cli/send.h"

#include "desk/batch.h"
#include "sys/files.h"
#include "sys/ipc.h"
#include "sys/sys.h"

enum { LIFE = 256 << 20, TIDY_EVERY = 16 };
#define PATIENCE (60 * SECOND)

struct js *
send_request(struct cx *cx, const char *command, struct str ref, struct js *args)
{
	struct js *r = js_object(cx);

	js_set_str(cx, r, S("id"), id_hex(cx, id_new(cx)));
	js_set_str(cx, r, S("command"), str_of(command));
	if (ref.n)
		js_set_str(cx, r, S("case"), ref);
	js_set(cx, r, S("args"), args ? args : js_object(cx));
	return r;
}

static void
life_end(void *life)
{
	cx_end(life);
}

struct opening { struct str data; bool writer; struct desk *d; };

static enum err
open_desk(struct cx *life, void *arg)
{
	struct opening *a = arg;

	return desk_open(life, a->data, a->writer, a->d);
}

/* A desk keeps what it reads for as long as it lives, hence a memory of its own beside that of the turn. */
static enum err
desk_for_life(struct cx *cx, struct str data, bool writer, struct desk **out)
{
	struct cx *life = NEW(cx, struct cx, 1);
	struct opening arg = { data, writer, NEW(cx, struct desk, 1) };
	enum err e;

	*life = (struct cx){ .now = cx->now, .boot = cx->boot, .chance = cx->chance };
	cx_begin(life, cx_room(LIFE), LIFE);
	cx_defer(cx, life_end, life);
	e = cx_run(life, open_desk, &arg);
	if (e != OK)
		return fail(cx, e, "%s", life->why);
	life->a.over = cx->a.over; /* what no longer fits into the life of the desk ends the verb */
	*out = arg.d;
	return OK;
}

enum err
cli_desk(struct cx *cx, struct str data, struct desk **out)
{
	return desk_for_life(cx, data, false, out);
}

/* Be the registrar: the directory's lock first. */
static enum err
be_registrar(struct cx *cx, struct str data, struct send *s)
{
	int dir;

	TRY(files_open_dir(cx, FILES_HERE, data, &dir));
	files_close_later(cx, dir);
	TRY(files_lock(cx, dir, &s->lock));
	files_close_later(cx, s->lock);
	return desk_for_life(cx, data, true, &s->desk);
}

enum err
send_open(struct cx *cx, struct str data, struct send *s)
{
	enum err e;

	*s = (struct send){ .cx = cx, .fd = -1, .lock = -1 };
	e = ipc_connect(cx, str_fmt(cx, "%.*s/run/registrar.sock", F(data)), &s->fd);
	if (e == OK) {
		files_close_later(cx, s->fd);
		return OK;
	}
	if (e != ERR_NOT_FOUND)
		return e;
	cx->why[0] = 0;
	return be_registrar(cx, data, s);
}

static enum err
do_here(struct send *s, struct js *const *requests, ptrdiff_t n, struct str *answers)
{
	struct cx *cx = s->cx;
	struct batch_one *all = NEW(cx, struct batch_one, n), **at = NEW(cx, struct batch_one *, n);
	struct batch b = { .desk = s->desk };

	for (ptrdiff_t i = 0; i < n; i++) {
		all[i] = (struct batch_one){ .request = js_text(cx, requests[i]), .local = !js_get(requests[i], S("as")) };
		at[i] = &all[i];
	}
	for (int from = 0, done; from < n; from += done)
		TRY(batch_do(cx, &b, at + from, (int)n - from, &done));
	for (ptrdiff_t i = 0; i < n; i++)
		answers[i] = all[i].answer;
	s->wrote = true;
	if (++s->batches % TIDY_EVERY == 0)
		TRY(desk_tidy(cx, s->desk, FOLD_SOME));
	return desk_refresh(cx, s->desk);
}

enum err
send_all(struct send *s, struct js *const *requests, ptrdiff_t n, struct str *answers)
{
	if (s->desk)
		return do_here(s, requests, n, answers);
	for (ptrdiff_t i = 0; i < n; i++)
		TRY(ipc_call(s->cx, s->fd, js_text(s->cx, requests[i]), PATIENCE, &answers[i]));
	return OK;
}

enum err
send_one(struct send *s, const struct js *request, struct js **answer)
{
	struct js *one = (struct js *)request;
	struct str text;

	TRY(send_all(s, &one, 1, &text));
	return desk_answer(s->cx, text, answer);
}

enum err
send_close(struct send *s)
{
	struct str note;
	enum err e;

	if (!s->desk || !s->wrote)
		return OK;
	s->wrote = false;
	TRY(desk_sign(s->cx, s->desk, &note));
	e = desk_tidy(s->cx, s->desk, FOLD_EMPTY);
	return e == ERR_BUSY ? OK : e; /* somebody reads: whoever opens it next folds the log back */
}

enum err
cli_command(struct cx *cx, struct str data, const struct js *request, struct js **answer)
{
	struct send s;

	TRY(send_open(cx, data, &s));
	TRY(send_one(&s, request, answer));
	return send_close(&s);
}
