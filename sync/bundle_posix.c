#include "sync/bundle_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct bundle_posix {
    int fd;
    bool placed;
    struct buf path;
    struct buf temp;
};

static enum err from_errno(void)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
        return ERR_NOT_FOUND;
    case EACCES:
    case EAGAIN:
        return ERR_BUSY;
    default:
        return ERR_STORAGE;
    }
}

enum err bundle_posix_size(uint64_t *size, const char *path)
{
    struct stat st;
    *size = 0;
    if (stat(path, &st) != 0) {
        return errno == ENOENT ? ERR_NOT_FOUND : ERR_STORAGE;
    }
    if (!S_ISREG(st.st_mode)) {
        return ERR_INPUT;
    }
    *size = (uint64_t)st.st_size;
    return OK;
}

static enum err open_alone(struct bundle_posix *f)
{
    const struct flock alone = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    f->fd = open((const char *)f->temp.ptr, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (f->fd < 0) {
        return ERR_STORAGE;
    }
    if (fcntl(f->fd, F_SETLK, &alone) != 0) {
        enum err e = from_errno();
        (void)close(f->fd);
        f->fd = -1; /* it is somebody else's */
        return e == ERR_BUSY ? e : ERR_STORAGE;
    }
    return ftruncate(f->fd, 0) == 0 ? OK : ERR_STORAGE;
}

enum err bundle_posix_begin(struct bundle_posix **out, const char *path)
{
    struct bundle_posix *f = calloc(1, sizeof *f);
    *out = NULL;
    if (!f) {
        return ERR_MEMORY;
    }
    f->fd = -1;
    buf_put_str(&f->path, path);
    buf_printf(&f->temp, "%s.new", path);
    enum err e = buf_text(&f->path) && buf_text(&f->temp) ? open_alone(f) : ERR_MEMORY;
    if (e != OK) {
        bundle_posix_end(f);
        return e;
    }
    *out = f;
    return OK;
}

enum err bundle_posix_put(struct bundle_posix *f, struct span piece)
{
    size_t done = 0;
    while (done < piece.len) {
        const ssize_t n = write(f->fd, piece.ptr + done, piece.len - done);
        if (n <= 0 && (n == 0 || errno != EINTR)) {
            return ERR_STORAGE;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    return OK;
}

enum err bundle_posix_settle(struct bundle_posix *f)
{
    return fsync(f->fd) == 0 ? OK : ERR_STORAGE;
}

static enum err settle_folder(struct bundle_posix *f)
{
    char *slash = strrchr((char *)f->path.ptr, '/');
    if (!slash) {
        return OK;
    }
    const char kept = slash[slash == (char *)f->path.ptr];
    slash[slash == (char *)f->path.ptr] = '\0';
    const int dir = open((const char *)f->path.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    slash[slash == (char *)f->path.ptr] = kept;
    if (dir < 0) {
        return ERR_STORAGE;
    }
    const bool bad = fsync(dir) != 0 && errno != EINVAL; /* some file systems of sticks have no such thing */
    (void)close(dir);
    return bad ? ERR_STORAGE : OK;
}

enum err bundle_posix_place(struct bundle_posix *f)
{
    if (rename((const char *)f->temp.ptr, (const char *)f->path.ptr) != 0) {
        return ERR_STORAGE;
    }
    f->placed = true;
    return settle_folder(f);
}

void bundle_posix_end(struct bundle_posix *f)
{
    if (!f) {
        return;
    }
    if (f->fd >= 0) {
        if (!f->placed) {
            (void)unlink((const char *)f->temp.ptr);
        }
        (void)close(f->fd);
    }
    buf_free(&f->path);
    buf_free(&f->temp);
    free(f);
}
