#include "sys/folder.h"

#include "base/test.h"
#include "sys/test_dir.h"

static bool
there(struct cx *cx, int dir, const char *name)
{
	int64_t size;

	return files_size(cx, dir, str_of(name), &size) == OK;
}

TEST(a_folder_is_whole_where_its_last_name_stands)
{
	int dir = test_dir(cx);
	struct str path = str_fmt(cx, "%s/new", test_dir_path());
	struct folder f, again;

	EXPECT_OK(folder_begin(cx, path, &f));
	EXPECT(folder_begin(cx, path, &again) == ERR_CONFLICT);
	EXPECT_OK(files_make_dir(cx, f.at, S("deep")));
	EXPECT_OK(files_create(cx, f.at, S("deep/file"), 0600, S("x")));
	EXPECT_OK(files_create(cx, f.at, S("last"), 0600, S("x")));
	EXPECT(!there(cx, dir, "new/last"));
	EXPECT_OK(folder_end(cx, &f, S("last")));
	EXPECT(there(cx, dir, "new/last") && there(cx, dir, "new/deep/file") && !there(cx, dir, "new/unfinished/last"));
	EXPECT(folder_begin(cx, path, &again) == ERR_CONFLICT);
}

TEST(a_folder_that_was_given_up_leaves_nothing_behind)
{
	int dir = test_dir(cx);
	struct str path = str_fmt(cx, "%s/new", test_dir_path()), had = str_fmt(cx, "%s/had", test_dir_path());
	struct str *names;
	struct folder f;
	ptrdiff_t n;

	EXPECT_OK(files_make_dir(cx, dir, S("had")));
	for (int i = 0; i < 2; i++) {
		EXPECT_OK(folder_begin(cx, i ? had : path, &f));
		EXPECT_OK(files_make_dir(cx, f.at, S("deep/deeper")));
		EXPECT_OK(files_create(cx, f.at, S("deep/deeper/file"), 0600, S("x")));
		folder_undo(cx, &f);
	}
	EXPECT_OK(files_list(cx, dir, S("."), &names, &n));
	EXPECT(n == 1); /* what was there before stays, and is empty */
	EXPECT_OK(files_list(cx, dir, S("had"), &names, &n));
	EXPECT(n == 0);
}
