#include "pagegen_html.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Attributes that are plain text to the browser; a value in any other does not compile. */
static const char *plain[] = {
	"abbr", "accept", "alt", "autocomplete", "class", "colspan", "content", "cx", "cy", "datetime", "enctype", "for",
	"headers", "height", "id", "label", "lang", "max", "maxlength", "min", "minlength", "name", "pattern", "placeholder",
	"points", "r", "rows", "cols", "rowspan", "size", "span", "start", "step", "stroke-dasharray", "title", "value",
	"width", "x", "x1", "x2", "y", "y1", "y2",
};
static const char *address[] = { "action", "cite", "formaction", "href", "src" };

static bool
is_in(const char *word, const char **list, int n)
{
	for (int i = 0; i < n; i++)
		if (!strcasecmp(word, list[i]))
			return true;
	return false;
}
#define IS_IN(word, list) is_in(word, list, (int)(sizeof list / sizeof *list))

static const char *
grow(char *word, int *n, char c)
{
	if (*n == 31)
		return "a name longer than 31 characters";
	word[(*n)++] = (char)tolower((unsigned char)c);
	word[*n] = 0;
	return NULL;
}

static const char *
tag_ends(struct place *p)
{
	p->at = IN_TEXT;
	if (p->closing)
		return NULL;
	if (!strcmp(p->name, "script"))
		p->at = IN_SCRIPT;
	else if (!strcmp(p->name, "title") || !strcmp(p->name, "textarea"))
		p->at = IN_RCDATA;
	else if (!strcmp(p->name, "style"))
		return "no <style>: styles stand in assets/";
	return NULL;
}

static const char *
attr_begins(struct place *p, char c)
{
	p->at = IN_ATTR;
	p->attr_n = 0;
	return grow(p->attr, &p->attr_n, c);
}

static const char *
attr_ends(struct place *p)
{
	if (!strcmp(p->attr, "style"))
		return "no style attribute: styles stand in assets/";
	if (p->attr[0] == 'o' && p->attr[1] == 'n')
		return "no event attribute: scripts stand in assets/";
	if (!strcmp(p->attr, "srcdoc"))
		return "no srcdoc";
	return NULL;
}

static const char *
attr_step(struct place *p, char c)
{
	const char *why;

	if (isalnum((unsigned char)c) || c == '-' || c == ':' || c == '_')
		return grow(p->attr, &p->attr_n, c);
	if ((why = attr_ends(p)))
		return why;
	if (c == '=') {
		p->at = IN_EQUALS;
		return NULL;
	}
	p->at = IN_TAG;
	return place_step(p, c);
}

static const char *
open_step(struct place *p, char c)
{
	if (p->at == IN_NAME && (isalnum((unsigned char)c) || c == '-'))
		return grow(p->name, &p->name_n, c);
	if (p->at == IN_NAME) {
		p->at = IN_TAG;
		return place_step(p, c);
	}
	if (c == '/' && !p->closing) {
		p->closing = true;
		return NULL;
	}
	if (c == '!' && !p->closing) {
		p->at = IN_COMMENT;
		return NULL;
	}
	if (!isalpha((unsigned char)c))
		return "'<' that opens no tag: write &lt;";
	p->at = IN_NAME;
	p->name_n = 0;
	return grow(p->name, &p->name_n, c);
}

const char *
place_step(struct place *p, char c)
{
	switch (p->at) {
	case IN_SCRIPT:
		if (c != '<' && !isspace((unsigned char)c))
			return "no script in a page: scripts stand in assets/";
		/* fall through */
	case IN_RCDATA: case IN_TEXT:
		if (c == '<') {
			p->at = IN_OPEN;
			p->closing = false;
		}
		return NULL;
	case IN_OPEN: case IN_NAME:
		return open_step(p, c);
	case IN_TAG:
		if (isspace((unsigned char)c) || c == '/')
			return NULL;
		if (c == '>')
			return tag_ends(p);
		return isalpha((unsigned char)c) ? attr_begins(p, c) : "not the name of an attribute";
	case IN_ATTR:
		return attr_step(p, c);
	case IN_EQUALS:
		p->at = IN_VALUE;
		p->value_n = 0;
		return c == '"' ? NULL : "the value of an attribute stands in double quotes";
	case IN_VALUE:
		p->value_n++;
		if (c == '"')
			p->at = IN_TAG;
		return c == '<' ? "'<' in an attribute: is a quote missing?" : NULL;
	case IN_COMMENT:
		if (c == '>')
			p->at = IN_TEXT;
		return NULL;
	}
	return "lost";
}

enum value_use
place_value(struct place *p, const char **why)
{
	switch (p->at) {
	case IN_TEXT: case IN_RCDATA:
		return USE_TEXT;
	case IN_VALUE:
		if (IS_IN(p->attr, address))
			return p->value_n++ ? USE_URL_PART : USE_URL;
		p->value_n++;
		if (IS_IN(p->attr, plain) || !strncmp(p->attr, "aria-", 5) || !strncmp(p->attr, "data-", 5))
			return USE_ATTR;
		*why = "a value may not stand in this attribute";
		return USE_REFUSED;
	case IN_SCRIPT: *why = "a value may not stand in a script"; return USE_REFUSED;
	case IN_OPEN: case IN_NAME: *why = "a value may not stand in the name of a tag"; return USE_REFUSED;
	case IN_TAG: case IN_ATTR: *why = "a value may not stand in the name of an attribute"; return USE_REFUSED;
	case IN_EQUALS: *why = "the value of an attribute stands in double quotes"; return USE_REFUSED;
	case IN_COMMENT: *why = "a value may not stand in a comment"; return USE_REFUSED;
	}
	return USE_REFUSED;
}

bool
place_same(const struct place *a, const struct place *b)
{
	if (a->at != b->at)
		return false;
	if (a->at == IN_VALUE || a->at == IN_ATTR)
		return !strcmp(a->attr, b->attr);
	return a->at != IN_RCDATA || !strcmp(a->name, b->name);
}

bool
place_keeps_space(const struct place *p)
{
	return (p->at == IN_RCDATA && !strcmp(p->name, "textarea")) ||
	    (p->at == IN_TEXT && !p->closing && !strcmp(p->name, "pre"));
}
