/* pagegen_scope: the names that a template may use where it stands: fields of its struct, and what the loops
 * around it call their rows; and what is made of them in C. For pagegen. */
#ifndef PAGEGEN_SCOPE_H
#define PAGEGEN_SCOPE_H
#include <stdbool.h>
#include <stdio.h>

enum { WORD = 200 };

/* Say why with the template's line, and end. By pagegen.c. */
_Noreturn void die(const char *why, const char *what);

bool scope_is_name(const char *);
/* A loop over rows that are called `alias`. */
void scope_open(const char *alias);
void scope_close(void);
bool scope_has(const char *alias);
/* "r.title" to e_r->title, "title" to v->title, "r" to (*e_r), "this" to (*v); `count` gives what counts it. */
char *scope_path(const char *text, char to[WORD], bool count);
/* "a and not b or c is WORD" as C: `or` binds loosest, then `and`, then `not`. */
void scope_condition(FILE *out, const char *text);
#endif
