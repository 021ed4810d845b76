/* sample: every page filled with invented data, for the browser tests to look at. Each sample writes one page; main
 * writes each twice, the second time with hostile words in every place that takes words. */
#ifndef TEST_BROWSER_SAMPLE_H
#define TEST_BROWSER_SAMPLE_H
#include "web/page.h"

struct sample { const char *name; void (*write)(struct buf *); };
extern const struct sample samples_report[], samples_staff[], samples_admin[]; /* each ends with a NULL name */

/* Words as a person may have typed them: as given, or hostile. */
struct str t(const char *words);
/* The frame of a page: of reporters, of staff. `title` is its heading. */
struct view_frame frame_public(const char *title);
struct view_frame frame_staff(const char *title, const char *current);
struct view_form form(const char *action);
#define LIST(name, ...) .name = __VA_ARGS__, .n_##name = (int)(sizeof(__VA_ARGS__) / sizeof(*(__VA_ARGS__)))
#endif
