#define _DEFAULT_SOURCE /* flock */
#include "sync/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP_MS 50

/* Whoever held the lock before may have removed the file while this process waited for it: it then holds a file that
 * nobody else will find. ERR_BUSY: so it is. */
static enum err still_named(int fd, const char *path)
{
    struct stat held;
    struct stat named;
    if (fstat(fd, &held) != 0) {
        return ERR_STORAGE;
    }
    if (stat(path, &named) != 0) {
        return errno == ENOENT ? ERR_BUSY : ERR_STORAGE;
    }
    return held.st_dev == named.st_dev && held.st_ino == named.st_ino ? OK : ERR_BUSY;
}

static enum err lock_once(int *fd, const char *path)
{
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*fd < 0) {
        return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : errno == ENOMEM ? ERR_MEMORY : ERR_STORAGE;
    }
    enum err e = OK;
    if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
        e = errno == EWOULDBLOCK || errno == EINTR ? ERR_BUSY : ERR_STORAGE;
    }
    e = e == OK ? still_named(*fd, path) : e;
    if (e != OK) {
        (void)close(*fd);
        *fd = -1;
    }
    return e;
}

enum err posix_lock(int *fd, const char *path, unsigned wait_ms)
{
    enum err e = lock_once(fd, path);
    for (unsigned waited = 0; e == ERR_BUSY && waited < wait_ms; waited += STEP_MS) {
        posix_sleep_ms(STEP_MS);
        e = lock_once(fd, path);
    }
    return e;
}

void posix_unlock(int fd)
{
    if (fd >= 0) {
        (void)close(fd);
    }
}

void posix_unlock_remove(int fd, const char *path)
{
    if (fd >= 0) {
        (void)unlink(path);
        (void)close(fd);
    }
}
