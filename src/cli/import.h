/* import: the verbs that take in what was recorded elsewhere: `import veris`. */
#ifndef CLI_IMPORT_H
#define CLI_IMPORT_H
#include "cli/cli.h"

enum err import_verb_veris(struct cx *, const struct cli *);

/* What became of a file's records, for whoever imports in process (tests, the demonstration). */
struct import_sum { long taken, known, differing, refused; struct js *problems; };
/* Take in a file, a directory of files, or standard input (`-`). `live`: as reports made now instead. At most `most`
 * records (0: all). What is wrong with single records is printed to standard error and counted, and is no error. */
MUST_CHECK enum err import_veris(struct cx *, struct str data, struct str path, bool live, long most,
    struct import_sum *out);
#endif
