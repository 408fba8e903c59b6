#define _DEFAULT_SOURCE   /* flock */
#define _XOPEN_SOURCE 700 /* realpath */
#include "app/agent/agent_place_posix.h"

#include "crypto/ids.h"
#include "sync/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define HELD_STEP_MS 20

/* A name per home, so that each has its own agent in the user's one folder. */
static enum err name_by_path(char name[AGENT_WIRE_NAME_MAX + 1], const char *home)
{
    char *path = realpath(home, NULL);
    if (!path) {
        return errno == ENOMEM ? ERR_MEMORY : ERR_NOT_FOUND;
    }
    const struct hash hash = ids_hash(span_str(path));
    free(path);
    struct buf hex = {0};
    buf_put_hex(&hex, span_of(hash.b, ID_LEN));
    const char *text = buf_text(&hex);
    (void)snprintf(name, AGENT_WIRE_NAME_MAX + 1, "%s.sock", text ? text : "");
    buf_free(&hex);
    return text ? OK : ERR_MEMORY;
}

/* The XDG specification wants $XDG_RUNTIME_DIR to be the user's: under sudo it may be somebody else's, and what root
 * makes there would be in that user's way. The same goes for a home. */
static bool is_own(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

static enum err folder(struct buf *out, char name[AGENT_WIRE_NAME_MAX + 1], const char *home, int which)
{
    const char *base = which == 0 ? getenv("XDG_RUNTIME_DIR") : home;
    if (!base || (which == 0 && base[0] != '/') || !is_own(base)) {
        return ERR_NOT_FOUND;
    }
    buf_printf(out, "%s/%s", base, which == 0 ? "samplan" : "agent");
    if (!buf_text(out)) {
        return ERR_MEMORY;
    }
    if (which == 0) {
        return name_by_path(name, home);
    }
    (void)snprintf(name, AGENT_WIRE_NAME_MAX + 1, "%s", "home.sock");
    return OK;
}

static enum err open_checked(int *out, const char *path)
{
    struct stat st;
    *out = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (*out < 0) {
        return errno == ENOENT ? ERR_NOT_FOUND : ERR_REFUSED;
    }
    if (fstat(*out, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & (S_IRWXG | S_IRWXO)) == 0) {
        return OK;
    }
    (void)close(*out);
    *out = -1;
    return ERR_REFUSED;
}

enum err agent_place_posix_open(struct agent_place *out, const char *home, int which, bool make)
{
    struct buf path = {0};
    *out = (struct agent_place){.dir = -1};
    enum err e = folder(&path, out->name, home, which);
    if (e == OK && make) {
        e = posix_make_dir((const char *)path.ptr);
        e = e == ERR_EXISTS ? OK : e;
    }
    if (e == OK) {
        e = open_checked(&out->dir, (const char *)path.ptr);
    }
    buf_free(&path);
    return e;
}

void agent_place_posix_close(struct agent_place *p)
{
    if (p->dir >= 0) {
        (void)close(p->dir);
    }
    p->dir = -1;
}

void agent_place_posix_path(char out[AGENT_PLACE_PATH_MAX], const struct agent_place *p)
{
    /* A socket's address has 108 bytes, and a home's path may be longer: the folder is named by its handle. */
    (void)snprintf(out, AGENT_PLACE_PATH_MAX, "/proc/self/fd/%d/%s", p->dir, p->name);
}

enum err agent_place_posix_hold(int *fd, const struct agent_place *p, unsigned wait_ms)
{
    char name[AGENT_WIRE_NAME_MAX + 8];
    (void)snprintf(name, sizeof name, "%s.lock", p->name);
    *fd = openat(p->dir, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (*fd < 0) {
        return ERR_STORAGE;
    }
    for (unsigned waited = 0; flock(*fd, LOCK_EX | LOCK_NB) != 0; waited += HELD_STEP_MS) {
        if (waited >= wait_ms || (errno != EWOULDBLOCK && errno != EINTR)) {
            (void)close(*fd);
            *fd = -1;
            return ERR_BUSY;
        }
        posix_sleep_ms(HELD_STEP_MS);
    }
    return OK;
}
