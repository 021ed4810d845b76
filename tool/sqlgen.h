/* What the parts of sqlgen share. */
#ifndef SQLGEN_H
#define SQLGEN_H
#include <stdbool.h>
#include <stdio.h>

enum { NAMES = 40, TEXT = 16384 };
struct field { char name[64], type[16]; };
struct stmt {
	char name[64], text[TEXT], pg[TEXT];
	struct field in[NAMES], out[NAMES];
	int n_in, n_out;
	enum { CHANGES, ONE, MANY } gives;
	bool bare; /* no function, no struct */
};

void die(const char *why, const char *what);
/* One more statement, which stands for itself. */
struct stmt *add_bare(void);

/* A CREATE TABLE as two statements more; anything else is passed over. Then the table of them all. */
void whole_add(const char *text);
void whole_emit(FILE *h, FILE *c);
#endif
