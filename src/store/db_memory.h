/* db_memory: memory for SQLite out of room that this process has once: what it frees it gets back at once, so that a
 * statement that has run before asks nothing of the system. Debian's SQLite asks some hundred times for each page of
 * ours. Called by db_sqlite before it opens its first handle; a process uses SQLite from one thread. */
#ifndef STORE_DB_MEMORY_H
#define STORE_DB_MEMORY_H

/* From now on, if SQLite has not begun yet. */
void db_memory_begin(void);
#endif
