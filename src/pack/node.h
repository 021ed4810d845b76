/* node: YAML as a tree that remembers where everything stood. Used by the pack reader only.
 * No anchors, aliases, tags, second documents or duplicate keys; depth, size and count are bounded (pack.h). All
 * scalars are text: "no" is the word no. */
#ifndef PACK_NODE_H
#define PACK_NODE_H
#include "core/source.h"

enum node_type { NODE_TEXT, NODE_MAP, NODE_LIST };

struct node {
	enum node_type type;
	struct str text;           /* NODE_TEXT, trimmed */
	struct source at;          /* field: the key it belongs to */
	const struct node *key;    /* of a map's member: a NODE_TEXT */
	struct node *first, *last, *next;
	ptrdiff_t n;
};

/* ERR_BAD_INPUT with at least one fault when there is no whole tree; duplicate keys are faults, but the
 * tree stands. */
MUST_CHECK enum err node_read(struct cx *, struct str yaml, struct node **root);
/* The member of that name, or NULL. */
const struct node *node_get(const struct node *map, struct str key);
/* A fault at the node's first character. */
__attribute__((format(printf, 4, 5)))
void node_fault(struct cx *, const struct node *, const char *rule, const char *fmt, ...);
/* The same for a word that is none of n known ones: says what it should have been and names the nearest. */
void node_unknown(struct cx *, const struct node *, const char *what, const struct str *known, ptrdiff_t n);
/* "a text", "a list", "a map" */
const char *node_type_words(enum node_type);
#endif
