#include "app/cli/folder_posix.h"

#include <unistd.h>

#define PATH_LEN_MAX 4096

const char *folder_posix_absolute(struct arena *a, const char *path)
{
    if (path[0] == '/') {
        return path;
    }
    char here[PATH_LEN_MAX];
    if (!getcwd(here, sizeof here)) {
        return NULL;
    }
    while (path[0] == '.' && path[1] == '/') {
        path += 2;
    }
    return arena_printf(a, "%s/%s", here, path);
}
