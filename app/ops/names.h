/* How ids, times and transactions are written for programs and people. All results are in the arena ("" where it has
 * failed, which arena->failed tells). */
#ifndef APP_OPS_NAMES_H
#define APP_OPS_NAMES_H

#include "app/plan/dates.h"
#include "sync/view.h"

const char *names_hex(struct arena *a, const uint8_t *bytes, size_t len);
/* NULL for the nil id. */
const char *names_uuid(struct arena *a, const struct uuid *id);
/* "<chain, 32 hex>.<n>" */
const char *names_tx(struct arena *a, const struct dot *tx);
/* "2026-09-15T10:00:00Z" */
const char *names_time(struct arena *a, int64_t time_ms);
/* "2026-09-15 12:00", Swedish time */
const char *names_local_time(struct arena *a, int64_t time_ms);
/* "2026-09-15"; NULL for an open beginning or end. */
const char *names_day(struct arena *a, int32_t day);

#endif
