/* A device's secret keys, in guarded memory, and the file that keeps them under a passphrase.
 *
 * Secrets live in one sodium_malloc block (guard pages, locked, wiped at free). A handle is used by one thread. */
#ifndef CRYPTO_DEVICE_H
#define CRYPTO_DEVICE_H

#include "crypto/buf.h"
#include "crypto/ids.h"
#include "crypto/keyfile.h"
#include "crypto/words.h"

struct device; /* opaque: signing, meeting and box secrets, hedge secret, replica page key */

/* Call once before anything else of crypto. ERR_STORAGE if the machine gives no randomness. */
MUST_CHECK enum err device_init_library(void);

/* How many box secrets one device keeps at most: one a month for the six months that a retired one lives, and one for
 * each erasure in between (design: trust.md, "Erasure"). */
#define DEVICE_BOXES_MAX 64

/* Fresh keys from the system's randomness. *out is fresh: device_free. ERR_MEMORY. Where the limit on locked memory is
 * too low, the secrets are guarded and wiped all the same, but may be swapped out. */
MUST_CHECK enum err device_new(struct device **out);
/* The same secrets once more, in a block of their own, for another thread. *out is fresh: device_free. ERR_MEMORY. */
MUST_CHECK enum err device_copy(struct device **out, const struct device *d);
/* Wipes and frees; NULL is allowed. */
void device_free(struct device *d);

/* Seals d under a passphrase into the bytes of device.key (appended to out), in the form of crypto/keyfile.h. What is
 * sealed: version (1 byte, 1) || Ed25519 seed (32) || X25519 meeting secret (32) || hedge secret (32) || replica page
 * key (32) || number of box secrets (4, big-endian, 1 to DEVICE_BOXES_MAX) || X25519 box secrets (32 each, oldest
 * first). ERR_MEMORY (Argon2id's own memory too); ERR_LIMIT: the passphrase is longer than KEYFILE_PASS_MAX. */
MUST_CHECK enum err device_seal(struct buf *out, const struct device *d, struct span passphrase,
                                const struct keyfile_cost *cost);
/* The reverse; *out is fresh: device_free. ERR_INPUT: not such a file; ERR_PASS: does not open; ERR_LIMIT: the
 * passphrase is too long; ERR_MEMORY. */
MUST_CHECK enum err device_open(struct device **out, struct span file, struct span passphrase);
/* As device_open, with what the passphrase comes to (keyfile_derive). ERR_PASS also where key is another file's. */
MUST_CHECK enum err device_open_key(struct device **out, struct span file, const struct keyfile_key *key);

struct sign_public device_sign_public(const struct device *d);
struct box_public device_meeting_public(const struct device *d);
/* Of the newest box key: the one to hand to others. */
struct box_public device_box_public(const struct device *d);
struct box_id device_box_id(const struct device *d);

/* Opens a sealed box (libsodium's crypto_box_seal) made for the box key named to; out gets out_len bytes, only on
 * success. ERR_NOT_FOUND: d holds no such box key; ERR_FORGED: does not open, or is not out_len + DEVICE_BOX_EXTRA
 * bytes long. */
#define DEVICE_BOX_EXTRA 48
MUST_CHECK enum err device_unseal(uint8_t *out, size_t out_len, const struct device *d, const struct box_id *to,
                                  struct span sealed);

#define SIGNATURE_LEN 64
/* Ed25519 over message, detached. */
void device_sign(uint8_t out[SIGNATURE_LEN], const struct device *d, struct span message);

/* 32 bytes that depend on the device's hedge secret, fresh randomness and context: unique even if the random source
 * repeats (a cloned machine) as long as context differs. Used for record salts and section keys. */
void device_hedge(uint8_t out[32], const struct device *d, struct span context);

/* The key of the encrypted replica (32 bytes, borrowed, guarded; lives as long as d). */
const uint8_t *device_page_key(const struct device *d);

/* Random bytes from the system. */
void device_random(uint8_t *out, size_t len);
/* Overwrites in a way that the compiler keeps. */
void device_wipe(void *ptr, size_t len);
/* Are the bytes the same? In a time that depends on len alone. */
bool device_same(const void *a, const void *b, size_t len);

#endif
