#include "store/vault.h"

#include "base/test.h"
#include "store/test_db.h"
#include "sys/files.h"
#include "sys/test_dir.h"
#include <sys/stat.h>

/* A data directory with a vault in the folder, or in the database where the tests have one. */
static struct vault
vault_new(struct cx *cx)
{
	struct str place = test_db(cx);
	struct vault v = { .dir = test_dir(cx) };

	EXPECT_OK(files_make_dir(cx, v.dir, S("spool")));
	EXPECT_OK(files_make_dir(cx, v.dir, S("vault")));
	if (!place.n)
		place = str_fmt(cx, "%s/tocsin.db", test_dir_path());
	EXPECT_OK(db_create(cx, place, NULL));
	EXPECT_OK(db_open_writer(cx, place, &v.db));
	return v;
}

static struct str
bytes_of(struct cx *cx, ptrdiff_t n)
{
	char *p = NEW(cx, char, n);

	cx->chance(p, (size_t)n);
	return (struct str){ p, n };
}

static void
spool(struct cx *cx, const struct vault *v, struct id object, struct str bytes)
{
	EXPECT_OK(files_create(cx, v->dir, str_fmt(cx, "spool/%.*s", F(id_hex(cx, object))), 0600, bytes));
}

/* One call in a batch of its own, as a command is. */
static bool
keep(struct cx *cx, const struct vault *v, struct id object)
{
	bool whole;

	EXPECT_OK(db_begin(cx, v->db));
	EXPECT_OK(vault_keep(cx, v, object, &whole));
	EXPECT_OK(db_commit(cx, v->db));
	return whole;
}

static enum err
collect(struct cx *cx, void *with, struct str bytes)
{
	struct str *all = with; /* with room for all: what is taken from the arena here is given back */

	(void)cx;
	EXPECT(bytes.n > 0 && bytes.n <= VAULT_CHUNK);
	memcpy((char *)(uintptr_t)all->p + all->n, bytes.p, (size_t)bytes.n);
	all->n += bytes.n;
	return OK;
}

static void
expect_there(struct cx *cx, const struct vault *v, struct id object, struct str bytes)
{
	struct str got = { NEW(cx, char, bytes.n + 1), 0 };
	struct hash h, want = sha256(bytes);
	int64_t size;

	EXPECT_OK(vault_size(cx, v, object, &size));
	EXPECT(size == bytes.n);
	EXPECT_OK(vault_read(cx, v, object, (struct stream_sink){ collect, &got }));
	EXPECT_STR(got, bytes);
	EXPECT_OK(vault_hash(cx, v, object, &h));
	EXPECT(hash_eq(h, want));
}

TEST(files_of_every_size_come_out_of_the_vault_as_they_went_in)
{
	static const ptrdiff_t sizes[] = { 0, 1, VAULT_CHUNK - 1, VAULT_CHUNK, VAULT_CHUNK + 1, VAULT_SLICE - 1, VAULT_SLICE,
		VAULT_SLICE + VAULT_CHUNK, (ptrdiff_t)3 * VAULT_SLICE };
	struct vault v = vault_new(cx);

	for (int i = 0; i < COUNT(sizes); i++) {
		struct mark m = cx_mark(cx);
		struct id object = id_new(cx), other = id_new(cx);
		struct str bytes = bytes_of(cx, sizes[i]);
		struct vault_put *put;
		int calls = 1;

		spool(cx, &v, object, bytes);
		for (; !keep(cx, &v, object); calls++)
			EXPECT(vault_size(cx, &v, object, &(int64_t){ 0 }) == ERR_NOT_FOUND);
		EXPECT(calls == (db_shared(v.db) ? sizes[i] / VAULT_SLICE + 1 : 1));
		expect_there(cx, &v, object, bytes);
		EXPECT_OK(vault_begin(cx, &v, other, &put));
		EXPECT_OK(vault_read(cx, &v, object, (struct stream_sink){ vault_more, put }));
		EXPECT_OK(vault_end(cx, put));
		expect_there(cx, &v, other, bytes);
		cx_back(cx, m);
	}
}

TEST(a_batch_that_was_lost_is_repeated_and_a_file_that_is_there_is_kept_once)
{
	struct vault v = vault_new(cx);
	struct id object = id_new(cx);
	struct str bytes = bytes_of(cx, VAULT_SLICE + 5);
	bool whole;

	spool(cx, &v, object, bytes);
	EXPECT_OK(db_begin(cx, v.db));
	EXPECT_OK(vault_keep(cx, &v, object, &whole));
	db_rollback(v.db);
	while (!keep(cx, &v, object))
		;
	EXPECT(keep(cx, &v, object));
	EXPECT_OK(vault_tidy(cx, &v));
	EXPECT(keep(cx, &v, object));
	expect_there(cx, &v, object, bytes);
}

TEST(a_file_that_is_not_in_the_spool_is_asked_for_again)
{
	struct vault v = vault_new(cx);
	bool whole;

	EXPECT_OK(db_begin(cx, v.db));
	EXPECT(vault_keep(cx, &v, id_new(cx), &whole) == ERR_NOT_FOUND);
	EXPECT(str_find(str_of(cx->why), S("send it again")) >= 0);
	db_rollback(v.db);
	EXPECT(vault_read(cx, &v, id_new(cx), (struct stream_sink){ collect, NULL }) == ERR_NOT_FOUND);
}

TEST(a_put_that_was_broken_off_is_not_found_and_begins_again)
{
	struct vault v = vault_new(cx);
	struct id object = id_new(cx);
	struct str bytes = bytes_of(cx, (ptrdiff_t)70 * VAULT_CHUNK);
	struct vault_put *put;

	EXPECT_OK(vault_begin(cx, &v, object, &put));
	EXPECT_OK(vault_more(cx, put, bytes));
	if (db_shared(v.db)) {
		db_rollback(v.db);
		EXPECT(vault_size(cx, &v, object, &(int64_t){ 0 }) == ERR_NOT_FOUND);
	}
	EXPECT_OK(vault_begin(cx, &v, object, &put));
	EXPECT_OK(vault_more(cx, put, bytes));
	EXPECT_OK(vault_end(cx, put));
	expect_there(cx, &v, object, bytes);
}

TEST(files_from_before_they_were_kept_in_the_database_are_moved_into_it)
{
	struct vault v = vault_new(cx);
	struct id object = id_new(cx);
	struct str bytes = bytes_of(cx, VAULT_SLICE + 9), *names;
	ptrdiff_t n;

	EXPECT_OK(files_create(cx, v.dir, str_fmt(cx, "vault/%.*s", F(id_hex(cx, object))), 0600, bytes));
	EXPECT_OK(vault_move_in(cx, &v));
	expect_there(cx, &v, object, bytes);
	EXPECT_OK(files_list(cx, v.dir, S("vault"), &names, &n));
	EXPECT(n == (db_shared(v.db) ? 0 : 1));
}

struct seen { struct id last; int n; };

static enum err
see(struct cx *cx, void *with, struct id object)
{
	struct seen *s = with;

	(void)cx;
	EXPECT(!s->n++ || memcmp(s->last.b, object.b, 16) < 0);
	s->last = object;
	return OK;
}

TEST(the_vault_lists_what_is_in_it_in_order_and_forgets_what_is_removed)
{
	enum { MANY = 300 };
	struct vault v = vault_new(cx);
	struct seen s = { .n = 0 };
	struct id object;

	for (int i = 0; i < MANY; i++) {
		object = id_new(cx);
		spool(cx, &v, object, S("x"));
		EXPECT(keep(cx, &v, object));
	}
	EXPECT_OK(vault_list(cx, &v, see, &s));
	EXPECT(s.n == MANY);
	EXPECT_OK(vault_remove(cx, &v, object));
	EXPECT_OK(vault_remove(cx, &v, object));
	EXPECT(vault_size(cx, &v, object, &(int64_t){ 0 }) == ERR_NOT_FOUND);
	s.n = 0;
	EXPECT_OK(vault_list(cx, &v, see, &s));
	EXPECT(s.n == MANY - 1);
}

TEST(the_spool_keeps_what_may_still_be_asked_for_and_nothing_else)
{
	struct vault v = vault_new(cx);
	struct id kept = id_new(cx), waits = id_new(cx), old = id_new(cx);
	struct timespec written[2] = { { T0 / SECOND - 90000, 0 }, { T0 / SECOND - 90000, 0 } };
	struct str *names;
	ptrdiff_t n;

	spool(cx, &v, kept, S("taken over"));
	spool(cx, &v, waits, S("on its way"));
	spool(cx, &v, old, S("broken off"));
	EXPECT(keep(cx, &v, kept));
	EXPECT(utimensat(v.dir, str_fmt(cx, "spool/%.*s", F(id_hex(cx, old))).p, written, 0) == 0);
	EXPECT_OK(vault_tidy(cx, &v));
	EXPECT_OK(files_list(cx, v.dir, S("spool"), &names, &n));
	EXPECT(n == 1);
	EXPECT_STR(names[0], id_hex(cx, waits));
}
