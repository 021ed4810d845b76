/* csv: comma-separated values as RFC 4180 has them, read strictly: the first line names the columns, every line has
 * as many fields, a quote stands only around a whole field. A byte order mark and lines that end in LF alone are
 * taken. Called by the verbs that import; the bytes are foreign. */
#ifndef BASE_CSV_H
#define BASE_CSV_H
#include "base/cx.h"

enum { CSV_COLUMNS = 64 };

struct csv_row { int line; const struct str *field; }; /* the line it begins on; one field a column */
struct csv {
	struct str column[CSV_COLUMNS]; int n_columns;   /* trimmed */
	struct csv_row *rows; ptrdiff_t n_rows;          /* without the first line and without empty lines */
};

/* Every fault is collected (line, column counted in fields, words); a line that is wrong is left out of the rows.
 * ERR_BAD_INPUT when there is any. Text must be UTF-8 without NUL. */
MUST_CHECK enum err csv_read(struct cx *, struct str text, struct csv *out);
/* The column of that name, or -1. */
int csv_column(const struct csv *, struct str name);
#endif
