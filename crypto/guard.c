#include "crypto/guard.h"

#include <sodium.h>
#include <string.h>

void *guard_alloc(size_t len)
{
    void *ptr = sodium_malloc(len); /* locks it; does not tell if it could not */
    if (ptr)
        memset(ptr, 0, len);
    return ptr;
}

void guard_free(void *ptr)
{
    sodium_free(ptr); /* wipes; takes NULL */
}

bool guard_can_lock(void)
{
    void *page = sodium_malloc(1);
    bool can = page && sodium_mlock(page, 1) == 0; /* locking twice is as once */
    sodium_free(page);
    return can;
}
