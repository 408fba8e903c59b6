/* A child process that is given no shell, no terminal and only the environment that is named here, and that ends when
 * this process wants it to. */
#ifndef SYNC_HOST_POSIX_H
#define SYNC_HOST_POSIX_H

#include "crypto/buf.h"

struct host_posix {
    const char *const *words;                    /* ended by NULL; words[0] is looked for in PATH */
    const char *const *environment;              /* NAME=value, ended by NULL, beside the names that are passed on */
    unsigned idle_ms;                            /* it is ended when it has written nothing for so long */
    size_t out_max;                              /* bytes of standard output */
    bool (*keep_on)(void *ctx, struct span err); /* asked some times a second with the end of standard error */
    void *ctx;
};

enum host_posix_end {
    HOST_POSIX_DONE,
    HOST_POSIX_MISSING,   /* there is no such program */
    HOST_POSIX_SILENT,    /* ended for idle_ms */
    HOST_POSIX_FULL,      /* ended for out_max */
    HOST_POSIX_CANCELLED, /* ended because keep_on said no */
};

/* Appends to out and err (of err, the end is kept). *code: its exit code, or 128 + signal. ERR_MEMORY; ERR_STORAGE: this
 * system starts no process. */
MUST_CHECK enum err host_posix_run(enum host_posix_end *end, int *code, struct buf *out, struct buf *err,
                                   const struct host_posix *what);

#endif
