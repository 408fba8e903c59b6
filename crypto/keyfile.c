#include "crypto/keyfile.h"

#include <sodium.h>
#include <string.h>

#define KEY_LEN crypto_aead_xchacha20poly1305_ietf_KEYBYTES

_Static_assert(sizeof KEYFILE_MAGIC - 1 == KEYFILE_MAGIC_LEN, "magic line");
_Static_assert(KEYFILE_SALT_LEN == crypto_pwhash_SALTBYTES, "Argon2id salt");
_Static_assert(KEYFILE_NONCE_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(KEYFILE_TAG_LEN == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");

enum err keyfile_decode(struct keyfile_head *out, struct span file)
{
    if (file.len < KEYFILE_HEAD_LEN + KEYFILE_TAG_LEN || file.len > KEYFILE_MAX)
        return ERR_INPUT;
    struct reader r = reader_of(file);
    if (!span_equal(reader_take(&r, KEYFILE_MAGIC_LEN), span_str(KEYFILE_MAGIC)))
        return ERR_INPUT;
    struct keyfile_head head = {.memory_kib = reader_u32be(&r), .passes = 0};
    head.passes = reader_u32be(&r);
    head.salt = reader_take(&r, KEYFILE_SALT_LEN);
    head.nonce = reader_take(&r, KEYFILE_NONCE_LEN);
    head.sealed = reader_take(&r, r.left);
    if (!reader_done(&r))
        return ERR_INPUT;
    if (head.memory_kib < KEYFILE_KIB_MIN || head.memory_kib > KEYFILE_KIB_MAX)
        return ERR_INPUT;
    if (head.passes < 1 || head.passes > KEYFILE_PASSES_MAX)
        return ERR_INPUT;
    *out = head;
    return OK;
}

/* The file's key, in guarded memory (fresh: sodium_free), or NULL if there is not memory enough. */
static uint8_t *key_derive(const struct keyfile_head *head, struct span passphrase)
{
    uint8_t *key = sodium_malloc(KEY_LEN);
    if (!key)
        return NULL;
    const char *pass = passphrase.len > 0 ? (const char *)passphrase.ptr : "";
    if (crypto_pwhash(key, KEY_LEN, pass, passphrase.len, head->salt.ptr, head->passes, (size_t)head->memory_kib * 1024,
                      crypto_pwhash_ALG_ARGON2ID13) != 0) {
        sodium_free(key);
        return NULL;
    }
    return key;
}

static void cost_set(struct keyfile_head *head, enum device_cost cost)
{
    switch (cost) {
    case DEVICE_COST_CHEAP:
        head->memory_kib = KEYFILE_KIB_MIN;
        head->passes = 1;
        break;
    case DEVICE_COST_INTERACTIVE:
        head->memory_kib = 64 * 1024;
        head->passes = 2;
        break;
    case DEVICE_COST_MODERATE:
        head->memory_kib = 256 * 1024;
        head->passes = 3;
        break;
    }
}

enum err keyfile_seal(struct buf *out, struct span secret, struct span passphrase, enum device_cost cost)
{
    if (secret.len > KEYFILE_SECRET_MAX || passphrase.len > KEYFILE_PASS_MAX)
        return ERR_LIMIT;
    uint8_t random[KEYFILE_SALT_LEN + KEYFILE_NONCE_LEN];
    randombytes_buf(random, sizeof random);
    struct keyfile_head head = {.salt = span_of(random, KEYFILE_SALT_LEN),
                                .nonce = span_of(random + KEYFILE_SALT_LEN, KEYFILE_NONCE_LEN)};
    cost_set(&head, cost);
    uint8_t *key = key_derive(&head, passphrase);
    if (!key)
        return ERR_MEMORY;
    size_t start = out->len;
    buf_put_str(out, KEYFILE_MAGIC);
    buf_put_u32be(out, head.memory_kib);
    buf_put_u32be(out, head.passes);
    buf_put_span(out, head.salt);
    buf_put_span(out, head.nonce);
    uint8_t *sealed = buf_extend(out, secret.len + KEYFILE_TAG_LEN);
    if (sealed)
        crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, secret.ptr, secret.len, out->ptr + start,
                                                   KEYFILE_HEAD_LEN, NULL, head.nonce.ptr, key);
    sodium_free(key);
    return buf_check(out);
}

enum err keyfile_open(uint8_t secret[KEYFILE_SECRET_MAX], size_t *secret_len, struct span file, struct span passphrase)
{
    struct keyfile_head head;
    if (keyfile_decode(&head, file) != OK)
        return ERR_INPUT;
    if (passphrase.len > KEYFILE_PASS_MAX)
        return ERR_LIMIT;
    uint8_t *key = key_derive(&head, passphrase);
    if (!key)
        return ERR_MEMORY;
    int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(secret, NULL, NULL, head.sealed.ptr, head.sealed.len,
                                                            file.ptr, KEYFILE_HEAD_LEN, head.nonce.ptr, key);
    sodium_free(key);
    if (failed)
        return ERR_PASS;
    *secret_len = head.sealed.len - KEYFILE_TAG_LEN;
    return OK;
}
