/* One call of the command line: what was asked for, the open site, and what is to be printed when it has succeeded.
 *
 * A command function returns OK or an error whose story is in c->ops.why; it sets c->look where there is something
 * to look at (exit 1). Standard output is collected and written only in those two cases: exit 2 and above leave it
 * empty. */
#ifndef APP_CLI_CALL_H
#define APP_CLI_CALL_H

#include <jansson.h>

#include "app/ops/js.h"
#include "app/ops/ops.h"

enum call_exit {
    CALL_DONE = 0,
    CALL_LOOK = 1,    /* done, and there is something to look at */
    CALL_USAGE = 2,   /* wrong usage */
    CALL_INPUT = 3,   /* bad input */
    CALL_REFUSED = 4, /* not authorised, no consent, wrong passphrase */
    CALL_FAILED = 5,  /* storage or transport */
};

/* What a command that fails has changed by then. */
enum call_kept {
    CALL_NOTHING = 0,
    CALL_SOME, /* it goes in steps, and some may have been taken */
    CALL_ALL,  /* it is done; only the answer is missing */
};

struct command;

/* Content that a caller gives in place of a file of this machine. */
struct call_file {
    const char *name;
    struct span content;
};

struct call {
    const struct command *command; /* NULL until it is known */
    const char *version;
    /* global options */
    const char *home;  /* NULL: from the environment */
    struct site *held; /* NULL: the command opens the site itself. Borrowed: a program that keeps it open (app/web) */
    size_t file_count; /* where no_files: what is read in place of files, by name. Borrowed */
    const struct call_file *files;
    bool no_files; /* what stands in an argument names no file of this machine: "@x" is text */
    bool json;
    bool quiet;
    const char *passphrase_file; /* NULL: from the environment */
    const char *today;           /* NULL: the clock's */
    /* what stands after the command: words that are no options */
    int rest_count;
    char **rest;
    int arg_count;
    const char **args; /* in the arena */

    struct arena arena;
    struct ops ops;
    struct js js;
    json_t *result;       /* taken: printed with --json */
    struct buf text;      /* printed without */
    const char *bookmark; /* to be moved when all of that is printed (call_mark); NULL: none */
    int64_t read_upto;    /* there */
    enum call_kept kept;
    bool look;
    bool usage;   /* the error is one of usage */
    bool mend;    /* open a damaged home by making its replica anew */
    bool damaged; /* an error of input is one of the home: exit 5 */
};

/* A usage error: ERR_INPUT, exit 2. text is a msgid. */
MUST_CHECK enum err call_usage(struct call *c, const char *text, const char *detail);
/* What was asked for has been shown: notes it. False: it could not be noted, and will be shown again. The site is open. */
bool call_mark(struct call *c);
/* Checks what was collected: ERR_MEMORY where a put has failed. Called last by commands. */
MUST_CHECK enum err call_done(struct call *c);

#endif
