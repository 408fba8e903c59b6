#include "sync/vault_wal.h"

#include <string.h>

#include "crypto/device.h"

#define HEAD 32   /* SQLite's WAL header (its document "WAL-mode File Format") */
#define HEADER 24 /* of a frame */
#define FRAME (HEADER + VAULT_PAGE)
#define SEALED_HEAD (PAGE_SALT_LEN + HEAD + PAGE_EXTRA)
#define SEALED_HEADER (HEADER + PAGE_EXTRA)
#define SEALED_PAGE (VAULT_PAGE + PAGE_EXTRA)
#define SEALED_FRAME VAULT_WAL_FRAME

_Static_assert(SEALED_FRAME == SEALED_HEADER + SEALED_PAGE, "a frame is its two pieces");

/* One piece: where SQLite sees it, and where it is sealed. */
struct piece {
    struct page_place place;
    sqlite3_int64 seen_at;
    int seen_len;
    sqlite3_int64 sealed_at;
};

/* The piece that has the byte at. */
static struct piece piece_at(sqlite3_int64 at)
{
    if (at < HEAD) {
        return (struct piece){.place = {PAGE_WAL_HEAD, 0}, .seen_len = HEAD, .sealed_at = PAGE_SALT_LEN};
    }
    sqlite3_int64 frame = (at - HEAD) / FRAME;
    sqlite3_int64 seen = HEAD + frame * FRAME, sealed = SEALED_HEAD + frame * SEALED_FRAME;
    uint64_t number = (uint64_t)frame + 1;
    if (at - seen < HEADER) {
        return (struct piece){{PAGE_WAL_FRAME, number}, seen, HEADER, sealed};
    }
    return (struct piece){{PAGE_WAL_PAGE, number}, seen + HEADER, VAULT_PAGE, sealed + SEALED_HEADER};
}

enum err vault_wal_init(struct vault_wal *w, sqlite3_file *under, const struct vault_head_place *head,
                        struct vault_locks *locks)
{
    *w = (struct vault_wal){.under = under, .head = *head, .locks = locks};
    enum err e = vault_held_init(&w->held, under);
    return e == OK ? page_key_derive(&w->key, head->key, w->generation) : e;
}

void vault_wal_free(struct vault_wal *w)
{
    page_key_free(w->key);
    w->key = NULL;
    vault_held_free(&w->held);
}

static void take_generation(struct vault_wal *w, const uint8_t generation[PAGE_SALT_LEN])
{
    memcpy(w->generation, generation, PAGE_SALT_LEN);
    page_key_change(w->key, w->head.key, w->generation);
    w->known = true;
}

/* Reads the generation from the file; *changed if it is another than w had. */
static int look(struct vault_wal *w, bool *changed)
{
    uint8_t generation[PAGE_SALT_LEN];
    int code = w->under->pMethods->xRead(w->under, generation, sizeof generation, 0);
    *changed = false;
    if (code == SQLITE_IOERR_SHORT_READ) {
        w->known = false; /* emptied by another process */
        return SQLITE_OK;
    }
    if (code == SQLITE_OK && (!w->known || memcmp(generation, w->generation, sizeof generation) != 0)) {
        take_generation(w, generation);
        *changed = true;
    }
    return code;
}

static bool opens(uint8_t *out, const struct vault_wal *w, const struct piece *p, struct span sealed)
{
    return w->known && page_open(out, w->key, p->place, sealed) == OK;
}

/* Opens one piece into out. Where it does not open, another process may have begun the WAL anew since the generation
 * was looked at, or it was never looked at. */
static int open_piece(uint8_t *out, struct vault_wal *w, const struct piece *p)
{
    uint8_t bytes[SEALED_PAGE];
    struct span sealed = {.ptr = bytes, .len = (size_t)p->seen_len + PAGE_EXTRA};
    bool changed = false;
    int code = vault_held_read(&w->held, bytes, sealed.len, p->sealed_at);
    if (code == SQLITE_OK && opens(out, w, p, sealed)) {
        return SQLITE_OK;
    }
    if (code == SQLITE_OK) {
        code = look(w, &changed);
    }
    if (code == SQLITE_OK && changed && opens(out, w, p, sealed)) {
        return SQLITE_OK;
    }
    memset(out, 0, (size_t)p->seen_len);
    if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) {
        return code;
    }
    bool wanted = w->then.frames > 0 && p->place.number <= w->then.frames;
    return w->locks->recovering && !wanted ? SQLITE_OK : SQLITE_IOERR_DATA;
}

/* While recovering, the WAL's header: is it of the database's age? */
static int judge_age(uint8_t *out, struct vault_wal *w)
{
    static const uint8_t none[HEAD];
    if (memcmp(out, none, HEAD) == 0 || memcmp(w->generation, w->then.now, PAGE_SALT_LEN) == 0) {
        return SQLITE_OK;
    }
    memset(out, 0, HEAD);
    bool done = memcmp(w->generation, w->then.before, PAGE_SALT_LEN) == 0 && w->then.frames == 0;
    return done ? SQLITE_OK : SQLITE_IOERR_DATA;
}

int vault_wal_read(struct vault_wal *w, void *out, int len, sqlite3_int64 at)
{
    int code = SQLITE_OK;
    for (uint8_t *to = out; code == SQLITE_OK && len > 0;) {
        struct piece p = piece_at(at);
        int skip = (int)(at - p.seen_at);
        int n = p.seen_len - skip < len ? p.seen_len - skip : len;
        if (n == p.seen_len) {
            code = open_piece(to, w, &p);
            if (code == SQLITE_OK && p.place.kind == PAGE_WAL_HEAD && w->locks->recovering) {
                code = judge_age(to, w);
            }
        } else {
            uint8_t whole[VAULT_PAGE]; /* SQLite reads the checksums in the midst of a header when it rewrites them */
            code = open_piece(whole, w, &p);
            memcpy(to, whole + skip, (size_t)n);
            device_wipe(whole, sizeof whole);
        }
        to += n;
        at += n;
        len -= n;
    }
    return code;
}

static int write_head(struct vault_wal *w, const uint8_t *ptr)
{
    uint8_t bytes[SEALED_HEAD];
    device_random(bytes, PAGE_SALT_LEN);
    int code = vault_head_begin(&w->head, bytes);
    if (code != SQLITE_OK) {
        return code;
    }
    vault_held_drop(&w->held); /* of what the transaction has taken back */
    take_generation(w, bytes);
    page_seal(bytes + PAGE_SALT_LEN, w->key, (struct page_place){PAGE_WAL_HEAD, 0}, span_of(ptr, HEAD));
    code = w->under->pMethods->xWrite(w->under, bytes, sizeof bytes, 0);
    w->locks->new_turn = false;
    w->end = 0;
    w->known = code == SQLITE_OK; /* otherwise nobody knows what the file has */
    return code;
}

/* Sealed straight to where it is held. In the file at once are the last page of a transaction, since what SQLite does
 * next may be to tell others, and what is written once more: SQLite does so before a commit is done, and not always
 * with a page at the end. */
static int hold_piece(struct vault_wal *w, const uint8_t *ptr, const struct piece *p)
{
    const size_t len = (size_t)p->seen_len + PAGE_EXTRA;
    const bool again = p->sealed_at < w->end;
    uint8_t *bytes = NULL;
    if (p->place.kind == PAGE_WAL_FRAME) {
        struct reader r = reader_of(span_of(ptr, HEADER));
        (void)reader_u32be(&r);
        w->last = reader_u32be(&r) != 0; /* pages of the database after a commit; 0 in its other frames */
    }
    int code = vault_held_room(&bytes, &w->held, p->sealed_at, len);
    if (code != SQLITE_OK) {
        return code;
    }
    page_seal(bytes, w->key, p->place, span_of(ptr, (size_t)p->seen_len));
    w->end = again ? w->end : p->sealed_at + (sqlite3_int64)len;
    return again || (w->last && p->place.kind == PAGE_WAL_PAGE) ? vault_held_flush(&w->held) : SQLITE_OK;
}

static int write_piece(struct vault_wal *w, const uint8_t *ptr, const struct piece *p)
{
    bool changed = false;
    int code = SQLITE_OK;
    if (p->place.kind == PAGE_WAL_HEAD) {
        return write_head(w, ptr);
    }
    if (p->place.kind == PAGE_WAL_PAGE && !vault_page_fits(ptr)) {
        return SQLITE_IOERR_WRITE;
    }
    if (!w->known || w->locks->new_turn) {
        code = look(w, &changed);
    }
    if (code != SQLITE_OK || !w->known) {
        return code != SQLITE_OK ? code : SQLITE_IOERR_WRITE;
    }
    if (w->locks->new_turn) {
        w->locks->new_turn = false;
        w->end = 0;
    }
    return hold_piece(w, ptr, p);
}

int vault_wal_write(struct vault_wal *w, const void *ptr, int len, sqlite3_int64 at)
{
    int code = SQLITE_OK;
    for (const uint8_t *from = ptr; code == SQLITE_OK && len > 0;) {
        struct piece p = piece_at(at);
        if (at != p.seen_at || len < p.seen_len) {
            return SQLITE_IOERR_WRITE;
        }
        code = write_piece(w, from, &p);
        from += p.seen_len;
        at += p.seen_len;
        len -= p.seen_len;
    }
    return code;
}

int vault_wal_truncate(struct vault_wal *w, sqlite3_int64 size)
{
    sqlite3_int64 sealed = size < HEAD ? 0 : SEALED_HEAD + (size - HEAD) / FRAME * SEALED_FRAME;
    int code = vault_held_flush(&w->held);
    if (code == SQLITE_OK && sealed == 0) {
        code = vault_head_end(&w->head);
    }
    if (code != SQLITE_OK) {
        return code;
    }
    if (sealed == 0) {
        w->known = false;
    }
    return w->under->pMethods->xTruncate(w->under, sealed);
}

int vault_wal_size(struct vault_wal *w, sqlite3_int64 *size)
{
    sqlite3_int64 sealed = 0;
    int code = vault_held_size(&w->held, &sealed);
    sqlite3_int64 frames = sealed < SEALED_HEAD ? 0 : (sealed - SEALED_HEAD) / SEALED_FRAME; /* whole ones */
    *size = sealed < SEALED_HEAD ? 0 : HEAD + frames * FRAME;
    if (code == SQLITE_OK && w->locks->recovering) { /* the first that SQLite asks for then */
        code = vault_head_recover(&w->then, &w->head);
        if (code == SQLITE_OK && frames < (sqlite3_int64)w->then.frames) {
            code = SQLITE_IOERR_DATA;
        }
    }
    return code;
}

int vault_wal_sync(struct vault_wal *w, int flags)
{
    int code = vault_held_flush(&w->held);
    return code == SQLITE_OK ? w->under->pMethods->xSync(w->under, flags) : code;
}

void vault_wal_give_up(struct vault_wal *w)
{
    vault_held_drop(&w->held);
}
