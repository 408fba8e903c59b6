/* Sections, their epochs and keys: what is sealed together, under which key, for whom (design: trust, "Sections and
 * epochs"). */
#ifndef SYNC_EPOCHS_H
#define SYNC_EPOCHS_H

#include "sync/core.h"

struct epoch_row {
    int64_t id; /* 0: not known */
    struct key_id key_id;
    int64_t section;
    int64_t tx; /* that opened it */
};

/* What an opening names. The förbund section: plan and owner nil, its own topic. */
struct section_id epochs_section_id(const struct site *s, const struct uuid *plan, const struct uuid *owner,
                                    const char *topic);
MUST_CHECK enum err epochs_section(struct section_row *out, struct site *s, int64_t section);
/* out->id 0: not known here. */
MUST_CHECK enum err epochs_section_find(struct section_row *out, struct site *s, const struct section_id *id);
MUST_CHECK enum err epochs_find(struct epoch_row *out, struct site *s, const struct key_id *id);
/* The newest epochs of a section of which the key is held: none has another as its successor. At most max are written;
 * *count tells how many there are. */
MUST_CHECK enum err epochs_heads(struct epoch_row *out, size_t max, size_t *count, struct site *s, int64_t section);

/* Keeps a key. A new one sets s->fresh_keys. */
MUST_CHECK enum err epochs_keep_key(struct site *s, const struct key_id *id, const struct section_id *section,
                                    const uint8_t key[SECTION_KEY_LEN]);
/* ERR_NOT_FOUND: not held. The caller wipes key. */
MUST_CHECK enum err epochs_key(struct section_id *section, uint8_t key[SECTION_KEY_LEN], struct site *s,
                               const struct key_id *id);

/* Rows for an opening that stands: section, epoch, its past, its recipients. Predecessors' keys are kept. */
MUST_CHECK enum err epochs_open(struct epoch_row *out, struct site *s, const struct key_id *id,
                                const struct op_open *open, const struct stand *at);
MUST_CHECK enum err epochs_admit(struct site *s, const struct epoch_row *epoch, const struct op_open *admit,
                                 const struct stand *at);

/* May this member write a shared section's epoch, by the lists in the past of at (its own transaction included)? */
MUST_CHECK enum err epochs_may_write(bool *out, struct site *s, const struct epoch_row *epoch, const struct stand *at,
                                     const struct uuid *party, const struct uuid *member);
/* Recipients of an epoch as all that this replica holds has them: its own, and those admitted to a predecessor by
 * somebody who had not seen this one open. In the arena. */
MUST_CHECK enum err epochs_grants(const struct grant **out, size_t *count, struct arena *a, struct site *s,
                                  const struct epoch_row *epoch);

/* Somebody may lack a key that this device holds (sync/debts.h). In the database, so that it holds for every process, and
 * goes back with a transaction that does. */
MUST_CHECK enum err epochs_mark_debts(struct site *s);

/* From a row of id, key_id, section and tx. */
void epochs_read(struct epoch_row *out, struct db_row *q);

#endif
