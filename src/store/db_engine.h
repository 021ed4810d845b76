/* db_engine: what a database must do to stand behind db.h. Known to db.c, which picks one by the place it is given, and to
 * the engines themselves; what each function promises stands in db.h. */
#ifndef STORE_DB_ENGINE_H
#define STORE_DB_ENGINE_H
#include "store/db.h"

struct db_engine {
	bool words_in_order;
	bool shared; /* processes elsewhere may write to it too */
	/* A handle with all rights that whoever runs us has, until it is settled: with those of a writer or a reader from then on. `fresh`:
	 * for a new database. */
	enum err (*open)(struct cx *, struct str place, bool writer, bool fresh, struct db **out);
	enum err (*settle)(struct cx *, struct db *);
	/* For the schema alone: statements of any kind; the first number of the first row, -1 if there is none; what begins a
	 * transaction that lets nobody else change the schema; what is 1 where there is a journal; what is to be done after it has changed. */
	enum err (*exec)(struct cx *, struct db *, const char *sql);
	enum err (*number)(struct cx *, struct db *, const char *sql, int64_t *out);
	const char *lock, *is_ours;
	enum err (*finish)(struct cx *, struct db *);
	enum err (*begin)(struct cx *, struct db *), (*commit)(struct cx *, struct db *), (*snapshot)(struct cx *, struct db *);
	void (*rollback)(struct db *), (*snapshot_end)(struct db *);
	bool (*in_batch)(struct db *);
	enum err (*forget_views)(struct cx *, struct db *);
	enum err (*dump_views)(struct cx *, struct db *, struct buf *out);
	enum err (*tidy)(struct cx *, struct db *, enum db_fold);
	enum err (*grown)(struct cx *, struct db *); /* NULL: plans do not depend on it */
	void (*slow)(struct db *, bool); /* NULL: it waits for everything */
	int64_t (*log_size)(struct db *), (*log_used)(struct db *), (*version)(struct db *), (*rows_written)(struct db *);
	struct str (*caution)(struct cx *, struct db *);
	enum err (*check)(struct cx *, struct db *);
	enum err (*run)(struct cx *, struct db *, enum sql, const struct db_val *in, int n_in, struct db_rows *rows);
};
extern const struct db_engine db_sqlite, db_pg;

/* What SQLite asks of every statement that it prepares for a writer: records, payloads and checkpoints may be added to and
 * read; nothing changes, empties or drops them or the triggers that say the same. */
int db_sqlite_guard(void *, int act, const char *what, const char *column, const char *schema, const char *trigger);

/* What every handle begins with. */
struct db {
	const struct db_engine *engine;
	int64_t body;
	bool writer;
};

/* A column of a row as dump_views writes it. */
void db_dump_value(struct cx *, struct buf *out, const char *column, struct db_val, bool bytes);
#endif
