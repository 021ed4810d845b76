/* report_send: a report or a question goes to the desk as one command, and what comes back is kept for the page that
 * says so. For report*.c. */
#ifndef WEB_REPORT_SEND_H
#define WEB_REPORT_SEND_H
#include "web/report_draft.h"

/* Send command `report` with these args under the command id `cid`: the same form sent twice is one report.
 * `anonymous`: nobody is named to the desk, whoever is signed in. Then the draft keeps what was sent and the visitor
 * goes to /report/done. `refused` answers when the desk says what is wrong: the faults stand in cx. */
struct sending {
	struct visit *v;
	struct draft *d;
	struct id cid;
	struct js *args;
	bool anonymous, keep;          /* keep: what else is in the draft stays */
	struct str kind;               /* report | enquiry */
	enum err (*refused)(struct sending *);
	/* report_send's own */
	struct js *answer;
};
MUST_CHECK enum err report_send(struct sending *);
#endif
