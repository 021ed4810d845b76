#include "base/csv.h"

#include "base/buf.h"

/* Where reading stands. `line` counts line ends, those within quotes too. */
struct reader { struct cx *cx; struct str in; ptrdiff_t at; int line; };

static bool
at_end(const struct reader *r)
{
	return r->at >= r->in.n;
}

/* A line end, LF or CRLF, is eaten. */
static bool
line_end(struct reader *r)
{
	ptrdiff_t n = r->in.n - r->at;

	if (n >= 1 && r->in.p[r->at] == '\n')
		r->at++;
	else if (n >= 2 && r->in.p[r->at] == '\r' && r->in.p[r->at + 1] == '\n')
		r->at += 2;
	else
		return false;
	r->line++;
	return true;
}

/* Behind the opening quote. What is wrong is said and what can be read is given. */
static struct str
quoted(struct reader *r, int column)
{
	struct buf b = buf_new(r->cx);
	int from = r->line;

	for (; !at_end(r); r->at++) {
		char c = r->in.p[r->at];

		if (c == '"') {
			if (r->at + 1 >= r->in.n || r->in.p[r->at + 1] != '"') {
				r->at++;
				return buf_str(&b);
			}
			r->at++;
		}
		r->line += c == '\n';
		buf_char(&b, c);
	}
	fault_add(r->cx, S(""), from, column, S("quote"), "a quote is opened and never closed");
	return buf_str(&b);
}

/* Does a field or a line end here? */
static bool
ends(const struct reader *r)
{
	return at_end(r) || r->in.p[r->at] == ',' || r->in.p[r->at] == '\n' || str_starts(str_sub(r->in, r->at, 2),
	    S("\r\n"));
}

static struct str
plain(struct reader *r, int column)
{
	ptrdiff_t from = r->at;
	bool quote = false, cr = false;

	for (; !ends(r); r->at++) {
		quote |= r->in.p[r->at] == '"';
		cr |= r->in.p[r->at] == '\r';
	}
	if (quote)
		fault_add(r->cx, S(""), r->line, column, S("quote"), "a quote must stand around the whole field; inside, it is "
		    "doubled");
	if (cr)
		fault_add(r->cx, S(""), r->line, column, S("line-end"), "a carriage return stands alone");
	return str_sub(r->in, from, r->at - from);
}

/* One line into at most `most` fields; returns how many it has. */
static int
line_read(struct reader *r, struct str *field, int most)
{
	int n = 0;

	for (;;) {
		struct str f;

		if (!at_end(r) && r->in.p[r->at] == '"') {
			r->at++;
			f = quoted(r, n + 1);
			if (!ends(r)) {
				fault_add(r->cx, S(""), r->line, n + 1, S("quote"), "something follows the closing quote");
				plain(r, n + 1);
			}
		} else {
			f = plain(r, n + 1);
		}
		if (n < most)
			field[n] = f;
		n++;
		if (!at_end(r) && r->in.p[r->at] == ',') {
			r->at++;
			continue;
		}
		line_end(r);
		return n;
	}
}

static void
head_read(struct reader *r, struct csv *out)
{
	int line = r->line, n = line_read(r, out->column, CSV_COLUMNS);

	if (n > CSV_COLUMNS)
		fault_add(r->cx, S(""), line, 0, S("columns"), "more than %d columns", CSV_COLUMNS);
	out->n_columns = n < CSV_COLUMNS ? n : CSV_COLUMNS;
	for (int i = 0; i < out->n_columns; i++) {
		out->column[i] = str_trim(out->column[i]);
		if (!out->column[i].n)
			fault_add(r->cx, S(""), line, i + 1, S("columns"), "this column has no name");
		for (int k = 0; k < i && out->column[i].n; k++)
			if (str_eq(out->column[k], out->column[i]))
				fault_add(r->cx, S(""), line, i + 1, S("columns"), "the column “%.*s” is there twice", F(out->column[i]));
	}
}

enum err
csv_read(struct cx *cx, struct str text, struct csv *out)
{
	struct reader r = { cx, text, str_starts(text, S("\xef\xbb\xbf")) ? 3 : 0, 1 };
	struct str field[CSV_COLUMNS];
	ptrdiff_t lines = 0;

	*out = (struct csv){ .n_columns = 0 };
	if (!utf8_ok(text) || str_index(text, 0) >= 0)
		fault_add(cx, S(""), 0, 0, S("utf8"), "is not UTF-8 text");
	else if (at_end(&r))
		fault_add(cx, S(""), 1, 0, S("empty"), "is empty: the first line must name the columns");
	TRY(fault_end(cx));
	head_read(&r, out);
	for (ptrdiff_t i = r.at; i < text.n; i++)
		lines += text.p[i] == '\n';
	out->rows = NEW(cx, struct csv_row, lines + 1);
	while (!at_end(&r)) {
		int line = r.line, n;

		if (line_end(&r))
			continue;
		n = line_read(&r, field, CSV_COLUMNS);
		if (n != out->n_columns) {
			fault_add(cx, S(""), line, 0, S("fields"), "has %d fields, not %d", n, out->n_columns);
			continue;
		}
		struct str *kept = NEW(cx, struct str, n);
		for (int i = 0; i < n; i++)
			kept[i] = field[i];
		out->rows[out->n_rows++] = (struct csv_row){ line, kept };
	}
	return fault_end(cx);
}

int
csv_column(const struct csv *csv, struct str name)
{
	for (int i = 0; i < csv->n_columns; i++)
		if (str_eq(csv->column[i], name))
			return i;
	return -1;
}
