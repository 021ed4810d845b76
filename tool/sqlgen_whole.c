/* Statements that sqlgen makes from the schema itself: every table by its rows, for copies (src/store/table.h). They are run
 * by their number alone, so that there is no function and no struct for them. */
#include "sqlgen.h"

#include <string.h>

/* A table as it is copied whole: a page of its rows by its key, and one more row. */
struct whole { char name[64]; struct field col[NAMES], key[NAMES]; int n, n_key; bool view; };
enum { WHOLES = 64 };
static struct whole wholes[WHOLES];
static int n_wholes;

static bool
whole_read(const char *text, struct whole *w)
{
	const char *p = strchr(text, '('), *at = strstr(text, "PRIMARY KEY (body");
	struct field f;
	int used;

	memset(w, 0, sizeof *w);
	if (sscanf(text, "CREATE TABLE %63[a-z_]", w->name) != 1 || !p || !at || !strncmp(w->name, "search_", 7))
		return false; /* the index of words follows from the rest, a little behind */
	w->view = strstr(w->name, "_view") != NULL;
	for (p++; p < at && sscanf(p, " %63[a-z_] %15[a-z]%n", f.name, f.type, &used) == 2 && w->n < NAMES - 1; p = strchr(p, ',') + 1) {
		p += used;
		if (strcmp(f.name, "body") != 0)
			w->col[w->n++] = f;
	}
	for (p = at + strlen("PRIMARY KEY (body"); sscanf(p, ", %63[a-z_]%n", f.name, &used) == 1; p += used)
		for (int i = 0; i < w->n; i++)
			if (!strcmp(w->col[i].name, f.name))
				w->key[w->n_key++] = w->col[i];
	if (!w->n_key)
		die("its primary key must be the body and something else", w->name);
	return true;
}

static void
say_list(char *out, const struct field *f, int n, int from)
{
	for (int i = 0; i < n; i++) {
		out += strlen(out);
		if (from)
			sprintf(out, "%s$%d", i ? ", " : "", from + i);
		else
			sprintf(out, "%s%s", i ? ", " : "", f[i].name);
	}
}

static void
add_statements(const struct whole *w)
{
	static char cols[4096], keys[512], from[512], into[4096];
	struct stmt *rows = add_bare(), *put = add_bare();

	*cols = *keys = *from = *into = 0;
	say_list(cols, w->col, w->n, 0);
	say_list(keys, w->key, w->n_key, 0);
	say_list(from, w->key, w->n_key, 2);
	say_list(into, w->col, w->n, 2);
	rows->gives = MANY;
	rows->n_in = w->n_key + 1;
	rows->n_out = w->n;
	put->n_in = w->n;
	memcpy(rows->in, w->key, sizeof w->key);
	memcpy(rows->in[w->n_key].type, "int", 4);
	memcpy(rows->out, w->col, sizeof w->col);
	memcpy(put->in, w->col, sizeof w->col);
	snprintf(rows->name, sizeof rows->name, "%.50s__rows", w->name);
	snprintf(put->name, sizeof put->name, "%.50s__put", w->name);
	snprintf(rows->text, TEXT, "SELECT %s FROM %s WHERE body = $1 AND (%s) > (%s) ORDER BY %s LIMIT $%d;", cols, w->name, keys,
	    from, keys, w->n_key + 2);
	snprintf(put->text, TEXT, "INSERT INTO %s (body, %s) VALUES ($1, %s);", w->name, cols, into);
}

void
whole_add(const char *text)
{
	if (n_wholes == WHOLES)
		die("too many tables", text);
	if (whole_read(text, &wholes[n_wholes]))
		add_statements(&wholes[n_wholes++]);
}

void
whole_emit(FILE *h, FILE *c)
{
	fprintf(h, "/* Every table but what the database makes of others: rows behind a key, one more row, which columns are the key. */\n"
	    "extern const struct sql_whole { const char *name; bool view; enum sql rows, put; int n_key, key[4]; } sql_wholes[];\n"
	    "extern const int sql_wholes_count;\n\n");
	fprintf(c, "const struct sql_whole sql_wholes[] = {\n");
	for (const struct whole *w = wholes; w < wholes + n_wholes; w++) {
		fprintf(c, "\t{ \"%s\", %d, SQL_%s__rows, SQL_%s__put, %d, {", w->name, w->view, w->name, w->name, w->n_key);
		for (int i = 0; i < w->n_key; i++)
			for (int at = 0; at < w->n; at++)
				if (!strcmp(w->key[i].name, w->col[at].name))
					fprintf(c, "%s %d", i ? "," : "", at);
		fprintf(c, " } },\n");
	}
	fprintf(c, "};\nconst int sql_wholes_count = %d;\n\n", n_wholes);
}
