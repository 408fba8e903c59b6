/* Keys that are owed: which devices of the förbund lack the key of an epoch that they are entitled to, as far as the
 * envelopes that have come tell. That there may be any, epochs_mark_debts notes. */
#ifndef SYNC_DEBTS_H
#define SYNC_DEBTS_H

#include "sync/core.h"

/* A key that a device is entitled to and for which no envelope is known. */
struct debt {
    struct key_id key_id;
    struct section_id section;
    struct box_public box;
    bool own; /* to this device itself: so that its log is enough to make a lost replica anew */
};
/* What this device can hand out now, at most max. In the arena. */
MUST_CHECK enum err debts_find(const struct debt **out, size_t *count, struct arena *a, struct site *s, size_t max);
/* All that debts_find told of has been handed over. */
MUST_CHECK enum err debts_paid(struct site *s);
/* An envelope that came, or goes. chain: who sent it. */
MUST_CHECK enum err debts_note_envelope(struct site *s, const struct key_id *key, const struct box_id *box,
                                        int64_t chain);

#endif
