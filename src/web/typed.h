/* typed: dates and times as people type them into a form. Called by handlers; whatever is wrong becomes a fault that
 * names the field. */
#ifndef WEB_TYPED_H
#define WEB_TYPED_H
#include "base/cx.h"
#include "web/form.h"

/* The four parts of a date field: NAME-day, NAME-month, NAME-year, NAME-time. */
struct typed { struct str day, month, year, time; };
struct typed typed_of(struct cx *, const struct form *, struct str name);
bool typed_empty(const struct typed *);
/* A date in London: the day may be left empty (only the month is known then), and the month too; so may the time.
 * Months may be words, a year may have two digits or be left empty: then it is the last such date, or, when `latest`
 * lies after `now`, this year's. False and a fault when it cannot be read or lies after `latest`; a time without a
 * day is a fault. */
bool typed_moment(struct cx *, struct str name, const struct typed *, when now, when latest, struct moment *out);
/* A moment as people read it, as precisely as it is known: "22 November 2026 at 18:00", "22 November 2026", "November
 * 2026". */
struct str typed_words(struct cx *, struct moment);
/* "9", "9am", "9:14", "9.14 pm", "0914", "noon": minutes after midnight. */
bool typed_time(struct cx *, struct str, int *minutes);
#endif
