/* field: a pack's shape as tables: which keys a map has, of what type, and where in core's structs each goes.
 * pack.c holds the tables; this is the one reader for all of them. Every mistake becomes a fault and reading
 * goes on. */
#ifndef PACK_FIELD_H
#define PACK_FIELD_H
#include "core/policy.h"
#include "pack/node.h"
#include <stddef.h>

struct shape;

enum field_type {
	FIELD_TEXT,                /* struct str */
	FIELD_TEXTS,               /* struct str *, count: a list, or one text */
	FIELD_NAME,                /* struct str that is an id */
	FIELD_YES,                 /* bool */
	FIELD_WORD,                /* an enum as int: one of `words` */
	FIELD_FACT,                /* enum fact */
	FIELD_CONDITION,           /* const struct condition * */
	FIELD_WITHIN,              /* struct within */
	FIELD_LENGTH,              /* when: "48h" */
	FIELD_LENGTHS,             /* when *, count */
	FIELD_MEANS,               /* struct means */
	FIELD_REF,                 /* pointer into the section `shape` */
	FIELD_REFS,                /* array of such pointers, count: a list, or one */
	FIELD_LIST,                /* array of `shape`, count */
	FIELD_OPTIONS,             /* array of struct option, count */
	FIELD_DAYS,                /* unsigned, bit 0 Monday */
	FIELD_CLOCK,               /* int: minutes after midnight */
};

struct field {
	struct str name;
	enum field_type type;
	bool must;
	size_t at, count;          /* where it goes in the struct */
	const struct shape *shape;
	struct str (*words)(int);  /* FIELD_WORD */
	int n_words;
};

struct reader { struct cx *cx; struct policy *policy; };

/* A section or a part of one: an array of structs; those with ids begin with theirs. */
struct shape {
	struct str name;           /* the section's key */
	struct str one;            /* "role", for people */
	bool must;
	enum { SHAPE_LIST, SHAPE_IDS, SHAPE_ONE } kind; /* ONE: a map straight into struct policy */
	size_t size, array, count; /* of an element; where array and count stand in struct policy */
	const struct field *fields;
	ptrdiff_t n_fields;
	void (*read)(struct reader *, const struct node *, void *element); /* instead of fields */
};

/* A map's members into *into. */
void field_map(struct reader *, const struct node *, const struct shape *, void *into);
/* Make room for a section's elements and give them their ids, so that others can refer to them. */
void field_section(struct reader *, const struct node *, const struct shape *);
/* The element of a section, or NULL after a fault at the node. */
const void *field_find(struct reader *, const struct node *, const struct shape *);
/* A text that is not empty; false after a fault. */
bool field_text(struct reader *, const struct node *, struct str *out);
#endif
