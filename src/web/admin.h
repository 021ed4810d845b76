/* admin: small pieces that the administrator's pages share. Called by admin_*.c and share.c. */
#ifndef WEB_ADMIN_H
#define WEB_ADMIN_H
#include "desk/ask_org.h"
#include "web/visit.h"

/* A list that arrives as a file is kept in memory, in visit.listed, for the one turn: it is read at once and is no
 * evidence. */
const struct upload_sink *admin_list_sink(void);

/* Somebody as the command `people` takes them; `role` more than they hold, if it is not empty. */
struct js *admin_member_js(struct cx *, const struct ask_member *, struct str role);
/* The words for a role as the directory keeps it: "Internal Audit", "Line manager (Housing)", "Administrator". */
struct str admin_role_words(struct visit *, struct str role);
/* "/person?id=ID": an id may hold what no path may. */
struct str admin_person_href(struct visit *, struct str person);
/* Let each fault say which field it means: those collected without their label get it in front. */
void admin_label_fault(struct visit *, struct str field, struct str label);
/* The address under which people reach the service, without a "/" at its end; empty while it is not set. */
struct str admin_public_url(struct visit *);
#endif
