#include "core/policy.h"

#include <assert.h>

/* Every section is an array of structs that begin with their id. */
static const void *
find(const void *array, ptrdiff_t n, size_t each, struct str id)
{
	const char *p = array;

	for (ptrdiff_t i = 0; i < n; i++, p += each)
		if (str_eq(*(const struct str *)(const void *)p, id))
			return p;
	return NULL;
}
#define FIND(section) find(p->section, p->n_##section, sizeof *p->section, id)

const struct clause *policy_clause(const struct policy *p, struct str id) { return FIND(clauses); }
const struct role *policy_role(const struct policy *p, struct str id) { return FIND(roles); }
const struct question *policy_question(const struct policy *p, struct str id) { return FIND(questions); }
const struct card *policy_card(const struct policy *p, struct str id) { return FIND(cards); }
const struct group *policy_group(const struct policy *p, struct str id) { return FIND(groups); }
const struct category *policy_category(const struct policy *p, struct str id) { return FIND(categories); }
const struct rule *policy_rule(const struct policy *p, struct str id) { return FIND(rules); }
const struct hours *policy_hours(const struct policy *p, struct str id) { return FIND(hours); }
const struct level *policy_level(const struct policy *p, struct str id) { return FIND(levels); }
const struct retention *policy_retention(const struct policy *p, struct str id) { return FIND(retentions); }

struct str
policy_words(const struct policy *p, struct str id, struct str otherwise)
{
	const struct words *w = FIND(words);

	return w ? w->sentence : otherwise;
}

bool
policy_setting(const struct policy *p, struct str name, struct str *out)
{
	const struct { struct str name, value; } own[] = {
		{ S("id"), p->id }, { S("title"), p->title }, { S("body"), p->body }, { S("version"), p->version },
		{ S("prefix"), p->prefix }, { S("phone"), p->phone }, { S("desk"), p->desk }, { S("marking"), p->marking },
		{ S("help"), p->help ? p->help->id : S("") },
	};
	struct str section, id;

	for (ptrdiff_t i = 0; i < COUNT(own); i++)
		if (str_eq(own[i].name, name))
			return *out = own[i].value, true;
	if (str_cut(name, '.', &section, &id) && str_eq(section, S("groups"))) {
		const struct group *g = FIND(groups);

		return g ? *out = g->title, true : false;
	}
	if (str_eq(section, S("retention"))) {
		const struct retention *r = FIND(retentions);

		return r ? *out = r->text, true : false;
	}
	id = name;
	const struct words *w = FIND(words);

	return w ? *out = w->sentence, true : false;
}

static bool
category_holds(struct cx *cx, const struct category *c, struct str word)
{
	if (str_find(str_lower(cx, c->label), word) >= 0 || str_find(c->id, word) >= 0)
		return true;
	for (ptrdiff_t i = 0; i < c->n_words; i++)
		if (str_find(str_lower(cx, c->words[i]), word) >= 0)
			return true;
	return false;
}

ptrdiff_t
policy_find(struct cx *cx, const struct policy *p, struct str typed, const struct category **out, ptrdiff_t most)
{
	struct str wanted = str_trim(str_lower(cx, typed));
	ptrdiff_t n = 0;

	for (ptrdiff_t i = 0; i < p->n_categories && n < most && wanted.n; i++) {
		struct str rest = wanted, word;
		bool all = true;

		while (all && str_next(&rest, ' ', &word))
			all = word.n == 0 || category_holds(cx, &p->categories[i], word);
		if (all)
			out[n++] = &p->categories[i];
	}
	return n;
}

#define TEXT(s) { s, sizeof s - 1 }

static const struct { struct str name, words; enum do_tells tells; } dos[DOS] = {
#define DO(name, words, tells) { TEXT(#name), TEXT(words), DO_##tells },
#include "core/do.def"
#undef DO
};
static const struct str role_kinds[ROLE_KINDS] = {
	[ROLE_POST] = TEXT("post"),
	[ROLE_MAILBOX] = TEXT("mailbox"),
	[ROLE_MANAGER_OF_REPORTER] = TEXT("manager of reporter"),
	[ROLE_MANAGER_IN_DEPARTMENT] = TEXT("manager in department of reporter"),
	[ROLE_OWNER_OF_SYSTEMS] = TEXT("owner of systems"),
	[ROLE_TEAM_OF_DEPARTMENT] = TEXT("team of department"),
	[ROLE_REPORTER] = TEXT("reporter"),
};
static const struct str sees[SEES_KINDS] = {
	[SEES_OWN] = TEXT("own"), [SEES_STUB] = TEXT("stub"), [SEES_ALL] = TEXT("all"),
};
static const struct str sights[SIGHTS] = { [SIGHT_FULL] = TEXT("full"), [SIGHT_STUB] = TEXT("stub") };
static const struct str asks[ASK_KINDS] = {
	[ASK_CHOICE] = TEXT("choice"), [ASK_CHOICES] = TEXT("choices"), [ASK_YES_NO] = TEXT("yes_no"),
	[ASK_YES_NO_UNSURE] = TEXT("yes_no_unsure"), [ASK_TEXT] = TEXT("text"), [ASK_NUMBER] = TEXT("number"),
	[ASK_DATE] = TEXT("date"),
};

struct str policy_do_name(enum duty_do d) { assert(d < DOS); return dos[d].name; }
struct str policy_do_words(enum duty_do d) { assert(d < DOS); return dos[d].words; }
enum do_tells policy_do_tells(enum duty_do d) { assert(d < DOS); return dos[d].tells; }
struct str policy_role_is_name(enum role_is k) { assert(k < ROLE_KINDS); return role_kinds[k]; }
struct str policy_sees_name(enum role_sees k) { assert(k < SEES_KINDS); return sees[k]; }
struct str policy_sight_name(enum sight k) { assert(k < SIGHTS); return sights[k]; }
struct str policy_ask_name(enum question_kind k) { assert(k < ASK_KINDS); return asks[k]; }

int
policy_do_of_name(struct str name)
{
	for (int d = 0; d < DOS; d++)
		if (str_eq(dos[d].name, name))
			return d;
	return -1;
}
