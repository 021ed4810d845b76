/* sqlgen: the files of sql/ into one enum, one function a statement and one struct a row.
 *
 *   -- case_by_ref(ref text) one (case_id id, title text)
 *   SELECT case_id, title FROM case_view WHERE body = $1 AND ref = $2;
 *
 * The first parameter, $1, is always the body and is bound by the database layer; the named ones follow. After them:
 * nothing (changes rows), `one` (a row or NULL) or `many` (all rows). A "-- pg" line begins the variant for PostgreSQL.
 * schema.sql and migrate.sql are written in the six type words and spelled for each database; in them a line "-- sqlite" or
 * "-- pg" says that what follows is for that database alone, "-- both" that it is for both again, and "-- schema N" in
 * migrate.sql that what follows leads to that version.
 * usage: sqlgen OUT.h OUT.c schema.sql migrate.sql FILE.sql … */
#include "sqlgen.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Text is ordered by its bytes on both, or pages by key and rebuilt views would differ. */
static const struct { const char *word, *c, *sqlite, *pg, *get, *set; char letter; } types[] = {
	{ "id",    "struct id",  "BLOB",    "bytea",              "db_id",    "DB_ID",    'b' },
	{ "int",   "int64_t",    "INTEGER", "bigint",             "db_int",   "DB_INT",   'i' },
	{ "time",  "when",       "INTEGER", "bigint",             "db_when",  "DB_WHEN",  'i' },
	{ "text",  "struct str", "TEXT",    "text COLLATE \"C\"", "db_text",  "DB_TEXT",  't' },
	{ "bytes", "struct str", "BLOB",    "bytea",              "db_bytes", "DB_BYTES", 'b' },
	{ "bool",  "bool",       "INTEGER", "boolean",            "db_bool",  "DB_BOOL",  'o' },
};
static const char *file;
static int line;
static FILE *h, *c;

void
die(const char *why, const char *what)
{
	fprintf(stderr, "%s:%d: %s: %s\n", file, line, why, what);
	exit(1);
}

static int
type_of(const char *word)
{
	for (int i = 0; i < 6; i++)
		if (!strcmp(types[i].word, word))
			return i;
	die("not one of id int time text bytes bool", word);
	return 0;
}

/* "name type, name type)" up to the closing parenthesis. */
static const char *
fields(const char *p, struct field *f, int *n)
{
	for (*n = 0; *p && *p != ')';) {
		int used = 0;

		if (*n == NAMES || sscanf(p, " %63[a-z0-9_] %15[a-z]%n", f[*n].name, f[*n].type, &used) != 2)
			die("expected `name type`", p);
		type_of(f[*n].type);
		++*n;
		p += used;
		while (*p == ' ' || *p == ',')
			p++;
	}
	if (*p != ')')
		die("unclosed list", p);
	return p + 1;
}

static void
head(const char *p, struct stmt *s)
{
	int used = 0;

	memset(s, 0, sizeof *s);
	if (sscanf(p, "-- %63[a-z0-9_](%n", s->name, &used) != 1 || !used)
		die("expected `-- name(…)`", p);
	p = fields(p + used, s->in, &s->n_in);
	while (*p == ' ')
		p++;
	s->gives = !strncmp(p, "one (", 5) ? ONE : !strncmp(p, "many (", 6) ? MANY : CHANGES;
	if (s->gives != CHANGES)
		p = fields(strchr(p, '(') + 1, s->out, &s->n_out);
	while (isspace((unsigned char)*p))
		p++;
	if (*p)
		die("what is this", p);
}

static void
literal(FILE *f, const char *text)
{
	fputc('"', f);
	for (; *text; text++)
		if (*text == '\n' || *text == '\t')
			fputc(' ', f);
		else if (*text == '"' || *text == '\\')
			fprintf(f, "\\%c", *text);
		else
			fputc(*text, f);
	fputc('"', f);
}

/* The letters of a list: i number, t text, b bytes, o yes or no. */
static void
letters(FILE *f, const char *before, const struct field *list, int n)
{
	fprintf(f, ", \"%s", before);
	for (int i = 0; i < n; i++)
		fputc(types[type_of(list[i].type)].letter, f);
	fputc('"', f);
}

static void
signature(FILE *f, const struct stmt *s)
{
	fprintf(f, "enum err\nsql_%s(struct cx *cx, struct db *db", s->name);
	for (int i = 0; i < s->n_in; i++)
		fprintf(f, ", %s %s", types[type_of(s->in[i].type)].c, s->in[i].name);
	if (s->gives != CHANGES)
		fprintf(f, ", struct row_%s **out_", s->name);
	if (s->gives == MANY)
		fprintf(f, ", ptrdiff_t *n_");
	fprintf(f, ")");
}

static void
emit(const struct stmt *s)
{
	if (s->gives != CHANGES) {
		fprintf(h, "struct row_%s {", s->name);
		for (int i = 0; i < s->n_out; i++)
			fprintf(h, " %s %s;", types[type_of(s->out[i].type)].c, s->out[i].name);
		fprintf(h, " };\n");
	}
	fprintf(h, "MUST_CHECK ");
	signature(h, s);
	fprintf(h, ";\n");

	signature(c, s);
	fprintf(c, "\n{\n\tconst struct db_val in_[] = { { 0 }");
	for (int i = 0; i < s->n_in; i++)
		fprintf(c, ", %s(%s)", types[type_of(s->in[i].type)].set, s->in[i].name);
	fprintf(c, " };\n");
	if (s->gives == CHANGES) {
		fprintf(c, "\n\treturn db_run(cx, db, SQL_%s, in_ + 1, %d, NULL);\n}\n\n", s->name, s->n_in);
		return;
	}
	fprintf(c, "\tstruct db_rows rows_;\n\n\tTRY(db_run(cx, db, SQL_%s, in_ + 1, %d, &rows_));\n", s->name, s->n_in);
	fprintf(c, "\t*out_ = %s NEW(cx, struct row_%s, rows_.n);\n", s->gives == ONE ? "rows_.n == 0 ? NULL :" : "", s->name);
	fprintf(c, "\tfor (ptrdiff_t i_ = 0; i_ < rows_.n; i_++)\n\t\t(*out_)[i_] = (struct row_%s){", s->name);
	for (int i = 0; i < s->n_out; i++)
		fprintf(c, "%s %s(rows_.v[i_ * %d + %d])", i ? "," : "", types[type_of(s->out[i].type)].get, s->n_out, i);
	fprintf(c, " };\n%s\treturn OK;\n}\n\n", s->gives == MANY ? "\t*n_ = rows_.n;\n" : "");
}

/* A table definition with its type words spelled for one database. */
static void
spell(FILE *f, const char *text, bool pg)
{
	static const char without[] = " STRICT, WITHOUT ROWID;";
	char out[4 * TEXT];
	size_t n = 0;

	for (const char *p = text; *p && n < sizeof out - 32;) {
		size_t w = 0;

		while (isalnum((unsigned char)p[w]) || p[w] == '_')
			w++;
		int t = -1;
		for (int i = 0; w && i < 6 && p > text && p[-1] == ' '; i++)
			if (strlen(types[i].word) == w && !strncmp(types[i].word, p, w) && strchr(" ,;\n", p[w]) && p[w])
				t = i;
		if (t >= 0) {
			n += (size_t)sprintf(out + n, "%s", pg ? types[t].pg : types[t].sqlite);
			p += w;
		} else if (w) {
			memcpy(out + n, p, w), n += w, p += w;
		} else {
			out[n++] = *p++;
		}
	}
	out[n] = 0;
	if (!strncmp(out, "CREATE TABLE", 12) && !pg)
		memcpy(strrchr(out, ';'), without, sizeof without);
	literal(f, out);
}

/* A statement of schema.sql or migrate.sql, and for which database. */
struct piece { char text[TEXT]; bool sqlite, pg; int version; };
static struct piece schema[256], steps[256];
static int n_schema, n_steps;
static struct stmt all[1024];
static int n_all;

struct stmt *
add_bare(void)
{
	if (n_all == 1024)
		die("too many statements", "");
	all[n_all].bare = true;
	return &all[n_all++];
}

/* The next statement, up to a line that ends with a semicolon; comments go to `comment`. False at the end. */
static bool
next_statement(FILE *f, char *text, void (*comment)(const char *))
{
	static char buf[TEXT];

	for (text[0] = 0; fgets(buf, sizeof buf, f); line++) {
		if (!strncmp(buf, "--", 2)) {
			comment(buf);
			continue;
		}
		if (buf[strspn(buf, " \t\n")] == 0)
			continue;
		if (strlen(text) + strlen(buf) >= TEXT)
			die("too long", buf);
		memcpy(text + strlen(text), buf, strlen(buf) + 1);
		if (strlen(buf) > 1 && buf[strlen(buf) - 2] == ';')
			return true;
	}
	if (text[0])
		die("no ; at the end", text);
	return false;
}

static struct piece now; /* how the next piece is marked */

static void
mark(const char *comment)
{
	char word[16], wanted[16], more;
	int n = sscanf(comment, "-- %15s %c", word, &more), next = now.version ? now.version + 1 : 2;

	if (sscanf(comment, "-- schema %15[0-9] %c", word, &more) == 1) {
		snprintf(wanted, sizeof wanted, "%d", next);
		if (strcmp(word, wanted) != 0)
			die("versions follow each other from 2 on", comment);
		now = (struct piece){ .sqlite = true, .pg = true, .version = next };
	} else if (n == 1 && (!strcmp(word, "both") || !strcmp(word, "sqlite") || !strcmp(word, "pg"))) {
		now.sqlite = strcmp(word, "pg") != 0;
		now.pg = strcmp(word, "sqlite") != 0;
	}
}

static int
read_pieces(const char *name, struct piece *out, bool versions)
{
	FILE *f = fopen(file = name, "r");
	int n = 0;

	if (!f)
		die("cannot open", name);
	line = 1;
	now = (struct piece){ .sqlite = true, .pg = true };
	while (next_statement(f, now.text, mark)) {
		if (n == 256)
			die("too many statements", name);
		if (versions && !now.version)
			die("to which schema? `-- schema 2` comes first", now.text);
		out[n++] = now;
	}
	fclose(f);
	return n;
}

static struct stmt *named;
static bool other; /* what follows is the variant for PostgreSQL */

static void
name_it(const char *comment)
{
	if (!strncmp(comment, "-- pg", 5) && isspace((unsigned char)comment[5])) {
		if (!named || !named->text[0])
			die("a pg variant stands beneath its statement", comment);
		other = true;
	} else if (!strncmp(comment, "-- ", 3) && strchr(comment, '(') && islower((unsigned char)comment[3])) {
		if (n_all == 1024)
			die("too many statements", comment);
		head(comment, named = &all[n_all++]);
		for (int i = 0; i < n_all - 1; i++)
			if (!strcmp(all[i].name, named->name))
				die("this name stands twice", named->name);
		other = false;
	}
}

static void
read_named(const char *name)
{
	static char text[TEXT];
	FILE *f = fopen(file = name, "r");

	if (!f)
		die("cannot open", name);
	line = 1;
	named = NULL;
	while (next_statement(f, text, name_it)) {
		if (!named || (other ? named->pg : named->text)[0])
			die("a statement without a name", text);
		memcpy(other ? named->pg : named->text, text, TEXT);
	}
	fclose(f);
}

/* The two spellings of a piece; empty where it is not for that database. */
static void
spellings(const struct piece *p)
{
	spell(c, p->sqlite ? p->text : "", false);
	fprintf(c, ", ");
	spell(c, p->pg ? p->text : "", true);
	fprintf(c, " },\n");
}

static void
emit_schema(void)
{
	fprintf(c, "const struct sql_piece sql_schema[] = {\n");
	for (int i = 0; i < n_schema; i++) {
		fprintf(c, "\t{ 0, ");
		spellings(&schema[i]);
	}
	fprintf(c, "};\nconst int sql_schema_count = %d;\nconst struct sql_piece sql_steps[] = {\n", n_schema);
	for (int i = 0; i < n_steps; i++) {
		fprintf(c, "\t{ %d, ", steps[i].version);
		spellings(&steps[i]);
	}
	fprintf(c, "};\nconst int sql_steps_count = %d;\n", n_steps);
}

/* The tables that begin with a body, and which of them are views. */
static void
emit_tables(void)
{
	int n_tables = 0, n_views = 0;

	fprintf(c, "const char *const sql_tables[] = {");
	for (int i = 0; i < n_schema; i++) {
		char name[64];

		if (sscanf(schema[i].text, "CREATE TABLE %63[a-z_]", name) == 1 && schema[i].pg)
			fprintf(c, "%s \"%s\"", n_tables++ ? "," : "", name);
	}
	fprintf(c, " };\nconst int sql_tables_count = %d;\nconst struct sql_view sql_views[] = {\n", n_tables);
	for (int i = 0; i < n_schema; i++) {
		char name[64], key[256];
		const char *at = strstr(schema[i].text, "PRIMARY KEY (");

		if (sscanf(schema[i].text, "CREATE TABLE %63[a-z_]", name) != 1 || !strstr(name, "_view") || !at ||
		    sscanf(at, "PRIMARY KEY (%255[a-z_, ]", key) != 1)
			continue;
		fprintf(c, "\t{ \"%s\", \"DELETE FROM %s WHERE body = $1\", \"SELECT * FROM %s WHERE body = $1 ORDER BY %s\" },\n", name, name, name, key);
		n_views++;
	}
	fprintf(c, "};\nconst int sql_views_count = %d;\n\n", n_views);
}

int
main(int argc, char **argv)
{
	if (argc < 5 || !(h = fopen(argv[1], "w")) || !(c = fopen(argv[2], "w")))
		return 2;
	n_schema = read_pieces(argv[3], schema, false);
	n_steps = read_pieces(argv[4], steps, true);
	for (int i = 5; i < argc; i++)
		read_named(argv[i]);
	for (int i = 0; i < n_schema; i++)
		whole_add(schema[i].text);
	fprintf(h, "/* sql_gen: made by sqlgen from sql/; one function a statement. Included through store/db.h. */\n"
	    "#ifndef SQL_GEN_H\n#define SQL_GEN_H\n#include \"core/id.h\"\n\nstruct db;\nenum sql {\n");
	for (int i = 0; i < n_all; i++)
		fprintf(h, "\tSQL_%s,\n", all[i].name);
	fprintf(h, "\tSQL_COUNT\n};\n/* in, out: a letter a parameter ($1 is the first) and a column: i number, t text, b bytes, o yes or no. */\n"
	    "struct sql_text { const char *name, *sqlite, *pg; int n_in, n_out; const char *in, *out; };\n"
	    "extern const struct sql_text sql_texts[SQL_COUNT];\n/* The statements that make an empty database, in order, and the\n"
	    " * steps that lead to each version of the schema from the one before it; empty where one is for the other database. */\n"
	    "struct sql_piece { int version; const char *sqlite, *pg; };\nenum { SQL_SCHEMA = %d };\n"
	    "extern const struct sql_piece sql_schema[], sql_steps[];\nextern const int sql_schema_count, sql_steps_count;\n"
	    "/* Every table that PostgreSQL has too. */\nextern const char *const sql_tables[];\nextern const int sql_tables_count;\n"
	    "/* Every view: how to forget what it has of a body ($1), and how to read that in a fixed order. */\n"
	    "extern const struct sql_view { const char *name, *forget, *read; } sql_views[];\nextern const int sql_views_count;\n\n",
	    n_steps ? steps[n_steps - 1].version : 1);
	fprintf(c, "#include \"store/db.h\"\n\nconst struct sql_text sql_texts[SQL_COUNT] = {\n");
	for (int i = 0; i < n_all; i++) {
		fprintf(c, "\t{ \"%s\", ", all[i].name);
		literal(c, all[i].text);
		fprintf(c, ", ");
		literal(c, all[i].pg[0] ? all[i].pg : all[i].text);
		fprintf(c, ", %d, %d", all[i].n_in + 1, all[i].n_out);
		letters(c, "i", all[i].in, all[i].n_in);
		letters(c, "", all[i].out, all[i].n_out);
		fprintf(c, " },\n");
	}
	fprintf(c, "};\n");
	emit_schema();
	emit_tables();
	whole_emit(h, c);
	for (int i = 0; i < n_all; i++)
		if (!all[i].bare)
			emit(&all[i]);
	fprintf(h, "#endif\n");
	return fclose(h) | fclose(c);
}
