/* Memory for secrets: between guard pages, locked where the limits allow it, left out of core dumps, wiped when freed. */
#ifndef CRYPTO_GUARD_H
#define CRYPTO_GUARD_H

#include "crypto/buf.h"

/* len zero bytes (at least 1), fresh: guard_free; NULL if there is no memory. It ends at a page's end: running past it
 * ends the program, and it is aligned for what len is a multiple of. */
void *guard_alloc(size_t len);
/* Wipes and frees; NULL is allowed. */
void guard_free(void *ptr);
/* May this process lock a page of memory now? If not, what guard_alloc gives is guarded and wiped all the same, but may
 * be swapped out. */
bool guard_can_lock(void);

#endif
