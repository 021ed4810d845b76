/* pagegen_html: where in an HTML document a byte stands. For pagegen, which lets a value stand only where it knows
 * how to escape it. A strict subset: attributes are double-quoted, there is no inline style, script or event
 * handler, so that the Content-Security-Policy needs no exception. */
#ifndef PAGEGEN_HTML_H
#define PAGEGEN_HTML_H
#include <stdbool.h>

enum where {
	IN_TEXT,
	IN_RCDATA,       /* <title>, <textarea>: text without tags */
	IN_SCRIPT,       /* between <script src=…> and </script>: nothing may stand there */
	IN_OPEN,         /* behind '<' */
	IN_NAME,         /* of a tag */
	IN_TAG,          /* between attributes */
	IN_ATTR,         /* an attribute's name */
	IN_EQUALS,       /* behind '=' */
	IN_VALUE,        /* of an attribute, in double quotes */
	IN_COMMENT,      /* <!-- … -->, or <!doctype …> */
};

struct place {
	enum where at;
	bool closing;    /* the tag is </…> */
	int name_n, attr_n, value_n; /* value_n: bytes or values seen in this attribute's value */
	char name[32], attr[32];
};

/* One more byte of static text. NULL, or what is wrong with it. */
const char *place_step(struct place *, char);
/* What a value may do here. */
enum value_use { USE_REFUSED, USE_TEXT, USE_ATTR, USE_URL, USE_URL_PART };
/* *why is set when it is refused. A value has been put: value_n grows. */
enum value_use place_value(struct place *, const char **why);
/* Both ways through a condition end in the same place. */
bool place_same(const struct place *, const struct place *);
/* Whitespace counts here: inside <textarea> and <pre>. */
bool place_keeps_space(const struct place *);
#endif
