/* check: what a pack must satisfy beyond its shape: unique rules, questions that fit the facts they set, categories
 * that exist. Used by pack.c after everything was read; the policy may have holes where faults were found. */
#ifndef PACK_CHECK_H
#define PACK_CHECK_H
#include "pack/field.h"

/* Adds a fault for each thing wrong; also sets what depends on the whole: support hours, words of rules
 * without any. */
void check_pack(struct reader *, const struct node *root);
#endif
