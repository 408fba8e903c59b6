/* Sealing the pages of the replica's files: XChaCha20-Poly1305 (IETF AEAD, libsodium) over one page at a time, with a
 * random nonce, under a key of the file's own, and bound to what the page is and where it stands.
 *
 *     file's key = BLAKE2b-256(key: parent's key, "samplan page 1" || salt)
 *     sealed     = ciphertext || nonce (24) || tag (16)
 *     associated = kind (1) || number (8, big-endian)
 *
 * The salt is random and stands unsealed in the file, so that a page copied to another file does not open there. A
 * nonce is random each time: two seals of one page share none, whoever wrote them and whatever was restored in
 * between. What is not bound is time: an older seal of the same page of the same file opens; sync/vault.h says who
 * sees that. Pure but for the nonce. Files and SQLite are in sync/vault.h. */
#ifndef CRYPTO_PAGE_H
#define CRYPTO_PAGE_H

#include "crypto/buf.h"

#define PAGE_KEY_LEN 32
#define PAGE_SALT_LEN 16
#define PAGE_NONCE_LEN 24
#define PAGE_TAG_LEN 16
#define PAGE_EXTRA (PAGE_NONCE_LEN + PAGE_TAG_LEN) /* by how much a sealed page is longer */

/* Part of the format: never renumber. */
enum page_kind {
    PAGE_DATABASE = 1,      /* number: SQLite's page number, from 1 */
    PAGE_WAL_HEAD = 2,      /* the WAL's own header; number: 0 */
    PAGE_WAL_FRAME = 3,     /* a frame's header; number: the frame's, from 1 */
    PAGE_WAL_PAGE = 4,      /* the page in that frame; number: the frame's */
    PAGE_DATABASE_HEAD = 5, /* what stands before the pages; number: the slot's */
    PAGE_MARK = 6,          /* how far was saved (sync/mark.h); number: 0 */
};

struct page_place {
    enum page_kind kind;
    uint64_t number;
};

struct page_key; /* opaque: 32 bytes in guarded memory */

/* A key from PAGE_KEY_LEN bytes, for instance device_page_key(). *out is fresh: page_key_free. ERR_MEMORY. */
MUST_CHECK enum err page_key_new(struct page_key **out, const uint8_t key[PAGE_KEY_LEN]);
/* The key under parent for a salt. *out is fresh: page_key_free. ERR_MEMORY. */
MUST_CHECK enum err page_key_derive(struct page_key **out, const struct page_key *parent,
                                    const uint8_t salt[PAGE_SALT_LEN]);
/* The same into a key that there is already, in place of what it was. k and parent are two. */
void page_key_change(struct page_key *k, const struct page_key *parent, const uint8_t salt[PAGE_SALT_LEN]);
void page_key_free(struct page_key *k); /* wipes; NULL is allowed */

/* Writes plain.len + PAGE_EXTRA bytes to out, which may be where plain is and must not overlap it otherwise. */
void page_seal(uint8_t *out, const struct page_key *k, struct page_place at, struct span plain);
/* Writes sealed.len - PAGE_EXTRA bytes to out, which may be where sealed is and must not overlap it otherwise.
 * ERR_FORGED: does not open here under this key, and out is zeros; or shorter than PAGE_EXTRA, and out is untouched. */
MUST_CHECK enum err page_open(uint8_t *out, const struct page_key *k, struct page_place at, struct span sealed);

#endif
