#include "sync/mark.h"

#include <string.h>

#include "crypto/page.h"
#include "sync/chains.h"
#include "sync/home.h"
#include "sync/posix.h"

#define PLAIN_LEN (ID_LEN + 8)
#define FILE_LEN (PLAIN_LEN + PAGE_EXTRA)

static const struct page_place place = {.kind = PAGE_MARK, .number = 0};

/* Kept: guarded memory costs more than all else here. */
static enum err know_key(struct site *s)
{
    return s->mark_key ? OK : page_key_new(&s->mark_key, device_page_key(s->device));
}

void mark_saved(struct site *s, uint64_t n)
{
    struct buf path = {0};
    uint8_t plain[PLAIN_LEN];
    uint8_t sealed[FILE_LEN];
    memcpy(plain, s->self.chain.b, ID_LEN);
    for (size_t i = 0; i < 8; i++) {
        plain[ID_LEN + i] = (uint8_t)(n >> (56 - 8 * i));
    }
    if (home_path(&path, s, "saved") == OK && know_key(s) == OK) {
        page_seal(sealed, s->mark_key, place, span_of(plain, sizeof plain));
        posix_put_file((const char *)path.ptr, span_of(sealed, sizeof sealed));
    }
    buf_free(&path);
}

/* 0: it tells nothing, or of another chain: this device goes on as a new one, and took in what there was of the old. */
static enum err read_mark(uint64_t *n, struct site *s)
{
    struct buf path = {0};
    struct buf file = {0};
    uint8_t plain[PLAIN_LEN];
    *n = 0;
    enum err e = home_path(&path, s, "saved");
    e = e == OK ? posix_read_file(&file, (const char *)path.ptr, FILE_LEN) : e;
    e = e == OK ? know_key(s) : e;
    if (e == OK && file.len == FILE_LEN && page_open(plain, s->mark_key, place, span_buf(&file)) == OK) {
        struct reader r = reader_of(span_of(plain, sizeof plain));
        struct span chain = reader_take(&r, ID_LEN);
        *n = memcmp(chain.ptr, s->self.chain.b, ID_LEN) == 0 ? reader_u64be(&r) : 0;
    }
    buf_free(&file);
    buf_free(&path);
    return e == ERR_MEMORY ? e : OK;
}

enum err mark_check(struct site *s, bool forgive)
{
    struct chain_row own;
    uint64_t marked = 0;
    int64_t known = 0;
    enum err e = read_mark(&marked, s);
    if (e != OK || marked == 0) {
        return e;
    }
    /* In this order: another process may seal meanwhile, which moves what is in the journal to the chain. */
    e = db_get_int(&known, db_use(s->db, "SELECT max(n) FROM journal"), 0);
    if (e == OK) {
        e = chains_find(&own, s, &s->self.chain);
    }
    uint64_t n = own.last > (uint64_t)known ? own.last : (uint64_t)known;
    if (e != OK || marked <= n) {
        return e;
    }
    s->mended.saves_lost = true;
    if (forgive) {
        mark_saved(s, n);
        return OK;
    }
    return why_set(&s->why, ERR_DAMAGED,
                   WHY("the replica is older than what you saved last: put the newer one back, restore a backup, or "
                       "rebuild it to go on without"),
                   "%llu", (unsigned long long)(marked - n));
}
