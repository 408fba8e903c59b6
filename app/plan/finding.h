/* One krock or glapp, and the growable list of them that the rules fill.
 *
 * A finding owns all that it points to except rule, which is constant. Nothing here knows a rule. */
#ifndef APP_PLAN_FINDING_H
#define APP_PLAN_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/buf.h"
#include "crypto/err.h"

#define FINDING_ID_LEN 32 /* hex characters: 16 bytes of BLAKE2b-256 */
#define FINDING_MAX 10000 /* per list; a plan with more is a hostile one, and nobody reads that far */
#define FINDING_NO_PEAK (-1)

enum finding_kind { FINDING_KROCK, FINDING_GLAPP };
enum finding_severity { FINDING_WARN, FINDING_STOP };

struct finding {
    /* Stable: kind, rule and the sorted object ids, whatever their dates: an acceptance is recorded against it. */
    char id[FINDING_ID_LEN + 1];
    /* Fingerprint of all that matters to the rule (dates, kinds, extents, statuses ...). Keep it with an acceptance;
     * when it differs from the finding's, the acceptance no longer holds. */
    char matter[FINDING_ID_LEN + 1];
    const char *rule; /* "K1"; borrowed from the rule table: lives for ever */
    enum finding_kind kind;
    enum finding_severity severity;
    char **objects; /* ids, sorted, each once */
    size_t object_count;
    char **parties; /* ids of the parties concerned, sorted, each once */
    size_t party_count;
    int32_t from;     /* first day, or DATES_OPEN_START: none */
    int32_t to;       /* last day, or DATES_OPEN_END: none */
    bool past;        /* over before today */
    int peak_percent; /* K1: the highest sum, rounded up; otherwise FINDING_NO_PEAK */
    char *text;       /* a sentence for people, in the language of rules_options.tr */
};

/* Zero-initialise: struct findings f = {0}. */
struct findings {
    struct finding *items;
    size_t count;
    size_t cap;
};

/* Appends a finding with no rule, objects, dates or peak, and hands out a pointer that is good until the next call of
 * finding_add; the caller fills in the plain members. ERR_LIMIT at FINDING_MAX, ERR_MEMORY: the list is then as
 * before. */
MUST_CHECK enum err finding_add(struct finding **out, struct findings *list);
/* Adds a copy of id (zero-terminated) in its place; one that is there already, NULL or empty is passed over. */
MUST_CHECK enum err finding_object(struct finding *f, const char *id);
MUST_CHECK enum err finding_party(struct finding *f, const char *id);
/* Fills in id (from kind, rule and objects), matter (the hash of what the rule has written into matter) and text
 * (copied from what is in text). Call last; both bufs stay the caller's. ERR_MEMORY also if either has failed. */
MUST_CHECK enum err finding_finish(struct finding *f, const struct buf *matter, struct buf *text);

/* Frees what comes after the first keep findings (0: all of them, and the list itself, which is usable again). */
void finding_truncate(struct findings *list, size_t keep);
/* Takes out number at, keeping the order of the others. */
void finding_drop(struct findings *list, size_t at);
/* Sorts those after the first skip: by first day, last day, id: the same on every replica. */
void finding_sort(struct findings *list, size_t skip);
/* NULL if there is none. Linear. */
const struct finding *finding_by_id(const struct findings *list, const char *id);

/* The words that cli.md promises: "krock"/"glapp", "warn"/"stop". Constant. */
const char *finding_kind_word(enum finding_kind kind);
const char *finding_severity_word(enum finding_severity severity);

/* A value for a placeholder: {name} in a template. Both borrowed. */
struct finding_word {
    const char *name;
    const char *value;
};
/* Appends template to out with each {name} replaced. Values are not searched again, so a brace in them does nothing;
 * a {name} that is not among words stays as it is written (a fault of a translation shows, and harms nothing). */
void finding_say(struct buf *out, const char *template, const struct finding_word *words, size_t word_count);

#endif
