#include "sync/vault_page.h"

#include <string.h>

#define MAGIC "SQLite format 3" /* with its final zero, how page 1 begins */
#define MAGIC_LEN (sizeof MAGIC)

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

void vault_page_seal(uint8_t out[VAULT_PAGE], const struct page_key *k, uint64_t number, const uint8_t page[VAULT_PAGE])
{
    struct page_place place = {.kind = PAGE_DATABASE, .number = number};
    page_seal(out, k, place, span_of(page, VAULT_PAGE - PAGE_EXTRA));
}

enum err vault_page_open(uint8_t page[VAULT_PAGE], const struct page_key *k, uint64_t number)
{
    struct page_place place = {.kind = PAGE_DATABASE, .number = number};
    enum err e = page_open(page, k, place, span_of(page, VAULT_PAGE));
    if (e != OK) {
        memset(page, 0, VAULT_PAGE);
        return e;
    }
    memset(page + VAULT_PAGE - PAGE_EXTRA, 0, PAGE_EXTRA);
    return OK;
}
