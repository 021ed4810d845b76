#include "core/fact.h"

#include "core/within.h"
#include <assert.h>

#define NUMBER_MOST ((int64_t)1000000000000000)
enum { LIST_MOST = 200, ID_LONGEST = 64, FIRST_YEAR = 1900, LAST_YEAR = 2199 };

#define V(x) { #x, sizeof #x - 1 },
#define CHOICE(name, words, v) static const struct str values_##name[] = { v };
#define SET CHOICE
#define BOOL(name, yes, no)
#define NUMBER(name, words)
#define TIME(name, words)
#define LIST(name, words)
#define ID(name, words)
#include "core/fact.def"
#undef CHOICE
#undef BOOL
#undef NUMBER
#undef TIME
#undef LIST
#undef ID
#undef SET
#undef V

#define TEXT(s) { s, sizeof s - 1 }
#define CHOICE(name, words, v)                                                                                       \
	{ TEXT(#name), FACT_CHOICE, TEXT(words), TEXT(""), values_##name, COUNT(values_##name) },
#define SET(name, words, v) { TEXT(#name), FACT_SET, TEXT(words), TEXT(""), values_##name, COUNT(values_##name) },
#define BOOL(name, yes, no) { TEXT(#name), FACT_BOOL, TEXT(yes), TEXT(no), NULL, 0 },
#define NUMBER(name, words) { TEXT(#name), FACT_NUMBER, TEXT(words), TEXT(""), NULL, 0 },
#define TIME(name, words) { TEXT(#name), FACT_TIME, TEXT(words), TEXT(""), NULL, 0 },
#define LIST(name, words) { TEXT(#name), FACT_LIST, TEXT(words), TEXT(""), NULL, 0 },
#define ID(name, words) { TEXT(#name), FACT_ID, TEXT(words), TEXT(""), NULL, 0 },
static const struct fact_about about[FACTS] = {
#include "core/fact.def"
};

const struct fact_about *
fact_about(enum fact f)
{
	assert(f >= 0 && f < FACTS);
	return &about[f];
}

enum fact
fact_of_name(struct str name)
{
	for (int f = 0; f < FACTS; f++)
		if (str_eq(about[f].name, name))
			return (enum fact)f;
	return FACT_none;
}

struct str
fact_nearest(struct str name)
{
	struct str names[FACTS];

	for (int f = 0; f < FACTS; f++)
		names[f] = about[f].name;
	return str_nearest(name, names, FACTS);
}

int
fact_value_index(enum fact f, struct str value)
{
	const struct fact_about *a = fact_about(f);

	for (ptrdiff_t k = 0; k < a->n_values; k++)
		if (str_eq(a->values[k], value))
			return (int)k;
	return -1;
}

bool
fact_id_ok(struct str s)
{
	for (ptrdiff_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (!plain && (i == 0 || (c != '_' && c != '.' && c != '-')))
			return false;
	}
	return s.n > 0 && s.n <= ID_LONGEST;
}

static enum err
not_a_value(struct cx *cx, enum fact f, struct str said)
{
	const struct fact_about *a = fact_about(f);
	struct str near = str_nearest(said, a->values, a->n_values);

	said = utf8_cut_whole(said, ID_LONGEST);
	if (near.n)
		return fail(
		    cx, ERR_BAD_INPUT, "“%.*s” is not a value of %.*s; did you mean “%.*s”?", F(said), F(a->name), F(near));
	return fail(cx, ERR_BAD_INPUT, "“%.*s” is not a value of %.*s, which is one of %.*s", F(said), F(a->name),
	    F(str_join(cx, a->values, a->n_values, S(", "))));
}

/* Add one word to a set or list, or take it as a choice or id. */
static enum err
word_add(struct cx *cx, enum fact f, struct str word, struct value *out)
{
	int k;

	switch (about[f].type) {
	case FACT_CHOICE:
	case FACT_SET:
		if ((k = fact_value_index(f, word)) < 0)
			return not_a_value(cx, f, word);
		out->i = about[f].type == FACT_SET ? out->i | (int64_t)1 << k : k;
		return OK;
	case FACT_LIST:
		if (!fact_id_ok(word))
			break;
		for (ptrdiff_t i = 0; i < out->n; i++)
			if (str_eq(out->list[i], word))
				return OK;
		if (out->n == LIST_MOST)
			return fail(cx, ERR_BAD_INPUT, "%.*s has more than %d members", F(about[f].name), LIST_MOST);
		assert(out->list);
		((struct str *)(uintptr_t)out->list)[out->n++] = str_copy(cx, word);
		return OK;
	case FACT_ID:
		if (!fact_id_ok(word))
			break;
		out->id = str_copy(cx, word);
		return OK;
	case FACT_BOOL:
	case FACT_NUMBER:
	case FACT_TIME:
		break;
	}
	return fail(cx, ERR_BAD_INPUT, "“%.*s” is not an id: letters, digits, and _ . - between them",
	    F(utf8_cut_whole(word, ID_LONGEST)));
}

static enum err
words_read(struct cx *cx, enum fact f, struct str text, struct value *out)
{
	struct str word;

	while (str_next(&text, ',', &word))
		TRY(word_add(cx, f, str_trim(word), out));
	return OK;
}

enum err
value_read(struct cx *cx, enum fact f, struct str text, struct value *out)
{
	struct value v = { .known = true };

	switch (about[f].type) {
	case FACT_LIST:
		v.list = NEW(cx, struct str, LIST_MOST);
		if (str_trim(text).n)
			TRY(words_read(cx, f, text, &v));
		break;
	case FACT_SET:
		if (str_trim(text).n)
			TRY(words_read(cx, f, text, &v));
		break;
	case FACT_CHOICE:
	case FACT_ID:
		TRY(word_add(cx, f, text, &v));
		break;
	case FACT_BOOL:
		if (!str_eq(text, S("true")) && !str_eq(text, S("false")))
			return fail(cx, ERR_BAD_INPUT, "%.*s is true or false", F(about[f].name));
		v.i = str_eq(text, S("true"));
		break;
	case FACT_NUMBER:
		if (!str_int(text, &v.i) || v.i < 0 || v.i > NUMBER_MOST)
			return fail(cx, ERR_BAD_INPUT, "%.*s is a whole number from 0 to %lld", F(about[f].name), (long long)NUMBER_MOST);
		break;
	case FACT_TIME:
		if (!moment_read(text, &v.at))
			return fail(cx, ERR_BAD_INPUT, "%.*s is a time such as 2026-03-27T16:00:00Z, or a date, month or year",
			    F(about[f].name));
		if (v.at.at < day_of(FIRST_YEAR, 1, 1) * DAY || v.at.at >= day_of(LAST_YEAR + 1, 1, 1) * DAY)
			return fail(
			    cx, ERR_BAD_INPUT, "%.*s lies between the years %d and %d", F(about[f].name), FIRST_YEAR, LAST_YEAR);
		break;
	}
	*out = v;
	return OK;
}

static enum err
array_read(struct cx *cx, enum fact f, const struct js *j, struct value *out)
{
	struct value v = { .known = true };

	if (j->type != JS_ARRAY)
		return fail(cx, ERR_BAD_INPUT, "%.*s is a list of texts", F(about[f].name));
	if (about[f].type == FACT_LIST)
		v.list = NEW(cx, struct str, j->n < LIST_MOST ? j->n : LIST_MOST);
	for (const struct js *m = j->first; m; m = m->next) {
		if (m->type != JS_STR)
			return fail(cx, ERR_BAD_INPUT, "%.*s is a list of texts", F(about[f].name));
		TRY(word_add(cx, f, m->str, &v));
	}
	*out = v;
	return OK;
}

enum err
value_of_js(struct cx *cx, enum fact f, const struct js *j, struct value *out)
{
	struct value v = { .known = true };

	switch (about[f].type) {
	case FACT_SET:
	case FACT_LIST:
		return array_read(cx, f, j, out);
	case FACT_BOOL:
		if (j->type != JS_TRUE && j->type != JS_FALSE)
			return fail(cx, ERR_BAD_INPUT, "%.*s is true or false", F(about[f].name));
		v.i = j->type == JS_TRUE;
		break;
	case FACT_NUMBER:
		if (j->type != JS_INT || j->i < 0 || j->i > NUMBER_MOST)
			return fail(cx, ERR_BAD_INPUT, "%.*s is a whole number from 0 to %lld", F(about[f].name), (long long)NUMBER_MOST);
		v.i = j->i;
		break;
	case FACT_CHOICE:
	case FACT_TIME:
	case FACT_ID:
		if (j->type != JS_STR)
			return fail(cx, ERR_BAD_INPUT, "%.*s is a text", F(about[f].name));
		return value_read(cx, f, j->str, out);
	}
	*out = v;
	return OK;
}

struct js *
value_js(struct cx *cx, enum fact f, const struct value *v)
{
	struct js *j = js_array(cx);
	char text[WHEN_TEXT];

	switch (about[f].type) {
	case FACT_SET:
		for (ptrdiff_t k = 0; k < about[f].n_values; k++)
			if (v->i >> k & 1)
				js_add_str(cx, j, about[f].values[k]);
		break;
	case FACT_LIST:
		for (ptrdiff_t k = 0; k < v->n; k++)
			js_add_str(cx, j, v->list[k]);
		break;
	case FACT_BOOL:   *j = (struct js){ .type = v->i ? JS_TRUE : JS_FALSE }; break;
	case FACT_NUMBER: *j = (struct js){ .type = JS_INT, .i = v->i }; break;
	case FACT_CHOICE: *j = (struct js){ .type = JS_STR, .str = about[f].values[v->i] }; break;
	case FACT_ID:     *j = (struct js){ .type = JS_STR, .str = v->id }; break;
	case FACT_TIME:
		*j = (struct js){ .type = JS_STR, .str = str_copy(cx, (struct str){ text, moment_text(v->at, text) }) };
		break;
	}
	return j;
}

/* Values that are said otherwise than with a space for each underscore. */
static const struct { struct str value, words; } said[] = {
	{ TEXT("uk_gdpr"), TEXT("UK GDPR") },
	{ TEXT("dpa_part3"), TEXT("Part 3 of the Data Protection Act 2018") },
};

/* official_sensitive reads as "official sensitive" */
static struct str
spaced(struct cx *cx, struct str word)
{
	struct str s = str_copy(cx, word);
	char *p = (char *)(uintptr_t)s.p;

	for (ptrdiff_t i = 0; i < COUNT(said); i++)
		if (str_eq(word, said[i].value))
			return said[i].words;
	for (ptrdiff_t i = 0; i < s.n; i++)
		if (p[i] == '_')
			p[i] = ' ';
	return s;
}

static struct str
and_words(struct cx *cx, const struct str *w, ptrdiff_t n)
{
	struct buf b = buf_new(cx);

	for (ptrdiff_t k = 0; k < n; k++) {
		buf_put(&b, k == 0 ? S("") : k == n - 1 ? S(" and ") : S(", "));
		buf_put(&b, w[k]);
	}
	return n ? buf_str(&b) : S("nothing");
}

struct str
value_words(struct cx *cx, enum fact f, const struct value *v)
{
	struct str w[64];
	ptrdiff_t n = 0;
	char text[WHEN_TEXT];

	switch (about[f].type) {
	case FACT_SET:
		for (ptrdiff_t k = 0; k < about[f].n_values; k++)
			if (v->i >> k & 1)
				w[n++] = spaced(cx, about[f].values[k]);
		return and_words(cx, w, n);
	case FACT_LIST:   return and_words(cx, v->list, v->n);
	case FACT_BOOL:   return v->i ? S("yes") : S("no");
	case FACT_NUMBER: return str_fmt(cx, "%lld", (long long)v->i);
	case FACT_CHOICE: return spaced(cx, about[f].values[v->i]);
	case FACT_ID:     return spaced(cx, v->id);
	case FACT_TIME:   break;
	}
	if (v->at.to <= TO_MINUTE)
		return within_when_words(cx, v->at.at);
	return str_copy(cx, (struct str){ text, moment_text(v->at, text) });
}

bool
value_eq(enum fact f, const struct value *a, const struct value *b)
{
	if (!a->known || !b->known)
		return a->known == b->known;
	switch (about[f].type) {
	case FACT_TIME: return a->at.at == b->at.at && a->at.to == b->at.to;
	case FACT_ID:   return str_eq(a->id, b->id);
	case FACT_LIST:
		if (a->n != b->n)
			return false;
		for (ptrdiff_t k = 0; k < a->n; k++)
			if (!str_eq(a->list[k], b->list[k]))
				return false;
		return true;
	case FACT_CHOICE:
	case FACT_SET:
	case FACT_BOOL:
	case FACT_NUMBER: break;
	}
	return a->i == b->i;
}

void
facts_read(struct cx *cx, const struct js *object, struct facts *out)
{
	if (object->type != JS_OBJECT) {
		fault_add(cx, S("facts"), 0, 0, S("type"), "facts are an object, a value for each fact");
		return;
	}
	for (const struct js *m = object->first; m; m = m->next) {
		enum fact f = fact_of_name(m->key);
		struct str near = f == FACT_none ? fact_nearest(m->key) : S("");

		if (f == FACT_none)
			fault_add(cx, m->key, 0, 0, S("unknown-fact"), "there is no fact “%.*s”%s%.*s%s",
			    F(utf8_cut_whole(m->key, ID_LONGEST)), near.n ? "; did you mean “" : "", F(near), near.n ? "”?" : "");
		else if (value_of_js(cx, f, m, &out->v[f]) != OK)
			fault_add(cx, m->key, 0, 0, S("fact-value"), "%s", cx->why);
	}
}

struct js *
facts_js(struct cx *cx, const struct facts *facts)
{
	struct js *object = js_object(cx);

	for (int f = 0; f < FACTS; f++)
		if (facts->v[f].known)
			js_set(cx, object, about[f].name, value_js(cx, (enum fact)f, &facts->v[f]));
	return object;
}

bool
fact_is(const struct facts *facts, enum fact f, struct str value)
{
	const struct value *v = &facts->v[f];
	int k;

	if (about[f].type == FACT_ID)
		return v->known && str_eq(v->id, value);
	k = fact_value_index(f, value);
	assert(k >= 0);
	return v->known && (about[f].type == FACT_SET ? v->i >> k & 1 : v->i == k);
}

bool
fact_true(const struct facts *facts, enum fact f)
{
	assert(about[f].type == FACT_BOOL);
	return facts->v[f].known && facts->v[f].i;
}

int64_t
fact_number(const struct facts *facts, enum fact f, int64_t none)
{
	assert(about[f].type == FACT_NUMBER);
	return facts->v[f].known ? facts->v[f].i : none;
}

when
fact_when(const struct facts *facts, enum fact f)
{
	assert(about[f].type == FACT_TIME);
	return facts->v[f].known ? facts->v[f].at.at : NEVER;
}

struct str
fact_id(const struct facts *facts, enum fact f)
{
	assert(about[f].type == FACT_ID);
	return facts->v[f].known ? facts->v[f].id : S("");
}

void
fact_set(struct facts *facts, enum fact f, struct str value)
{
	struct value *v = &facts->v[f];
	int k;

	if (about[f].type == FACT_ID) {
		assert(fact_id_ok(value));
		*v = (struct value){ .known = true, .id = value };
		return;
	}
	k = fact_value_index(f, value);
	assert(k >= 0);
	*v = (struct value){ .known = true, .i = about[f].type == FACT_SET ? v->i | (int64_t)1 << k : k };
}

void
fact_set_bool(struct facts *facts, enum fact f, bool yes)
{
	assert(about[f].type == FACT_BOOL);
	facts->v[f] = (struct value){ .known = true, .i = yes };
}

void
fact_set_number(struct facts *facts, enum fact f, int64_t n)
{
	assert(about[f].type == FACT_NUMBER && n >= 0 && n <= NUMBER_MOST);
	facts->v[f] = (struct value){ .known = true, .i = n };
}

void
fact_set_time(struct facts *facts, enum fact f, struct moment at)
{
	assert(about[f].type == FACT_TIME);
	facts->v[f] = (struct value){ .known = true, .at = at };
}

void
fact_absent(struct facts *facts, enum fact f)
{
	facts->v[f] = (struct value){ 0 };
}
