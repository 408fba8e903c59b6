/* Inside sync/edit*.c: the members of a save. */
#ifndef SYNC_EDIT_CORE_H
#define SYNC_EDIT_CORE_H

#include "sync/edit.h"
#include "sync/project.h"

#define EDIT_EPOCHS_MAX 64 /* sections that one save touches */

/* What the edit has written in one epoch so far. */
struct edit_part {
    struct projection p;
    struct buf ops; /* array of struct op; what they point to is in the edit's arena */
};

struct edit {
    struct site *s;
    struct arena a;
    struct chain_row own;
    int64_t record;
    uint64_t n;
    int64_t clock_ms;
    bool sealed;         /* the record before was sealed by this edit: its branch moves after the commit */
    size_t bytes;        /* encoded */
    size_t count;        /* operations */
    struct epoch_row at; /* that the operation before was written in; id 0: none, or epochs have changed since */
    size_t part_count;
    struct edit_part *parts[EDIT_EPOCHS_MAX]; /* in the arena */
};

/* Keeps the story and gives ERR_REFUSED. */
enum err edit_refuse(struct site *s, const char *text);
/* Judges and projects one more operation under that key. What op points to must live until the commit. */
MUST_CHECK enum err edit_add_op(struct edit *e, const struct key_id *key, const struct op *op);
/* The epoch to write in: opened if there is none, joined if concurrent ones stand side by side. */
MUST_CHECK enum err edit_epoch_of(struct epoch_row *out, struct edit *e, const struct place *p);
MUST_CHECK enum err edit_epoch(struct epoch_row *out, struct edit *e, int64_t section);

#endif
