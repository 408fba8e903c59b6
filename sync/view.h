/* Reading the replica: objects with their fields as they stand, who wrote what, conflicts, history. Pure reading; no SQL
 * outside sync. Results live in the caller's arena. */
#ifndef SYNC_VIEW_H
#define SYNC_VIEW_H

#include "sync/edit.h"

/* Who wrote something, and when. */
struct view_author {
    struct dot tx;
    int64_t time_ms;    /* hybrid clock */
    struct uuid member; /* nil if not known */
    struct uuid party;
    struct sign_public device;
    const char *member_name; /* "" if not known */
    const char *party_name;
};

struct view_value {
    const char *value; /* NULL: unset. Of a disputed removal: "removed" or "kept" */
    struct view_author by;
};

struct view_field {
    const struct schema_field *field; /* NULL: the object's removal is disputed */
    size_t count;                     /* register, text: heads, the one shown first; set: members; entries: all */
    const struct view_value *values;
    bool conflict; /* register, text: heads with different values */
};

struct view_object {
    struct object_key key;
    struct section_id section; /* the same in every replica, unlike key.section */
    const struct schema_type *type;
    struct place place;
    const char *owner_name; /* party name, "" if shared */
    bool removed;           /* removed and not disputed */
    size_t field_count;     /* those that have an operation, in order of field number */
    const struct view_field *fields;
};

struct view_list {
    size_t count;
    const struct view_object *objects; /* by section id, then object id, unless said otherwise */
};

/* What to read; zero fields do not filter. */
struct view_query {
    const struct uuid *plan; /* objects in sections of that plan */
    const struct uuid *id;   /* objects with that id (one, unless two sections have it) */
    const char *type;        /* type's name */
    const char *field;       /* with type: a register or text, of which one head has that value. Quick where it names */
    const char *value;       /* somebody or something */
    bool removed_too;        /* removed objects are left out otherwise */
    bool conflicts_only;     /* objects with a field in conflict, or a disputed removal */
    bool bare;               /* without field: theirs are not asked for, which are most of what an object costs */
};
MUST_CHECK enum err view_objects(struct view_list *out, struct arena *a, struct site *s, const struct view_query *q);
/* One pass over everything readable, an object at a time, for dump: same order, memory flat. fn returns OK to go on. */
MUST_CHECK enum err view_each(struct site *s, enum err (*fn)(void *ctx, const struct view_object *o), void *ctx);

/* The shown value of a register or text; NULL if unset or never set. */
const char *view_get(const struct view_object *o, const char *field);
/* The field with its heads or members; NULL if it has no operation. */
const struct view_field *view_field(const struct view_object *o, const char *field);

/* A text that two people changed at once: what they both started from, and a suggestion that joins them. */
struct view_suggestion {
    const char *base;   /* NULL: the two have no single nearest common ancestor */
    const char *merged; /* NULL: they changed the same words, or there is no base */
};
/* For a field with exactly two heads; others give none. Text fields alone get merged; every field gets its base. */
MUST_CHECK enum err view_suggest(struct view_suggestion *out, struct arena *a, struct site *s,
                                 const struct view_object *o, const struct view_field *f);

/* Where something was written after a place in the replica's own order of arrival: each section's plan (nil: the förbund's)
 * with each type of object that was written on, once. Places are numbers of this replica, begin anew after a rebuild,
 * and only grow otherwise; 0 is before everything. */
struct view_touch {
    struct uuid plan;
    const struct schema_type *type; /* NULL: of a section, or not known */
};
struct view_touched {
    int64_t upto; /* the place of the last operation that there is */
    size_t count;
    const struct view_touch *touches;
};
MUST_CHECK enum err view_touched(struct view_touched *out, struct arena *a, struct site *s, int64_t since);
/* The ids (struct uuid) of the objects of a type that stand in the shared section of the plan with their own id, in
 * order of id. Reads no fields. */
MUST_CHECK enum err view_roots(struct buf *out, struct site *s, const char *type);

/* One operation, for log, blame and audit. */
enum view_standing { VIEW_SHOWN, VIEW_SUPERSEDED, VIEW_CONFLICT, VIEW_SET_ASIDE, VIEW_WAITING, VIEW_REFUSED };
struct view_change {
    struct view_author by;
    struct hash record;               /* zeros: not yet sealed */
    char commit[41];                  /* git object name, "" if not yet sealed */
    struct object_key object;         /* id nil for opening and admission */
    const struct schema_type *type;   /* NULL if not known */
    const struct schema_field *field; /* NULL where the operation has none */
    const char *op;    /* new set add drop append remove keep open admit genesis party approve certify unknown */
    const char *old;   /* shown value just before, as this replica ordered it; NULL */
    const char *value; /* NULL */
    enum view_standing standing;
    const char *why; /* of a refused one, "" otherwise */
};
struct view_changes {
    size_t count;
    const struct view_change *changes; /* in the replica's order of arrival: a change never stands before its past */
};
/* The history of a plan (NULL: of everything readable), of one field if field is not NULL. */
MUST_CHECK enum err view_history(struct view_changes *out, struct arena *a, struct site *s, const struct uuid *plan,
                                 const char *field);

/* What came after a bookmark (sync/bookmark.h), or was written since a time by its writer's clock. */
struct view_since {
    const char *bookmark; /* NULL: by the time */
    int64_t time_ms;
};
/* The history of everything readable, of that alone: in the same order, and what stands in old is what had been there
 * before the first of it. */
MUST_CHECK enum err view_history_since(struct view_changes *out, struct arena *a, struct site *s,
                                       const struct view_since *since);
/* Where a section is (object.section of a change), and its owner's name. */
MUST_CHECK enum err view_place(struct place *out, const char **owner_name, struct arena *a, struct site *s,
                               int64_t section);

/* What each device has taken in, as far as its own records that are here tell: nobody is asked. */
struct view_heard_row {
    struct sign_public device;
    struct dot upto; /* of that chain, it has all up to this transaction */
};
struct view_heard {
    size_t count;
    const struct view_heard_row *rows; /* several for a device and chain: the highest holds */
    struct dot sent;                   /* this device's own: up to there, some place to meet has them; n 0: none */
};
MUST_CHECK enum err view_heard(struct view_heard *out, struct arena *a, struct site *s);

/* A section of which this device holds a key. */
struct view_section {
    struct section_id id;
    int64_t section;
    struct place place;
    const char *owner_name;
    size_t grant_count; /* recipients besides the owner party, as of its newest epochs */
    const struct grant *grants;
    size_t ground_count; /* the grounds of its admissions, newest last */
    const char *const *grounds;
    bool may_write; /* this member */
};
struct view_sections {
    size_t count;
    const struct view_section *sections;
};
/* Sections of a plan (NULL: all plans) that this device can read. */
MUST_CHECK enum err view_sections(struct view_sections *out, struct arena *a, struct site *s, const struct uuid *plan);

#endif
