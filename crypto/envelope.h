/* An envelope hands one section key to one device: fixed size, opaque to everyone else.
 *
 *   key id (16) || box id of the recipient (16) || sealed box of (section id 16 || key 32)      = 128 bytes
 *
 * The sealed box is libsodium's crypto_box_seal (X25519, XSalsa20-Poly1305, ephemeral sender key): who handed it is
 * told by the signed record that carries it. The key id commits to section and key, so a wrong key cannot be passed
 * off as another. */
#ifndef CRYPTO_ENVELOPE_H
#define CRYPTO_ENVELOPE_H

#include "crypto/device.h"

#define ENVELOPE_LEN 128

struct envelope_label {
    struct key_id key;
    struct box_id box;
};

/* key is SECTION_KEY_LEN secret bytes. out gets ENVELOPE_LEN bytes. The caller judges whether the box key may have it.
 * Where to is not a usable key (a point of low order, which no honest device has) the sealed box is random bytes: an
 * envelope of the same size that opens for no one. */
void envelope_seal(uint8_t out[ENVELOPE_LEN], const struct forbund_id *forbund, const struct section_id *section,
                   const uint8_t *key, const struct box_public *to);
/* What anyone can read of an envelope. */
struct envelope_label envelope_label(const uint8_t in[ENVELOPE_LEN]);
/* Opens one addressed to d. Writes the section and SECTION_KEY_LEN key bytes. ERR_NOT_FOUND: addressed to another box;
 * ERR_FORGED: does not open, or key and section are not those that the key id commits to. */
MUST_CHECK enum err envelope_open(struct section_id *section, uint8_t key[SECTION_KEY_LEN],
                                  const uint8_t in[ENVELOPE_LEN], const struct forbund_id *forbund,
                                  const struct device *d);

#endif
