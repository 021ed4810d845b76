#include "web/upload.h"

#include "base/code.h"
#include "sys/files.h"
#include <fcntl.h>
#include <unistd.h>

struct arriving {
	struct upload *upload;
	struct stream *stream;
	int fd, dir;
	const char *name;
	uint64_t bytes;
};

/* A file was chosen, and all of it has come. */
static bool
is_file(const struct upload *u)
{
	return u->whole && (u->name.n || u->sum.plain_size);
}

/* What is no file leaves none in the spool, however the turn ends. */
static void
leave_no_part(void *arg)
{
	struct arriving *a = arg;

	if (!is_file(a->upload))
		unlinkat(a->dir, a->name, 0);
}

static enum err
put(struct cx *cx, void *with, struct str bytes)
{
	struct arriving *a = with;

	return files_put(cx, a->fd, bytes);
}

static enum err
begin(struct turn *t, struct str field, struct str filename, struct str type)
{
	struct visit *v = visit_of(t);
	struct cx *cx = t->cx;
	struct upload *u, **end;
	struct arriving *a;
	struct id object = id_new(cx);

	if (!v)
		return fail(cx, ERR_TOO_BIG, "this upload is too large");
	if (utf8_count(filename) > DESK_FILE_NAME) /* said at once: a report could not be sent with it */
		fault_add(cx, str_copy(cx, field), 0, 0, S("too-long"),
		    "a file has a name that is too long: at most %d characters", DESK_FILE_NAME);
	if (type.n > DESK_FILE_TYPE) /* nobody typed it, and nothing here depends on it */
		type = S("application/octet-stream");
	a = NEW(cx, struct arriving, 1);
	u = a->upload = NEW(cx, struct upload, 1);
	*u = (struct upload){ .field = str_copy(cx, field), .name = str_copy(cx, filename), .type = str_copy(cx, type), .object = object };
	cx->chance(u->key, sizeof u->key);
	a->dir = v->desk->dir;
	a->name = str_fmt(cx, "spool/%.*s", F(id_hex(cx, object))).p;
	TRY(files_open(cx, a->dir, str_of(a->name), O_WRONLY | O_CREAT | O_EXCL, 0600, &a->fd));
	cx_defer(cx, leave_no_part, a);
	TRY(stream_seal(cx, u->key, object.b, (struct stream_sink){ put, a }, &a->stream));
	for (end = &v->uploads; *end; end = &(*end)->next)
		;
	*end = u;
	v->arriving = a;
	return OK;
}

static enum err
data(struct turn *t, struct str bytes)
{
	struct visit *v = visit_of(t);
	struct arriving *a = v->arriving;

	a->bytes += (uint64_t)bytes.n;
	return stream_feed(t->cx, a->stream, bytes);
}

/* On the disk before anybody is told of it. */
static enum err
end(struct turn *t)
{
	struct visit *v = visit_of(t);
	struct arriving *a = v->arriving;

	TRY(stream_end(t->cx, a->stream, &a->upload->sum));
	TRY(files_sync(t->cx, a->fd, S("an upload")));
	a->upload->whole = true;
	v->arriving = NULL;
	return OK;
}

const struct upload_sink *
upload_to_spool(void)
{
	static const struct upload_sink sink = { begin, data, end };

	return &sink;
}

int64_t
upload_limit(const struct desk *d)
{
	int64_t megabytes;

	return (str_int(desk_setting(d, S("upload_limit"), S("")), &megabytes) ? megabytes : 100) << 20;
}

struct upload *
upload_list(struct visit *v)
{
	struct upload *first = NULL, **last = &first;

	for (struct upload *u = v->uploads, *next; u; u = next) {
		next = u->next;
		if (!is_file(u))
			continue;
		*last = u;
		last = &u->next;
		u->next = NULL;
	}
	return first;
}

struct js *
upload_args(struct cx *cx, const struct upload *u)
{
	struct js *a = js_object(cx);

	js_set_str(cx, a, S("object"), id_hex(cx, u->object));
	js_set_str(cx, a, S("key"), hex_of(cx, u->key, sizeof u->key));
	return a;
}

struct js *
upload_words(struct cx *cx, const struct upload *u)
{
	struct js *a = js_object(cx);

	js_set_str(cx, a, S("object"), id_hex(cx, u->object));
	js_set_str(cx, a, S("name"), u->name);
	js_set_str(cx, a, S("type"), u->type);
	js_set_int(cx, a, S("size"), (int64_t)u->sum.plain_size);
	js_set_int(cx, a, S("stored_size"), (int64_t)u->sum.stored_size);
	js_set_str(cx, a, S("plain"), hex_of(cx, u->sum.plain.b, 32));
	js_set_str(cx, a, S("stored"), hex_of(cx, u->sum.stored.b, 32));
	return a;
}
