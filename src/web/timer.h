/* timer: deadlines in order, for server: a heap of what the caller owns. */
#ifndef WEB_TIMER_H
#define WEB_TIMER_H
#include "base/time.h"

struct timer { when due; int place; }; /* zeroed: not set. place counts from 1 */
struct timers { struct timer **heap; int n; };

/* Set or move; the heap must have room. */
void timer_set(struct timers *, struct timer *, when due);
void timer_drop(struct timers *, struct timer *); /* may be unset already */
/* The one that is due first, or NULL. */
struct timer *timer_first(const struct timers *);
#endif
