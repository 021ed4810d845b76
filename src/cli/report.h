/* report: the verb `tocsin report`: a report from a file, as the JSON API takes it. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H
#include "cli/cli.h"

enum err report_verb(struct cx *, const struct cli *);
#endif
