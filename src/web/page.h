/* page: all pages at once, for the code that tool/pagegen makes of page/ and for tests; handlers include the one
 * header of web/page/ that they need. */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H
#include "web/page/admin.h"
#include "web/page/plain.h"
#include "web/page/report.h"
#include "web/page/staff.h"
#include "web/page/view.h"

/* The Content-Security-Policy of every page: what ships with the program and nothing else. */
#define PAGE_POLICY "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; " \
	"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
#endif
