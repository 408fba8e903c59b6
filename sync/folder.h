/* A folder that sites meet in: a bare repository on a stick or a shared disk, and a lock of its own beside it. Stock git
 * can read it. A pack is written whole before a branch moves, so a stick pulled out half-way leaves the old state. */
#ifndef SYNC_FOLDER_H
#define SYNC_FOLDER_H

#include "sync/log.h"

struct folder {
    struct log *log;
    int lock; /* -1: none */
};

/* path is absolute. Makes folder and repository if missing and the parent exists. ERR_INPUT, ERR_TRANSPORT. */
MUST_CHECK enum err folder_prepare(struct why *w, const char *path);
/* Opens it and takes its lock (30 s). ERR_TRANSPORT: gone, not a meeting place, or read-only; ERR_BUSY. */
MUST_CHECK enum err folder_enter(struct folder *f, struct why *w, const char *path);
void folder_leave(struct folder *f);

#endif
