#include "pack/node.h"

#include "pack/pack.h"
#include <stdarg.h>
#include <stdio.h>
#include <yaml.h>

/* libyaml's own memory, given back whichever way the turn ends. */
struct stream { yaml_parser_t parser; yaml_event_t event; bool has_event; };

struct building {
	struct cx *cx;
	struct stream *s;
	struct str yaml;
	ptrdiff_t byte;            /* where the character numbered `character` begins: libyaml counts characters */
	size_t character;
	int nodes;
};

static void
let_go(void *p)
{
	struct stream *s = p;

	if (s->has_event)
		yaml_event_delete(&s->event);
	yaml_parser_delete(&s->parser);
}

static enum err
refuse(struct building *b, yaml_mark_t at, const char *rule, const char *words)
{
	fault_add(b->cx, S("pack"), (int)at.line + 1, (int)at.column + 1, str_of(rule), "%s", words);
	return fault_end(b->cx);
}

static enum err
next(struct building *b)
{
	struct stream *s = b->s;

	if (s->has_event)
		yaml_event_delete(&s->event);
	s->has_event = yaml_parser_parse(&s->parser, &s->event);
	if (!s->has_event)
		return refuse(b, s->parser.problem_mark, "yaml",
		    str_fmt(b->cx, "this is not YAML: %s", s->parser.problem ? s->parser.problem : "it cannot be read").p);
	return OK;
}

/* Marks come in ascending order, so the walk over the text is made once. */
static ptrdiff_t
byte_of(struct building *b, size_t character)
{
	if (character < b->character)
		b->byte = 0, b->character = 0;
	for (; b->character < character && b->byte < b->yaml.n; b->character++)
		do
			b->byte++;
		while (b->byte < b->yaml.n && (b->yaml.p[b->byte] & 0xC0) == 0x80);
	return b->byte;
}

/* Where the text of a scalar begins: behind its quote, or below its | or >. */
static struct source
source_of(struct building *b, const yaml_event_t *e, struct str field)
{
	struct source at = { field, (int)e->start_mark.line + 1, (int)e->start_mark.column + 1, S("") };
	ptrdiff_t from = byte_of(b, e->start_mark.index), line;

	if (e->type != YAML_SCALAR_EVENT)
		return at;
	switch (e->data.scalar.style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		from++;
		at.column++;
		break;
	case YAML_LITERAL_SCALAR_STYLE:
	case YAML_FOLDED_SCALAR_STYLE:
		line = str_index(str_sub(b->yaml, from, b->yaml.n), '\n');
		from += line + 1;
		at.line++;
		at.column = 1;
		break;
	case YAML_ANY_SCALAR_STYLE:
	case YAML_PLAIN_SCALAR_STYLE:
		break;
	}
	at.raw = str_sub(b->yaml, from, b->yaml.n);
	return at;
}

static const char *
forbidden(const yaml_event_t *e)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	switch (e->type) {
	case YAML_ALIAS_EVENT: return "aliases are not allowed: say it again where it holds";
	case YAML_SCALAR_EVENT: anchor = e->data.scalar.anchor, tag = e->data.scalar.tag; break;
	case YAML_SEQUENCE_START_EVENT: anchor = e->data.sequence_start.anchor, tag = e->data.sequence_start.tag; break;
	case YAML_MAPPING_START_EVENT: anchor = e->data.mapping_start.anchor, tag = e->data.mapping_start.tag; break;
	default: break;
	}
	return anchor ? "anchors are not allowed" : tag ? "tags are not allowed" : NULL;
}

static struct node *
hang(struct building *b, struct node *in, struct node n)
{
	struct node *new = NEW(b->cx, struct node, 1);

	*new = n;
	if (in->last)
		in->last->next = new;
	else
		in->first = new;
	in->last = new;
	in->n++;
	return new;
}

/* The event that stands there, as a node without members yet. */
static enum err
node_here(struct building *b, struct str field, const struct node *key, struct node *out)
{
	const yaml_event_t *e = &b->s->event;
	const char *no = forbidden(e);

	*out = (struct node){ .at = source_of(b, e, field), .key = key };
	if (no)
		return refuse(b, e->start_mark, "plain-yaml", no);
	if (++b->nodes > PACK_NODES)
		return refuse(b, e->start_mark, "size", "a pack is not that large");
	if (e->type == YAML_SCALAR_EVENT)
		out->text =
		    str_trim(str_copy(b->cx, (struct str){ (char *)e->data.scalar.value, (ptrdiff_t)e->data.scalar.length }));
	else
		out->type = e->type == YAML_MAPPING_START_EVENT ? NODE_MAP : NODE_LIST;
	return OK;
}

static enum err
key_here(struct building *b, const struct node *map, struct node **key)
{
	struct node *k = *key = NEW(b->cx, struct node, 1);

	TRY(node_here(b, S(""), NULL, k));
	if (k->type != NODE_TEXT || k->text.n == 0 || str_index(k->text, 0) >= 0)
		return refuse(b, b->s->event.start_mark, "key", "a key is a word");
	k->at.field = k->text;
	for (const struct node *m = map->first; m; m = m->next)
		if (str_eq(m->key->text, k->text)) {
			node_fault(b->cx, k, "duplicate", "“%.*s” stands here twice; first in line %d", F(utf8_cut(k->text, 64)),
			    m->key->at.line);
			break;
		}
	return next(b);
}

static enum err
members(struct building *b, struct node *in, int deep)
{
	TRY(next(b));
	while (b->s->event.type != YAML_MAPPING_END_EVENT && b->s->event.type != YAML_SEQUENCE_END_EVENT) {
		struct node *key = NULL, *member, here;

		if (deep > PACK_DEEPEST)
			return refuse(b, b->s->event.start_mark, "depth", "a pack is not nested that deep");
		if (in->type == NODE_MAP)
			TRY(key_here(b, in, &key));
		TRY(node_here(b, key ? key->text : in->at.field, key, &here));
		member = hang(b, in, here);
		if (member->type != NODE_TEXT)
			TRY(members(b, member, deep + 1));
		TRY(next(b));
	}
	return OK;
}

static enum err
document(struct building *b, struct node **root)
{
	TRY(next(b)); /* stream start */
	TRY(next(b));
	if (b->s->event.type == YAML_STREAM_END_EVENT)
		return refuse(b, (yaml_mark_t){ 0 }, "empty", "there is nothing in it");
	TRY(next(b));
	*root = NEW(b->cx, struct node, 1);
	TRY(node_here(b, S("pack"), NULL, *root));
	if ((*root)->type != NODE_MAP)
		return refuse(
		    b, b->s->event.start_mark, "type", "a pack is a map of sections: “policy:”, “clauses:” and so on");
	TRY(members(b, *root, 1));
	TRY(next(b)); /* document end */
	TRY(next(b));
	if (b->s->event.type != YAML_STREAM_END_EVENT)
		return refuse(b, b->s->event.start_mark, "documents", "a pack is one document");
	return OK;
}

/* libyaml would take other encodings and count lines at characters that no editor shows as line ends. */
static enum err
text_check(struct building *b)
{
	int line = 0;

	if (b->yaml.n > PACK_LONGEST)
		return refuse(b, (yaml_mark_t){ 0 }, "size", "a pack is at most 1 MiB long");
	for (struct str rest = b->yaml, row; str_next(&rest, '\n', &row); line++) {
		if (!utf8_ok(row))
			return refuse(b, (yaml_mark_t){ .line = (size_t)line }, "utf-8", "this line is not UTF-8");
		if (str_find(row, S("\xc2\x85")) >= 0 || str_find(row, S("\xe2\x80\xa8")) >= 0 ||
		    str_find(row, S("\xe2\x80\xa9")) >= 0 || (line == 0 && str_starts(row, S("\xef\xbb\xbf"))))
			return refuse(b, (yaml_mark_t){ .line = (size_t)line }, "utf-8",
			    "this line holds a byte order mark or an unusual line end");
	}
	return OK;
}

enum err
node_read(struct cx *cx, struct str yaml, struct node **root)
{
	struct building b = { .cx = cx, .yaml = yaml };

	TRY(text_check(&b));
	b.s = NEW(cx, struct stream, 1);
	if (!yaml_parser_initialize(&b.s->parser))
		return fail(cx, ERR_BUSY, "no memory for a YAML parser");
	cx_defer(cx, let_go, b.s);
	yaml_parser_set_encoding(&b.s->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&b.s->parser, (const unsigned char *)yaml.p, (size_t)yaml.n);
	return document(&b, root);
}

const struct node *
node_get(const struct node *map, struct str key)
{
	for (const struct node *m = map->type == NODE_MAP ? map->first : NULL; m; m = m->next)
		if (str_eq(m->key->text, key))
			return m;
	return NULL;
}

void
node_fault(struct cx *cx, const struct node *n, const char *rule, const char *fmt, ...)
{
	char words[400];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(words, sizeof words, fmt, ap);
	va_end(ap);
	if (len >= (int)sizeof words)
		len = (int)utf8_cut((struct str){ words, sizeof words - 1 }, sizeof words - 2).n;
	fault_add(cx, n->at.field, n->at.line, n->at.column, str_of(rule), "%.*s", len, words);
}

void
node_unknown(struct cx *cx, const struct node *n, const char *what, const struct str *known, ptrdiff_t n_known)
{
	struct str near = str_nearest(n->text, known, n_known), cut = utf8_cut(n->text, 64);

	if (near.n)
		node_fault(cx, n, "unknown", "there is no %s “%.*s”; did you mean “%.*s”?", what, F(cut), F(near));
	else if (n_known && n_known <= 9)
		node_fault(cx, n, "unknown", "there is no %s “%.*s”; known: %.*s", what, F(cut),
		    F(str_join(cx, known, n_known, S(", "))));
	else
		node_fault(cx, n, "unknown", "there is no %s “%.*s”", what, F(cut));
}

const char *
node_type_words(enum node_type t)
{
	return t == NODE_TEXT ? "a text" : t == NODE_MAP ? "a map" : "a list";
}
