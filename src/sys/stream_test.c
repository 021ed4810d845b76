#include "base/buf.h"
#include "base/test.h"
#include "sys/stream.h"

static const uint8_t key[STREAM_KEY] = "a key of thirty-two bytes or so", dek[16] = "which key it is";

static enum err
into_buf(struct cx *cx, void *with, struct str bytes)
{
	(void)cx;
	EXPECT(bytes.n > 0 && bytes.n <= STREAM_CHUNK + STREAM_OVER);
	buf_put(with, bytes);
	return OK;
}

typedef enum err starter(struct cx *, const uint8_t *, const uint8_t *, struct stream_sink, struct stream **);

/* All of `in` through a stream in pieces of `step` bytes. */
static enum err
through(struct cx *cx, starter *start, struct str in, ptrdiff_t step, struct str *out, struct stream_sum *sum)
{
	struct buf b = buf_new(cx);
	struct stream *s;

	TRY(start(cx, key, dek, (struct stream_sink){ into_buf, &b }, &s));
	for (; in.n; in = str_sub(in, step, in.n))
		TRY(stream_feed(cx, s, str_sub(in, 0, step)));
	TRY(stream_end(cx, s, sum));
	*out = buf_str(&b);
	return OK;
}

static struct str
noise(struct cx *cx, ptrdiff_t n)
{
	char *p = NEW(cx, char, n);

	for (ptrdiff_t i = 0; i < n; i++)
		p[i] = (char)(i * 31 + i / 251);
	return (struct str){ p, n };
}

TEST(stream_brings_back_what_went_in_whatever_the_pieces)
{
	static const ptrdiff_t sizes[] = { 0, 1, 17, 65535, 65536, 65537, 131072, 200000 };
	static const ptrdiff_t steps[] = { 7, 4096, 65553, 1 << 20 };

	for (ptrdiff_t i = 0; i < COUNT(sizes); i++) {
		for (ptrdiff_t j = 0; j < COUNT(steps); j++) {
			struct mark m = cx_mark(cx);
			struct str plain = noise(cx, sizes[i]), stored, back;
			struct stream_sum in, out;

			EXPECT_OK(through(cx, stream_seal, plain, steps[j], &stored, &in));
			EXPECT(in.stored_size == (uint64_t)stored.n && in.stored_size == stream_stored_size((uint64_t)plain.n));
			EXPECT(hash_eq(in.stored, sha256(stored)) && hash_eq(in.plain, sha256(plain)));
			EXPECT(str_starts(stored, S("TSE1\1\2")));
			EXPECT_OK(through(cx, stream_open, stored, steps[COUNT(steps) - 1 - j], &back, &out));
			EXPECT(str_eq(back, plain) && out.plain_size == (uint64_t)plain.n && hash_eq(in.stored, out.stored) &&
			    hash_eq(in.plain, out.plain));
			cx_back(cx, m);
		}
	}
}

TEST(stream_that_was_changed_cut_or_lengthened_is_refused)
{
	struct str plain = noise(cx, 65536 + 300), stored, back;
	static const ptrdiff_t cuts[] = { 0, 1, 47, 48, 64, 65, 48 + 65553 - 1, 48 + 65553, 48 + 65553 + 1,
		48 + 65553 + 17 };
	struct stream_sum sum;

	EXPECT_OK(through(cx, stream_seal, plain, 999, &stored, &sum));
	for (ptrdiff_t at = 0; at < stored.n; at += at < 200 ? 1 : 997) {
		struct mark m = cx_mark(cx);
		struct str bad = str_copy(cx, stored);

		((char *)(uintptr_t)bad.p)[at] ^= 16;
		EXPECT(through(cx, stream_open, bad, 5000, &back, &sum) == ERR_TAMPERED);
		cx_back(cx, m);
	}
	for (ptrdiff_t i = 0; i < COUNT(cuts); i++)
		EXPECT(through(cx, stream_open, str_sub(stored, 0, cuts[i]), 5000, &back, &sum) == ERR_TAMPERED);
	{
		struct buf longer = buf_new(cx);

		buf_put(&longer, stored);
		buf_put(&longer, str_sub(stored, 48 + 65553, stored.n));
		EXPECT(through(cx, stream_open, buf_str(&longer), 5000, &back, &sum) == ERR_TAMPERED);
	}
}

TEST(stream_under_another_key_is_refused)
{
	static const uint8_t other[STREAM_KEY] = "another", elsewhere[16] = "another";
	struct str stored, plain = noise(cx, 1000);
	struct buf b = buf_new(cx);
	struct stream_sink sink = { into_buf, &b };
	struct stream_sum sum;
	struct stream *s;

	EXPECT_OK(through(cx, stream_seal, plain, 999, &stored, &sum));
	EXPECT_OK(stream_open(cx, other, dek, sink, &s));
	EXPECT_OK(stream_feed(cx, s, stored));
	EXPECT(stream_end(cx, s, &sum) == ERR_TAMPERED && b.n == 0);
	EXPECT_OK(stream_open(cx, key, elsewhere, sink, &s));
	EXPECT(stream_feed(cx, s, stored) == ERR_TAMPERED);
}

static enum err
full(struct cx *cx, void *with, struct str bytes)
{
	(void)with, (void)bytes;
	return (fail)(cx, ERR_NO_ROOM, "the disk is full");
}

TEST(stream_says_what_its_sink_says)
{
	struct stream *s;

	EXPECT(stream_seal(cx, key, dek, (struct stream_sink){ full, NULL }, &s) == ERR_NO_ROOM);
}
