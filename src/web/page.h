/* page: all pages at once, for the code that tool/pagegen makes of page/ and for tests; handlers include the one
 * header of web/page/ that they need. */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H
#include "web/page/admin.h"
#include "web/page/plain.h"
#include "web/page/report.h"
#include "web/page/staff.h"
#include "web/page/view.h"
#endif
