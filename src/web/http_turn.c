#include "web/http_inner.h"

#include "web/url.h"
#include <string.h>

enum { SLOW = 3 * SECOND };

/* The three calls of an upload, as multipart makes them. */
static enum err
sink_begin(void *arg, struct str field, struct str filename, struct str type)
{
	struct http *h = arg;

	return h->plan.sink->begin(h->turn, field, filename, type);
}

static enum err
sink_data(void *arg, struct str bytes)
{
	struct http *h = arg;

	return h->plan.sink->data(h->turn, bytes);
}

static enum err
sink_end(void *arg)
{
	struct http *h = arg;

	return h->plan.sink->end(h->turn);
}

static const struct multipart_sink sink = { sink_begin, sink_data, sink_end };

/* Run a step of the turn with fresh clocks. Memory that ran out is given back to where the step began, so then the
 * turn is put back too: nothing of it may point there. */
static enum err
run(struct http *h, enum err (*step)(struct cx *, void *))
{
	struct turn *t = h->turn, before;
	enum err e;

	http_clock(h->door, t->cx);
	t->running = true;
	t->early = OK;
	before = *t;
	e = cx_run(t->cx, step, h);
	if (e == ERR_TOO_BIG)
		*t = before;
	t->running = false;
	return e ? e : t->early;
}

static enum err
compose(struct cx *cx, void *arg)
{
	(void)cx;
	return http_answer_compose(arg);
}

static void
start_writing(struct http *h)
{
	if (h->gone) {
		http_over(h);
		return;
	}
	h->state = HTTP_WRITE;
	http_pace(h, h->door->set.write);
}

static enum err
error_page(struct cx *cx, void *arg)
{
	struct http *h = arg;
	struct turn *t = h->turn;

	if (!h->door->app->error_page)
		return ERR_BROKEN;
	TRY(h->door->app->error_page(t, t->early));
	if (t->resume)
		return fail(cx, ERR_BROKEN, "the page of an error may not wait");
	t->early = OK;
	return http_answer_compose(h);
}

/* As run(), but what went wrong stands in t->early for error_page, and nothing is left when this fails. */
static bool
run_error_page(struct http *h, enum err e)
{
	struct turn *t = h->turn;

	memset(&t->answer, 0, sizeof t->answer);
	t->answer.fields = t->answer.made = buf_new(t->cx);
	t->resume = NULL;
	t->ticket = 0;
	t->early = e;
	http_clock(h->door, t->cx);
	return cx_run(t->cx, error_page, h) == OK;
}

void
http_turn_fail(struct http *h, enum err e, const char *why)
{
	h->last = true;
	h->head.keep = false;
	h->left_of_source = 0;
	if (!h->turn)
		h->turn = http_pool_take(h);
	if (h->turn && why)
		e = fail(h->turn->cx, e, "%s", why);
	if (!h->turn || !run_error_page(h, e))
		http_answer_plain(h, e);
	start_writing(h);
}

/* A step has ended: answer, fail or wait. */
static void
settle(struct http *h, enum err e)
{
	if (e == OK && h->turn->resume) {
		h->state = HTTP_PARKED;
		h->due = http_boot(h) + h->door->set.park;
		return;
	}
	if (e == OK)
		e = run(h, compose);
	if (e == OK)
		start_writing(h);
	else
		http_turn_fail(h, e, NULL);
}

static struct str
media_of(struct turn *t)
{
	struct str type = turn_field(t, S("content-type"));
	ptrdiff_t semi = str_index(type, ';');

	return str_lower(t->cx, str_trim(str_sub(type, 0, semi < 0 ? type.n : semi)));
}

/* Does the body that is announced suit the route? */
static enum err
body_begin(struct http *h)
{
	struct turn *t = h->turn;
	bool form = h->plan.take == PLAN_FORM || h->plan.take == PLAN_UPLOAD;

	chunk_begin(&h->chunk);
	h->left = h->head.length;
	h->got = 0;
	h->is_multipart = false;
	h->whole = !h->head.chunked && h->left == 0;
	h->taken = buf_new(t->cx);
	if (h->whole)
		return OK;
	if (h->plan.take == PLAN_NOTHING)
		return fail(t->cx, ERR_TOO_BIG, "no body is taken here");
	if (h->left > h->plan.limit)
		return fail(t->cx, ERR_TOO_BIG, "at most %lld bytes are taken here", (long long)h->plan.limit);
	if (!form || str_eq(t->type, S("application/x-www-form-urlencoded")))
		return OK;
	if (h->plan.take != PLAN_UPLOAD)
		return fail(t->cx, ERR_MEDIA, "only application/x-www-form-urlencoded is taken here");
	h->is_multipart = true;
	return multipart_begin(&h->multipart, t->cx, turn_field(t, S("content-type")), &t->form,
	    h->plan.sink ? &sink : NULL, h);
}

static enum err
body_end(struct http *h)
{
	struct turn *t = h->turn;

	if (h->is_multipart)
		TRY(multipart_end(&h->multipart));
	else if (h->plan.take == PLAN_FORM || h->plan.take == PLAN_UPLOAD)
		TRY(form_read(t->cx, buf_str(&h->taken), &t->form));
	else
		t->body = buf_str(&h->taken);
	return h->plan.handler(t);
}

static enum err
body_piece(struct http *h, struct str piece)
{
	h->got += piece.n;
	if (h->got > h->plan.limit)
		return fail(h->turn->cx, ERR_TOO_BIG, "at most %lld bytes are taken here", (long long)h->plan.limit);
	if (h->is_multipart)
		return multipart_feed(&h->multipart, piece);
	buf_put(&h->taken, piece);
	return OK;
}

/* What stands in the input buffer, as far as it belongs to this body; what follows moves to the front. */
static enum err
body_feed(struct http *h)
{
	struct str in = { h->in, h->n }, piece;
	bool end = false;

	if (h->head.chunked) {
		while (in.n && !end) {
			if (!chunk_next(&h->chunk, &in, &piece, &end))
				return fail(h->turn->cx, ERR_BAD_INPUT, "the body is not properly chunked");
			TRY(body_piece(h, piece));
		}
		h->whole = end;
	} else {
		piece = str_sub(in, 0, h->left < in.n ? (ptrdiff_t)h->left : in.n);
		in = str_sub(in, piece.n, in.n);
		h->left -= piece.n;
		h->whole = h->left == 0;
		TRY(body_piece(h, piece));
	}
	http_paid(h, h->n - in.n, h->door->set.body);
	h->n = in.n;
	if (in.n)
		memmove(h->in, in.p, (size_t)in.n);
	return OK;
}

static enum err
body_step(struct cx *cx, void *arg)
{
	struct http *h = arg;

	(void)cx;
	if (!h->whole)
		TRY(body_feed(h));
	return h->whole ? body_end(h) : OK;
}

static enum err
first_step(struct cx *cx, void *arg)
{
	struct http *h = arg;
	struct turn *t = h->turn;

	TRY(url_path(cx, t->path, &t->segs, &t->n_segs));
	TRY(form_read(cx, head_str(t->text, h->head.query), &t->query));
	if (h->head.chunked || h->head.length)
		t->type = media_of(t);
	TRY(h->door->app->route(t, &h->plan));
	return body_begin(h);
}

void
http_turn_body(struct http *h)
{
	enum err e = run(h, body_step);

	if (e != OK || h->whole)
		settle(h, e);
}

/* A turn for h; when all are taken, the body that trickles most, or who reads an answer most slowly, makes room: at
 * once for a request that is here whole, for another body only when it has been behind for a while. */
static struct turn *
take(struct http *h)
{
	bool here = !h->head.chunked && h->head.length <= h->n - h->head.at;
	struct turn *t = http_pool_take(h);
	struct http *slow;

	if (t || !(slow = http_pool_slowest(h->door, http_boot(h), here ? 0 : SLOW)))
		return t;
	http_over(slow);
	return http_pool_take(h);
}

/* The head moves into the turn's memory, what follows it to the front of the input. */
static void
move_head(struct http *h)
{
	struct turn *t = h->turn;

	t->text = NEW(t->cx, char, h->head.at);
	memcpy(t->text, h->in, h->head.at);
	h->n -= h->head.at;
	memmove(h->in, h->in + h->head.at, (size_t)h->n);
	t->method = h->head.method == METHOD_HEAD ? METHOD_GET : h->head.method;
	t->bare = h->head.method == METHOD_HEAD;
	t->path = head_str(t->text, h->head.path);
	t->answer.fields = t->answer.made = buf_new(t->cx);
}

void
http_turn_begin(struct http *h)
{
	enum err e;

	if (!(h->turn = take(h))) {
		http_turn_fail(h, ERR_BUSY, NULL);
		return;
	}
	memset(&h->plan, 0, sizeof h->plan);
	move_head(h);
	if ((e = run(h, first_step)) != OK) {
		http_turn_fail(h, e, NULL);
		return;
	}
	h->state = HTTP_BODY;
	http_pace(h, h->door->set.body);
	if (!h->whole && h->n == 0) {
		if (h->head.expects)
			h->out[0] = S("HTTP/1.1 100 Continue\r\n\r\n");
		return;
	}
	http_turn_body(h);
}

static enum err
resume_step(struct cx *cx, void *arg)
{
	struct http *h = arg;
	struct turn *t = h->turn;
	enum err (*fn)(struct turn *, void *, const void *) = t->resume;

	(void)cx;
	t->resume = NULL;
	t->ticket = 0;
	return fn(t, t->resume_arg, h->word);
}

void
http_turn_resume(struct http *h, const void *word)
{
	h->word = word;
	settle(h, run(h, resume_step));
	if (h->door->wake)
		h->door->wake(h);
}

static enum err
pull_step(struct cx *cx, void *arg)
{
	struct http *h = arg;
	struct pull *s = &h->turn->answer.source;
	ptrdiff_t n = 0, cap = h->left_of_source < HTTP_PIECE ? (ptrdiff_t)h->left_of_source : HTTP_PIECE;

	TRY(s->next(s->arg, h->piece, cap, &n));
	if (n <= 0 || n > cap)
		return fail(cx, ERR_BROKEN, "a source ended before its length");
	h->left_of_source -= n;
	h->out[2] = (struct str){ h->piece, n };
	return OK;
}

enum err
http_turn_pull(struct http *h)
{
	return run(h, pull_step);
}
