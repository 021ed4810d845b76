#include "pack/check.h"

enum { EVERYDAY = 8 };

static const struct node *
part(const struct node *n, const char *name)
{
	const struct node *m = n ? node_get(n, str_of(name)) : NULL;

	return m ? m : n;
}

/* The node of each element runs along with the array that was made of it. */
static const struct node *
first(const struct node *root, const char *section)
{
	const struct node *n = node_get(root, str_of(section));

	return n && n->type != NODE_TEXT ? n->first : NULL;
}

struct ids { struct reader *r; const struct node *at; struct str *known; };

static void
category_check(struct ids *ids, struct str id, const struct source *at, struct str text, ptrdiff_t offset)
{
	const struct policy *p = ids->r->policy;
	struct str near;

	if (id.n == 0 || policy_category(p, id))
		return;
	near = str_nearest(id, ids->known, p->n_categories);
	source_fault(ids->r->cx, at, text, offset, S("unknown"), "there is no category “%.*s”%s%.*s%s", F(id),
	    near.n ? "; did you mean “" : "", F(near), near.n ? "”?" : "");
}

static void
see_category(void *arg, struct str id, ptrdiff_t offset)
{
	struct ids *ids = arg;

	category_check(ids, id, &ids->at->at, ids->at->text, offset);
}

static void
condition_check(struct ids *ids, const struct condition *c, const struct node *at)
{
	ids->at = at;
	condition_ids(c, FACT_category, see_category, ids);
}

static void
means_check(struct ids *ids, const struct means *m, const struct node *at)
{
	for (ptrdiff_t i = 0; i < m->n; i++)
		if (m->set[i].fact == FACT_category && m->set[i].value.known) {
			const struct node *v = part(at, "category");

			category_check(ids, m->set[i].value.id, &v->at, v->text, 0);
		}
}

static bool
has_word(enum fact f, const char *word)
{
	return fact_value_index(f, str_of(word)) >= 0;
}

/* Whether answers of that kind can become that fact; if not, what they need. */
static const char *
fits(const struct question *q)
{
	enum fact_type t = fact_about(q->sets)->type;

	switch (q->kind) {
	case ASK_CHOICE:
		return t == FACT_CHOICE || t == FACT_SET || t == FACT_ID ?
		           NULL :
		           "one of a few answers makes a choice, a set or an id";
	case ASK_CHOICES:
		return t == FACT_SET || t == FACT_LIST ? NULL : "several answers make a set or a list";
	case ASK_YES_NO:
	case ASK_YES_NO_UNSURE:
		return t == FACT_BOOL || (t == FACT_CHOICE && has_word(q->sets, "yes") && has_word(q->sets, "no") &&
		    (q->kind == ASK_YES_NO || has_word(q->sets, "unsure") || has_word(q->sets, "unknown"))) ? NULL :
		    "yes or no makes a fact that is true or false, or has the values yes and no";
	case ASK_TEXT:
		return t == FACT_ID || t == FACT_LIST ? NULL : "a text makes an id or a list";
	case ASK_NUMBER:
		return t == FACT_NUMBER ? NULL : "a number makes a number";
	case ASK_DATE:
		return t == FACT_TIME ? NULL : "a date makes a time";
	}
	return NULL;
}

static void
option_check(struct ids *ids, const struct question *q, const struct option *o, const struct node *at)
{
	bool yes_no = q->kind == ASK_YES_NO || q->kind == ASK_YES_NO_UNSURE;
	struct cx *cx = ids->r->cx;
	struct value v;

	means_check(ids, &o->means, part(at, "means"));
	if (yes_no && !str_eq(o->value, S("yes")) && !str_eq(o->value, S("no")) &&
	    !(q->kind == ASK_YES_NO_UNSURE && str_eq(o->value, S("unsure"))))
		node_fault(
		    cx, at->key, "option", "“%.*s” is not an answer to a question of this kind", F(utf8_cut(o->value, 64)));
	else if (!yes_no && q->sets != FACT_none && value_read(cx, q->sets, o->value, &v) != OK)
		node_fault(cx, at->key, "option", "%s", cx->why);
}

static void
questions_check(struct ids *ids, const struct node *root)
{
	const struct policy *p = ids->r->policy;
	const struct node *n = first(root, "questions");

	for (ptrdiff_t i = 0; i < p->n_questions && n; i++, n = n->next) {
		const struct question *q = &p->questions[i];
		const struct node *o = part(n, "options");
		enum fact named = fact_of_name(q->id);
		bool offers = q->kind == ASK_CHOICE || q->kind == ASK_CHOICES;

		condition_check(ids, q->when, part(n, "when"));
		if (q->sets != FACT_none && fits(q))
			node_fault(
			    ids->r->cx, part(n, "sets"), "sets", "%s; %.*s is neither", fits(q), F(fact_about(q->sets)->name));
		if (named != FACT_none && q->sets != named)
			node_fault(ids->r->cx, n->key, "sets", "a question that bears the name of a fact must set that fact");
		if (offers && q->n_options == 0)
			node_fault(ids->r->cx, n, "missing", "this question lacks “options”");
		o = o && o->type == NODE_MAP && o != n ? o->first : NULL;
		for (ptrdiff_t k = 0; k < q->n_options && o; k++, o = o->next)
			if (q->sets == FACT_none || !fits(q))
				option_check(ids, q, &q->options[k], o);
	}
}

static void
categories_check(struct ids *ids, const struct node *root)
{
	const struct policy *p = ids->r->policy;
	const struct node *n = first(root, "categories"), *all = node_get(root, S("categories"));
	int everyday = 0;

	for (ptrdiff_t i = 0; i < p->n_categories && n; i++, n = n->next) {
		means_check(ids, &p->categories[i].means, part(n, "means"));
		if (p->categories[i].everyday && ++everyday == EVERYDAY + 1)
			node_fault(
			    ids->r->cx, part(n, "everyday"), "everyday", "the first page has room for %d categories", EVERYDAY);
	}
	if (all && !policy_category(p, S("something_else")))
		node_fault(ids->r->cx, all, "missing", "the category “something_else” must be there");
	if (all && !policy_category(p, S("not_sure")))
		node_fault(ids->r->cx, all, "missing", "the category “not_sure” must be there");
}

static void
rules_check(struct ids *ids, const struct node *root)
{
	const struct policy *p = ids->r->policy;
	const struct node *n = first(root, "rules");

	for (ptrdiff_t i = 0; i < p->n_rules && n; i++, n = n->next) {
		struct rule *r = (struct rule *)(uintptr_t)&p->rules[i];
		const struct node *instead = part(n, "instead");

		if (r->id.n && policy_rule(p, r->id) != r)
			node_fault(
			    ids->r->cx, part(n, "id"), "duplicate", "there is a rule “%.*s” already", F(utf8_cut(r->id, 64)));
		condition_check(ids, r->when, part(n, "when"));
		condition_check(ids, r->unless, part(n, "unless"));
		instead = instead->type == NODE_LIST ? instead->first : NULL;
		for (ptrdiff_t k = 0; k < r->n_instead && instead; k++, instead = instead->next)
			condition_check(ids, r->instead[k].when, part(instead, "when"));
		if (r->words.n == 0)
			r->words = policy_do_words(r->does);
	}
}

static void
roles_check(struct ids *ids, const struct node *root)
{
	const struct policy *p = ids->r->policy;
	const struct node *n = first(root, "roles");

	for (ptrdiff_t i = 0; i < p->n_roles && n; i++, n = n->next) {
		for (ptrdiff_t k = 0; k < p->roles[i].n_deputies; k++)
			if (p->roles[i].deputies[k] == &p->roles[i])
				node_fault(ids->r->cx, part(n, "deputy"), "deputy", "nobody deputises for themselves");
		for (ptrdiff_t k = 0; k < p->roles[i].n_never; k++)
			if (p->roles[i].never[k] == &p->roles[i])
				node_fault(ids->r->cx, part(n, "never"), "never", "nobody could ever hold this role");
	}
}

static void
rest_check(struct ids *ids, const struct node *root)
{
	const struct policy *p = ids->r->policy;
	const struct node *n = first(root, "derive");

	for (ptrdiff_t i = 0; i < p->n_derives && n; i++, n = n->next) {
		condition_check(ids, p->derives[i].when, part(n, "when"));
		means_check(ids, &p->derives[i].set, part(n, "set"));
	}
	n = first(root, "severity");
	for (ptrdiff_t i = 0; i < p->n_severities && n; i++, n = n->next)
		condition_check(ids, p->severities[i].when, part(n, "when"));
	n = first(root, "cards");
	for (ptrdiff_t i = 0; i < p->n_cards && n; i++, n = n->next)
		condition_check(ids, p->cards[i].when, part(n, "when"));
}

static void
prefix_check(struct reader *r, const struct node *root)
{
	const struct node *n = node_get(root, S("policy"));
	struct str s = r->policy->prefix;
	bool ok = s.n >= 2 && s.n <= 8;

	for (ptrdiff_t i = 0; i < s.n; i++)
		ok = ok && s.p[i] >= 'A' && s.p[i] <= 'Z';
	if (s.n && !ok)
		node_fault(r->cx, part(n, "prefix"), "prefix", "a prefix is two to eight capital letters, such as INC");
}

void
check_pack(struct reader *r, const struct node *root)
{
	struct policy *p = r->policy;
	struct ids ids = { r, NULL, NEW(r->cx, struct str, p->n_categories) };
	const struct node *hours = node_get(root, S("hours"));

	for (ptrdiff_t i = 0; i < p->n_categories; i++)
		ids.known[i] = p->categories[i].id;
	prefix_check(r, root);
	roles_check(&ids, root);
	questions_check(&ids, root);
	categories_check(&ids, root);
	rules_check(&ids, root);
	rest_check(&ids, root);
	p->support = policy_hours(p, S("support"));
	if (hours && !p->support)
		node_fault(r->cx, hours, "missing", "the hours “support” must be there");
}
