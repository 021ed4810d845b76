#include "desk/backup_state.h"

#include "base/code.h"
#include "base/js.h"
#include "sys/files.h"
#include "sys/sealed.h"

enum { AT_A_TIME = 256, KEY = 32 };

/* Where a page of a table begins, and what limits it. */
struct at {
	struct db *db;
	const struct keys *keys;
	int64_t log, size, place;
	uint8_t after[KEY]; int n_after;  /* the key of the last row */
};

static struct id
after_id(const struct at *a)
{
	struct id id = { { 0 } };

	memcpy(id.b, a->after, sizeof id.b); /* zero before the first, and no id is */
	return id;
}

static struct str
after_bytes(const struct at *a)
{
	return (struct str){ (const char *)a->after, a->n_after };
}

static void
went(struct at *a, const void *key, ptrdiff_t n)
{
	a->n_after = (int)(n < KEY ? n : KEY);
	memcpy(a->after, key, (size_t)a->n_after);
}

static struct js *
line(struct cx *cx, struct str is)
{
	struct js *o = js_object(cx);

	js_set_str(cx, o, S("is"), is);
	return o;
}

static void
set_bytes(struct cx *cx, struct js *o, struct str name, struct str bytes)
{
	js_set_str(cx, o, name, hex_of(cx, bytes.p, bytes.n));
}

static void
line_end(struct buf *b, const struct js *o)
{
	js_write(b, o);
	buf_char(b, '\n');
}

static enum err
data_keys(struct cx *cx, struct at *a, struct buf *b, ptrdiff_t *n)
{
	struct row_data_keys_from *rows;

	TRY(sql_data_keys_from(cx, a->db, after_id(a), AT_A_TIME, &rows, n));
	for (ptrdiff_t i = 0; i < *n; i++) {
		struct js *o = line(cx, S("data_key"));

		js_set_str(cx, o, S("dek"), id_hex(cx, rows[i].dek_id));
		js_set_str(cx, o, S("case"), id_hex(cx, rows[i].case_id));
		js_set_int(cx, o, S("purpose"), rows[i].purpose);
		js_set_str(cx, o, S("month"), rows[i].month);
		set_bytes(cx, o, S("wrapped"), rows[i].wrapped);
		line_end(b, o);
		went(a, rows[i].dek_id.b, 16);
	}
	return OK;
}

static enum err
tokens(struct cx *cx, struct at *a, struct buf *b, ptrdiff_t *n)
{
	struct row_api_tokens_from *rows;

	TRY(sql_api_tokens_from(cx, a->db, after_bytes(a), AT_A_TIME, &rows, n));
	for (ptrdiff_t i = 0; i < *n; i++) {
		struct js *o = line(cx, S("api_token"));

		set_bytes(cx, o, S("token"), rows[i].token);
		js_set_str(cx, o, S("actor"), id_hex(cx, rows[i].actor_id));
		js_set_int(cx, o, S("made"), rows[i].made);
		line_end(b, o);
		went(a, rows[i].token.p, rows[i].token.n);
	}
	return OK;
}

static enum err
passwords(struct cx *cx, struct at *a, struct buf *b, ptrdiff_t *n)
{
	struct row_passwords_from *rows;

	TRY(sql_passwords_from(cx, a->db, after_id(a), AT_A_TIME, &rows, n));
	for (ptrdiff_t i = 0; i < *n; i++) {
		struct js *o = line(cx, S("password"));

		js_set_str(cx, o, S("actor"), id_hex(cx, rows[i].actor_id));
		set_bytes(cx, o, S("sealed"), rows[i].sealed);
		line_end(b, o);
		went(a, rows[i].actor_id.b, 16);
	}
	return OK;
}

static enum err
receipts(struct cx *cx, struct at *a, struct buf *b, ptrdiff_t *n)
{
	struct row_receipts_from *rows;

	TRY(sql_receipts_from(cx, a->db, after_bytes(a), AT_A_TIME, a->log, a->size, &rows, n));
	for (ptrdiff_t i = 0; i < *n; i++) {
		struct js *o = line(cx, S("receipt"));

		set_bytes(cx, o, S("code"), rows[i].code);
		js_set_str(cx, o, S("case"), id_hex(cx, rows[i].case_id));
		line_end(b, o);
		went(a, rows[i].code.p, rows[i].code.n);
	}
	return OK;
}

static enum err
answers(struct cx *cx, struct at *a, struct buf *b, ptrdiff_t *n)
{
	struct row_answers_from *rows;

	TRY(sql_answers_from(cx, a->db, after_id(a), AT_A_TIME, a->place, &rows, n));
	for (ptrdiff_t i = 0; i < *n; i++) {
		struct js *o = line(cx, S("answer"));

		js_set_str(cx, o, S("command"), id_hex(cx, rows[i].command_id));
		set_bytes(cx, o, S("request"), rows[i].request);
		js_set_str(cx, o, S("month"), a->keys->month);
		js_set_str(cx, o, S("sealed"), sealed_make(cx, a->keys->month_key, rows[i].answer));
		js_set_int(cx, o, S("at"), rows[i].at);
		js_set_int(cx, o, S("place"), rows[i].place);
		line_end(b, o);
		went(a, rows[i].command_id.b, 16);
	}
	return OK;
}

/* Up to where notices were looked at for mail: what is older is not sent again. */
static enum err
mailed(struct cx *cx, struct at *a, struct buf *b, ptrdiff_t *n)
{
	struct row_meta_get *row;
	int64_t upto = -1;
	struct js *o = line(cx, S("mailed"));

	*n = 0;
	TRY(sql_meta_get(cx, a->db, S("mailed_upto"), &row));
	if (row && !str_int(row->value, &upto))
		return fail(cx, ERR_BROKEN, "mailed_upto holds “%.*s”", F(row->value));
	js_set_int(cx, o, S("upto"), upto < a->place ? upto : a->place - 1);
	line_end(b, o);
	return OK;
}

enum err
backup_state_put(struct cx *cx, struct db *db, const struct keys *keys, int fd, int64_t log, int64_t size, int64_t place)
{
	static enum err (*const tables[])(struct cx *, struct at *, struct buf *, ptrdiff_t *) = {
		data_keys, tokens, passwords, receipts, answers, mailed
	};
	ptrdiff_t n;

	for (ptrdiff_t i = 0; i < COUNT(tables); i++) {
		struct at a = { .db = db, .keys = keys, .log = log, .size = size, .place = place };

		do {
			struct mark m = cx_mark(cx);
			struct buf b = buf_new(cx);

			TRY(tables[i](cx, &a, &b, &n));
			TRY(files_put(cx, fd, buf_str(&b)));
			cx_back(cx, m);
		} while (n == AT_A_TIME);
	}
	return OK;
}

/* Reading back: a field that is not what it must be spoils the line. */
struct fields { struct cx *cx; const struct js *o; bool bad; };

static struct id
get_id(struct fields *f, struct str name)
{
	struct id id = { { 0 } };

	f->bad |= !id_read(js_str(f->o, name), &id);
	return id;
}

static struct str
get_bytes(struct fields *f, struct str name)
{
	struct str hex = js_str(f->o, name);
	char *p = NEW(f->cx, char, hex.n / 2);

	f->bad |= !hex.n || hex.n % 2 || !hex_read(hex, p, hex.n / 2);
	return (struct str){ p, hex.n / 2 };
}

static int64_t
get_int(struct fields *f, struct str name)
{
	int64_t n = js_int(f->o, name, INT64_MIN);

	f->bad |= n == INT64_MIN;
	return n;
}

/* An answer whose key of the month is gone cannot be given again; the command then runs as a new one. */
static enum err
take_answer(struct cx *cx, struct db *db, const struct keys *keys, struct fields *f)
{
	struct id command = get_id(f, S("command"));
	struct str request = get_bytes(f, S("request")), answer;
	int64_t at = get_int(f, S("at")), place = get_int(f, S("place"));
	uint8_t key[SEALED_KEY];
	enum err e;

	if (f->bad)
		return OK;
	e = keys_month(cx, keys, js_str(f->o, S("month")), key);
	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	f->bad = !sealed_open(cx, key, js_str(f->o, S("sealed")), &answer);
	return f->bad ? OK : sql_answer_add(cx, db, command, request, answer, at, place);
}

static enum err
take_line(struct cx *cx, struct db *db, const struct keys *keys, struct fields *f)
{
	struct str is = js_str(f->o, S("is"));

	if (str_eq(is, S("data_key"))) {
		struct id dek = get_id(f, S("dek")), case_id = get_id(f, S("case"));
		struct str wrapped = get_bytes(f, S("wrapped"));
		int64_t purpose = get_int(f, S("purpose"));

		return f->bad ? OK : sql_data_key_add(cx, db, dek, case_id, purpose, js_str(f->o, S("month")), wrapped);
	}
	if (str_eq(is, S("api_token"))) {
		struct str token = get_bytes(f, S("token"));
		struct id actor = get_id(f, S("actor"));
		int64_t made = get_int(f, S("made"));

		return f->bad ? OK : sql_api_token_add(cx, db, token, actor, made);
	}
	if (str_eq(is, S("password"))) {
		struct id actor = get_id(f, S("actor"));
		struct str sealed = get_bytes(f, S("sealed"));

		return f->bad ? OK : sql_password_set(cx, db, actor, sealed);
	}
	if (str_eq(is, S("receipt"))) {
		struct str code = get_bytes(f, S("code"));
		struct id case_id = get_id(f, S("case"));

		return f->bad ? OK : sql_receipt_add(cx, db, code, case_id);
	}
	if (str_eq(is, S("answer")))
		return take_answer(cx, db, keys, f);
	if (str_eq(is, S("mailed"))) {
		int64_t upto = get_int(f, S("upto"));

		return f->bad ? OK : sql_meta_set(cx, db, S("mailed_upto"), str_fmt(cx, "%lld", (long long)upto));
	}
	f->bad = true;
	return OK;
}

enum err
backup_state_take(struct cx *cx, struct db *db, const struct keys *keys, struct str lines)
{
	int64_t at = 0;
	struct str one;

	while (lines.n && str_next(&lines, '\n', &one)) {
		struct mark m = cx_mark(cx);
		struct fields f = { .cx = cx };
		struct js *o;

		at++;
		if (js_read(cx, one, &o) != OK || o->type != JS_OBJECT)
			return fail(cx, ERR_TAMPERED, "state, line %lld: it cannot be read", (long long)at);
		f.o = o;
		TRY(take_line(cx, db, keys, &f));
		if (f.bad)
			return fail(cx, ERR_TAMPERED, "state, line %lld: it is not what a backup writes", (long long)at);
		cx_back(cx, m);
	}
	return OK;
}
