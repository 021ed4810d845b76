/* condition: what a rule asks of the facts: "personal_data in [yes, unsure] and not line_manager_involved".
 *
 * Compiled when a pack is read, so that a misspelt fact or value is found then and never while a case is open.
 * Grammar and meaning stand in docs/PACK.md. Evaluation is pure, takes each part at most once, and cannot fail: a
 * fact that is absent is unlike every value. */
#ifndef CORE_CONDITION_H
#define CORE_CONDITION_H
#include "core/fact.h"
#include "core/source.h"

struct condition;

enum { CONDITION_LONGEST = 4096, CONDITION_DEEPEST = 32 };

/* NULL after one fault was added: a condition that is wrong is reported at its first wrong word. `text` is kept. */
const struct condition *condition_compile(struct cx *, struct str text, const struct source *);
/* NULL holds always. */
bool condition_holds(const struct condition *, const struct facts *);
/* The whole condition in plain words: "personal data is yes or unsure and the line manager is not involved". */
struct str condition_words(struct cx *, const struct condition *);
/* Why it holds (or does not) for these facts: only the parts that decided it, each as it stands. Empty for NULL. */
struct str condition_why(struct cx *, const struct condition *, const struct facts *);
/* The text it was compiled from; empty for NULL. */
struct str condition_text(const struct condition *);
/* Whether it looks at that fact. */
bool condition_uses(const struct condition *, enum fact);
/* Calls see(arg, id) for each id a fact of type ID is compared with, so that a pack can check them. */
void condition_ids(const struct condition *, enum fact, void (*see)(void *arg, struct str id, ptrdiff_t offset),
    void *arg);
#endif
