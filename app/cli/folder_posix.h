/* Where a relative path leads. */
#ifndef APP_CLI_FOLDER_POSIX_H
#define APP_CLI_FOLDER_POSIX_H

#include "sync/arena.h"

/* path from the root, in the arena (path itself if it is so already); NULL if the current folder cannot be told or
 * there is no memory. */
const char *folder_posix_absolute(struct arena *a, const char *path);

#endif
