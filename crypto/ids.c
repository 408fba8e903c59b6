#include "crypto/ids.h"

#include <sodium.h>
#include <string.h>

_Static_assert(HASH_LEN == crypto_generichash_BYTES, "BLAKE2b-256");

/* BLAKE2b-256 of the parts, one after the other. */
static struct hash hash_parts(const struct span *parts, size_t count)
{
    struct hash h;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_LEN);
    for (size_t i = 0; i < count; i++)
        crypto_generichash_update(&state, parts[i].ptr, parts[i].len);
    crypto_generichash_final(&state, h.b, HASH_LEN);
    sodium_memzero(&state, sizeof state); /* a part may be a section's key */
    return h;
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct hash ids_hash(struct span data)
{
    return hash_parts(&data, 1);
}

struct chain_id ids_chain(const struct sign_public *key, const struct incarnation *run)
{
    struct span parts[] = {span_str("samplan chain 1"), span_of(key->b, sizeof key->b), span_of(run->b, sizeof run->b)};
    struct hash h = hash_parts(parts, COUNT(parts));
    struct chain_id id;
    memcpy(id.b, h.b, ID_LEN);
    return id;
}

struct chain_id ids_branch(const struct hash *first)
{
    struct span parts[] = {span_str("samplan branch 1"), span_of(first->b, sizeof first->b)};
    struct hash h = hash_parts(parts, COUNT(parts));
    struct chain_id id;
    memcpy(id.b, h.b, ID_LEN);
    return id;
}

struct section_id ids_section(const struct forbund_id *forbund, const struct uuid *plan, const struct uuid *owner,
                              const char *topic)
{
    struct span parts[] = {span_str("samplan section 1"), span_of(forbund->b, ID_LEN), span_of(plan->b, ID_LEN),
                           span_of(owner->b, ID_LEN), span_str(topic)};
    struct hash h = hash_parts(parts, COUNT(parts));
    struct section_id id;
    memcpy(id.b, h.b, ID_LEN);
    return id;
}

struct key_id ids_key(const struct forbund_id *forbund, const struct section_id *section,
                      const uint8_t key[SECTION_KEY_LEN])
{
    static const uint8_t zeros[ID_LEN];
    bool of_forbund = sodium_is_zero(section->b, ID_LEN);
    struct span parts[] = {span_str("samplan key 1"), span_of(of_forbund ? zeros : forbund->b, ID_LEN),
                           span_of(section->b, ID_LEN), span_of(key, SECTION_KEY_LEN)};
    struct hash h = hash_parts(parts, COUNT(parts));
    struct key_id id;
    memcpy(id.b, h.b, ID_LEN);
    return id;
}

struct box_id ids_box(const struct box_public *key)
{
    struct span parts[] = {span_str("samplan box 1"), span_of(key->b, sizeof key->b)};
    struct hash h = hash_parts(parts, COUNT(parts));
    struct box_id id;
    memcpy(id.b, h.b, ID_LEN);
    return id;
}

struct uuid uuid_make(uint64_t time_ms, const uint8_t random[10])
{
    struct uuid id;
    for (size_t i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(time_ms >> (40 - 8 * i));
    memcpy(id.b + 6, random, 10);
    id.b[6] = (uint8_t)((id.b[6] & 0x0f) | 0x70); /* RFC 9562, 4.2: version */
    id.b[8] = (uint8_t)((id.b[8] & 0x3f) | 0x80); /* RFC 9562, 4.1: variant */
    return id;
}

/* Is there a dash before byte i of a uuid's text? */
static bool dash_before(size_t i)
{
    return i == 4 || i == 6 || i == 8 || i == 10;
}

void uuid_format(char out[UUID_TEXT_LEN + 1], const struct uuid *id)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < ID_LEN; i++) {
        if (dash_before(i))
            *out++ = '-';
        *out++ = digits[id->b[i] >> 4];
        *out++ = digits[id->b[i] & 15];
    }
    *out = 0;
}

enum err uuid_parse(struct uuid *out, struct span text)
{
    struct uuid id;
    struct reader r = reader_of(text);
    for (size_t i = 0; i < ID_LEN; i++) {
        if (dash_before(i) && reader_u8(&r) != '-')
            return ERR_INPUT;
        if (hex_decode(&id.b[i], 1, reader_take(&r, 2)) != OK)
            return ERR_INPUT;
    }
    if (!reader_done(&r))
        return ERR_INPUT;
    *out = id;
    return OK;
}

bool uuid_is_nil(const struct uuid *id)
{
    return sodium_is_zero(id->b, ID_LEN) != 0;
}

struct uuid ids_party(const struct sign_public *by, const char *kind, const char *name)
{
    struct hash h;
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, HASH_LEN);
    (void)crypto_generichash_update(&state, (const uint8_t *)"samplan party 1", sizeof "samplan party 1" - 1);
    (void)crypto_generichash_update(&state, by->b, SIGN_PUBLIC_LEN);
    (void)crypto_generichash_update(&state, (const uint8_t *)kind, strlen(kind) + 1);
    (void)crypto_generichash_update(&state, (const uint8_t *)name, strlen(name));
    (void)crypto_generichash_final(&state, h.b, HASH_LEN);
    uint64_t time_ms = 0;
    for (size_t i = 0; i < 6; i++) {
        time_ms = time_ms << 8 | h.b[10 + i];
    }
    return uuid_make(time_ms, h.b);
}
