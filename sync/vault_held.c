#include "sync/vault_held.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ROOM (16 * VAULT_WAL_FRAME) /* two saves, and one pwrite of SQLite's */

enum err vault_held_init(struct vault_held *h, sqlite3_file *under)
{
    *h = (struct vault_held){.under = under, .bytes = malloc(ROOM)};
    return h->bytes ? OK : ERR_MEMORY;
}

void vault_held_free(struct vault_held *h)
{
    free(h->bytes);
    *h = (struct vault_held){0};
}

int vault_held_room(uint8_t **out, struct vault_held *h, sqlite3_int64 at, size_t len)
{
    assert(len <= ROOM);
    const bool follows = at == h->at + (sqlite3_int64)h->len;
    int code = follows && len <= ROOM - h->len ? SQLITE_OK : vault_held_flush(h);
    if (code != SQLITE_OK) {
        return code;
    }
    if (h->len == 0) {
        h->at = at;
    }
    *out = h->bytes + h->len;
    h->len += len;
    return SQLITE_OK;
}

int vault_held_flush(struct vault_held *h)
{
    int code = h->len > 0 ? h->under->pMethods->xWrite(h->under, h->bytes, (int)h->len, h->at) : SQLITE_OK;
    if (code == SQLITE_OK) {
        h->len = 0;
    }
    return code;
}

int vault_held_read(const struct vault_held *h, uint8_t *out, size_t len, sqlite3_int64 at)
{
    const sqlite3_int64 end = h->at + (sqlite3_int64)h->len;
    if (at < h->at || at + (sqlite3_int64)len > end) {
        return h->under->pMethods->xRead(h->under, out, (int)len, at);
    }
    memcpy(out, h->bytes + (at - h->at), len);
    return SQLITE_OK;
}

int vault_held_size(const struct vault_held *h, sqlite3_int64 *size)
{
    const sqlite3_int64 end = h->at + (sqlite3_int64)h->len;
    int code = h->under->pMethods->xFileSize(h->under, size);
    *size = h->len > 0 && *size < end ? end : *size;
    return code;
}

void vault_held_drop(struct vault_held *h)
{
    h->len = 0;
}
