#include "desk/flow.h"

#include "base/buf.h"

#define LETTER "{\"narrative\":\"A letter went to the wrong house.\",\"facts\":{\"category\":\"wrong_recipient\"," \
	"\"forms\":[\"paper\"],\"personal_data\":\"yes\",\"data_subjects\":[\"service_user\"]}}"

static int
entries_of(struct flow *f, enum kind kind)
{
	struct row_entries_from *rows;
	struct cx *cx = f->cx;
	struct record r;
	ptrdiff_t n;
	int found = 0;

	EXPECT_OK(sql_entries_from(cx, f->desk.db, f->desk.journal.log, 0, 1000, &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++) {
		EXPECT_OK(record_read(cx, (const uint8_t *)rows[i].record.p, &r));
		found += r.kind == kind;
	}
	return found;
}

/* Rows of a view, and what they say: duties with their due times, or notices. */
static struct str
view(struct flow *f, const char *name)
{
	struct buf all = buf_new(f->cx), out = buf_new(f->cx);
	struct cx *cx = f->cx;
	struct str rest, line;

	EXPECT_OK(db_dump_views(cx, f->desk.db, &all));
	rest = buf_str(&all);
	while (str_next(&rest, '\n', &line))
		if (str_starts(line, str_of(name)))
			buf_fmt(&out, "%.*s\n", F(line));
	return buf_str(&out);
}

/* Everything that is due, and then nothing. */
static void
tick_all(struct flow *f)
{
	int n = 0;

	while (js_true(flow_do(f, S("local"), "tick", S(""), "{}"), S("more")))
		EXPECT(n++ < 200);
	EXPECT(!js_true(flow_do(f, S("local"), "tick", S(""), "{}"), S("more")));
}

static void
restart(struct flow *f)
{
	char *room = f->life.a.start;
	ptrdiff_t size = f->life.a.end - room;
	struct cx *cx = f->cx;

	cx_end(&f->life);
	f->life = *cx;
	cx_begin(&f->life, room, size);
	EXPECT_OK(desk_open(&f->life, f->path, true, &f->desk));
}

/* The wall clock jumps there and back while a case is open. What is stated keeps its due time; each jump that counts has a record
 * of its own; what was announced is not announced again. */
static void
jump(struct cx *cx, when by)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	int counts = by > 2 * SECOND || by < -2 * SECOND ? 1 : 0;
	struct str due, told;

	flow_do(f, S(""), "report", S(""), LETTER);
	due = view(f, "duty_view");
	flow_wait(f, SECOND);
	cx->now += by;
	flow_do(f, S(""), "report", S(""), "{\"narrative\":\"x\"}");
	EXPECT(entries_of(f, KIND_CLOCK_JUMP) == counts);
	EXPECT(str_find(view(f, "duty_view"), str_sub(due, 0, str_index(due, '\n'))) >= 0);
	tick_all(f);
	told = view(f, "notice_view");
	for (int i = 0; i < 2; i++) {
		flow_wait(f, SECOND);
		cx->now += i ? by : -by;
		tick_all(f);
		if (i == 0 && by < 0)
			told = view(f, "notice_view"); /* only now it is as late as that */
		EXPECT_STR(view(f, "notice_view"), told);
	}
	flow_do(f, S(""), "report", S(""), "{\"narrative\":\"y\"}");
	EXPECT(entries_of(f, KIND_CLOCK_JUMP) >= counts && entries_of(f, KIND_CLOCK_JUMP) <= 3 * counts);
	flow_end(f);
}

TEST(a_clock_that_jumps_is_recorded_and_moves_no_due_time)
{
	static const when sizes[] = { SECOND, 2 * SECOND, 3 * SECOND, MINUTE, HOUR, DAY, 400 * DAY, 3653 * DAY };
	struct mark m = cx_mark(cx);

	for (int i = 0; i < 2 * COUNT(sizes); i++) {
		cx->now = T0 + 3653 * DAY;
		jump(cx, i % 2 ? sizes[i / 2] : -sizes[i / 2]);
		cx_back(cx, m);
	}
}

TEST(at_a_start_only_a_clock_that_stands_before_the_last_record_counts)
{
	struct flow *f = flow_start(cx, S("st-helens"));

	cx->now += 400 * DAY;
	restart(f);
	EXPECT(entries_of(f, KIND_CLOCK_JUMP) == 0);
	cx->now -= 2 * SECOND;
	restart(f);
	EXPECT(entries_of(f, KIND_CLOCK_JUMP) == 0);
	cx->now -= 3 * SECOND;
	restart(f);
	EXPECT(entries_of(f, KIND_CLOCK_JUMP) == 1);
	flow_end(f);
}
