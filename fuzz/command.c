/* One command of the registrar from its message to its answer, as whoever it comes from: refused or done, never broken;
 * and what it did is what a rebuild makes of the journal. The first line says the command, who asks and perhaps the
 * case; what follows are its arguments. An input that begins with '{' is the message itself. */
#include "base/buf.h"
#include "desk/registrar.h"
#include "fuzz/fuzz.h"
#include "fuzz/house.h"
#include "store/effect.h"
#include "store/search.h"

static struct str
message(struct cx *cx, const struct house *h, struct str in, enum house_who *who)
{
	struct str first, args, name, rest, ref;
	struct js *r = js_object(cx), *as = js_object(cx), *a;

	*who = HOUSE_LOCAL;
	if (str_starts(in, S("{")))
		return house_filled(cx, in);
	str_cut(in, '\n', &first, &args);
	str_cut(first, ' ', &name, &rest);
	str_cut(rest, ' ', &rest, &ref);
	*who = (enum house_who)((rest.n ? (unsigned char)rest.p[0] - (unsigned)'0' : 0u) % HOUSE_WHOS);
	if (!utf8_ok(name) || !utf8_ok(ref) || js_read(cx, house_filled(cx, args), &a) != OK)
		return S("");
	js_set_str(cx, r, S("command"), name);
	if (ref.n)
		js_set_str(cx, r, S("case"), house_filled(cx, ref));
	if (h->session[*who].n)
		js_set_str(cx, as, S("session"), h->session[*who]);
	js_set(cx, r, S("as"), as);
	js_set(cx, r, S("args"), a);
	return js_text(cx, r);
}

/* In the batch that is about to be undone. The index of words, which follows by itself, is brought up first. */
static void
same_rebuilt(struct cx *cx, struct desk *d)
{
	struct buf before = buf_new(cx), after = buf_new(cx);
	bool more = true;
	uint64_t n;

	HOLD(journal_flush(cx, &d->journal) == OK);
	while (more)
		HOLD(search_go_on(cx, d->db, 1024, &more) == OK);
	HOLD(db_dump_views(cx, d->db, &before) == OK);
	HOLD(effect_rebuild(cx, d->db, &d->keys, &n) == OK && db_dump_views(cx, d->db, &after) == OK);
	HOLD(str_eq(buf_str(&before), buf_str(&after)));
}

FUZZ(cx, in)
{
	struct desk d = house()->desk;
	static const struct verdict yes = { .holds = true, .sealed = true };
	enum house_who who;
	struct str text = message(cx, house(), in, &who), answer, kind;
	struct js *all;
	uint64_t ticket;

	cx->faults = NULL;
	cx->n_faults = 0;
	cx->why[0] = 0;
	d.verdict = &yes;
	house_dice(cx);
	HOLD(registrar_unwrap(registrar_wrap(cx, 7, text), &ticket, &text) && ticket == 7);
	HOLD(desk_begin(cx, &d) == OK);
	HOLD(desk_do(cx, &d, text, who == HOUSE_LOCAL, who == HOUSE_CLERK, &answer) == OK);
	HOLD(answer.n <= DESK_ANSWER && utf8_ok(answer) && js_read(cx, answer, &all) == OK && all->n == 1);
	kind = js_str(js_get(all, S("error")), S("kind"));
	HOLD((js_get(all, S("ok")) != NULL) != (kind.n > 0));
	HOLD(!str_eq(kind, S("BROKEN")) && !str_eq(kind, S("TAMPERED")) && !str_eq(kind, S("SYNC")));
	if (!kind.n && in.n % 16 == 0)
		same_rebuilt(cx, &d);
	desk_undo(&d);
	return OK;
}
