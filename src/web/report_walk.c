#include "web/report_walk.h"

#include "base/code.h"

struct browse *
walk_begin(struct cx *cx, const char *pack)
{
	cx->now = T0 + 326 * DAY + 10 * HOUR;
	return browse_start(flow_start(cx, str_of(pack)));
}

struct browse *
walk_other(struct browse *b)
{
	return browse_start(b->flow);
}

void
walk_choose(struct browse *b, const char *category)
{
	browse_get(b, "/");
	browse_expect(b, 200, "/", "If in doubt, report it");
	browse_follow(b, "Report it now");
	browse_expect(b, 200, "/report/category", "What happened?");
	browse_fill(b, "category", category);
	browse_send(b, "/report/category");
	browse_expect(b, 200, "/report/narrative", NULL);
}

int
walk_to(struct browse *b, const char *until)
{
	int pages = 0;

	while (!str_eq(b->at, str_of(until))) {
		if (b->status != 200 || pages > 12)
			browse_expect(b, 200, until, NULL);
		browse_send(b, str_eq(b->at, S("/report/files")) ? "/report/files/next" : NULL);
		pages++;
	}
	return pages;
}

void
walk_tell(struct browse *b, const char *category, const char *words)
{
	walk_choose(b, category);
	browse_fill(b, "narrative", words);
	browse_send(b, NULL);
	walk_to(b, "/report/check");
}

struct str
walk_send(struct browse *b, struct str *code)
{
	browse_send(b, "/report/check");
	browse_expect(b, 200, "/report/done", "Thank you");
	if (code)
		*code = browse_class(b, "app-code");
	return browse_class(b, "app-ref");
}

struct row_case_get *
walk_case(struct browse *b, struct str ref)
{
	struct row_case_get *row;
	struct cx *cx = b->cx;

	EXPECT_OK(sql_case_get(cx, b->flow->desk.db, flow_case(b->flow, ref), &row));
	EXPECT(row != NULL);
	return row;
}

struct js *
walk_asked(struct browse *b, struct str ref)
{
	struct desk *d = &b->flow->desk;
	struct row_entry_first_of_case *first;
	struct payload content;
	struct record record;
	struct cx *cx = b->cx;
	struct js *tree;
	bool there;

	EXPECT_OK(sql_entry_first_of_case(cx, d->db, flow_case(b->flow, ref), &first));
	EXPECT_OK(record_read(cx, (const uint8_t *)first->record.p, &record));
	EXPECT_OK(journal_content(cx, d->db, &d->keys, first->log, &record, &content, &there));
	EXPECT_OK(js_read(cx, content.content, &tree));
	return (struct js *)(uintptr_t)js_get(tree, S("asked"));
}
