/* pagegen: the templates of page/ into one C file.
 *
 *   page/NAME.html       void page_NAME(struct buf *, const struct page_NAME *), declared by hand beside its struct
 *   page/part/NAME.html  a function for other templates; {{takes TYPE}} names its struct, or it takes nothing
 *   page/layout/NAME.html  what stands around a page; {{page}} is the page's place
 *
 *   {{a.b}}              the value, escaped for where it stands
 *   {{t.NAME}}           a sentence of content/
 *   {{asset NAME}}       the address of an asset, such as app_css
 *   {{number r}}         1, 2, 3 … in the loop over r
 *   {{#if a}} {{else if not b or c is WORD and first r}} {{else}} {{/if}}
 *   {{#each a as r}} {{/each}}  over a, of which there are n_a
 *   {{> part a}}         a part with a, {{> part}} one that takes nothing, {{> part this}} with all of this
 *   {{< layout a}}       first thing in a page
 *   {{! comment }}
 *
 * usage: pagegen OUT.c FILE.html … */
#include "pagegen_html.h"
#include "pagegen_scope.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEEP = 64, LITERAL = 1 << 16 };
enum block { BLOCK_IF, BLOCK_EACH };
static struct { enum block what; int line; bool has_then, has_else; struct place before, then; } blocks[DEEP];
static int deep;

static const char *file;      /* as it is named in messages and #line */
static int line;
static struct place place;
static FILE *out;
static char literal[LITERAL]; /* static text that waits to be written */
static int literal_n;
/* What was written last is a tag's end or a block: space that holds a line end may go. */
static bool edge;
static char takes[WORD], layout[WORD], layout_arg[WORD];
static bool page_seen;

_Noreturn void
die(const char *why, const char *what)
{
	fprintf(stderr, "%s:%d: error: %s%s%s\n", file, line, why, *what ? ": " : "", what);
	exit(1);
}

static void
flush(void)
{
	if (!literal_n)
		return;
	fputs("\tbuf_put(b, S(\"", out);
	for (int i = 0; i < literal_n; i++) {
		char c = literal[i];

		if (c == '\n')
			fputs("\\n", out);
		else if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c == '?') /* no trigraphs */
			fputs("\\?", out);
		else
			putc(c, out);
	}
	fputs("\"));\n", out);
	literal_n = 0;
}

static void
put_byte(char c)
{
	const char *why = place_step(&place, c);

	if (why)
		die(why, "");
	if (literal_n == LITERAL)
		die("too much text without a value", "");
	literal[literal_n++] = c;
	if (c == '>' && place.at == IN_RCDATA && !strcmp(place.name, "textarea"))
		literal[literal_n++] = '\n'; /* the one that browsers drop, so that none of the value's is */
	edge = c == '>' && place.at != IN_VALUE;
}

/* A run of space: nothing between two tags when it holds a line end, else one space. */
static const char *
space(const char *p, const char *end)
{
	const char *q = p;
	bool ends = false, block;
	int lines = 0;

	while (q < end && isspace((unsigned char)*q))
		if (*q++ == '\n')
			lines++, ends = true;
	block = q + 2 < end && q[0] == '{' && q[1] == '{' && strchr("#/<>!", q[2]);
	block = block || (q + 5 < end && !strncmp(q, "{{else", 6)) || (q + 6 < end && !strncmp(q, "{{takes", 7));
	if (place_keeps_space(&place)) {
		for (; p < q; p++)
			put_byte(*p);
	} else if (!(ends && edge && (q == end || *q == '<' || block))) {
		put_byte(' ');
	}
	line += lines;
	return q;
}

static void
at_line(void)
{
	flush();
	fprintf(out, "#line %d \"%s\"\n", line, file);
}

/* A value at this place; `c` is the C expression. */
static void
put_value(const char *c)
{
	static const char *macro[] = { "", "PAGE_TEXT", "PAGE_ATTR", "PAGE_URL", "PAGE_URL_PART" };
	const char *why = "";
	enum value_use use = place_value(&place, &why);

	if (use == USE_REFUSED)
		die(why, place.attr_n && place.at == IN_VALUE ? place.attr : "");
	at_line();
	fprintf(out, "\t%s(b, %s);\n", macro[use], c);
	edge = false;
}

/* A name that a block follows is whole: <li{{#if …}}, " checked"{{/if}}. */
static void
name_may_end(void)
{
	bool in_name = place.at == IN_ATTR || place.at == IN_NAME;
	const char *why = in_name ? place_step(&place, ' ') : NULL;

	if (why)
		die(why, "");
}

static void
open_block(enum block what)
{
	if (deep == DEEP)
		die("too deep", "");
	name_may_end();
	blocks[deep].what = what;
	blocks[deep].line = line;
	blocks[deep].has_then = blocks[deep].has_else = false;
	blocks[deep].before = place;
	deep++;
}

/* One way through a block ends here: all ways end in the same place. */
static void
way_ends(void)
{
	const struct place *other = blocks[deep - 1].has_then ? &blocks[deep - 1].then : NULL; /* an else has one */

	name_may_end();
	if (blocks[deep - 1].what == BLOCK_EACH || !other)
		other = &blocks[deep - 1].before;
	if (!place_same(other, &place))
		die("the ways through this block end in different places of the HTML", "");
	if (other->value_n > place.value_n)
		place.value_n = other->value_n;
}

static void
tag_each(const char *t)
{
	char what[WORD], as[WORD], p[WORD], c[WORD];
	int n = 0;

	if (sscanf(t, "%199s as %199s%n", what, as, &n) != 2 || t[n] || !scope_is_name(as))
		die("not {{#each rows as r}}", t);
	scope_path(what, p, false);
	scope_path(what, c, true);
	at_line();
	fprintf(out, "\tfor (ptrdiff_t i_%s = 0; i_%s < %s; i_%s++) {", as, as, c, as);
	fprintf(out, " const __typeof__(%s[0]) *e_%s = &%s[i_%s]; (void)e_%s;\n", p, as, p, as, as);
	open_block(BLOCK_EACH);
	scope_open(as);
}

static void
tag_if(const char *t)
{
	at_line();
	fputs("\tif (", out);
	scope_condition(out, t);
	fputs(") {\n", out);
	open_block(BLOCK_IF);
}

static void
tag_else(const char *t)
{
	if (!deep || blocks[deep - 1].what != BLOCK_IF || blocks[deep - 1].has_else)
		die("{{else}} without {{#if}}", "");
	name_may_end();
	if (blocks[deep - 1].has_then)
		way_ends();
	blocks[deep - 1].then = place;
	blocks[deep - 1].has_then = true;
	place = blocks[deep - 1].before;
	if (!strncmp(t, " if ", 4)) {
		at_line();
		fputs("\t} else if (", out);
		scope_condition(out, t + 4);
		fputs(") {\n", out);
	} else {
		blocks[deep - 1].has_else = true;
		flush();
		fprintf(out, "\t} else {\n");
	}
}

static void
tag_end(const char *t)
{
	if (!deep || strcmp(t, blocks[deep - 1].what == BLOCK_IF ? "if" : "each") != 0)
		die("ends what is not open", t);
	name_may_end();
	/* without a final else, falling through is a way of its own */
	if (blocks[deep - 1].has_then && !blocks[deep - 1].has_else && !place_same(&blocks[deep - 1].before, &place))
		die("the ways through this block end in different places of the HTML", "");
	way_ends();
	if (blocks[--deep].what == BLOCK_EACH)
		scope_close();
	flush();
	fprintf(out, "\t}\n");
}

static void
tag_part(const char *t)
{
	char name[WORD], arg[WORD] = "", p[WORD];
	int n = 0, got = sscanf(t, "%199s%n %199s%n", name, &n, arg, &n);

	if (got < 1 || t[n] || !scope_is_name(name))
		die("not {{> part value}}", t);
	if (place.at != IN_TEXT)
		die("a part stands between tags", name);
	at_line();
	if (*arg)
		fprintf(out, "\tpart_%s(b, &%s);\n", name, scope_path(arg, p, false));
	else
		fprintf(out, "\tpart_%s(b);\n", name);
}

static void
tag_word(const char *t)
{
	char p[WORD], c[2 * WORD];

	if (!strncmp(t, "t.", 2) && scope_is_name(t + 2))
		snprintf(c, sizeof c, "word_of(WORD_%s)", t + 2);
	else if (!strncmp(t, "asset ", 6) && scope_is_name(t + 6))
		snprintf(c, sizeof c, "ASSET_%s", t + 6);
	else if (!strncmp(t, "number ", 7) && scope_has(t + 7))
		snprintf(c, sizeof c, "(int64_t)i_%s + 1", t + 7);
	else
		snprintf(c, sizeof c, "%s", scope_path(t, p, false));
	put_value(c);
}

/* One {{…}}; `t` is what stands between the braces. */
static void
tag(const char *t)
{
	bool is_block = true;

	if (*t == '!')
		return;
	if (!strncmp(t, "#each ", 6))
		tag_each(t + 6);
	else if (!strncmp(t, "#if ", 4))
		tag_if(t + 4);
	else if (!strcmp(t, "else") || !strncmp(t, "else if ", 8))
		tag_else(t + 4);
	else if (*t == '/')
		tag_end(t + 1);
	else if (*t == '>')
		tag_part(t + 1);
	else if (!strcmp(t, "page")) {
		if (deep || page_seen || place.at != IN_TEXT)
			die("{{page}} stands once, outside of every block", "");
		page_seen = true;
		flush();
		fprintf(out, "}\n\nstatic void\n%s_after(struct buf *b, const %s *v)\n{\n\t(void)v;\n", layout, takes);
	} else
		is_block = false, tag_word(t);
	edge = is_block || edge;
	if (is_block && place.at != IN_TEXT)
		edge = false;
}

static void
render(const char *p, const char *end)
{
	while (p < end) {
		const char *close;
		char t[WORD];

		if (isspace((unsigned char)*p)) {
			p = space(p, end);
		} else if (end - p > 1 && p[0] == '{' && p[1] == '{') {
			close = strstr(p, "}}");
			if (!close || close - p - 2 >= WORD)
				die("{{ without its }}", "");
			snprintf(t, sizeof t, "%.*s", (int)(close - p - 2), p + 2);
			tag(t);
			for (; p < close; p++)
				line += *p == '\n';
			p = close + 2;
		} else {
			put_byte(*p++);
		}
	}
	if (deep) {
		line = blocks[deep - 1].line;
		die("this block does not end", "");
	}
	if (place.at != IN_TEXT)
		die("the file ends inside a tag", "");
	flush();
}

/* The base of a template's name; what kind it is stands in the folder. */
enum kind { PAGE, PART, LAYOUT };
static enum kind
name_of(char name[WORD])
{
	const char *base = strrchr(file, '/');
	size_t n = base ? strcspn(base, ".") - 1 : 0;

	if (!base || strcmp(base + 1 + n, ".html") != 0 || n >= WORD / 4)
		die("not a template", file);
	snprintf(name, WORD, "%.*s", (int)n, base + 1);
	if (!scope_is_name(name))
		die("not a name", name);
	if (base - file >= 5 && !strncmp(base - 5, "/part", 5))
		return PART;
	return base - file >= 7 && !strncmp(base - 7, "/layout", 7) ? LAYOUT : PAGE;
}

/* Leading {{takes TYPE}} and {{< layout value}}; returns what follows them. */
static const char *
head(const char *p, const char *end)
{
	int n;

	for (;;) {
		while (p < end && isspace((unsigned char)*p))
			line += *p++ == '\n';
		if (n = 0, sscanf(p, "{{takes struct %180[a-z_]}}%n", takes + 7, &n) == 1 && n) {
			memcpy(takes, "struct ", 7);
			p += n;
		} else if (n = 0, sscanf(p, "{{< %100[a-z_] %100[a-z_.]}}%n", layout, layout_arg, &n) == 2 && n) {
			p += n;
		} else {
			return p;
		}
	}
}

static char *
slurp(const char *name, const char **end)
{
	static char text[1 << 20];
	FILE *f = fopen(name, "r");
	size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

	if (!f || !n || n == sizeof text - 1)
		die("cannot be read", name);
	fclose(f);
	text[n] = 0;
	*end = text + n;
	return text;
}

/* What a template's function is called and takes, written to `to`. */
static enum kind
begin(char to[2 * WORD], char name[WORD], const char **p, const char **end)
{
	static const char *prefix[] = { "page", "part", "layout" };
	const char *text;
	enum kind kind;

	line = 1;
	place = (struct place){ 0 };
	edge = true;
	page_seen = false;
	layout[0] = takes[0] = 0;
	kind = name_of(name);
	text = slurp(file, end);
	*p = head(text, *end);
	if (kind == PAGE && !*takes)
		snprintf(takes, WORD, "struct page_%.100s", name);
	if (kind == LAYOUT && !*takes)
		die("a layout says what it takes", "");
	snprintf(to, 2UL * WORD, "%s%s_%s%s(struct buf *b%s%s%s)", kind == PAGE ? "void\n" : "static void\n", prefix[kind],
	    name, kind == LAYOUT ? "_before" : "", *takes ? ", const " : "", takes, *takes ? " *v" : "");
	return kind;
}

static void
template(void)
{
	char to[2 * WORD], name[WORD], p[WORD];
	const char *text, *end;
	enum kind kind = begin(to, name, &text, &end);

	fprintf(out, "\n#line 1 \"%s\"\n%s\n{\n%s", file, to, *takes ? "\t(void)v;\n" : "");
	if (kind == LAYOUT)
		snprintf(layout, WORD, "layout_%.100s", name);
	if (kind == PAGE && *layout)
		fprintf(out, "#line %d \"%s\"\n\tlayout_%s_before(b, &%s);\n", line, file, layout,
		    scope_path(layout_arg, p, false));
	render(text, end);
	if (kind == LAYOUT && !page_seen)
		die("a layout has a {{page}}", "");
	if (kind == PAGE && *layout)
		fprintf(out, "\tlayout_%s_after(b, &%s);\n", layout, scope_path(layout_arg, p, false));
	fputs("}\n", out);
}

/* Parts and layouts may stand in any order. */
static void
declare(void)
{
	char to[2 * WORD], name[WORD];
	const char *text, *end;
	enum kind kind = begin(to, name, &text, &end);

	if (kind == PAGE)
		return;
	fprintf(out, "%s;\n", to);
	if (kind == LAYOUT)
		fprintf(out, "static void layout_%s_after(struct buf *b, const %s *v);\n", name, takes);
}

int
main(int argc, char **argv)
{
	file = "pagegen";
	if (argc < 3 || !(out = fopen(argv[1], "w")))
		die("usage: pagegen OUT.c FILE.html …", "");
	fputs("/* Made by tool/pagegen from page/. */\n#include \"web/page.h\"\n#include \"web/page_put.h\"\n"
	    "#include \"web/asset.h\"\n#include \"web/word.h\"\n\n", out);
	for (int i = 2; i < argc; i++)
		file = argv[i], declare();
	for (int i = 2; i < argc; i++)
		file = argv[i], template();
	return fclose(out) ? 1 : 0;
}
