#include "pack/pack.h"

#include "pack/check.h"
#include "pack/field.h"

/* The tables below say everything about the shape of a pack; docs/PACK.md says it to people. */
#define N(s) { s, sizeof s - 1 }
#define MUST true
#define MAY  false
#define PUT(S, m) .at = offsetof(struct S, m)
#define PUTS(S, m) .at = offsetof(struct S, m), .count = offsetof(struct S, n_##m)
#define IN(S, m)                                                                                                     \
	.size = sizeof(struct S), .array = offsetof(struct policy, m), .count = offsetof(struct policy, n_##m)
#define FIELDS(a) .fields = a, .n_fields = COUNT(a)

static struct str do_word(int k) { return policy_do_name((enum duty_do)k); }
static struct str is_word(int k) { return policy_role_is_name((enum role_is)k); }
static struct str sees_word(int k) { return policy_sees_name((enum role_sees)k); }
static struct str sight_word(int k) { return policy_sight_name((enum sight)k); }
static struct str ask_word(int k) { return policy_ask_name((enum question_kind)k); }

/* Sections whose elements are not maps with fixed keys. */
static void
read_titled(struct reader *r, const struct node *n, void *into)
{
	field_text(r, n, &((struct clause *)into)->title); /* clauses, groups, words: an id, then a text */
}
_Static_assert(
    sizeof(struct clause) == sizeof(struct group) && sizeof(struct clause) == sizeof(struct words), "alike");

static void
read_holidays(struct reader *r, const struct node *n, void *into)
{
	struct holidays *h = into;
	int64_t *days;
	struct str *names;

	if (n->type != NODE_MAP) {
		node_fault(r->cx, n, "type", "holidays are a map of date to name");
		return;
	}
	h->days = days = NEW(r->cx, int64_t, n->n);
	h->names = names = NEW(r->cx, struct str, n->n);
	for (const struct node *m = n->first; m; m = m->next) {
		struct moment at;
		struct civil c;
		ptrdiff_t k = h->n;
		int64_t day;

		if (!moment_read(m->key->text, &at) || at.to != TO_DAY) {
			node_fault(
			    r->cx, m->key, "date", "“%.*s” is not a date such as 2026-12-25", F(utf8_cut(m->key->text, 64)));
			continue;
		}
		c = london_of(at.at);
		day = day_of(c.year, c.month, c.day);
		for (; k > 0 && days[k - 1] > day; k--) /* kept ascending */
			days[k] = days[k - 1], names[k] = names[k - 1];
		days[k] = day;
		field_text(r, m, &names[k]);
		h->n++;
	}
}

static void
read_retention(struct reader *r, const struct node *n, void *into)
{
	struct retention *t = into;
	struct str count, unit;
	int64_t k = 0;

	if (!field_text(r, n, &t->text))
		return;
	if (str_cut(t->text, ' ', &count, &unit) && str_int(count, &k) && k >= 1 && k <= 1000) {
		if (str_eq(unit, S("years")) || str_eq(unit, S("year")))
			t->months = (int)k * 12;
		else if (str_eq(unit, S("months")) || str_eq(unit, S("month")))
			t->months = (int)k;
		else if (str_eq(unit, S("days")) || str_eq(unit, S("day")))
			t->days = (int)k;
	}
	if (!t->months && !t->days)
		node_fault(r->cx, n, "period", "“%.*s” should be a period such as “6 years”, “18 months” or “30 days”",
		    F(utf8_cut(t->text, 64)));
}

static const struct shape clauses = { N("clauses"), N("clause"), MUST, SHAPE_IDS, IN(clause, clauses),
	.read = read_titled };
static const struct shape groups = { N("groups"), N("group"), MAY, SHAPE_IDS, IN(group, groups),
	.read = read_titled };
static const struct shape words = { N("words"), N("words"), MAY, SHAPE_IDS, IN(words, words), .read = read_titled };
static const struct shape holidays = { N("holidays"), N("holiday list"), MAY, SHAPE_IDS, IN(holidays, holidays),
	.read = read_holidays };
static const struct shape retention = { N("retention"), N("retention"), MAY, SHAPE_IDS, IN(retention, retentions),
	.read = read_retention };

static const struct field hours_fields[] = {
	{ N("days"), FIELD_DAYS, MUST, PUT(hours, days) },
	{ N("from"), FIELD_CLOCK, MUST, PUT(hours, from) },
	{ N("to"), FIELD_CLOCK, MUST, PUT(hours, to) },
	{ N("holidays"), FIELD_REF, MAY, PUT(hours, holidays), .shape = &holidays },
};
static const struct shape hours_keys = { N("hours"), N("hours"), FIELDS(hours_fields) };

static void
read_hours(struct reader *r, const struct node *n, void *into)
{
	struct hours *h = into;
	int before = r->cx->n_faults;

	field_map(r, n, &hours_keys, h);
	if (h->from < h->to && h->days)
		return;
	if (r->cx->n_faults == before)
		node_fault(r->cx, n, "hours", "these hours end before they begin");
	*h = (struct hours){ h->id, 0x7f, 0, 24 * 60, NULL }; /* so that times that use them can still be checked */
}
static const struct shape hours = { N("hours"), N("hours"), MUST, SHAPE_IDS, IN(hours, hours), .read = read_hours };

static const struct shape roles;
static const struct field role_fields[] = {
	{ N("title"), FIELD_TEXT, MUST, PUT(role, title) },
	{ N("is"), FIELD_WORD, MUST, PUT(role, is), .words = is_word, .n_words = ROLE_KINDS },
	{ N("deputy"), FIELD_REFS, MAY, PUTS(role, deputies), .shape = &roles },
	{ N("never"), FIELD_REFS, MAY, PUTS(role, never), .shape = &roles },
	{ N("sees"), FIELD_WORD, MAY, PUT(role, sees), .words = sees_word, .n_words = SEES_KINDS },
};
static const struct shape roles = { N("roles"), N("role"), MUST, SHAPE_IDS, IN(role, roles), FIELDS(role_fields) };

static const struct field policy_fields[] = {
	{ N("id"), FIELD_NAME, MUST, PUT(policy, id) },
	{ N("title"), FIELD_TEXT, MUST, PUT(policy, title) },
	{ N("body"), FIELD_TEXT, MUST, PUT(policy, body) },
	{ N("version"), FIELD_TEXT, MUST, PUT(policy, version) },
	{ N("prefix"), FIELD_TEXT, MUST, PUT(policy, prefix) },
	{ N("phone"), FIELD_TEXT, MAY, PUT(policy, phone) },
	{ N("desk"), FIELD_TEXT, MAY, PUT(policy, desk) },
	{ N("help"), FIELD_REF, MAY, PUT(policy, help), .shape = &roles },
	{ N("marking"), FIELD_TEXT, MAY, PUT(policy, marking) },
};
static const struct shape policy = { N("policy"), N("policy"), MUST, SHAPE_ONE, FIELDS(policy_fields) };

static const struct field question_fields[] = {
	{ N("label"), FIELD_TEXT, MUST, PUT(question, label) },
	{ N("hint"), FIELD_TEXT, MAY, PUT(question, hint) },
	{ N("kind"), FIELD_WORD, MUST, PUT(question, kind), .words = ask_word, .n_words = ASK_KINDS },
	{ N("options"), FIELD_OPTIONS, MAY, PUTS(question, options) },
	{ N("sets"), FIELD_FACT, MAY, PUT(question, sets) },
	{ N("when"), FIELD_CONDITION, MAY, PUT(question, when) },
};
static const struct shape questions = { N("questions"), N("question"), MAY, SHAPE_IDS, IN(question, questions),
	FIELDS(question_fields) };

static const struct field card_fields[] = {
	{ N("title"), FIELD_TEXT, MUST, PUT(card, title) },
	{ N("text"), FIELD_TEXTS, MUST, PUTS(card, text) },
	{ N("when"), FIELD_CONDITION, MAY, PUT(card, when) },
};
static const struct shape cards = { N("cards"), N("card"), MAY, SHAPE_IDS, IN(card, cards), FIELDS(card_fields) };

static const struct field category_fields[] = {
	{ N("label"), FIELD_TEXT, MUST, PUT(category, label) },
	{ N("hint"), FIELD_TEXT, MAY, PUT(category, hint) },
	{ N("group"), FIELD_REF, MAY, PUT(category, group), .shape = &groups },
	{ N("everyday"), FIELD_YES, MAY, PUT(category, everyday) },
	{ N("means"), FIELD_MEANS, MAY, PUT(category, means) },
	{ N("ask"), FIELD_REFS, MAY, PUTS(category, ask), .shape = &questions },
	{ N("advise"), FIELD_REFS, MAY, PUTS(category, advise), .shape = &cards },
	{ N("rows"), FIELD_TEXTS, MAY, PUTS(category, rows) },
	{ N("words"), FIELD_TEXTS, MAY, PUTS(category, words) },
};
static const struct shape categories = { N("categories"), N("category"), MUST, SHAPE_IDS, IN(category, categories),
	FIELDS(category_fields) };

static const struct field derive_fields[] = {
	{ N("when"), FIELD_CONDITION, MAY, PUT(derive, when) },
	{ N("set"), FIELD_MEANS, MUST, PUT(derive, set) },
};
static const struct shape derive = { N("derive"), N("derivation"), MAY, SHAPE_LIST, IN(derive, derives),
	FIELDS(derive_fields) };

static const struct field instead_fields[] = {
	{ N("when"), FIELD_CONDITION, MUST, PUT(instead, when) },
	{ N("role"), FIELD_REF, MUST, PUT(instead, role), .shape = &roles },
};
static const struct shape instead = { N("instead"), N("alternative"), .size = sizeof(struct instead),
	FIELDS(instead_fields) };

static const struct field escalate_fields[] = {
	{ N("after"), FIELD_LENGTH, MUST, PUT(escalate, after) },
	{ N("role"), FIELD_REF, MUST, PUT(escalate, role), .shape = &roles },
};
static const struct shape escalate = { N("escalate"), N("escalation"), .size = sizeof(struct escalate),
	FIELDS(escalate_fields) };

static const struct field rule_fields[] = {
	{ N("id"), FIELD_NAME, MUST, PUT(rule, id) },
	{ N("clause"), FIELD_REF, MUST, PUT(rule, clause), .shape = &clauses },
	{ N("when"), FIELD_CONDITION, MAY, PUT(rule, when) },
	{ N("unless"), FIELD_CONDITION, MAY, PUT(rule, unless) },
	{ N("do"), FIELD_WORD, MUST, PUT(rule, does), .words = do_word, .n_words = DOS },
	{ N("role"), FIELD_REF, MUST, PUT(rule, role), .shape = &roles },
	{ N("instead"), FIELD_LIST, MAY, PUTS(rule, instead), .shape = &instead },
	{ N("within"), FIELD_WITHIN, MAY, PUT(rule, within) },
	{ N("warn"), FIELD_LENGTHS, MAY, PUTS(rule, warn) },
	{ N("escalate"), FIELD_LIST, MAY, PUTS(rule, escalate), .shape = &escalate },
	{ N("agree"), FIELD_REF, MAY, PUT(rule, agree), .shape = &roles },
	{ N("sight"), FIELD_WORD, MAY, PUT(rule, sight), .words = sight_word, .n_words = SIGHTS },
	{ N("words"), FIELD_TEXT, MAY, PUT(rule, words) },
};
static const struct shape rules = { N("rules"), N("rule"), MUST, SHAPE_LIST, IN(rule, rules), FIELDS(rule_fields) };

static const struct field level_fields[] = {
	{ N("title"), FIELD_TEXT, MUST, PUT(level, title) },
	{ N("respond"), FIELD_WITHIN, MAY, PUT(level, respond) },
	{ N("update"), FIELD_WITHIN, MAY, PUT(level, update) },
	{ N("resolve"), FIELD_WITHIN, MAY, PUT(level, resolve) },
	{ N("warn"), FIELD_WITHIN, MAY, PUT(level, warn) },
};
static const struct shape levels = { N("levels"), N("level"), MAY, SHAPE_IDS, IN(level, levels),
	FIELDS(level_fields) };

static const struct field severity_fields[] = {
	{ N("when"), FIELD_CONDITION, MAY, PUT(severity, when) },
	{ N("level"), FIELD_REF, MUST, PUT(severity, level), .shape = &levels },
	{ N("because"), FIELD_TEXT, MUST, PUT(severity, because) },
};
static const struct shape severity = { N("severity"), N("severity"), MAY, SHAPE_LIST, IN(severity, severities),
	FIELDS(severity_fields) };

/* In the order in which they must be read: times allowed need hours, hours need holidays. */
static const struct shape *const sections[] = { &policy, &clauses, &holidays, &hours, &roles, &questions, &cards,
	&groups, &categories, &derive, &rules, &levels, &severity, &retention, &words };

static void
section_read(struct reader *r, const struct node *n, const struct shape *s)
{
	char *element = s->kind == SHAPE_ONE ? NULL : *(char **)(void *)((char *)r->policy + s->array);

	if (s->kind == SHAPE_ONE) {
		field_map(r, n, s, r->policy);
		return;
	}
	for (const struct node *m = element ? n->first : NULL; m; m = m->next, element += s->size) {
		if (s->read)
			s->read(r, m, element);
		else
			field_map(r, m, s, element);
	}
}

static void
unknown_sections(struct reader *r, const struct node *root)
{
	struct str known[COUNT(sections)];

	for (ptrdiff_t i = 0; i < COUNT(sections); i++)
		known[i] = sections[i]->name;
	for (const struct node *m = root->first; m; m = m->next) {
		bool found = false;

		for (ptrdiff_t i = 0; i < COUNT(sections) && !found; i++)
			found = str_eq(known[i], m->key->text);
		if (!found)
			node_unknown(r->cx, m->key, "section", known, COUNT(sections));
	}
}

enum err
pack_read(struct cx *cx, struct str yaml, const struct policy **out)
{
	struct reader r = { cx, NEW(cx, struct policy, 1) };
	struct node *root;

	yaml = str_copy(cx, yaml);
	TRY(node_read(cx, yaml, &root));
	unknown_sections(&r, root);
	for (ptrdiff_t i = 0; i < COUNT(sections); i++) {
		const struct node *n = node_get(root, sections[i]->name);

		if (n)
			field_section(&r, n, sections[i]);
		else if (sections[i]->must)
			node_fault(cx, root, "missing", "this pack lacks “%.*s”", F(sections[i]->name));
	}
	for (ptrdiff_t i = 0; i < COUNT(sections); i++) {
		const struct node *n = node_get(root, sections[i]->name);

		if (n)
			section_read(&r, n, sections[i]);
	}
	check_pack(&r, root);
	TRY(fault_end(cx));
	r.policy->hash = sha256(yaml);
	*out = r.policy;
	return OK;
}
