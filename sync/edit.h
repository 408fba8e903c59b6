/* One save: a transaction of operations by this member, durable when edit_commit returns OK.
 *
 * Operations are judged and merged as they are added, by the same functions that take in others' records, inside one
 * SQLite transaction that edit_begin opens; reads through sync/view.h on the same site see them at once. After any
 * failure only edit_cancel is allowed. */
#ifndef SYNC_EDIT_H
#define SYNC_EDIT_H

#include "sync/site.h"

struct edit;

/* Names a section: what is sealed together. The förbund section: plan and owner nil, topic "forbund". */
struct place {
    struct uuid plan;
    struct uuid owner; /* party; nil: shared */
    const char *topic; /* borrowed */
};

/* An object's identity. section is a number local to this replica (from sync/view.h or edit_section). */
struct object_key {
    int64_t section;
    struct uuid id;
};

/* Takes the write lock. ERR_REFUSED: not yet a member; ERR_BUSY. *out is fresh: edit_commit or edit_cancel. */
MUST_CHECK enum err edit_begin(struct edit **out, struct site *s);
/* The section to write in, opened with a fresh key if there is none: owned by this party, or shared with this party as
 * its first writer. ERR_REFUSED: it exists and this device holds no key, or the owner is another party. */
MUST_CHECK enum err edit_section(int64_t *section, struct edit *e, const struct place *p);
/* Makes an object; id NULL or nil: a fresh UUIDv7. key may be NULL. ERR_EXISTS; ERR_INPUT: the type may not live there. */
MUST_CHECK enum err edit_new(struct object_key *key, struct edit *e, int64_t section, const struct schema_type *type,
                             const struct uuid *id);
/* Each takes text as a person typed it (cleaned here). Empty or NULL value in edit_set unsets. ERR_INPUT: not a value
 * for that field (why says what is expected) or the wrong merge kind; ERR_NOT_FOUND: no such object; ERR_REFUSED: this
 * member may not write there. */
MUST_CHECK enum err edit_set(struct edit *e, const struct object_key *key, const struct schema_field *f,
                             const char *value);
MUST_CHECK enum err edit_add(struct edit *e, const struct object_key *key, const struct schema_field *f,
                             const char *value);
MUST_CHECK enum err edit_drop(struct edit *e, const struct object_key *key, const struct schema_field *f,
                              const char *value);
MUST_CHECK enum err edit_append(struct edit *e, const struct object_key *key, const struct schema_field *f,
                                const char *value);
MUST_CHECK enum err edit_remove(struct edit *e, const struct object_key *key);
/* Keeps an object that was removed at one site and edited at another. */
MUST_CHECK enum err edit_keep(struct edit *e, const struct object_key *key);

/* Admits recipients to the section as it is and as it becomes; sealing hands them the key. Opens the section if there
 * is none. Recipients who have it already are left out; nothing to do is OK and adds no operation. ground: a consent's
 * id or a text. ERR_REFUSED: not this party's to give. */
MUST_CHECK enum err edit_admit(struct edit *e, const struct place *p, const struct grant *to, size_t count,
                               const char *ground);
/* A new epoch without those recipients: they get no further updates. ERR_NOT_FOUND: no such section here. */
MUST_CHECK enum err edit_exclude(struct edit *e, const struct place *p, const struct grant *who, size_t count,
                                 const char *ground);

/* States what was shown: the dots of the field's heads when the person saw it, in any order. If they have changed since
 * (a meeting came in between), nothing may be saved: ERR_CHANGED. Call before setting the field. */
MUST_CHECK enum err edit_expect(struct edit *e, const struct object_key *key, const struct schema_field *f,
                                const struct dot *heads, size_t count);

/* An operation of membership in the förbund section (for sync/member.h). What op points to must live until the commit. */
MUST_CHECK enum err edit_member_op(struct edit *e, const struct op *op);

/* Number of operations so far. */
size_t edit_size(const struct edit *e);
/* Durable; *at (may be NULL) is the transaction's dot. An edit without operations is cancelled: OK and at->n 0.
 * Always frees e. */
MUST_CHECK enum err edit_commit(struct edit *e, struct dot *at);
void edit_cancel(struct edit *e); /* NULL allowed */

#endif
