#include "web/word.h"

static const struct { struct str name, words; } table[] = {
#define W(name, words) { { #name, (ptrdiff_t)sizeof #name - 1 }, { words, (ptrdiff_t)sizeof words - 1 } },
#include "content/en.def"
#undef W
};

struct str
word_of(enum word w)
{
	return w < WORDS ? table[w].words : S("");
}

struct str
word_named(struct str name)
{
	for (ptrdiff_t i = 0; i < COUNT(table); i++)
		if (str_eq(table[i].name, name))
			return table[i].words;
	return S("");
}
