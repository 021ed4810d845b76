/* watch: told now and then how far something long has come; made by whoever shows it, handed down to whoever does it. */
#ifndef BASE_WATCH_H
#define BASE_WATCH_H
#include <stdint.h>

/* `of` 0: nobody knows how much there is. `tell` may be NULL. */
struct watch { void (*tell)(void *with, const char *what, int64_t n, int64_t of); void *with; };

static inline void
watch_tell(const struct watch *w, const char *what, int64_t n, int64_t of)
{
	if (w->tell)
		w->tell(w->with, what, n, of);
}
#endif
