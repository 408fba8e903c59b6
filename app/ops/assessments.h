/* A joint assessment by a kompetensteam (design: domain, "Fields"): a text and recommended insatser that several parties
 * stand behind. Each party agrees by an object of its own (type agreement), signed like all else, with a fingerprint of
 * what it agreed to: what is changed afterwards has to be agreed on anew. */
#ifndef APP_OPS_ASSESSMENTS_H
#define APP_OPS_ASSESSMENTS_H

#include "app/ops/objects.h"
#include "app/ops/people.h"

struct assessments_party {
    struct uuid id;
    const char *name;    /* "" if not known */
    bool agrees;         /* with the assessment as it stands, with or without an opinion of its own */
    bool earlier;        /* with one that has been changed since */
    const char *opinion; /* NULL: none */
};
struct assessments_one {
    const struct view_object *object;
    const char *matter; /* fingerprint of what stands; NULL: two values are in conflict */
    size_t party_count;
    struct assessments_party *parties; /* those of the kompetensteam */
    bool complete;                     /* all of them agree */
    bool ours;                         /* this party is one, and has not agreed */
};
struct assessments_list {
    size_t count;
    struct assessments_one *items;
};
/* Of a plan, in the arena. */
MUST_CHECK enum err assessments_list(struct assessments_list *out, struct ops *o, const struct people *p,
                                     const struct uuid *plan);

struct assessments_wish {
    const char *plan;
    struct fields_changes fields; /* text and parties are needed; recommended takes names of insatser too */
};
/* Adds one to ed, with this party's agreement. ERR_INPUT: no text, fewer than two parties, or this one is none of them. */
MUST_CHECK enum err assessments_new(struct uuid *out, struct ops *o, struct edit *ed, const struct people *p,
                                    const struct assessments_wish *wish);
/* This party stands behind it, or (opinion) says what it sees otherwise. ERR_NOT_FOUND; ERR_INPUT: it is none, or in
 * conflict; ERR_REFUSED: this party is not of the kompetensteam; ERR_EXISTS: it has said so already. */
MUST_CHECK enum err assessments_agree(struct ops *o, struct edit *ed, const struct people *p, const char *id,
                                      const char *opinion);

#endif
