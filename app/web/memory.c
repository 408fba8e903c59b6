#include "app/web/memory.h"

#include "crypto/device.h"

#include <jansson.h>
#include <stddef.h>
#include <stdlib.h>

/* In front of each block: how long it is. */
union head {
    size_t len;
    max_align_t aligned;
};

static void *give(size_t len)
{
    union head *block = len <= SIZE_MAX - sizeof *block ? malloc(sizeof *block + len) : NULL;
    if (!block) {
        return NULL;
    }
    block->len = len;
    return block + 1;
}

static void take_back(void *ptr)
{
    if (ptr) {
        union head *block = (union head *)ptr - 1;
        device_wipe(ptr, block->len);
        free(block);
    }
}

void memory_wipe_json(void)
{
    json_set_alloc_funcs(give, take_back);
}
