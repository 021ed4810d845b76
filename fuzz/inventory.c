/* The list of a backup's files: what is read is written again byte for byte, and no name leads out. */
#include "core/inventory.h"
#include "fuzz/fuzz.h"

FUZZ(cx, in)
{
	struct inventory v;
	struct hash seal = { { 0 } };
	struct str text;

	/* as a file, and as the text of one that adds up, or nothing would get past its hash */
	for (int i = 0; i < 2; i++) {
		if (inventory_read(cx, i ? inventory_file(cx, in, seal) : in, &v, &text, &seal) != OK)
			continue;
		HOLD(str_eq(inventory_text(cx, &v), text));
		for (ptrdiff_t k = 0; k < v.n_files; k++)
			HOLD(v.files[k].name.n && v.files[k].name.p[0] != '/' && str_find(v.files[k].name, S("..")) < 0);
	}
	return OK;
}
