/* site: the web worker as a whole: routes to handlers, visits, error pages, the process's main. Every handler stands in
 * route.def and in nothing else. */
#ifndef WEB_SITE_H
#define WEB_SITE_H
#include "sys/proc.h"
#include "web/visit.h"

enum method_of_route { ROUTE_GET, ROUTE_POST };
struct route {
	enum method_of_route method;
	struct str path;
	enum need need;
	enum plan_take take;
	int64_t limit;
	enum err (*handler)(struct visit *);
	struct str name;
};
extern const struct route routes[];
extern const int routes_count;

#define ROUTE(method, path, need, take, limit, handler) MUST_CHECK enum err handler(struct visit *);
#include "web/route.def"
#undef ROUTE

/* The app over a door, for the server or for tests in process. */
struct web_app site_app(struct door *);

/* Main of a web worker. The plan's arg is a struct registrar_plan. */
MUST_CHECK enum err site_run(struct cx *, struct proc *);
#endif
