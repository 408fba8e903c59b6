/* The few things sync asks of POSIX beside what its libraries do: whole files, folders, locks. */
#ifndef SYNC_POSIX_H
#define SYNC_POSIX_H

#include "crypto/buf.h"

/* ERR_NOT_FOUND; ERR_LIMIT: larger than max; ERR_STORAGE; ERR_MEMORY. Appends to out. */
MUST_CHECK enum err posix_read_file(struct buf *out, const char *path, size_t max);
/* Writes beside it, fsyncs, renames over it, fsyncs the folder: old content or new, never half. Mode 0600. */
MUST_CHECK enum err posix_write_file(const char *path, struct span content);
/* Removes what posix_write_file has left beside path where it was killed. The caller holds a lock that says that nobody
 * else writes path now. Best effort. */
void posix_remove_unfinished(const char *path);
/* Writes over what is there, at once and without fsync; mode 0600. Best effort. */
void posix_put_file(const char *path, struct span content);
/* Gives a file another's name, and fsyncs the folder. ERR_NOT_FOUND; ERR_STORAGE. */
MUST_CHECK enum err posix_rename(const char *from, const char *to);
/* One level, mode 0700. ERR_EXISTS; ERR_NOT_FOUND: no parent; ERR_STORAGE, and it is not there. */
MUST_CHECK enum err posix_make_dir(const char *path);
enum posix_kind { POSIX_NOTHING, POSIX_FOLDER, POSIX_OTHER };
/* What is there. ERR_STORAGE: that cannot be told, which is not the same as nothing. */
MUST_CHECK enum err posix_look(enum posix_kind *out, const char *path);
/* Is a folder, or anything, known to be there? Nothing may be made or removed because it is not: ask posix_look. */
bool posix_is_dir(const char *path);
bool posix_exists(const char *path);
/* The names in a folder, in no order, each with a zero after it. ERR_NOT_FOUND; ERR_STORAGE; ERR_MEMORY. */
MUST_CHECK enum err posix_list(struct buf *names, const char *path);
/* Has the folder nothing in it but hidden files (a stick's own) and what has one of these names (NULL-terminated)?
 * ERR_NOT_FOUND; ERR_STORAGE. */
MUST_CHECK enum err posix_is_empty(bool *out, const char *path, const char *const *apart_from);
/* Removes a folder that this program has just made, with what is in it. Best effort. */
void posix_remove_tree(const char *path);
/* The sum of the sizes of the files under path. */
uint64_t posix_tree_bytes(const char *path);
void posix_sleep_ms(unsigned ms);
/* Wall clock, milliseconds since 1970; 0 before that. */
uint64_t posix_now_ms(void);

/* An advisory lock on a file (made if missing); let go by the system if the process dies. Waits up to wait_ms.
 * *fd gets the handle for posix_unlock. ERR_BUSY; ERR_STORAGE: cannot be made or written. */
MUST_CHECK enum err posix_lock(int *fd, const char *path, unsigned wait_ms);
void posix_unlock(int fd);
/* The file goes, too: for locks that are needed once in a while. Who waits for it makes a new one. */
void posix_unlock_remove(int fd, const char *path);

#endif
