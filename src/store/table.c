#include "store/table.h"

#include "core/be.h"

enum { AT_A_TIME = 512, MOST_KEYS = 4, LONGEST = 1024 };

/* Where a page begins: the key of the row before it, in memory of its own. */
struct place { struct db_val key[MOST_KEYS + 1]; char bytes[MOST_KEYS][LONGEST]; };

/* Before every row: no number is less, no bytes are shorter. */
static void
before_all(const struct sql_whole *t, struct place *p)
{
	const char *letters = sql_texts[t->rows].in + 1;

	for (int i = 0; i < t->n_key; i++)
		p->key[i] = letters[i] == 'i' ? (struct db_val)DB_INT(INT64_MIN) : letters[i] == 't' ? (struct db_val)DB_TEXT(S("")) :
		    (struct db_val)DB_BYTES(S(""));
	p->key[t->n_key] = (struct db_val)DB_INT(AT_A_TIME);
}

static enum err
go_on(struct cx *cx, const struct sql_whole *t, const struct db_val *row, struct place *p)
{
	for (int i = 0; i < t->n_key; i++) {
		struct db_val v = row[t->key[i]];

		if (v.s.n > LONGEST)
			return fail(cx, ERR_TOO_BIG, "%s: a key of %td bytes", t->name, v.s.n);
		if (v.s.n)
			memcpy(p->bytes[i], v.s.p, (size_t)v.s.n);
		v.s.p = p->bytes[i];
		p->key[i] = v;
	}
	return OK;
}

static void
add_value(struct sha256_run *sum, const struct db_val *v)
{
	uint8_t head[9] = { (uint8_t)v->type };

	be_put(head + 1, 8, (uint64_t)(v->type == DB_INT_ ? v->i : v->s.n));
	sha256_feed(sum, (struct str){ (const char *)head, sizeof head });
	if (v->type != DB_INT_ && v->s.n)
		sha256_feed(sum, v->s);
}

static enum err
read_page(struct cx *cx, struct db *db, const struct sql_whole *t, struct place *p, struct db *to, struct sha256_run *sum,
    ptrdiff_t *n)
{
	const char *letters = sql_texts[t->rows].out;
	int width = sql_texts[t->rows].n_out;
	struct db_rows rows;

	TRY(db_run(cx, db, t->rows, p->key, t->n_key + 1, &rows));
	for (ptrdiff_t i = 0; i < rows.n * width; i++) {
		if (letters[i % width] == 't' && rows.v[i].type == DB_BYTES_)
			rows.v[i].type = DB_TEXT_; /* or a database that tells the two apart by this alone would keep bytes */
		add_value(sum, &rows.v[i]);
	}
	for (ptrdiff_t i = 0; to && i < rows.n; i++)
		TRY(db_run(cx, to, t->put, rows.v + i * width, width, NULL));
	*n = rows.n;
	return rows.n ? go_on(cx, t, rows.v + (rows.n - 1) * width, p) : OK;
}

enum err
table_read(struct cx *cx, struct db *db, int table, struct db *to, const struct table_watch *w, struct table_sum *out)
{
	const struct sql_whole *t = &sql_wholes[table];
	struct place *p = NEW(cx, struct place, 1);
	struct sha256_run *sum = sha256_start();
	enum err e = OK;
	ptrdiff_t n = 0;

	out->rows = 0;
	before_all(t, p);
	do {
		struct mark m = cx_mark(cx);

		e = read_page(cx, db, t, p, to, sum, &n);
		out->rows += n;
		watch_tell(w->watch, str_fmt(cx, "%s %s", w->doing, t->name).p, out->rows, w->rows);
		cx_back(cx, m);
	} while (e == OK && n == AT_A_TIME);
	out->hash = sha256_end(sum);
	return e;
}

bool
table_same(const struct table_sum *a, const struct table_sum *b)
{
	return a->rows == b->rows && hash_eq(a->hash, b->hash);
}
