/* records: the JSON values of a stream one after the other, each with the line it begins on, so that a file of any
 * size can be taken in and what is wrong with one record names its place. The stream is one value a line, or one
 * value, or an array of them; which one is found out. The bytes are foreign; the values are only cut out here, not
 * parsed. */
#ifndef CLI_RECORDS_H
#define CLI_RECORDS_H
#include "base/buf.h"

enum { RECORDS_LONGEST = 1 << 20, RECORDS_ROOM = 64 << 10 };

/* Where bytes come from: up to n of them; 0 at the end, -1 when it cannot go on. */
struct records_source { ptrdiff_t (*read)(void *with, char *to, ptrdiff_t n); void *with; };

enum records_shape { RECORDS_GUESS, RECORDS_LINES, RECORDS_WHOLE };
struct records {
	struct records_source from;
	enum records_shape shape;
	int state;                      /* within an array; private */
	bool over, failed;
	int64_t line;
	ptrdiff_t at, n;
	char in[RECORDS_ROOM];
};

struct records_item {
	enum { RECORDS_END, RECORDS_VALUE, RECORDS_WRONG } is;
	struct str text;                /* of a value; in the turn's arena */
	struct str why;                 /* of what is wrong; a file that is not lines ends there */
	int64_t line;
};

/* The shape is a hint of the file's name. */
void records_begin(struct records *, struct records_source, enum records_shape);
void records_next(struct cx *, struct records *, struct records_item *);
#endif
