/* words_fold: what one character is to a search: part of a word and spelled how, or not. Called by words.c. Pure. */
#ifndef CORE_WORDS_FOLD_H
#define CORE_WORDS_FOLD_H
#include <stdint.h>

struct fold {
	enum { FOLD_BETWEEN, FOLD_WORD, FOLD_ALONE, FOLD_UNSEEN } is;
	char as[4];
	int n;
};
struct fold words_fold(uint32_t code_point);
#endif
