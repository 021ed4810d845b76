/* word: the sentences and labels that code and several templates share; content/en.def has one row each. What stands
 * in one template alone stands there. In a template: {{t.name}}. */
#ifndef WEB_WORD_H
#define WEB_WORD_H
#include "base/str.h"

enum word {
#define W(name, words) WORD_##name,
#include "content/en.def"
#undef W
	WORDS
};

struct str word_of(enum word);
/* By its name, for words that come from data ("state_new"); the empty str if there is none. */
struct str word_named(struct str name);
#endif
