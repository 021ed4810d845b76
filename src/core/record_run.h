/* record_run: checks a log record by record, in order of seq: everything that the records alone can show. Used by
 * the bundle verifier and by `verify --data` on the living journal. Memory: O(log n), an entry a case, and one a
 * payload that is missing without having been erased yet.
 *
 * What it holds: fixed bytes, log_id, seq without gaps, prev, case_seq and case_prev of every case, system key
 * against flags, policy hash changed by policy-set records only, terms of a node never falling, the first record
 * being the only "log opened", erased records after a decision, the tree, and payloads missing only where a later
 * record says erased. */
#ifndef CORE_RECORD_RUN_H
#define CORE_RECORD_RUN_H
#include "core/record.h"
#include "core/tree.h"

enum record_run_mode {
	RUN_LOG,  /* all records of a log from 0 */
	RUN_CASE  /* all records of one case from case_seq 0: prev, gaps in seq, policy and tree are not looked at */
};

struct record_run;

/* Everything it needs lives in the arena of cx until the end: never call it between cx_mark and cx_back of an
 * older mark. */
struct record_run *record_run_start(struct cx *, enum record_run_mode, struct str origin);

/* The next record. ERR_TAMPERED names the seq and what is wrong. *out may be NULL; it is whole after OK only. */
MUST_CHECK enum err record_run_add(struct record_run *, const uint8_t in[RECORD_SIZE], struct record *out);
/* The payload of the record just added is not there: allowed if an erased record for its key follows. */
void record_run_missing(struct record_run *);
/* ERR_TAMPERED if a payload that is missing was never erased, or there was no record at all. */
MUST_CHECK enum err record_run_end(struct record_run *);

/* How many records so far; the tree so far (RUN_LOG); the leaf of the last record; how many missing payloads an
 * erased record covers. */
uint64_t record_run_count(const struct record_run *);
const struct tree *record_run_tree(const struct record_run *);
struct hash record_run_leaf(const struct record_run *);
uint64_t record_run_erased(const struct record_run *);
#endif
