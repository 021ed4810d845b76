/* asset: stylesheet, script and icon, built from assets/ and carried in the program. Their names hold the hash of
 * what they say, so they may be kept for a year. In a template: {{asset app_css}}. For the route of /assets/. */
#ifndef WEB_ASSET_H
#define WEB_ASSET_H
#include "web/turn.h"
#include "assets/asset_gen.h" /* ASSET_app_css … : "/assets/app-0123456789.css" */

/* By its whole path; NULL if there is none. */
const struct asset *asset_find(struct str path);
#endif
