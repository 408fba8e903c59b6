#include "sync/vault_head.h"

#include <string.h>

#include "crypto/device.h"

#define SLOTS 2
#define SLOT_AT(i) (512 * ((size_t)(i) + 1))
#define PLAIN_LEN (8 + 2 * PAGE_SALT_LEN + 4)
#define SLOT_LEN (PLAIN_LEN + PAGE_EXTRA)

static const uint8_t none[PAGE_SALT_LEN];

static void put_be(uint8_t *out, uint64_t n, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        out[i] = (uint8_t)(n >> (8 * (len - 1 - i)));
    }
}

static struct page_place slot_place(int slot)
{
    return (struct page_place){.kind = PAGE_DATABASE_HEAD, .number = (uint64_t)slot};
}

static void seal_slot(uint8_t out[SLOT_LEN], const struct page_key *k, const struct vault_head *h)
{
    uint8_t plain[PLAIN_LEN];
    put_be(plain, h->turn, 8);
    memcpy(plain + 8, h->before, PAGE_SALT_LEN);
    memcpy(plain + 8 + PAGE_SALT_LEN, h->now, PAGE_SALT_LEN);
    put_be(plain + 8 + 2 * PAGE_SALT_LEN, h->frames, 4);
    page_seal(out, k, slot_place((int)(h->turn % SLOTS)), span_of(plain, sizeof plain));
}

static bool open_slot(struct vault_head *h, const struct page_key *k, int slot, const uint8_t *sealed)
{
    uint8_t plain[PLAIN_LEN];
    if (page_open(plain, k, slot_place(slot), span_of(sealed, SLOT_LEN)) != OK) {
        return false;
    }
    struct reader r = reader_of(span_of(plain, sizeof plain));
    h->turn = reader_u64be(&r);
    reader_copy(&r, h->before, PAGE_SALT_LEN);
    reader_copy(&r, h->now, PAGE_SALT_LEN);
    h->frames = reader_u32be(&r);
    return true;
}

void vault_head_first(uint8_t out[VAULT_PAGE], const struct page_key *k, const uint8_t salt[PAGE_SALT_LEN])
{
    memset(out, 0, VAULT_PAGE);
    memcpy(out, salt, PAGE_SALT_LEN);
    for (int slot = 0; slot < SLOTS; slot++) {
        struct vault_head h = {.turn = (uint64_t)slot};
        seal_slot(out + SLOT_AT(slot), k, &h);
    }
}

/* The head as it is, and how many of its slots open. */
static int read_slots(struct vault_head *h, int *opened, uint8_t block[VAULT_PAGE], const struct vault_head_place *at)
{
    int code = at->under->pMethods->xRead(at->under, block, VAULT_PAGE, 0);
    *opened = 0;
    *h = (struct vault_head){0};
    for (int slot = 0; code == SQLITE_OK && slot < SLOTS; slot++) {
        struct vault_head one;
        if (open_slot(&one, at->key, slot, block + SLOT_AT(slot))) {
            *h = *opened == 0 || one.turn > h->turn ? one : *h;
            (*opened)++;
        }
    }
    return code == SQLITE_IOERR_SHORT_READ || (code == SQLITE_OK && *opened == 0) ? SQLITE_IOERR_DATA : code;
}

int vault_head_read(struct vault_head *h, const struct vault_head_place *at)
{
    uint8_t block[VAULT_PAGE];
    int opened = 0;
    return read_slots(h, &opened, block, at);
}

int vault_head_check(const struct vault_head_place *at)
{
    uint8_t block[VAULT_PAGE];
    struct vault_head h;
    int opened = 0;
    int code = read_slots(&h, &opened, block, at);
    uint8_t sum = 0;
    memset(block, 0, PAGE_SALT_LEN); /* another salt, and nothing would have opened */
    for (int slot = 0; slot < SLOTS; slot++) {
        memset(block + SLOT_AT(slot), 0, SLOT_LEN);
    }
    for (size_t i = 0; i < sizeof block; i++) {
        sum |= block[i];
    }
    return code == SQLITE_OK && (opened < SLOTS || sum != 0) ? SQLITE_IOERR_DATA : code;
}

static int write_head(const struct vault_head_place *at, struct vault_head *h)
{
    uint8_t sealed[SLOT_LEN];
    h->turn++;
    seal_slot(sealed, at->key, h);
    return at->under->pMethods->xWrite(at->under, sealed, SLOT_LEN, (sqlite3_int64)SLOT_AT(h->turn % SLOTS));
}

int vault_head_recover(struct vault_head *h, const struct vault_head_place *at)
{
    uint8_t block[VAULT_PAGE];
    int opened = 0;
    int code = read_slots(h, &opened, block, at);
    return code == SQLITE_OK && opened < SLOTS ? write_head(at, h) : code;
}

/* now becomes before, and generation now. */
static int turn_over(const struct vault_head_place *at, const uint8_t generation[PAGE_SALT_LEN])
{
    struct vault_head h;
    int code = vault_head_read(&h, at);
    if (code != SQLITE_OK) {
        return code;
    }
    if (memcmp(h.now, none, sizeof none) != 0) {
        memcpy(h.before, h.now, PAGE_SALT_LEN);
    }
    memcpy(h.now, generation, PAGE_SALT_LEN);
    h.frames = 0;
    code = write_head(at, &h);
    return code == SQLITE_OK ? at->under->pMethods->xSync(at->under, SQLITE_SYNC_NORMAL) : code;
}

int vault_head_begin(const struct vault_head_place *at, const uint8_t generation[PAGE_SALT_LEN])
{
    return turn_over(at, generation);
}

int vault_head_checkpoint(const struct vault_head_place *at, const uint8_t generation[PAGE_SALT_LEN], uint32_t frames)
{
    struct vault_head h;
    int code = vault_head_read(&h, at);
    if (code == SQLITE_OK && memcmp(h.now, generation, PAGE_SALT_LEN) != 0) {
        code = SQLITE_IOERR_DATA;
    }
    if (code != SQLITE_OK || h.frames >= frames) {
        return code;
    }
    h.frames = frames;
    return write_head(at, &h);
}

int vault_head_end(const struct vault_head_place *at)
{
    struct vault_head h;
    int code = vault_head_read(&h, at);
    return code == SQLITE_OK && memcmp(h.now, none, sizeof none) != 0 ? turn_over(at, none) : code;
}
