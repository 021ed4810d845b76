#include "sys/stream.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

_Static_assert(STREAM_OVER == crypto_secretstream_xchacha20poly1305_ABYTES, "what a chunk grows by");
_Static_assert(STREAM_KEY == crypto_secretstream_xchacha20poly1305_KEYBYTES, "keys");
_Static_assert(STREAM_HEAD == 24 + crypto_secretstream_xchacha20poly1305_HEADERBYTES, "the head");

enum { FULL = STREAM_CHUNK + STREAM_OVER };

struct stream {
	crypto_secretstream_xchacha20poly1305_state state;
	bool opening, headed;
	uint8_t key[STREAM_KEY];     /* opening: until the head is there */
	uint8_t head[STREAM_HEAD];   /* what it must be, or is */
	uint8_t *in, *out;           /* room for a chunk each, sealed or plain */
	ptrdiff_t n, most;           /* bytes waiting in `in`; how many make it full */
	struct stream_sink sink;
	struct stream_sum sum;
	struct sha256_run *plain, *stored; /* NULL once ended */
};

static void
stream_close(void *p)
{
	struct stream *s = p;

	if (s->plain)
		sha256_end(s->plain);
	if (s->stored)
		sha256_end(s->stored);
	sodium_memzero(s, sizeof *s);
}

static struct stream *
stream_new(struct cx *cx, const uint8_t dek_id[16], struct stream_sink sink)
{
	struct stream *s = NEW(cx, struct stream, 1);

	s->in = NEW(cx, uint8_t, FULL);
	s->out = NEW(cx, uint8_t, FULL);
	memcpy(s->head, "TSE1\1\2\0\0", 8);
	memcpy(s->head + 8, dek_id, 16);
	s->sink = sink;
	cx_defer(cx, stream_close, s);
	s->plain = sha256_start();
	s->stored = sha256_start();
	return s;
}

/* Bytes as they are stored, and as they were. */
static void
count_stored(struct stream *s, struct str bytes)
{
	s->sum.stored_size += (uint64_t)bytes.n;
	sha256_feed(s->stored, bytes);
}

static void
count_plain(struct stream *s, struct str bytes)
{
	s->sum.plain_size += (uint64_t)bytes.n;
	sha256_feed(s->plain, bytes);
}

enum err
stream_seal(struct cx *cx, const uint8_t key[STREAM_KEY], const uint8_t dek_id[16], struct stream_sink sink,
    struct stream **out)
{
	struct stream *s = stream_new(cx, dek_id, sink);
	struct str head = { (char *)s->head, STREAM_HEAD };

	crypto_secretstream_xchacha20poly1305_init_push(&s->state, s->head + 24, key);
	s->headed = true;
	s->most = STREAM_CHUNK;
	count_stored(s, head);
	*out = s;
	return sink.put(cx, sink.with, head);
}

enum err
stream_open(struct cx *cx, const uint8_t key[STREAM_KEY], const uint8_t dek_id[16], struct stream_sink sink,
    struct stream **out)
{
	struct stream *s = stream_new(cx, dek_id, sink);

	s->opening = true;
	s->most = STREAM_HEAD;
	memcpy(s->key, key, STREAM_KEY);
	*out = s;
	return OK;
}

static enum err
head_open(struct cx *cx, struct stream *s)
{
	if (s->n != STREAM_HEAD || memcmp(s->in, s->head, 24) != 0)
		return fail(cx, ERR_TAMPERED, "it is no stored file under this key");
	if (crypto_secretstream_xchacha20poly1305_init_pull(&s->state, s->in + 24, s->key))
		return fail(cx, ERR_TAMPERED, "the stored file's head cannot be used");
	sodium_memzero(s->key, sizeof s->key);
	s->headed = true;
	s->most = FULL;
	return OK;
}

static unsigned char
tag_of(bool last)
{
	return last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
}

static enum err
chunk_seal(struct cx *cx, struct stream *s, bool last)
{
	unsigned char tag = tag_of(last);
	struct str sealed = { (char *)s->out, s->n + STREAM_OVER };

	crypto_secretstream_xchacha20poly1305_push(&s->state, s->out, NULL, s->in, (unsigned long long)s->n, NULL,
	    0, tag);
	count_stored(s, sealed);
	return s->sink.put(cx, s->sink.with, sealed);
}

static enum err
chunk_open(struct cx *cx, struct stream *s, bool last)
{
	unsigned char tag;
	struct str plain = { (char *)s->out, s->n - STREAM_OVER };

	if (s->n < STREAM_OVER || (s->n == STREAM_OVER && s->sum.plain_size))
		return fail(cx, ERR_TAMPERED, "the stored file has been cut off");
	if (crypto_secretstream_xchacha20poly1305_pull(&s->state, s->out, NULL, &tag, s->in, (unsigned long long)s->n,
	    NULL, 0))
		return fail(cx, ERR_TAMPERED, "the stored file has been changed near byte %llu",
		    (unsigned long long)s->sum.plain_size);
	if (tag != tag_of(last))
		return fail(cx, ERR_TAMPERED, last ?
		    "the stored file has been cut off" : "the stored file goes on after its end");
	count_plain(s, plain);
	return plain.n ? s->sink.put(cx, s->sink.with, plain) : OK;
}

/* What waits in `in` is full, or the last there is. */
static enum err
pass_on(struct cx *cx, struct stream *s, bool last)
{
	if (!s->headed)
		TRY(head_open(cx, s));
	else
		TRY(s->opening ? chunk_open(cx, s, last) : chunk_seal(cx, s, last));
	s->n = 0;
	return OK;
}

enum err
stream_feed(struct cx *cx, struct stream *s, struct str bytes)
{
	assert(s->plain);
	if (s->opening)
		count_stored(s, bytes);
	else
		count_plain(s, bytes);
	while (bytes.n) {
		ptrdiff_t room = s->most - s->n, n = bytes.n < room ? bytes.n : room;

		/* A full chunk waits until there is more: only then it is known not to be the last. */
		if (!room) {
			TRY(pass_on(cx, s, false));
			continue;
		}
		memcpy(s->in + s->n, bytes.p, (size_t)n);
		s->n += n;
		bytes = str_sub(bytes, n, bytes.n);
	}
	return OK;
}

enum err
stream_end(struct cx *cx, struct stream *s, struct stream_sum *out)
{
	assert(s->plain);
	if (!s->headed)
		TRY(pass_on(cx, s, true));
	TRY(pass_on(cx, s, true));
	s->sum.plain = sha256_end(s->plain);
	s->sum.stored = sha256_end(s->stored);
	s->plain = s->stored = NULL;
	*out = s->sum;
	return OK;
}

uint64_t
stream_stored_size(uint64_t plain)
{
	uint64_t chunks = plain ? (plain + STREAM_CHUNK - 1) / STREAM_CHUNK : 1;

	return STREAM_HEAD + plain + chunks * STREAM_OVER;
}
