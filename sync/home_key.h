/* device.key of a home: reading, opening and writing it. Inside sync (app uses sync/site.h). */
#ifndef SYNC_HOME_KEY_H
#define SYNC_HOME_KEY_H

#include "sync/site.h"

/* The bytes of dir's device.key. ERR_NOT_FOUND: no home there; ERR_STORAGE. */
MUST_CHECK enum err home_key_read(struct buf *out, struct why *why, const char *dir);
/* The device, by o->key, or where that is NULL by o->passphrase. Fresh: device_free. ERR_PASS; ERR_STORAGE: the file
 * cannot be read, or is damaged; ERR_NOT_FOUND; ERR_LIMIT; ERR_MEMORY. */
MUST_CHECK enum err home_key_open(struct device **out, struct why *why, const struct site_options *o);
/* Writes dir's device.key anew: the old one or the new one, never half. FITTED is measured now. ERR_STORAGE. */
MUST_CHECK enum err home_key_write(struct why *why, const struct device *d, const struct site_options *o);
/* What FITTED comes to on this machine as it is now: takes the time of one pass. */
struct keyfile_cost home_key_fit(void);

#endif
