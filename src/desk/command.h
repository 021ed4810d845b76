/* command: the functions behind command.def; called by desk_do alone. */
#ifndef DESK_COMMAND_H
#define DESK_COMMAND_H
#include "desk/deed.h"

enum { KIND_NONE = 0 };

#define COMMAND(name, need, kind, does) MUST_CHECK enum err command_##name(struct cx *, struct deed *);
#include "desk/command.def"
#undef COMMAND

struct command {
	struct str name, does;
	enum need need;
	int kind;
	enum err (*run)(struct cx *, struct deed *);
};
extern const struct command commands[];
extern const ptrdiff_t commands_count;
#endif
