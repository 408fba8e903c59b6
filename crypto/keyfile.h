/* A file that keeps a few secret bytes under a passphrase. What the bytes mean is crypto/device.h's business.
 *
 *   "samplan device key 1\n" || memory in KiB (4, big-endian) || passes (4, big-endian) || salt (16) || nonce (24)
 *   || XChaCha20-Poly1305 ciphertext of the secret, tag last (16), everything before it as associated data
 *
 * The key is Argon2id (RFC 9106, version 1.3, one lane, 32 bytes) of passphrase and salt. */
#ifndef CRYPTO_KEYFILE_H
#define CRYPTO_KEYFILE_H

#include "crypto/buf.h"

#define KEYFILE_MAGIC "samplan device key 1\n"
#define KEYFILE_MAGIC_LEN 21
#define KEYFILE_SALT_LEN 16
#define KEYFILE_NONCE_LEN 24
#define KEYFILE_TAG_LEN 16
#define KEYFILE_HEAD_LEN (KEYFILE_MAGIC_LEN + 4 + 4 + KEYFILE_SALT_LEN + KEYFILE_NONCE_LEN)
/* The longest secret, and so the largest file: room for some sixty more 32-byte keys than a new device has. */
#define KEYFILE_SECRET_MAX 4096
#define KEYFILE_MAX (KEYFILE_HEAD_LEN + KEYFILE_SECRET_MAX + KEYFILE_TAG_LEN)
/* Bounds on what a file may ask of Argon2id: the cheapest that device_cost offers, and 1 GiB or 16 passes, so that an
 * exchanged file can neither weaken the key nor occupy the machine. */
#define KEYFILE_KIB_MIN 8192u
#define KEYFILE_KIB_MAX 1048576u
#define KEYFILE_PASSES_MAX 16u
/* The longest passphrase, in bytes. */
#define KEYFILE_PASS_MAX 1024

/* Cost of Argon2id. FITTED, also where nobody has said: what keyfile_fit_memory and keyfile_fit_passes say of this
 * machine (sync/home_key.h). MODERATE: 256 MiB, three passes. INTERACTIVE: 64 MiB, two passes. CHEAP is for tests and
 * demonstrations only: 8 MiB, one pass. */
enum device_cost { DEVICE_COST_FITTED = 0, DEVICE_COST_MODERATE, DEVICE_COST_INTERACTIVE, DEVICE_COST_CHEAP };

/* As the file records it; within the bounds above. */
struct keyfile_cost {
    uint32_t memory_kib;
    uint32_t passes;
};

/* What one file's passphrase comes to: opens that file without Argon2id. A secret: it lives in guarded memory
 * (crypto/guard.h). */
#define KEYFILE_KEY_LEN 32
struct keyfile_key {
    uint8_t salt[KEYFILE_SALT_LEN]; /* of the file that it belongs to; not secret */
    uint8_t b[KEYFILE_KEY_LEN];
};

/* What stands in the clear; salt, nonce and sealed borrow from the file. */
struct keyfile_head {
    uint32_t memory_kib;
    uint32_t passes;
    struct span salt;
    struct span nonce;
    struct span sealed; /* ciphertext and tag, at least KEYFILE_TAG_LEN bytes */
};

/* Reads and bounds the clear part; costs nothing. ERR_INPUT: not such a file, or outside the bounds above. */
MUST_CHECK enum err keyfile_decode(struct keyfile_head *out, struct span file);
/* What CHEAP, INTERACTIVE and MODERATE mean; FITTED gives MODERATE. */
struct keyfile_cost keyfile_cost_of(enum device_cost cost);
/* The memory that a passphrase may cost on a machine with so many bytes of it in all, so many of them free: an eighth of
 * the first and half of the second, from KEYFILE_FIT_KIB_MIN to KEYFILE_FIT_KIB_MAX, whole MiB. Pure. */
#define KEYFILE_FIT_KIB_MIN 65536u
#define KEYFILE_FIT_KIB_MAX 262144u /* also where there is more: a backup must open on a smaller machine */
uint32_t keyfile_fit_memory(uint64_t total, uint64_t available);
/* The passes that take about KEYFILE_FIT_MS where one takes pass_ms, from KEYFILE_FIT_PASSES_MIN to _MAX. Pure. */
#define KEYFILE_FIT_MS 500u
#define KEYFILE_FIT_PASSES_MIN 3u
#define KEYFILE_FIT_PASSES_MAX 8u
uint32_t keyfile_fit_passes(uint64_t pass_ms);
/* Runs Argon2id once at that cost, on nothing, so that its caller can take the time. ERR_MEMORY: not that much. */
MUST_CHECK enum err keyfile_try(const struct keyfile_cost *cost);

/* Appends the file's bytes to out. ERR_MEMORY (Argon2id's own memory too); ERR_LIMIT: secret or passphrase is longer
 * than its cap. */
MUST_CHECK enum err keyfile_seal(struct buf *out, struct span secret, struct span passphrase,
                                 const struct keyfile_cost *cost);
/* The key of a file and passphrase, whether it opens the file or not. out should be guarded memory. ERR_INPUT: not such
 * a file; ERR_LIMIT: the passphrase is longer than its cap; ERR_MEMORY. */
MUST_CHECK enum err keyfile_derive(struct keyfile_key *out, struct span file, struct span passphrase);
/* Opens a file into secret, which takes KEYFILE_SECRET_MAX bytes and should be guarded memory; its length into
 * *secret_len, only on success. On failure secret holds nothing of use. ERR_INPUT: not such a file; ERR_PASS: does not
 * open, or the key is another file's. */
MUST_CHECK enum err keyfile_open(uint8_t secret[KEYFILE_SECRET_MAX], size_t *secret_len, struct span file,
                                 const struct keyfile_key *key);

#endif
