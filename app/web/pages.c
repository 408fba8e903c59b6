#include "app/web/pages.h"

#include "app/text/text.h"
#include "app/web/reply.h"

#include <string.h>

static const struct pages_file *find(const char *path)
{
    if (strcmp(path, "/") == 0) {
        path = "/index.html";
    }
    for (const struct pages_file *f = pages_files; f->path; f++) {
        if (strcmp(f->path, path) == 0) {
            return f;
        }
    }
    return NULL;
}

void pages_answer(struct http_request *q)
{
    struct http_answer *a = &q->answer;
    const struct pages_file *file = find(q->path);
    if (!file) {
        reply_error(a, 404, "not-found", tr(N_("there is no such path")));
        return;
    }
    if (strcmp(q->method, "GET") != 0 && strcmp(q->method, "HEAD") != 0) {
        a->allow = "GET, HEAD";
        reply_error(a, 405, "method", tr(N_("that is not done with this path")));
        return;
    }
    a->etag = file->etag;
    a->may_keep = true;
    if (strcmp(q->match, file->etag) == 0) {
        a->status = 304;
        return;
    }
    a->status = 200;
    a->type = file->type;
    a->gzip = q->takes_gzip && file->gzip;
    a->still = a->gzip ? span_of(file->gzip, file->gzip_len) : span_of(file->plain, file->plain_len);
}
