#include "sync/vault_page.h"

#include <string.h>

#define MAGIC "SQLite format 3" /* with its final zero, how page 1 begins */
#define MAGIC_LEN (sizeof MAGIC)

_Static_assert(MAGIC_LEN == PAGE_SALT_LEN, "the salt takes the magic's place");

bool vault_page_is_plain(const uint8_t *start, size_t len)
{
    return len >= MAGIC_LEN && memcmp(start, MAGIC, MAGIC_LEN) == 0;
}

void vault_page_first(uint8_t out[VAULT_PAGE])
{
    /* SQLite's document "Database File Format": page size, WAL for writing and reading, reserved bytes, three constants;
     * 28: one page; 100: a leaf of a table, without cells, whose content begins at the end of what may be used */
    static const uint8_t sizes[] = {VAULT_PAGE >> 8, VAULT_PAGE & 0xff, 2, 2, PAGE_EXTRA, 64, 32, 32};
    static const uint8_t leaf[] = {0x0d, 0, 0, 0, 0, (VAULT_PAGE - PAGE_EXTRA) >> 8, (VAULT_PAGE - PAGE_EXTRA) & 0xff};
    memset(out, 0, VAULT_PAGE);
    memcpy(out, MAGIC, MAGIC_LEN);
    memcpy(out + MAGIC_LEN, sizes, sizeof sizes);
    out[31] = 1;
    memcpy(out + 100, leaf, sizeof leaf);
}

bool vault_page_fits(const uint8_t page[VAULT_PAGE])
{
    bool same_size = page[16] == VAULT_PAGE >> 8 && page[17] == (VAULT_PAGE & 0xff);
    return !vault_page_is_plain(page, VAULT_PAGE) || (same_size && page[20] == PAGE_EXTRA);
}

/* How many bytes at a page's start are not sealed. */
static size_t open_len(uint64_t number)
{
    return number == 1 ? PAGE_SALT_LEN : 0;
}

void vault_page_seal(uint8_t out[VAULT_PAGE], const struct page_key *k, const uint8_t salt[PAGE_SALT_LEN],
                     uint64_t number, const uint8_t page[VAULT_PAGE])
{
    size_t skip = open_len(number);
    struct page_place place = {.kind = PAGE_DATABASE, .number = number};
    memcpy(out, salt, skip);
    page_seal(out + skip, k, place, span_of(page + skip, VAULT_PAGE - PAGE_EXTRA - skip));
}

enum err vault_page_open(uint8_t page[VAULT_PAGE], const struct page_key *k, const uint8_t salt[PAGE_SALT_LEN],
                         uint64_t number)
{
    size_t skip = open_len(number);
    struct page_place place = {.kind = PAGE_DATABASE, .number = number};
    enum err e = memcmp(page, salt, skip) == 0 ? OK : ERR_FORGED; /* the key was made from the one that was there */
    if (e == OK) {
        e = page_open(page + skip, k, place, span_of(page + skip, VAULT_PAGE - skip));
    }
    if (e != OK) {
        memset(page, 0, VAULT_PAGE);
        return e;
    }
    memcpy(page, MAGIC, skip);
    memset(page + VAULT_PAGE - PAGE_EXTRA, 0, PAGE_EXTRA);
    return OK;
}
