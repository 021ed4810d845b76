#include "core/proof.h"

#include "base/buf.h"
#include "base/code.h"
#include <string.h>

struct str
proof_write(struct cx *cx, const struct proof *p)
{
	struct buf b = buf_new(cx);

	buf_fmt(&b, "c2sp.org/tlog-proof@v1\nindex %llu\n", (unsigned long long)p->index);
	for (int i = 0; i < p->path.n; i++)
		buf_fmt(&b, "%.*s\n", F(base64_of(cx, p->path.at[i].b, 32)));
	buf_char(&b, '\n');
	buf_put(&b, p->checkpoint);
	return buf_str(&b);
}

/* The next line without its newline; false if there is no newline any more. */
static bool
line(struct str *rest, struct str *out)
{
	return str_cut(*rest, '\n', out, rest);
}

enum err
proof_read(struct cx *cx, struct str text, struct proof *out)
{
	struct str s, rest = text, bytes;
	int64_t index;

	out->path.n = 0;
	if (!line(&rest, &s) || !str_eq(s, S("c2sp.org/tlog-proof@v1")) || !line(&rest, &s))
		return fail(cx, ERR_BAD_INPUT, "it is no tlog-proof@v1");
	if (str_starts(s, S("extra ")) && (!base64_read(cx, str_sub(s, 6, s.n), &bytes) || !line(&rest, &s)))
		return fail(cx, ERR_BAD_INPUT, "the proof's extra line is not base64");
	if (!str_starts(s, S("index ")) || !str_int(str_sub(s, 6, s.n), &index) || index < 0)
		return fail(cx, ERR_BAD_INPUT, "the proof has no index");
	for (;;) {
		if (!line(&rest, &s))
			return fail(cx, ERR_BAD_INPUT, "the proof ends before its checkpoint");
		if (!s.n)
			break;
		if (out->path.n == TREE_PROOF || !base64_read(cx, s, &bytes) || bytes.n != 32)
			return fail(cx, ERR_BAD_INPUT, "the proof has a line that is no hash, or too many");
		memcpy(out->path.at[out->path.n++].b, bytes.p, 32);
	}
	out->index = (uint64_t)index;
	out->checkpoint = rest;
	return OK;
}

enum err
proof_check(struct cx *cx, const struct proof *p, struct hash leaf, const struct vkey *keys, int n,
    struct checkpoint *out)
{
	struct checkpoint c;

	TRY(checkpoint_open(cx, p->checkpoint, keys, n, &c, NULL));
	if (!tree_included(&p->path, p->index, c.size, leaf, c.root))
		return fail(cx, ERR_TAMPERED, "the proof does not lead from this record to the checkpoint");
	if (out)
		*out = c;
	return OK;
}
