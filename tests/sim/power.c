#define _XOPEN_SOURCE 700 /* nftw */
#include "tests/sim/power.h"

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/buf.h"
#include "sync/posix.h"
#include "tests/sim/story.h"

#define HOMES 16
#define PATH 200

struct entry {
    char path[PATH];
    ino_t inode;
    bool is_dir;
};

struct synced {
    ino_t inode;
    struct buf bytes;
};

static char watched[PATH];
static struct buf names[HOMES]; /* struct entry, folders before what is in them */
static struct buf contents;     /* struct synced */
static struct buf *walking;

static size_t content_count(void)
{
    return contents.len / sizeof(struct synced);
}

static struct synced *content_of(ino_t inode)
{
    struct synced *all = (struct synced *)(void *)contents.ptr;
    for (size_t i = 0; i < content_count(); i++) {
        if (all[i].inode == inode) {
            return &all[i];
        }
    }
    return NULL;
}

void power_watch(const char *root)
{
    struct synced *all = (struct synced *)(void *)contents.ptr;
    for (size_t i = 0; i < content_count(); i++) {
        buf_free(&all[i].bytes);
    }
    buf_free(&contents);
    for (size_t i = 0; i < HOMES; i++) {
        buf_free(&names[i]);
    }
    (void)snprintf(watched, sizeof watched, "%s", root ? root : "");
}

/* The home that a path is in, as a number; -1: none. */
static int home_of(const char *path)
{
    size_t len = strlen(watched);
    if (len == 0 || strncmp(path, watched, len) != 0 || strncmp(path + len, "/r", 2) != 0) {
        return -1;
    }
    char *end;
    long number = strtol(path + len + 2, &end, 10);
    return end > path + len + 2 && (*end == '/' || *end == '\0') && number < HOMES ? (int)number : -1;
}

static int note_name(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    struct entry e = {.inode = st->st_ino, .is_dir = kind == FTW_D};
    (void)ftw;
    (void)snprintf(e.path, sizeof e.path, "%s", path);
    if (kind == FTW_D || kind == FTW_F) {
        buf_put(walking, &e, sizeof e);
    }
    return 0;
}

static void note_content(int fd, const struct stat *st)
{
    struct synced *c = content_of(st->st_ino);
    struct buf bytes = {0};
    uint8_t *to = st->st_size > 0 ? buf_extend(&bytes, (size_t)st->st_size) : NULL;
    if (to && pread(fd, to, (size_t)st->st_size, 0) != (ssize_t)st->st_size) {
        char link[40]; /* it was opened for writing only */
        (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        buf_cut(&bytes, 0);
        if (posix_read_file(&bytes, link, BUF_MAX) != OK) {
            story_wrong("a file that was synced cannot be read");
        }
    }
    if (c) {
        buf_free(&c->bytes);
        c->bytes = bytes;
    } else {
        struct synced new = {.inode = st->st_ino, .bytes = bytes};
        buf_put(&contents, &new, sizeof new);
    }
}

void power_synced(int fd)
{
    char link[40];
    char path[PATH] = "";
    char home[PATH + 16];
    struct stat st;
    if (watched[0] == '\0') {
        return;
    }
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    int number = home_of(path);
    if (number < 0 || fstat(fd, &st) != 0) {
        return;
    }
    if (S_ISREG(st.st_mode)) {
        note_content(fd, &st);
    }
    (void)snprintf(home, sizeof home, "%s/r%d", watched, number);
    buf_free(&names[number]);
    walking = &names[number];
    (void)nftw(home, note_name, 16, FTW_PHYS);
}

void power_going(const char *path)
{
    struct stat st;
    struct synced *c = NULL;
    if (watched[0] != '\0' && home_of(path) >= 0 && lstat(path, &st) == 0 && st.st_nlink == 1) {
        c = content_of(st.st_ino);
    }
    if (c) {
        buf_free(&c->bytes);
        c->inode = 0;
    }
}

void power_cut(const char *home)
{
    int number = home_of(home);
    if (number < 0 || names[number].len == 0) {
        story_wrong("%s was never synced", home);
    }
    /* What is written here is synced, and noted anew. */
    struct buf list = names[number];
    names[number] = (struct buf){0};
    posix_remove_tree(home);
    const struct entry *all = (const struct entry *)(const void *)list.ptr;
    for (size_t i = 0; i < list.len / sizeof *all; i++) {
        const struct synced *c = content_of(all[i].inode);
        struct buf bytes = {0}; /* a copy: what is noted moves */
        if (c) {
            buf_put_span(&bytes, span_buf(&c->bytes));
        }
        if ((all[i].is_dir ? posix_make_dir(all[i].path) : posix_write_file(all[i].path, span_buf(&bytes))) != OK) {
            story_wrong("%s cannot be put back", all[i].path);
        }
        buf_free(&bytes);
    }
    buf_free(&list);
}
