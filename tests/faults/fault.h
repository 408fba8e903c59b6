/* Faults of the machine under a process: the n-th allocation, read, write, fsync, rename … fails. fault.c stands before
 * the C library's functions, for the libraries that the program uses as well as for the program: linked into a program,
 * or preloaded into one (then the environment says what is to fail; see fault.c). */
#ifndef TESTS_FAULTS_FAULT_H
#define TESTS_FAULTS_FAULT_H

#include <stdbool.h>
#include <stdint.h>

enum fault_kind {
    FAULT_MEMORY, /* malloc, calloc, realloc, posix_memalign, aligned_alloc */
    FAULT_MAP,    /* mmap */
    FAULT_READ,   /* read, pread, fread */
    FAULT_WRITE,  /* write, pwrite */
    FAULT_SYNC,   /* fsync, fdatasync */
    FAULT_NAME,   /* rename, link, unlink, rmdir … */
    FAULT_OPEN,   /* open of what is there, fopen */
    FAULT_MAKE,   /* open with O_CREAT, mkdir */
    FAULT_SIZE,   /* ftruncate, fallocate */
    FAULT_STAT,   /* stat, lstat, fstat, access */
    FAULT_LIST,   /* opendir, readdir */
    FAULT_CLOSE,  /* close: it is closed, and says that what was written may be lost */
    FAULT_LOCK,   /* flock, fcntl that locks */
    FAULT_CHILD,  /* fork, pipe */
    FAULT_KINDS
};
extern const char *const fault_names[FAULT_KINDS];

#define FAULT_BIT(kind) (1u << (kind))
#define FAULT_SHORT (-1) /* as an errno: half of what was asked for is read or written, which is no error */
#define FAULT_DEPTH 40

/* What is to fail, and what came of it. */
struct fault {
    unsigned kinds;       /* bits; 0: nothing is counted */
    long at;              /* the n-th call of those kinds, from 1; 0: none fails */
    bool onward;          /* and all that follow: a disk that is full; the first write is then a short one */
    int error;            /* errno, or FAULT_SHORT */
    int64_t clock_ms;     /* what the wall clock is stopped at; 0: it runs */
    long calls;           /* of those kinds */
    long hits;            /* that failed */
    long of[FAULT_KINDS]; /* calls by kind, of all kinds */
    const char *call;     /* the name of the first that failed */
    int depth;
    void *trace[FAULT_DEPTH]; /* and who made it */
    int crash_depth;
    void *crash[FAULT_DEPTH]; /* where a signal ended the process */
};

/* From here on, in this process and not in its children. f may be shared with a parent that looks at it afterwards. */
void fault_arm(struct fault *f);
void fault_disarm(void);
/* Notes in f where a signal ends this process. */
void fault_watch(void);

#endif
