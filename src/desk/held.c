#include "desk/held.h"

#include "base/buf.h"

#include <stdlib.h>

static int
role_cmp(const void *a, const void *b)
{
	const struct row_roles_held *x = a, *y = b;
	int c = str_cmp(x->role, y->role);

	return c ? c : str_cmp(x->department, y->department);
}

/* Into the process's own arena, if they are not those it has: what is replaced stays until the process ends. */
static enum err
held_read(struct cx *cx, struct desk *d)
{
	struct buf b = buf_new(cx);
	struct held *h = &d->held;
	struct row_roles_held *rows;
	struct hash of;
	ptrdiff_t n;

	TRY(sql_roles_held(cx, d->db, &rows, &n));
	if (n)
		qsort(rows, (size_t)n, sizeof *rows, role_cmp);
	for (ptrdiff_t i = 0; i < n; i++)
		buf_fmt(&b, "%.*s\n%.*s\n", F(rows[i].role), F(rows[i].department));
	of = sha256(buf_str(&b));
	h->known = d->writer; /* whoever only reads is not told of changes */
	if (hash_eq(of, h->of))
		return OK;
	*h = (struct held){ .roles = NEW(d->life, struct row_roles_held, n), .n = n, .of = of, .known = d->writer };
	for (ptrdiff_t i = 0; i < n; i++)
		h->roles[i] = (struct row_roles_held){ str_copy(d->life, rows[i].role), str_copy(d->life, rows[i].department) };
	return OK;
}

enum err
held_is(struct cx *cx, struct desk *d, struct str role, struct str department, bool *out)
{
	const struct row_roles_held wanted = { role, department };

	if (!d->held.known)
		TRY(held_read(cx, d));
	*out = d->held.n && bsearch(&wanted, d->held.roles, (size_t)d->held.n, sizeof wanted, role_cmp);
	return OK;
}
