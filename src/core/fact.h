/* fact: the typed statements about a case that policy conditions look at; the table is fact.def.
 *
 * Called by the pack reader, conditions, the desk and the forms. A zeroed `struct facts` is one in which nothing is
 * known. What a fact holds always fits its type: facts are set by text or JSON and checked then, so nobody checks
 * again. */
#ifndef CORE_FACT_H
#define CORE_FACT_H
#include "base/js.h"

enum fact_type { FACT_CHOICE, FACT_SET, FACT_BOOL, FACT_NUMBER, FACT_TIME, FACT_LIST, FACT_ID };

enum fact {
	FACT_none = -1,
#define CHOICE(name, ...) FACT_##name,
#define SET    CHOICE
#define BOOL   CHOICE
#define NUMBER CHOICE
#define TIME   CHOICE
#define LIST   CHOICE
#define ID     CHOICE
#include "core/fact.def"
#undef CHOICE
#undef SET
#undef BOOL
#undef NUMBER
#undef TIME
#undef LIST
#undef ID
	FACTS
};

/* One fact's value. `i` is a bool, a number (0 … 10^15), the index of a choice, or a set with bit k for value k. */
struct value {
	bool known;
	int64_t i;
	struct moment at;          /* FACT_TIME */
	struct str id;             /* FACT_ID */
	const struct str *list;    /* FACT_LIST: n names, none twice */
	ptrdiff_t n;
};
struct facts { struct value v[FACTS]; };

struct fact_about {
	struct str name;
	enum fact_type type;
	struct str words;          /* "personal data"; of a bool what is said when it is true */
	struct str words_not;      /* of a bool what is said when it is false */
	const struct str *values;  /* of a choice or set */
	ptrdiff_t n_values;
};
const struct fact_about *fact_about(enum fact);
/* FACT_none when there is no such fact. */
enum fact fact_of_name(struct str name);
struct str fact_nearest(struct str name); /* for "did you mean"; may be empty */
/* Index of a choice's or set's value, or -1. */
int fact_value_index(enum fact, struct str value);
/* [a-z A-Z 0-9] then [a-z A-Z 0-9 _ . -], at most 64: what an id or a member of a list looks like. */
bool fact_id_ok(struct str);

/* One value from text: a choice's word, true or false, digits, a moment, an id. A set or list takes words divided by
 * commas. ERR_BAD_INPUT says what is wrong with it and names the nearest known value. */
MUST_CHECK enum err value_read(struct cx *, enum fact, struct str text, struct value *out);
/* The same from JSON: string, true or false, integer, or array of strings, as the type demands. */
MUST_CHECK enum err value_of_js(struct cx *, enum fact, const struct js *, struct value *out);
struct js *value_js(struct cx *, enum fact, const struct value *); /* of a known value */
/* As a person reads it: "yes", "paper and email", "27 March 2026 16:00" (London). */
struct str value_words(struct cx *, enum fact, const struct value *);
/* Unknown equals unknown. */
bool value_eq(enum fact, const struct value *, const struct value *);

/* Read {"personal_data": "yes", …}. Unknown names and values become faults whose field is the fact; facts that were
 * already in *out stay unless the object names them. Never fails: end with fault_end. */
void facts_read(struct cx *, const struct js *object, struct facts *out);
/* All known facts, in the order of the table. */
struct js *facts_js(struct cx *, const struct facts *);

/* By name, for code that knows the fact. A value that the fact does not have is a bug and asserts. */
bool fact_is(const struct facts *, enum fact, struct str value);  /* choice = value; set has value; id = value */
bool fact_true(const struct facts *, enum fact);                  /* a bool that is known and true */
int64_t fact_number(const struct facts *, enum fact, int64_t none);
when fact_when(const struct facts *, enum fact);                  /* NEVER when not known */
struct str fact_id(const struct facts *, enum fact);              /* empty when not known */
void fact_set(struct facts *, enum fact, struct str value);       /* choice; id; adds to a set */
void fact_set_bool(struct facts *, enum fact, bool);
void fact_set_number(struct facts *, enum fact, int64_t);
void fact_set_time(struct facts *, enum fact, struct moment);
void fact_absent(struct facts *, enum fact);
#endif
