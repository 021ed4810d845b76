#include "pagegen_scope.h"

#include <ctype.h>
#include <string.h>

enum { DEEP = 32 };
static char loops[DEEP][WORD];
static int deep;

bool
scope_is_name(const char *s)
{
	if (!islower((unsigned char)*s))
		return false;
	while (islower((unsigned char)*s) || isdigit((unsigned char)*s) || *s == '_')
		s++;
	return !*s;
}

void
scope_open(const char *alias)
{
	if (scope_has(alias) || !strcmp(alias, "this"))
		die("that name is taken", alias);
	if (deep == DEEP)
		die("too deep", "");
	snprintf(loops[deep++], sizeof *loops, "%s", alias);
}

void
scope_close(void)
{
	deep--;
}

bool
scope_has(const char *alias)
{
	for (int i = 0; i < deep; i++)
		if (!strcmp(loops[i], alias))
			return true;
	return false;
}

char *
scope_path(const char *text, char to[WORD], bool count)
{
	char word[WORD / 2], join[WORD] = "v->", *at = word, *dot;
	int n = 0;

	if (strlen(text) >= sizeof word)
		die("too long", text);
	snprintf(word, sizeof word, "%s", text);
	if (!strcmp(word, "this"))
		return memcpy(to, "(*v)", 5);
	if ((dot = strchr(word, '.')))
		*dot = 0;
	if (scope_has(word)) {
		snprintf(to, WORD, "(*e_%s)", word);
		if (!dot)
			return to;
		snprintf(join, WORD, "e_%s->", word);
		at = dot + 1;
	} else if (dot) {
		*dot = '.';
	}
	for (; at; at = dot) {
		if ((dot = strchr(at, '.')))
			*dot++ = 0;
		if (!scope_is_name(at))
			die("not a name", text);
		n += snprintf(to + n, WORD - (size_t)n, "%s%s%s", join, count && !dot ? "n_" : "", at);
		strcpy(join, ".");
	}
	return to;
}

void
scope_condition(FILE *out, const char *t)
{
	static const struct { const char *word, *c; } joint[] = { { " or ", " || " }, { " and ", " && " } };
	char a[WORD], b[WORD], p[WORD];
	const char *at;
	int n = 0;

	for (int i = 0; i < 2; i++) {
		if (!(at = strstr(t, joint[i].word)))
			continue;
		snprintf(a, sizeof a, "%.*s", (int)(at - t), t);
		scope_condition(out, a);
		fputs(joint[i].c, out);
		scope_condition(out, at + strlen(joint[i].word));
		return;
	}
	if (!strncmp(t, "not ", 4)) {
		fputs("!(", out);
		scope_condition(out, t + 4);
		putc(')', out);
	} else if (!strncmp(t, "first ", 6)) {
		if (!scope_has(t + 6))
			die("no loop has that name", t + 6);
		fprintf(out, "i_%s == 0", t + 6);
	} else if (sscanf(t, "%199s is %199[A-Z0-9_]%n", a, b, &n) == 2 && !t[n]) {
		fprintf(out, "%s == %s", scope_path(a, p, false), b);
	} else {
		fprintf(out, "PAGE_TRUE(%s)", scope_path(t, p, false));
	}
}
