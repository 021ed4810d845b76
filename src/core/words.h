/* words: what is looked for. A text becomes words, and what somebody types becomes what they look for, here and nowhere else:
 * both databases index the words that are made here, and whether a text holds what was typed is decided here, so that both
 * find the same and no sign that somebody types means anything to a database. Called by store, which keeps the index,
 * and desk, which asks it. Pure.
 *
 * A word is a run of letters and digits in small letters without accents ("Ŷsgol" is "ysgol", "straße" is "strasse"); a sign that
 * is a word by itself, as in Chinese, stands alone. A text of words has a space before each: " a b c". */
#ifndef CORE_WORDS_H
#define CORE_WORDS_H
#include "base/buf.h"

enum {
	WORDS_TEXT = 64 << 10,  /* bytes of words that are kept of one text: what goes beyond is not found */
	WORDS_TERMS = 16,       /* what is looked for at once */
	WORDS_TYPED = 1000,     /* bytes that are read of what was typed */
};

/* The words of a text, behind those that are there. */
void words_put(struct buf *, struct str text);
/* The beginnings of the words of a text, as they stand in the index: " .lap .lapto", none twice. */
void words_starts(struct buf *, struct cx *, struct str words);

/* One word or, between quotation marks or joined by other signs, several in a row. */
struct words_term {
	struct str words;       /* " a b" */
	bool start;             /* the last one goes on: it was the last that was typed, or had a * behind it */
};
struct words_query {
	struct words_term term[WORDS_TERMS];
	int n;                  /* 0: nothing that was typed is a word */
	bool cut;               /* there was more than is looked for */
};
void words_query(struct cx *, struct str typed, struct words_query *);
/* Does a text of words hold all that is looked for? */
bool words_hold(const struct words_query *, struct str words);
/* How often it holds each term, into counts[n]. */
void words_count(const struct words_query *, struct str words, int *counts);
/* What the index is asked for one term: every text that holds the term is among those found, and some that do not may be.
 * In FTS5's spelling, with a sign that it passes over where a word begins: "~a" + "~b" AND "~.sta". Of what is seldom, a word that goes on is asked for as such: "~start"*. The index then reads
 * all words that begin so with all their places, but no text is found that holds none. */
void words_spell(struct buf *, const struct words_term *, bool seldom);
#endif
