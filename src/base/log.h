/* log: one line to standard error for whoever runs the service. Never a secret, never a word of a case: references,
 * names of processes, kinds of error. Control characters are made visible, so that a line stays a line. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

/* The name that stands before each line of this process. Must outlive it. */
void log_as(const char *process);
__attribute__((format(printf, 1, 2)))
void log_line(const char *fmt, ...);
#endif
