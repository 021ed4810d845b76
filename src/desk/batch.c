#include "desk/batch.h"

#include "base/log.h"

static enum err
run_one(struct cx *cx, const struct batch *b, struct batch_one *one)
{
	if (b->run)
		return b->run(cx, b->arg, one);
	return desk_do(cx, b->desk, one->request, one->local, one->clerk, &one->answer);
}

/* One commit. Nobody may think it done before. Only when nobody waits any more it ends: a commit costs more than most of
 * the commands in it. */
static enum err
together(struct cx *cx, const struct batch *b, struct batch_one **all, int n, int *done)
{
	enum err e = OK;

	*done = 0;
	b->desk->sign_now = false;
	TRY(desk_begin(cx, b->desk));
	for (; e == OK && *done < n && !b->desk->sign_now; ++*done) {
		b->desk->verdict = all[*done]->verdict;
		e = run_one(cx, b, all[*done]);
		if (e == OK && *done + 1 == n && b->more && !b->alone)
			n = b->more(b->arg, all, n);
	}
	if (e == OK)
		return desk_end(cx, b->desk);
	desk_undo(b->desk);
	return e;
}

static void
refuse(struct cx *cx, struct batch_one *one, enum err e)
{
	one->answer = js_text(cx, desk_error(cx, e));
}

/* An export without its checkpoint is none: it is asked for again. */
static enum err
sign_export(struct cx *cx, const struct batch *b, struct batch_one *export)
{
	struct str note;
	enum err e = desk_sign_export(cx, b->desk, &note);

	if (e != OK && e != ERR_SYNC) {
		refuse(cx, export, e);
		return OK;
	}
	return e;
}

enum err
batch_do(struct cx *cx, struct batch *b, struct batch_one **all, int n, int *done)
{
	enum err e = together(cx, b, all, b->alone ? 1 : n, done);

	if (*done > n)
		n = *done;
	if (e != OK && e != ERR_SYNC && n > 1 && !b->alone) {
		log_line("a batch of %d was undone and is done one by one: %s", n, cx->why);
		b->alone = n;
		e = together(cx, b, all, 1, done);
	}
	if (b->alone)
		b->alone--;
	if (e == ERR_SYNC)
		return e;
	if (e != OK) {
		*done = 1;
		if (cx->boot >= b->say_next)
			log_line("a command was undone: %s", cx->why);
		b->say_next = cx->boot + SECOND;
		refuse(cx, all[0], e);
	}
	return e == OK && b->desk->sign_now ? sign_export(cx, b, all[*done - 1]) : OK;
}
