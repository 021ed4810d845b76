/* receipt: the three short texts that a reporter is given and may have to say over the telephone: the reference of
 * the case, the seal of the record and the code that opens it. Doors print and read them. Pure. */
#ifndef CORE_RECEIPT_H
#define CORE_RECEIPT_H
#include "base/cx.h"
#include "base/hash.h"

/* "ABCDE-FGHJK-MNPQR-STVWX": the first 20 base32 characters of a leaf hash. */
struct str receipt_seal(struct cx *, struct hash leaf);

/* A new reference: "INC-26-7K4MQ-X": prefix, year in London of `now`, five random characters, a check character;
 * the random ones and the check are never 0, 1, I, L, O or U. The caller tries again when it is taken (24 million
 * a year). */
struct str receipt_ref(struct cx *, struct str prefix, when now);
/* What somebody typed as a reference of this body, in any case, with or without prefix, spaces and dashes of any
 * sort. Gives the canonical text; false if it cannot be one (a wrong or swapped character is noticed). */
bool receipt_ref_read(struct cx *, struct str prefix, struct str typed, struct str *out);

enum { RECEIPT_CODE_BYTES = 10 };
/* "ABCD-EFGH-JKMN-PQRS": the 80 random bits as people see them. */
struct str receipt_code(struct cx *, const uint8_t random[RECEIPT_CODE_BYTES]);
/* What somebody typed as a code: the 16 characters in groups of four, O taken as 0, I and L as 1. False if it
 * cannot be one. */
bool receipt_code_read(struct cx *, struct str typed, struct str *out);
#endif
