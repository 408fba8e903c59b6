/* Sealing one section's part of a record: XChaCha20-Poly1305 (IETF AEAD, libsodium) with a derived nonce, the place of
 * the part bound as associated data, and padding that hides the exact length.
 *
 * Ciphertext = AEAD(padded plaintext); what the plaintext is, only the caller knows. Padded length = Padmé (Nikitin et al., "Reducing Metadata Leakage from
 * Encrypted Files and Communication with PURBs", 2019) of plaintext length, at least SEAL_PAD_MIN; the filling is
 * zeros. The nonce is the first 24 bytes of BLAKE2b-256("samplan nonce 1" || salt || place as 4 bytes big-endian) and
 * is never sent. Associated data = "samplan seal 1" || förbund || chain || first dot (8, big-endian) || key id ||
 * place (4, big-endian). */
#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

#include "crypto/ids.h"

#define SEAL_SALT_LEN 16
#define SEAL_TAG_LEN 16
#define SEAL_PAD_MIN 96

struct seal_place {
    struct forbund_id forbund; /* as the record's header names it */
    struct chain_id chain;
    uint64_t first_dot;
    struct key_id key_id;
    uint32_t place; /* index of the part in the body, from 0 */
    uint8_t salt[SEAL_SALT_LEN];
};

/* The padded length for a plaintext of len bytes: max(SEAL_PAD_MIN, Padmé(len)). Defined for every len; len itself
 * where padding would pass SIZE_MAX. */
size_t seal_padded_len(size_t len);
/* Appends seal_padded_len(plain.len) + SEAL_TAG_LEN bytes to out. ERR_MEMORY; ERR_LIMIT: plain is longer
 * than BUF_MAX. One (salt, place, key) must never seal two plaintexts: the caller's salt is hedged (device_hedge). */
MUST_CHECK enum err seal_seal(struct buf *out, const struct seal_place *at, const uint8_t key[SECTION_KEY_LEN],
                              struct span plain);
/* Appends the padded plaintext to out (the decoder finds its end, and must refuse a filling that is not zeros or a
 * length that seal_padded_len would not give). ERR_FORGED: does not open here under this key. ERR_MEMORY. */
MUST_CHECK enum err seal_open(struct buf *out, const struct seal_place *at, const uint8_t key[SECTION_KEY_LEN],
                              struct span sealed);

#endif
