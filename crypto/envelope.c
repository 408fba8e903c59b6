#include "crypto/envelope.h"

#include <sodium.h>
#include <string.h>

#define CONTENT_LEN (ID_LEN + SECTION_KEY_LEN)
#define SEALED_AT (2 * ID_LEN)
#define SEALED_LEN (CONTENT_LEN + crypto_box_SEALBYTES)

_Static_assert(SEALED_AT + SEALED_LEN == ENVELOPE_LEN, "envelope layout");

void envelope_seal(uint8_t out[ENVELOPE_LEN], const struct forbund_id *forbund, const struct section_id *section,
                   const uint8_t *key, const struct box_public *to)
{
    struct key_id key_id = ids_key(forbund, section, key);
    struct box_id box_id = ids_box(to);
    uint8_t content[CONTENT_LEN];
    memcpy(content, section->b, ID_LEN);
    memcpy(content + ID_LEN, key, SECTION_KEY_LEN);
    memcpy(out, key_id.b, ID_LEN);
    memcpy(out + ID_LEN, box_id.b, ID_LEN);
    if (crypto_box_seal(out + SEALED_AT, content, sizeof content, to->b) != 0)
        randombytes_buf(out + SEALED_AT, SEALED_LEN);
    sodium_memzero(content, sizeof content);
}

struct envelope_label envelope_label(const uint8_t in[ENVELOPE_LEN])
{
    struct envelope_label label;
    memcpy(label.key.b, in, ID_LEN);
    memcpy(label.box.b, in + ID_LEN, ID_LEN);
    return label;
}

enum err envelope_open(struct section_id *section, uint8_t key[SECTION_KEY_LEN], const uint8_t in[ENVELOPE_LEN],
                       const struct forbund_id *forbund, const struct device *d)
{
    struct envelope_label label = envelope_label(in);
    uint8_t content[CONTENT_LEN];
    enum err e = device_unseal(content, sizeof content, d, &label.box, span_of(in + SEALED_AT, SEALED_LEN));
    if (e != OK)
        return e;
    struct section_id found;
    memcpy(found.b, content, ID_LEN);
    struct key_id committed = ids_key(forbund, &found, content + ID_LEN);
    if (memcmp(committed.b, label.key.b, ID_LEN) == 0) {
        *section = found;
        memcpy(key, content + ID_LEN, SECTION_KEY_LEN);
    } else {
        e = ERR_FORGED;
    }
    sodium_memzero(content, sizeof content);
    return e;
}
