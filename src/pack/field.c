#include "pack/field.h"

#include <assert.h>
#include <string.h>

#define INTO(T) (*(T *)(void *)((char *)into + f->at))
#define COUNT_INTO (*(ptrdiff_t *)(void *)((char *)into + f->count))

static bool
type_is(struct reader *r, const struct node *n, enum node_type type)
{
	if (n->type != type)
		node_fault(r->cx, n, "type", "%.*s should be %s, not %s", F(utf8_cut(n->at.field, 64)), node_type_words(type),
		    node_type_words(n->type));
	return n->type == type;
}

bool
field_text(struct reader *r, const struct node *n, struct str *out)
{
	if (!type_is(r, n, NODE_TEXT))
		return false;
	if (n->text.n == 0)
		node_fault(r->cx, n, "empty", "%.*s is empty", F(utf8_cut(n->at.field, 64)));
	*out = n->text;
	return n->text.n > 0;
}

static bool
name(struct reader *r, const struct node *n, struct str *out)
{
	if (!field_text(r, n, out))
		return false;
	if (!fact_id_ok(n->text))
		node_fault(
		    r->cx, n, "id", "“%.*s” is not an id: letters, digits, and _ . - between them", F(utf8_cut(n->text, 64)));
	return fact_id_ok(n->text);
}

/* A list's elements; a text stands for a list of one. */
static const struct node *
elements(struct reader *r, const struct node *n, bool one_will_do, ptrdiff_t *count)
{
	*count = n->type == NODE_TEXT ? 1 : n->n;
	if (n->type == NODE_TEXT && one_will_do)
		return n;
	return type_is(r, n, NODE_LIST) ? n->first : (*count = 0, NULL);
}

static const struct node *
after(const struct node *list, const struct node *n)
{
	return list == n ? NULL : n->next;
}

static void *
section_array(const struct reader *r, const struct shape *s)
{
	return *(void **)(void *)((char *)r->policy + s->array);
}

static ptrdiff_t *
section_count(const struct reader *r, const struct shape *s)
{
	return (ptrdiff_t *)(void *)((char *)r->policy + s->count);
}

const void *
field_find(struct reader *r, const struct node *n, const struct shape *s)
{
	ptrdiff_t count = *section_count(r, s);
	const char *p = section_array(r, s);
	struct str id, *ids;

	if (!field_text(r, n, &id))
		return NULL;
	ids = NEW(r->cx, struct str, count);
	for (ptrdiff_t i = 0; i < count; i++) {
		memcpy(&ids[i], p + (size_t)i * s->size, sizeof ids[i]);
		if (str_eq(ids[i], id))
			return p + (size_t)i * s->size;
	}
	node_unknown(r->cx, n, s->one.p, ids, count);
	return NULL;
}

static void
word(struct reader *r, const struct node *n, const struct field *f, int *out)
{
	struct str known[64], w;

	assert(f->n_words <= COUNT(known));
	if (!field_text(r, n, &w))
		return;
	for (int k = 0; k < f->n_words; k++) {
		known[k] = f->words(k);
		if (str_eq(known[k], w)) {
			*out = k;
			return;
		}
	}
	node_unknown(r->cx, n, str_fmt(r->cx, "value of “%.*s”", F(f->name)).p, known, f->n_words);
}

static enum fact
fact(struct reader *r, const struct node *n)
{
	enum fact f = fact_of_name(n->text);
	struct str near = fact_nearest(n->text);

	if (f == FACT_none)
		node_unknown(r->cx, n, "fact", &near, near.n ? 1 : 0);
	return f;
}

static void
value(struct reader *r, const struct node *n, enum fact f, struct value *out)
{
	enum fact_type type = fact_about(f)->type;
	bool many = type == FACT_SET || type == FACT_LIST;
	struct str text = n->text, *words;
	ptrdiff_t count, k = 0;

	if (n->type != NODE_TEXT && !(many && n->type == NODE_LIST)) {
		type_is(r, n, many ? NODE_LIST : NODE_TEXT);
		return;
	}
	if (n->type == NODE_LIST) {
		const struct node *m = elements(r, n, false, &count);

		words = NEW(r->cx, struct str, count);
		for (; m; m = m->next) {
			struct value one;

			if (!field_text(r, m, &words[k++]))
				return;
			if (value_read(r->cx, f, m->text, &one) != OK) {
				node_fault(r->cx, m, "fact-value", "%s", r->cx->why);
				return;
			}
		}
		text = str_join(r->cx, words, count, S(","));
	}
	if (value_read(r->cx, f, text, out) != OK)
		node_fault(r->cx, n, "fact-value", "%s", r->cx->why);
}

static void
means(struct reader *r, const struct node *n, struct means *out)
{
	struct set_fact *set;

	if (!type_is(r, n, NODE_MAP))
		return;
	set = NEW(r->cx, struct set_fact, n->n);
	*out = (struct means){ set, 0 };
	for (const struct node *m = n->first; m; m = m->next) {
		enum fact f = fact(r, m->key);

		if (f == FACT_none)
			continue;
		value(r, m, f, &set[out->n].value);
		set[out->n++].fact = f;
	}
}

/* "48h": elapsed time only */
static void
length(struct reader *r, const struct node *n, when *out)
{
	struct within w;
	struct str text;

	if (!field_text(r, n, &text))
		return;
	w = within_read(r->cx, text, NULL, 0, &n->at);
	if (w.kind != WITHIN_ELAPSED || w.from != FACT_none) {
		if (w.kind != WITHIN_UNSAID)
			node_fault(r->cx, n, "within", "“%.*s” should be a time on the clock: “48h”, “90m” or “30d”",
			    F(utf8_cut(text, 64)));
		return;
	}
	*out = w.length;
}

static void
option(struct reader *r, const struct node *n, struct option *o)
{
	static const struct field fields[] = {
		{ { "label", 5 }, FIELD_TEXT, true, offsetof(struct option, label) },
		{ { "hint", 4 }, FIELD_TEXT, false, offsetof(struct option, hint) },
		{ { "means", 5 }, FIELD_MEANS, false, offsetof(struct option, means) },
	};
	static const struct shape shape = { .fields = fields, .n_fields = COUNT(fields), .one = { "option", 6 } };

	o->value = n->key->text;
	if (n->type == NODE_TEXT)
		field_text(r, n, &o->label);
	else
		field_map(r, n, &shape, o);
}

static void
days(struct reader *r, const struct node *n, unsigned *out)
{
	static const struct str known[] = { { "mon", 3 }, { "tue", 3 }, { "wed", 3 }, { "thu", 3 }, { "fri", 3 },
		{ "sat", 3 }, { "sun", 3 } };
	ptrdiff_t count;

	for (const struct node *m = elements(r, n, true, &count); m; m = after(n, m)) {
		unsigned bit = 0;

		for (unsigned k = 0; k < COUNT(known); k++)
			if (m->type == NODE_TEXT && str_eq(m->text, known[k]))
				bit = 1U << k;
		if (!bit)
			node_unknown(r->cx, m, "day", known, COUNT(known));
		*out |= bit;
	}
	if (count == 0)
		node_fault(r->cx, n, "empty", "a desk that never opens keeps no hours: name at least one day");
}

/* "08:00" to "24:00" */
static void
minutes(struct reader *r, const struct node *n, int *out)
{
	struct str hour, minute;
	int64_t h = 0, m = 0;

	if (n->type == NODE_TEXT && str_cut(n->text, ':', &hour, &minute) && hour.n == 2 && minute.n == 2) {
		bool ok = str_int(hour.p[0] == '0' ? str_sub(hour, 1, 1) : hour, &h) &&
		    str_int(minute.p[0] == '0' ? str_sub(minute, 1, 1) : minute, &m);

		if (ok && h >= 0 && m >= 0 && m < 60 && h * 60 + m <= 1440) {
			*out = (int)(h * 60 + m);
			return;
		}
	}
	node_fault(
	    r->cx, n, "clock", "“%.*s” should be a time of day such as \"08:00\", in quotes", F(utf8_cut(n->text, 64)));
}

static void
yes(struct reader *r, const struct node *n, bool *out)
{
	*out = n->type == NODE_TEXT && str_eq(n->text, S("true"));
	if (!*out && !(n->type == NODE_TEXT && str_eq(n->text, S("false"))))
		node_fault(r->cx, n, "type", "%.*s is true or false", F(utf8_cut(n->at.field, 64)));
}

static void
many(struct reader *r, const struct node *n, const struct field *f, void *into)
{
	bool one_will_do = f->type != FIELD_LIST && f->type != FIELD_OPTIONS;
	size_t size = f->type == FIELD_TEXTS ? sizeof(struct str) : f->type == FIELD_LENGTHS ? sizeof(when) :
	    f->type == FIELD_REFS ? sizeof(void *) : f->type == FIELD_OPTIONS ? sizeof(struct option) : f->shape->size;
	const struct node *m;
	ptrdiff_t count, k = 0;
	char *array;

	if (f->type == FIELD_OPTIONS)
		m = type_is(r, n, NODE_MAP) ? n->first : NULL, count = n->n;
	else
		m = elements(r, n, one_will_do, &count);
	array = arena_take(&r->cx->a, (ptrdiff_t)size, count);
	for (; m; m = after(n, m)) {
		void *at = array + (size_t)k * size;

		k++;
		if (f->type == FIELD_TEXTS)
			field_text(r, m, at);
		else if (f->type == FIELD_LENGTHS)
			length(r, m, at);
		else if (f->type == FIELD_OPTIONS)
			option(r, m, at);
		else if (f->type == FIELD_LIST)
			field_map(r, m, f->shape, at);
		else if (!(*(const void **)at = field_find(r, m, f->shape)))
			k--; /* nobody else need look for holes */
	}
	INTO(void *) = array;
	COUNT_INTO = k;
}

static void
field_read(struct reader *r, const struct node *n, const struct field *f, void *into)
{
	struct str text;

	switch (f->type) {
	case FIELD_TEXT: field_text(r, n, &INTO(struct str)); break;
	case FIELD_NAME: name(r, n, &INTO(struct str)); break;
	case FIELD_YES: yes(r, n, &INTO(bool)); break;
	case FIELD_WORD: word(r, n, f, &INTO(int)); break;
	case FIELD_FACT:
		if (field_text(r, n, &text))
			INTO(enum fact) = fact(r, n);
		break;
	case FIELD_CONDITION:
		if (field_text(r, n, &text))
			INTO(const struct condition *) = condition_compile(r->cx, text, &n->at);
		break;
	case FIELD_WITHIN:
		if (field_text(r, n, &text))
			INTO(struct within) = within_read(r->cx, text, r->policy->hours, r->policy->n_hours, &n->at);
		break;
	case FIELD_LENGTH: length(r, n, &INTO(when)); break;
	case FIELD_MEANS: means(r, n, &INTO(struct means)); break;
	case FIELD_REF: INTO(const void *) = field_find(r, n, f->shape); break;
	case FIELD_DAYS: days(r, n, &INTO(unsigned)); break;
	case FIELD_CLOCK: minutes(r, n, &INTO(int)); break;
	case FIELD_TEXTS:
	case FIELD_LENGTHS:
	case FIELD_REFS:
	case FIELD_LIST:
	case FIELD_OPTIONS: many(r, n, f, into); break;
	}
}

static void
unknown_key(struct reader *r, const struct node *m, const struct shape *s)
{
	struct str *known = NEW(r->cx, struct str, s->n_fields);

	for (ptrdiff_t i = 0; i < s->n_fields; i++)
		known[i] = s->fields[i].name;
	node_unknown(r->cx, m->key, "key", known, s->n_fields);
}

void
field_map(struct reader *r, const struct node *n, const struct shape *s, void *into)
{
	for (ptrdiff_t i = 0; i < s->n_fields; i++) {
		const struct field *f = &s->fields[i];

		if (f->type == FIELD_FACT) /* zero is a fact: absence must be said */
			INTO(enum fact) = FACT_none;
		else if (f->type == FIELD_WITHIN)
			INTO(struct within).from = FACT_none;
	}
	if (!type_is(r, n, NODE_MAP))
		return;
	for (ptrdiff_t i = 0; i < s->n_fields; i++) {
		const struct field *f = &s->fields[i];
		const struct node *m = node_get(n, f->name);

		if (m)
			field_read(r, m, f, into);
		else if (f->must)
			node_fault(r->cx, n, "missing", "this %.*s lacks “%.*s”", F(s->one), F(f->name));
	}
	for (const struct node *m = n->first; m; m = m->next) {
		bool known = false;

		for (ptrdiff_t i = 0; i < s->n_fields && !known; i++)
			known = str_eq(s->fields[i].name, m->key->text);
		if (!known)
			unknown_key(r, m, s);
	}
}

void
field_section(struct reader *r, const struct node *n, const struct shape *s)
{
	ptrdiff_t k = 0;
	char *array;

	if (s->kind == SHAPE_ONE || !type_is(r, n, s->kind == SHAPE_IDS ? NODE_MAP : NODE_LIST))
		return;
	array = arena_take(&r->cx->a, (ptrdiff_t)s->size, n->n);
	for (const struct node *m = n->first; m && s->kind == SHAPE_IDS; m = m->next) {
		struct str id = S("");

		name(r, m->key, &id);
		memcpy(array + (size_t)k++ * s->size, &id, sizeof id);
	}
	*(void **)(void *)((char *)r->policy + s->array) = array;
	*section_count(r, s) = n->n;
}
