#include "desk/ask_file.h"

#include "base/code.h"

struct file_out {
	struct cx *cx;
	struct vault_get from;
	struct stream *stream;
	struct stream_sum want;      /* what the entry says of it */
	char *sealed, *plain;        /* room for a piece of the vault, and for a chunk of it opened */
	struct str piece, chunk;     /* what of them has not been used */
	uint64_t opened;
	bool whole;                  /* all of it was there and is what was attached */
};

/* A chunk that is not the last leaves something to be checked, so it must leave something to be sent. */
static enum err
opened(struct cx *cx, void *with, struct str bytes)
{
	struct file_out *o = with;

	o->opened += (uint64_t)bytes.n;
	if (o->opened > o->want.plain_size)
		return fail(cx, ERR_TAMPERED, "the stored file is longer than what was attached");
	memcpy(o->plain, bytes.p, (size_t)bytes.n);
	o->chunk = (struct str){ o->plain, bytes.n };
	return OK;
}

static enum err
next_piece(struct file_out *o)
{
	struct mark m = cx_mark(o->cx);
	struct str piece;

	TRY(vault_get_next(o->cx, &o->from, &piece));
	memcpy(o->sealed, piece.p, (size_t)piece.n);
	o->piece = (struct str){ o->sealed, piece.n };
	cx_back(o->cx, m);
	return OK;
}

static enum err
check_whole(struct file_out *o)
{
	struct stream_sum sum;

	TRY(stream_end(o->cx, o->stream, &sum));
	if (sum.plain_size != o->want.plain_size || !hash_eq(sum.plain, o->want.plain) ||
	    !hash_eq(sum.stored, o->want.stored))
		return fail(o->cx, ERR_TAMPERED, "the stored file is not what was attached");
	o->whole = true;
	return OK;
}

/* Until a chunk is open or all is at its end. One feed opens one chunk at most. */
static enum err
open_more(struct file_out *o)
{
	while (!o->chunk.n && !o->whole) {
		struct str some;

		if (!o->piece.n)
			TRY(next_piece(o));
		if (!o->piece.n)
			return check_whole(o);
		some = str_sub(o->piece, 0, o->piece.n < STREAM_CHUNK ? o->piece.n : STREAM_CHUNK);
		TRY(stream_feed(o->cx, o->stream, some));
		o->piece = str_sub(o->piece, some.n, o->piece.n);
		if (o->chunk.n && o->opened == o->want.plain_size)
			return fail(o->cx, ERR_TAMPERED, "the stored file goes on after what was attached");
	}
	return OK;
}

enum err
ask_file_open(struct cx *cx, const struct desk *d, const struct js *granted, struct ask_file *file)
{
	struct file_out *o = NEW(cx, struct file_out, 1);
	struct vault vault = desk_vault(d);
	uint8_t key[STREAM_KEY];
	struct id object, dek;

	*file = (struct ask_file){ js_str(granted, S("name")), js_int(granted, S("size"), -1), o };
	if (!id_read(js_str(granted, S("object")), &object) || !id_read(js_str(granted, S("dek")), &dek) ||
	    file->size < 0 || !hex_read(js_str(granted, S("key")), key, sizeof key) ||
	    !hex_read(js_str(granted, S("plain")), o->want.plain.b, 32) ||
	    !hex_read(js_str(granted, S("stored")), o->want.stored.b, 32))
		return fail(cx, ERR_BROKEN, "this is no answer to a download");
	o->cx = cx;
	o->want.plain_size = (uint64_t)file->size;
	o->sealed = NEW(cx, char, VAULT_CHUNK);
	o->plain = NEW(cx, char, STREAM_CHUNK);
	o->piece = o->chunk = S("");
	TRY(vault_get(cx, &vault, object, &o->from));
	TRY(stream_open(cx, key, dek.b, (struct stream_sink){ opened, o }, &o->stream));
	return open_more(o);
}

enum err
ask_file_next(struct file_out *o, char *to, ptrdiff_t cap, ptrdiff_t *n)
{
	TRY(open_more(o));
	*n = o->chunk.n < cap ? o->chunk.n : cap;
	memcpy(to, o->chunk.p, (size_t)*n);
	o->chunk = str_sub(o->chunk, *n, o->chunk.n);
	return OK;
}
