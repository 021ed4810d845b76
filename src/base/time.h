/* time: instants, civil dates and the civil time of England and Wales. Pure: nothing here asks what time it is. */
#ifndef BASE_TIME_H
#define BASE_TIME_H
#include "base/str.h"
#include <stdint.h>

/* UTC microseconds since 1970-01-01. */
typedef int64_t when;
#define SECOND ((when)1000000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define NEVER  INT64_MIN /* no time is known */

/* How precisely a stated time is known. */
enum precision { EXACT, TO_MINUTE, TO_DAY, TO_MONTH, TO_YEAR };
struct moment { when at; enum precision to; };

struct civil { int year, month, day, hour, minute, second, micro; };

/* Proleptic Gregorian, years 1 to 9999; days count from 1970-01-01. */
int64_t day_of(int year, int month, int day);
struct civil civil_of(when utc);
when when_of(struct civil utc);
int weekday_of(int64_t day); /* 0 Monday … 6 Sunday */
bool civil_ok(struct civil);

/* Europe/London under the Summer Time Order 2002: an hour ahead from 01:00 UTC on the last Sunday in March to 01:00 UTC
 * on the last Sunday in October. Years before 1996 use the same rule: no policy reaches back so far. */
when london_offset(when utc); /* 0 or HOUR */
struct civil london_of(when utc);
/* A local time that occurs twice is taken the first time (BST); one that does not exist is moved an hour on. */
when when_of_london(struct civil local);

/* RFC 3339 with offset, or a date, month or year only ("2026-03-27", "2026-03", "2026"), which mean their first instant
 * in London and carry their precision. False if it is anything else. */
bool moment_read(struct str, struct moment *out);

/* "2026-03-27T16:00:00Z" (with microseconds when there are any) into out; returns the length, at most 27. */
enum { WHEN_TEXT = 32 };
int when_text(when utc, char out[WHEN_TEXT]);
/* The same rendered with its precision: a date, month or year only where that is all that is known. */
int moment_text(struct moment, char out[WHEN_TEXT]);
#endif
