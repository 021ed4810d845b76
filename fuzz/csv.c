/* Lists of people and systems: what is taken is a table, and written out with every field quoted it reads back the same. */
#include "base/buf.h"
#include "base/csv.h"
#include "fuzz/fuzz.h"

static void
field(struct buf *b, struct str f, bool last)
{
	buf_char(b, '"');
	for (ptrdiff_t i = 0; i < f.n; i++) {
		if (f.p[i] == '"')
			buf_char(b, '"');
		buf_char(b, f.p[i]);
	}
	buf_put(b, last ? S("\"\r\n") : S("\","));
}

FUZZ(cx, in)
{
	struct csv *a = NEW(cx, struct csv, 1), *again = NEW(cx, struct csv, 1);
	struct buf b = buf_new(cx);

	TRY(csv_read(cx, in, a));
	for (int i = 0; i < a->n_columns; i++)
		field(&b, a->column[i], i + 1 == a->n_columns);
	for (ptrdiff_t r = 0; r < a->n_rows; r++)
		for (int i = 0; i < a->n_columns; i++)
			field(&b, a->rows[r].field[i], i + 1 == a->n_columns);
	HOLD(csv_read(cx, buf_str(&b), again) == OK);
	HOLD(again->n_columns == a->n_columns && again->n_rows == a->n_rows);
	for (ptrdiff_t r = 0; r < a->n_rows; r++)
		for (int i = 0; i < a->n_columns; i++)
			HOLD(str_eq(again->rows[r].field[i], a->rows[r].field[i]) && (!r || a->rows[r].line > a->rows[r - 1].line));
	return OK;
}
