/* device.key of a home: reading, opening and writing it. Inside sync (app uses sync/site.h). */
#ifndef SYNC_HOME_KEY_H
#define SYNC_HOME_KEY_H

#include "sync/site.h"

/* The bytes of dir's device.key. ERR_NOT_FOUND: no home there; ERR_STORAGE. */
MUST_CHECK enum err home_key_read(struct buf *out, struct why *why, const char *dir);
/* The device, by o->key, or where that is NULL by o->passphrase. Fresh: device_free. ERR_PASS; ERR_STORAGE: the file
 * cannot be read, or is damaged; ERR_NOT_FOUND; ERR_LIMIT; ERR_MEMORY. */
MUST_CHECK enum err home_key_open(struct device **out, struct why *why, const struct site_options *o);
/* Makes o->dir's device.key. FITTED is measured now. ERR_STORAGE. */
MUST_CHECK enum err home_key_write(struct why *why, const struct device *d, const struct site_options *o);
/* Puts bytes in its place, after removing what a killed one may have left. Waits for another that does the same.
 * ERR_BUSY; ERR_CHANGED: what is there is not before any more; ERR_STORAGE. */
MUST_CHECK enum err home_key_replace(struct why *why, const char *dir, struct span before, struct span bytes);
/* What a cost comes to; with FITTED on this machine as it is now, which takes the time of one pass. */
struct keyfile_cost home_key_cost(enum device_cost cost);

#endif
