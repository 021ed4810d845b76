#include "core/inventory.h"

#include "base/buf.h"
#include "base/code.h"
#include "core/note.h"

enum { NAME = 100, HEX = 64 };

struct str
inventory_text(struct cx *cx, const struct inventory *v)
{
	struct buf b = buf_new(cx);
	char made[WHEN_TEXT];

	buf_fmt(&b, "# Tocsin backup 1\n# made %.*s\n", when_text(v->made, made), made);
	for (ptrdiff_t i = 0; i < v->n_logs; i++)
		buf_fmt(&b, "# log %.*s %lld %lld\n", F(v->logs[i].origin), (long long)v->logs[i].first,
		    (long long)v->logs[i].size);
	for (ptrdiff_t i = 0; i < v->n_files; i++)
		buf_fmt(&b, "%.*s  %.*s\n", F(hex_of(cx, v->files[i].hash.b, 32)), F(v->files[i].name));
	return buf_str(&b);
}

struct str
inventory_file(struct cx *cx, struct str text, struct hash seal)
{
	struct hash whole = sha256(text);

	return str_fmt(cx, "%.*s# whole %.*s\n# seal %.*s\n", F(text), F(hex_of(cx, whole.b, 32)), F(hex_of(cx, seal.b, 32)));
}

static bool
name_ok(struct str name)
{
	char before = '/';
	int folders = 0;

	for (ptrdiff_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (c == '/' ? before == '/' || ++folders > 1 : !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
			return false;
		before = c;
	}
	return name.n <= NAME && before != '/';
}

static bool
read_log(struct str line, const struct inventory *v, struct inventory_log *out)
{
	const struct inventory_log *before = v->n_logs ? &v->logs[v->n_logs - 1] : NULL;
	struct str first, size;

	return str_cut(line, ' ', &out->origin, &first) && str_cut(first, ' ', &first, &size) && note_name_ok(out->origin) &&
	    str_int(first, &out->first) && str_int(size, &out->size) && out->size > 0 && out->size < INT64_MAX / 2 &&
	    out->first < INT64_MAX / 2 && out->first == (before ? before->first + before->size : 0);
}

static bool
read_file(struct str line, const struct inventory *v, struct inventory_file *out)
{
	out->name = str_sub(line, HEX + 2, line.n);
	return line.n > HEX + 2 && hex_read(str_sub(line, 0, HEX), out->hash.b, 32) && name_ok(out->name) &&
	    (!v->n_files || str_cmp(v->files[v->n_files - 1].name, out->name) < 0);
}

/* The lines of the text, in order; what is wrong with the spelling of one is found by writing them again. */
static bool
read_lines(struct str text, struct inventory *v)
{
	struct moment made;
	struct str line;

	text.n -= text.n > 0; /* the newline of the last line */
	if (!str_next(&text, '\n', &line) || !str_eq(line, S("# Tocsin backup 1")) || !str_next(&text, '\n', &line) ||
	    !str_starts(line, S("# made ")) || !moment_read(str_sub(line, 7, line.n), &made))
		return false;
	v->made = made.at;
	while (str_next(&text, '\n', &line)) {
		if (str_starts(line, S("# log ")) ? v->n_files || !read_log(str_sub(line, 6, line.n), v, &v->logs[v->n_logs]) :
		    !read_file(line, v, &v->files[v->n_files]))
			return false;
		if (str_starts(line, S("# log ")))
			v->n_logs++;
		else
			v->n_files++;
	}
	return v->n_logs > 0;
}

enum err
inventory_read(struct cx *cx, struct str file, struct inventory *out, struct str *text, struct hash *seal)
{
	enum { WHOLE = 8 + HEX + 1, SEAL = 7 + HEX + 1 };
	struct str end = str_sub(file, file.n < WHOLE + SEAL ? 0 : file.n - WHOLE - SEAL, file.n);
	struct hash whole;
	ptrdiff_t lines = 0;

	*out = (struct inventory){ 0 };
	*text = str_sub(file, 0, file.n - end.n);
	if (!str_starts(end, S("# whole ")) || !hex_read(str_sub(end, 8, HEX), whole.b, 32) ||
	    !str_starts(str_sub(end, WHOLE, SEAL), S("# seal ")) || !hex_read(str_sub(end, WHOLE + 7, HEX), seal->b, 32) ||
	    !hash_eq(whole, sha256(*text)) || !str_eq(inventory_file(cx, *text, *seal), file))
		return fail(cx, ERR_TAMPERED, "SHA256SUMS is damaged or cut off");
	for (ptrdiff_t i = 0; i < text->n; i++)
		lines += text->p[i] == '\n';
	out->logs = NEW(cx, struct inventory_log, lines);
	out->files = NEW(cx, struct inventory_file, lines);
	if (!read_lines(*text, out) || !str_eq(inventory_text(cx, out), *text))
		return fail(cx, ERR_TAMPERED, "SHA256SUMS is not the list of a backup that this version knows");
	return OK;
}
