#include "desk/index.h"

#include "desk/command.h"
#include "store/search.h"

/* A command takes little, so that nobody who reports waits for it. */
enum { A_COMMAND = 32, AT_ONCE = 1024 };

enum err
index_behind(struct cx *cx, const struct desk *d, int64_t *entries, int64_t *behind)
{
	struct row_head_get *head;
	int64_t upto;

	TRY(search_upto(cx, d->db, &upto));
	TRY(sql_head_get(cx, d->db, &head));
	*entries = head ? head->first + head->size : 0;
	*behind = *entries - upto;
	return OK;
}

enum err
index_fill(struct cx *cx, struct desk *d)
{
	bool more = true;

	while (more) {
		struct mark m = cx_mark(cx);
		enum err e;

		TRY(desk_begin(cx, d));
		e = search_go_on(cx, d->db, AT_ONCE, &more);
		if (e != OK) {
			desk_undo(d);
			return e;
		}
		TRY(desk_end(cx, d));
		TRY(desk_tidy(cx, d, FOLD_SOME));
		cx_back(cx, m);
	}
	return OK;
}

enum err
command_index(struct cx *cx, struct deed *deed)
{
	bool more;

	TRY(search_go_on(cx, deed->d->db, A_COMMAND, &more));
	js_set_bool(cx, deed->answer, S("more"), more);
	return OK;
}
