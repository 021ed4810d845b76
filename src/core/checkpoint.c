#include "core/checkpoint.h"

#include "base/code.h"
#include <assert.h>
#include <string.h>

struct str
checkpoint_text(struct cx *cx, const struct checkpoint *c)
{
	assert(c->size <= INT64_MAX);
	return str_fmt(cx, "%.*s\n%llu\n%.*s\n", F(c->origin), (unsigned long long)c->size,
	    F(base64_of(cx, c->root.b, 32)));
}

enum err
checkpoint_read(struct cx *cx, struct str text, struct checkpoint *out)
{
	struct str origin, size, root, rest;
	int64_t n;

	if (!str_cut(text, '\n', &origin, &rest) || !str_cut(rest, '\n', &size, &rest) ||
	    !str_cut(rest, '\n', &root, &rest) || rest.n || !note_name_ok(origin) || !str_int(size, &n) || n < 0 ||
	    !base64_read(cx, root, &root) || root.n != 32)
		return fail(cx, ERR_BAD_INPUT, "it is no checkpoint: three lines are origin, size and root");
	out->origin = origin;
	out->size = (uint64_t)n;
	memcpy(out->root.b, root.p, 32);
	return OK;
}

enum err
checkpoint_open(struct cx *cx, struct str note, const struct vkey *keys, int n, struct checkpoint *out,
    uint64_t *signed_by)
{
	struct note opened;

	assert(n > 0);
	TRY(note_open(cx, note, keys, n, &opened));
	TRY(checkpoint_read(cx, opened.text, out));
	if (!(opened.signed_by & 1))
		return fail(cx, ERR_TAMPERED, "the log has not signed the checkpoint");
	if (!str_eq(out->origin, keys[0].name))
		return fail(cx, ERR_TAMPERED, "the checkpoint is of another log: %.*s", F(out->origin));
	if (signed_by)
		*signed_by = opened.signed_by;
	return OK;
}
