/* A long text as an edit of another: what stays before, what goes, what comes instead. Pure.
 *
 * One replaced stretch per edit: two people seldom change two places of a text in one save, and when they do the
 * stretch between travels too. Positions are bytes, on character boundaries. */
#ifndef SYNC_SPLICE_H
#define SYNC_SPLICE_H

#include "crypto/buf.h"

struct splice {
    uint32_t skip;      /* bytes kept at the start */
    uint32_t drop;      /* bytes left out after them */
    struct span insert; /* borrowed; what stands there instead */
};

/* The shortest edit of that kind that makes old into new. insert borrows from new. Both at most UINT32_MAX bytes. */
struct splice splice_make(struct span old, struct span new);
/* Appends the edited text. ERR_INPUT: does not fit old, or the result is not clean text (sync/utf8.h) of 1 to
 * LIMIT_TEXT bytes; ERR_MEMORY. */
MUST_CHECK enum err splice_apply(struct buf *out, struct span old, const struct splice *edit);

#endif
