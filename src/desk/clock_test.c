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

/* The duties with their due times. */
static struct str
due_times(struct flow *f)
{
	struct str rest = view(f, "duty_view"), line;
	struct buf out = buf_new(f->cx);

	while (str_next(&rest, '\n', &line))
		buf_fmt(&out, "%.*s\n", F(str_sub(line, str_find(line, S("|duty_id")), str_find(line, S("|soonest")))));
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
 * of its own; nothing is announced when the clock is put back. */
static void
jump(struct cx *cx, when by)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	int counts = by > 2 * SECOND || by < -2 * SECOND ? 1 : 0;
	struct str due, told, line;

	flow_do(f, S(""), "report", S(""), LETTER);
	due = due_times(f);
	flow_wait(f, SECOND);
	cx->now += by;
	flow_do(f, S(""), "report", S(""), "{\"narrative\":\"x\"}");
	EXPECT(entries_of(f, KIND_CLOCK_JUMP) == counts);
	while (str_next(&due, '\n', &line))
		EXPECT(str_find(due_times(f), line) >= 0);
	tick_all(f);
	told = view(f, "notice_view");
	flow_wait(f, SECOND);
	cx->now -= by;
	tick_all(f);
	if (by < 0)
		told = view(f, "notice_view"); /* only now it is as late as that */
	EXPECT_STR(view(f, "notice_view"), told);
	flow_do(f, S(""), "report", S(""), "{\"narrative\":\"y\"}");
	EXPECT(entries_of(f, KIND_CLOCK_JUMP) >= counts && entries_of(f, KIND_CLOCK_JUMP) <= 2 * counts);
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

/* How often the holders of a duty were told that its time runs out, or is up. */
static int
announced(struct flow *f)
{
	struct str rest = view(f, "notice_view"), line;
	int n = 0;

	while (str_next(&rest, '\n', &line))
		n += str_find(line, S("|about=warn")) >= 0 || str_find(line, S("|about=due")) >= 0 ||
		    str_find(line, S("|about=escalate")) >= 0;
	return n;
}

static void
days(struct flow *f, int n)
{
	while (n--) {
		flow_wait(f, DAY);
		tick_all(f);
	}
}

/* A clock a year ahead announces everything at once. Once it is put right each is announced again, when its time has come. */
TEST(what_a_jump_moved_past_is_announced_again)
{
	struct flow *steady = flow_start(cx, S("st-helens")), *f;
	int usual, early;

	flow_do(steady, S(""), "report", S(""), LETTER);
	days(steady, 30);
	usual = announced(steady);
	EXPECT(usual > 2);
	flow_end(steady);
	cx->now = T0;
	f = flow_start(cx, S("st-helens"));
	flow_do(f, S(""), "report", S(""), LETTER);
	cx->now += 400 * DAY;
	tick_all(f);
	early = announced(f);
	EXPECT(early > 2);
	cx->now -= 400 * DAY;
	tick_all(f);
	EXPECT(announced(f) == early);
	days(f, 30);
	EXPECT(announced(f) == early + usual);
	days(f, 30);
	EXPECT(announced(f) == early + usual);
	flow_end(f);
}
