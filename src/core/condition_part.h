/* condition_part: what a condition is made of, for the two files that read and say it; nobody else includes this. */
#ifndef CORE_CONDITION_PART_H
#define CORE_CONDITION_PART_H
#include "core/condition.h"

enum op { OP_OR, OP_AND, OP_NOT, OP_BOOL, OP_IN, OP_HAS, OP_LESS, OP_LEQ, OP_MORE, OP_MEQ };

/* One part. `=`, `in` and, negated, `!=` and `not in` are one thing: the fact is among the values. */
struct condition {
	enum op op;
	enum fact fact;                /* of everything but OR, AND, NOT */
	bool negated;                  /* of OP_IN: != or not in */
	const struct value *values;    /* what it is compared with */
	const ptrdiff_t *offsets;      /* where each of them stands in the text */
	ptrdiff_t n;
	struct condition *first, *next; /* the parts of OR, AND, NOT */
	struct str text;               /* of the whole condition, at its root */
};
#endif
