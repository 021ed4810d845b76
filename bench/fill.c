/* fill: cases in great number, through desk_do as the registrar takes commands, 64 a commit. Which case it is says everything
 * about it, so that what was filled to 10,000 goes on to 100,000 as if it had been one run. Not of the product.
 *   fill DIR FROM TO SEED PERSON < MIX   the cases FROM … TO − 1; PERSON handles some of them
 * Nothing is synced: what intake costs, others measure. MIX is what bench/mix.py makes: a line a kind of case, divided by tabs: weight, the first person who reports such and how
 * many do, category, facts, words. Says how far it is on standard error, and at the end one line of JSON. */
#include "bench.h"
#include "base/js_read.h"
#include "desk/desk.h"
#include "desk/upkeep.h"
#include "sys/sys.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROOM = 1 << 30, GROUP = 64, MOST_KINDS = 1000, WORDS = 20000, SYLLABLES = 70, ROUNDS = 12 };

/* Of so many cases one … */
enum { HISTORICAL = 4, TRIAGED = 16, NOTED = 12, MESSAGED = 20, HANDED = 40, FINISHED = 100, ANONYMOUS = 12 };

struct sort { long upto; uint32_t first, people; struct str category, facts, words; };

static struct fill {
	struct cx *cx, life;
	struct desk desk;
	struct sort kinds[MOST_KINDS];
	ptrdiff_t n;
	uint32_t seed;
	struct str session;
	long commands, waiting, made[7];
} fill;

/* In place of the system's own, for SQLite too: nothing waits for the disk. If power fails, one fills again. */
int fsync(int fd) { (void)fd; return 0; }
int fdatasync(int fd) { (void)fd; return 0; }

static const char *const made_names[7] = { "reported", "historical", "triaged", "noted", "messaged", "handed", "closed" };

/* Numbers that look like chance and are the same each time. */
static uint32_t
pick(uint32_t i, uint32_t what)
{
	uint64_t x = ((uint64_t)i << 20 ^ what ^ (uint64_t)fill.seed << 44) + 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)(x >> 32);
}

static bool one_of(uint32_t i, uint32_t what, int among) { return pick(i, what) % (uint32_t)among == 0; }

/* A word of no language by its rank; bench/mix.py says the same ones. */
static void
put_word(struct buf *b, uint32_t rank)
{
	static const char with[] = "bdfgklmnprstvz", vowel[] = "aeiou";
	uint32_t part[3] = { rank % SYLLABLES, rank / SYLLABLES % SYLLABLES, (rank * 7 + rank / (SYLLABLES * SYLLABLES)) % SYLLABLES };

	for (int k = 0; k < 3; k++) {
		buf_char(b, with[part[k] / 5]);
		buf_char(b, vowel[part[k] % 5]);
	}
}

/* As words are in any language: the r-th is said about 1/r as often as the first. */
static struct str
narrative(struct cx *cx, uint32_t i, struct str words)
{
	struct buf b = buf_new(cx);
	uint32_t n = 12 + pick(i, 20) % 24;

	buf_put(&b, words);
	for (uint32_t k = 0; k < n; k++) {
		buf_char(&b, k ? ' ' : '\n');
		put_word(&b, (uint32_t)exp(pick(i, 30 + k) / 4294967296.0 * log(WORDS)) - 1);
	}
	buf_char(&b, '.');
	return buf_str(&b);
}

static enum err
flush(void)
{
	if (fill.waiting)
		TRY(desk_end(fill.cx, &fill.desk));
	fill.waiting = 0;
	return OK;
}

static enum err
command(const char *name, struct str ref, struct js *args, bool person, struct js **ok)
{
	struct cx *cx = fill.cx;
	struct js *request = js_object(cx), *as = js_object(cx);
	struct str answer;

	js_set_str(cx, request, S("id"), id_hex(cx, id_new(cx)));
	js_set_str(cx, request, S("command"), str_of(name));
	js_set_str(cx, request, S("case"), ref);
	if (person)
		js_set_str(cx, as, S("session"), fill.session);
	js_set(cx, request, S("as"), as);
	js_set(cx, request, S("args"), args);
	if (!fill.waiting++)
		TRY(desk_begin(cx, &fill.desk));
	TRY(desk_do(cx, &fill.desk, js_text(cx, request), !person, false, &answer));
	fill.commands++;
	TRY(desk_answer(cx, answer, ok));
	return OK;
}

static struct js *
with(struct js *args, struct str name, struct str value)
{
	js_set_str(fill.cx, args, name, value);
	return args;
}

static struct js *args_new(void) { return js_object(fill.cx); }

static const struct sort *
kind_for(uint32_t i)
{
	long at = pick(i, 1) % fill.kinds[fill.n - 1].upto;
	ptrdiff_t low = 0, high = fill.n - 1;

	while (low < high) {
		ptrdiff_t half = (low + high) / 2;

		if (at < fill.kinds[half].upto)
			high = half;
		else
			low = half + 1;
	}
	return &fill.kinds[low];
}

static enum err
report_args(uint32_t i, bool historical, struct js **out)
{
	static const int64_t affected[] = { 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 10, 15, 35, 120, 900, 12000 };
	const struct sort *k = kind_for(i);
	struct cx *cx = fill.cx;
	struct js *args = *out = args_new(), *facts, *reporter = args_new();

	TRY(js_read(cx, k->facts, &facts));
	js_set_str(cx, facts, S("category"), k->category);
	if (str_eq(js_str(facts, S("personal_data")), S("yes")))
		js_set_int(cx, facts, S("people_affected"), affected[pick(i, 3) % COUNT(affected)]);
	js_set(cx, args, S("facts"), facts);
	with(args, S("narrative"), narrative(cx, i, k->words));
	if (historical) {
		with(args, S("import_id"), str_fmt(cx, "fill-%u-%u", fill.seed, i));
		js_set_when(cx, args, S("reported_at"), cx->now - DAY * (30 + pick(i, 4) % 1500));
	} else {
		with(args, S("channel"), one_of(i, 5, 5) ? S("phone") : S("portal"));
	}
	if (one_of(i, 6, ANONYMOUS))
		with(reporter, S("mode"), S("anonymous"));
	else
		with(reporter, S("person"), str_fmt(cx, "s%04u", k->first + pick(i, 2) % k->people));
	js_set(cx, args, S("reporter"), reporter);
	return OK;
}

static enum err
triage(uint32_t i, struct str ref)
{
	static const char *const is[] = { "incident", "incident", "incident", "near_miss", "incident", "not_security" };
	struct js *args = with(args_new(), S("assessed"), str_of(is[pick(i, 7) % COUNT(is)])), *ok;

	fill.made[2]++;
	with(args, S("reasons"), S("What was said on the telephone agrees with the report."));
	return command("triage", ref, with(args, S("next"), S("Get it back and tell whom it concerns.")), true, &ok);
}

/* Everything that is owed is done, and what follows from that; then the case closes. */
static enum err
finish(struct str ref)
{
	struct id *duties;
	ptrdiff_t n = 1;
	struct js *ok;

	for (int round = 0; round < ROUNDS && n; round++) {
		TRY(upkeep_open_duties(fill.cx, &fill.desk, ref, &duties, &n));
		for (ptrdiff_t k = 0; k < n; k++) {
			struct js *args = with(args_new(), S("duty"), id_hex(fill.cx, duties[k]));

			with(args, S("how"), S("Done and noted."));
			TRY(command("duty_done", ref, with(args, S("without_agreement"), S("Time ran out.")), true, &ok));
		}
	}
	fill.made[6]++;
	return command("close", ref, with(args_new(), S("reason"), S("All is done.")), true, &ok);
}

static enum err
hand_over(uint32_t i, struct str ref)
{
	struct id *duties;
	struct js *args, *ok;
	ptrdiff_t n;

	TRY(upkeep_open_duties(fill.cx, &fill.desk, ref, &duties, &n));
	if (!n)
		return OK;
	fill.made[5]++;
	args = with(args_new(), S("duty"), id_hex(fill.cx, duties[0]));
	with(args, S("to"), str_fmt(fill.cx, "s%04u", pick(i, 8) % 100));
	return command("hand_over", ref, with(args, S("why"), S("Knows the file.")), true, &ok);
}

static enum err
handle(uint32_t i, struct str ref)
{
	bool closes = one_of(i, 10, FINISHED);
	struct js *ok;

	if (closes || one_of(i, 11, TRIAGED))
		TRY(triage(i, ref));
	if (one_of(i, 12, NOTED)) {
		fill.made[3]++;
		TRY(command("note", ref, with(args_new(), S("words"), narrative(fill.cx, i ^ 0x40000000u, S("I rang them."))), true, &ok));
	}
	if (one_of(i, 13, MESSAGED)) {
		fill.made[4]++;
		TRY(command("message", ref, with(args_new(), S("words"), narrative(fill.cx, i ^ 0x80000000u, S("Thank you."))), true, &ok));
	}
	if (closes)
		return finish(ref);
	return one_of(i, 14, HANDED) ? hand_over(i, ref) : OK;
}

static enum err
one_case(uint32_t i)
{
	bool historical = one_of(i, 9, HISTORICAL);
	struct js *args, *ok;

	TRY(report_args(i, historical, &args));
	fill.made[historical]++;
	TRY(command(historical ? "import" : "report", S(""), args, false, &ok));
	return historical ? OK : handle(i, js_str(ok, S("ref")));
}

/* A line of MIX. */
static bool
read_kind(struct cx *cx, struct str line, struct sort *k)
{
	int64_t weight, first, people;
	struct str part[6];

	for (int i = 0; i < 6; i++)
		str_cut(line, '\t', &part[i], &line);
	if (!str_int(part[0], &weight) || !str_int(part[1], &first) || !str_int(part[2], &people) || weight < 1 || people < 1)
		return false;
	*k = (struct sort){ (fill.n ? fill.kinds[fill.n - 1].upto : 0) + weight, (uint32_t)first, (uint32_t)people,
		str_copy(cx, part[3]), str_copy(cx, part[4]), str_copy(cx, part[5]) };
	return true;
}

static enum err
read_mix(struct cx *cx)
{
	char line[4096];

	for (; fgets(line, sizeof line, stdin) && fill.n < MOST_KINDS; fill.n++)
		if (!read_kind(cx, str_trim(str_of(line)), &fill.kinds[fill.n]))
			return fail(cx, ERR_BAD_INPUT, "line %td of the mix cannot be read", fill.n + 1);
	return fill.n ? OK : fail(cx, ERR_BAD_INPUT, "the mix is empty");
}

static enum err
sign_in(struct cx *cx, struct str person)
{
	struct js *ok;

	TRY(command("make_link", S(""), with(args_new(), S("person"), person), false, &ok));
	TRY(command("use_link", S(""), with(args_new(), S("link"), js_str(ok, S("link"))), false, &ok));
	fill.session = str_copy(cx, js_str(ok, S("session")));
	return flush();
}

/* Nobody waits for the index of words, and a clerk has no part in this: it is asked for here until it is whole. */
static enum err
index_all(struct cx *cx)
{
	bool more = true;

	while (more) {
		struct mark m = cx_mark(cx);
		struct str request = str_fmt(cx, "{\"id\":\"%.*s\",\"command\":\"index\",\"as\":{},\"args\":{}}", F(id_hex(cx, id_new(cx)))), answer;
		struct js *ok;

		sys_turn(cx);
		TRY(desk_begin(cx, &fill.desk));
		TRY(desk_do(cx, &fill.desk, request, false, true, &answer));
		TRY(desk_end(cx, &fill.desk));
		more = desk_answer(cx, answer, &ok) == OK && js_true(ok, S("more"));
		TRY(desk_tidy(cx, &fill.desk, FOLD_SOME));
		cx_back(cx, m);
	}
	return OK;
}

static enum err
work(struct cx *cx, void *arg)
{
	char **argv = arg;
	long from = atol(argv[2]), to = atol(argv[3]);
	when began, tidied, said, filled;
	struct str note;

	fill.cx = cx;
	fill.seed = (uint32_t)atol(argv[4]);
	TRY(read_mix(cx));
	cx_begin(&fill.life, cx_room(ROOM), ROOM);
	sys_turn(&fill.life);
	TRY(desk_open(&fill.life, str_of(argv[1]), true, &fill.desk));
	TRY(sign_in(cx, str_of(argv[5])));
	began = tidied = said = sys_boot();
	for (long i = from; i < to;) {
		struct mark m = cx_mark(cx);

		sys_turn(cx);
		for (; i < to && fill.waiting < GROUP; i++)
			TRY(one_case((uint32_t)i));
		TRY(flush());
		if (cx->boot - tidied > SECOND) { /* as the registrar's tick does */
			TRY(desk_tidy(cx, &fill.desk, FOLD_SOME));
			tidied = cx->boot;
		}
		cx_back(cx, m);
		if (sys_boot() - said > 5 * SECOND) {
			said = sys_boot();
			fprintf(stderr, "  %ld of %ld, %.0f a second\n", i, to, (double)(i - from) * SECOND / (double)(said - began));
		}
	}
	filled = sys_boot();
	TRY(index_all(cx));
	TRY(desk_sign(cx, &fill.desk, &note));
	printf("{\"cases\":%ld,\"commands\":%ld,\"seconds\":%.3f,\"index_seconds\":%.3f", to - from, fill.commands,
	    (double)(filled - began) / SECOND, (double)(sys_boot() - filled) / SECOND);
	for (int i = 0; i < 7; i++)
		printf(",\"%s\":%ld", made_names[i], fill.made[i]);
	puts("}");
	return OK;
}

int
main(int argc, char **argv)
{
	int exits;

	if (argc != 6) {
		fputs("usage: fill DIR FROM TO SEED PERSON < MIX\n", stderr);
		return 64;
	}
	exits = bench_run("fill", ROOM, work, argv);
	cx_end(&fill.life);
	return exits;
}
