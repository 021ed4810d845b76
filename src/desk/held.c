#include "desk/held.h"

#include <stdlib.h>

enum { ROOM = 1 << 25 };

static int
role_cmp(const void *a, const void *b)
{
	const struct row_roles_held *x = a, *y = b;
	int c = str_cmp(x->role, y->role);

	return c ? c : str_cmp(x->department, y->department);
}

/* Into room of its own, where no turn's end reaches it: whoever has one arena for all gives back what a turn took. */
static enum err
held_read(struct cx *cx, struct desk *d)
{
	struct held *h = &d->held;
	struct row_roles_held *rows;
	ptrdiff_t n;

	TRY(sql_roles_held(cx, d->db, &rows, &n));
	if (!h->room.a.start)
		cx_begin(&h->room, cx_room(ROOM), ROOM);
	cx_end(&h->room);
	h->roles = NEW(&h->room, struct row_roles_held, n);
	for (h->n = 0; h->n < n; h->n++)
		h->roles[h->n] = (struct row_roles_held){ str_copy(&h->room, rows[h->n].role), str_copy(&h->room, rows[h->n].department) };
	if (n)
		qsort(h->roles, (size_t)n, sizeof *h->roles, role_cmp);
	h->known = true;
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
