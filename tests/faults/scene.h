/* What the faults are tried on: a folder of homes and meeting places that is put back as it was, commands run in a
 * process of their own, and everything that is random or the time of day the same in every run. */
#ifndef TESTS_FAULTS_SCENE_H
#define TESTS_FAULTS_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/faults/fault.h"

#define SCENE_WORDS 24
#define SCENE_SIGNAL 1000 /* code of a process that a signal ended: that and the signal */
#define SCENE_SANITIZER 99

/* Makes the folder: in memory where there is such a file system, or in `parent`. */
void scene_begin(const char *parent);
void scene_end(void);
/* A path in the folder: valid until 8 calls later. */
const char *scene_path(const char *name);

/* Keeps the folder as it is now; puts it back. The kept ones are numbered from 0. */
void scene_keep(unsigned number);
void scene_restore(unsigned number);
/* What all files hold. What is not content (memory that processes share, time stamps) does not count. */
uint64_t scene_fingerprint(void);
uint64_t scene_fingerprint_of(const char *name); /* of a file or folder in it */

/* What a process said. */
struct said {
    int code;
    char *out;
    size_t out_len;
    char *err;
};
void said_free(struct said *s);

/* Instead of the program, a function of the test's own. */
typedef int (*scene_program)(int argc, char **argv);

struct command_line {
    scene_program program;          /* NULL: samplan */
    const char *home;               /* NULL: none is given */
    const char *words[SCENE_WORDS]; /* {name} stands for what scene_name has named */
    int64_t later_ms;               /* the clock stands so much later than it usually does */
    uint64_t seed;                  /* of its random numbers: the same seed, the same keys and ids */
};

void scene_name(const char *name, const char *value);
const char *scene_named(const char *name);
/* Runs it with --json. f: what is to fail, NULL: nothing; it is filled in with what happened. */
void scene_run(struct said *out, const struct command_line *line, struct fault *f);
/* Runs it and ends the whole test if its code is not 0 or 1; what is not NULL is named as the answer's "id". */
void scene_must(const char *names, const char *home, ...) __attribute__((sentinel));
/* Writes a file in the folder. */
void scene_write(const char *name, const char *content);
_Noreturn void scene_broken(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
