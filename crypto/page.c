#include "crypto/page.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#define PAGE_DOMAIN "samplan page 1"
#define AD_LEN 9

_Static_assert(PAGE_KEY_LEN == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
_Static_assert(PAGE_NONCE_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(PAGE_TAG_LEN == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");

struct page_key {
    uint8_t b[PAGE_KEY_LEN];
};

enum err page_key_new(struct page_key **out, const uint8_t key[PAGE_KEY_LEN])
{
    *out = sodium_malloc(sizeof **out);
    if (!*out)
        return ERR_MEMORY;
    memcpy((*out)->b, key, PAGE_KEY_LEN);
    return OK;
}

void page_key_change(struct page_key *k, const struct page_key *parent, const uint8_t salt[PAGE_SALT_LEN])
{
    assert(k != parent);
    crypto_generichash_state state;
    crypto_generichash_init(&state, parent->b, PAGE_KEY_LEN, PAGE_KEY_LEN);
    crypto_generichash_update(&state, (const uint8_t *)PAGE_DOMAIN, sizeof PAGE_DOMAIN - 1);
    crypto_generichash_update(&state, salt, PAGE_SALT_LEN);
    crypto_generichash_final(&state, k->b, PAGE_KEY_LEN);
    sodium_memzero(&state, sizeof state);
}

enum err page_key_derive(struct page_key **out, const struct page_key *parent, const uint8_t salt[PAGE_SALT_LEN])
{
    *out = sodium_malloc(sizeof **out);
    if (!*out)
        return ERR_MEMORY;
    page_key_change(*out, parent, salt);
    return OK;
}

void page_key_free(struct page_key *k)
{
    sodium_free(k);
}

static void associated(uint8_t out[AD_LEN], struct page_place at)
{
    out[0] = (uint8_t)at.kind;
    for (size_t i = 0; i < 8; i++)
        out[1 + i] = (uint8_t)(at.number >> (56 - 8 * i));
}

void page_seal(uint8_t *out, const struct page_key *k, struct page_place at, struct span plain)
{
    uint8_t ad[AD_LEN], *nonce = out + plain.len, *tag = nonce + PAGE_NONCE_LEN;
    associated(ad, at);
    randombytes_buf(nonce, PAGE_NONCE_LEN);
    crypto_aead_xchacha20poly1305_ietf_encrypt_detached(out, tag, NULL, plain.ptr, plain.len, ad, sizeof ad, NULL,
                                                        nonce, k->b);
}

enum err page_open(uint8_t *out, const struct page_key *k, struct page_place at, struct span sealed)
{
    if (sealed.len < PAGE_EXTRA)
        return ERR_FORGED;
    size_t len = sealed.len - PAGE_EXTRA;
    const uint8_t *nonce = sealed.ptr + len, *tag = nonce + PAGE_NONCE_LEN;
    uint8_t ad[AD_LEN];
    associated(ad, at);
    /* where the tag is wrong, libsodium writes zeros and no plaintext */
    if (crypto_aead_xchacha20poly1305_ietf_decrypt_detached(out, NULL, sealed.ptr, len, tag, ad, sizeof ad, nonce,
                                                            k->b) != 0)
        return ERR_FORGED;
    return OK;
}
