/* Inside sync: what the kinds of places to meet share. Not for app. */
#ifndef SYNC_MEET_CORE_H
#define SYNC_MEET_CORE_H

#include "sync/exchange.h"

/* Seals the journal, then takes in what m->place has, under the write lock from the one to the other, so that all
 * transactions of a record have seen the same things (design: records, "From save to record"). */
MUST_CHECK enum err meet_receive(struct exchange *m);
/* ERR_REFUSED: what is there belongs to another förbund. Two in one place would each leave the other's branches lying;
 * better said at once. */
MUST_CHECK enum err meet_same_forbund(struct exchange *m);

/* Where a remote's staging lies: HOME/remotes/NAMESUFFIX, as text in the arena. The folder is made. */
MUST_CHECK enum err meet_stage_path(const char **out, struct arena *a, struct site *s, const char *name,
                                    const char *suffix);
/* A bare repository there that reads the objects of this site's log without having them. fresh: what was there is
 * removed first; so it is, too, where it cannot be opened. */
MUST_CHECK enum err meet_stage_open(struct log **out, struct site *s, const char *path, bool fresh);
/* One meeting with a remote at a time. ERR_BUSY. */
MUST_CHECK enum err meet_stage_lock(int *fd, struct arena *a, struct site *s, const char *name);

#endif
