/* upload_all: have the registrar take over all files of a request, one command each, then go on. For handlers. */
#ifndef WEB_UPLOAD_ALL_H
#define WEB_UPLOAD_ALL_H
#include "web/upload.h"

/* `list` says of each what command report or attach wants to know. */
typedef enum err upload_then(struct visit *, void *arg, struct js *list);
MUST_CHECK enum err upload_all(struct visit *, const struct upload *first, upload_then *, void *arg);
/* "88 KB" */
struct str upload_size(struct cx *, int64_t bytes);
#endif
