/* The pages that the build has embedded, by a table: no path leads to a file of the machine. */
#ifndef APP_WEB_PAGES_H
#define APP_WEB_PAGES_H

#include "app/web/http.h"

struct pages_file {
    const char *path; /* "/assets/index-3f2a.js" */
    const char *type;
    const char *etag;
    const unsigned char *plain;
    size_t plain_len;
    const unsigned char *gzip; /* NULL: not smaller */
    size_t gzip_len;
};
/* Made by app/web/embed.py; ended by one without a path. Without npm it holds one page that says so. */
extern const struct pages_file pages_files[];

/* GET and HEAD of a page; 404 and 405 are answered too. "/" is /index.html. */
void pages_answer(struct http_request *q);

#endif
