#include "crypto/keyfile.h"

#include <sodium.h>
#include <string.h>

#include "crypto/guard.h"

_Static_assert(sizeof KEYFILE_MAGIC - 1 == KEYFILE_MAGIC_LEN, "magic line");
_Static_assert(KEYFILE_SALT_LEN == crypto_pwhash_SALTBYTES, "Argon2id salt");
_Static_assert(KEYFILE_KEY_LEN == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
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

static enum err derive(struct keyfile_key *out, const struct keyfile_head *head, struct span passphrase)
{
    if (passphrase.len > KEYFILE_PASS_MAX)
        return ERR_LIMIT;
    const char *pass = passphrase.len > 0 ? (const char *)passphrase.ptr : "";
    if (crypto_pwhash(out->b, KEYFILE_KEY_LEN, pass, passphrase.len, head->salt.ptr, head->passes,
                      (size_t)head->memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return ERR_MEMORY;
    memcpy(out->salt, head->salt.ptr, KEYFILE_SALT_LEN);
    return OK;
}

enum err keyfile_derive(struct keyfile_key *out, struct span file, struct span passphrase)
{
    struct keyfile_head head;
    return keyfile_decode(&head, file) == OK ? derive(out, &head, passphrase) : ERR_INPUT;
}

struct keyfile_cost keyfile_cost_of(enum device_cost cost)
{
    switch (cost) {
    case DEVICE_COST_CHEAP:
        return (struct keyfile_cost){KEYFILE_KIB_MIN, 1};
    case DEVICE_COST_INTERACTIVE:
        return (struct keyfile_cost){64 * 1024, 2};
    case DEVICE_COST_MODERATE:
    case DEVICE_COST_FITTED:
        break;
    }
    return (struct keyfile_cost){256 * 1024, 3};
}

uint32_t keyfile_fit_memory(uint64_t total, uint64_t available)
{
    uint64_t bytes = total / 8 < available / 2 ? total / 8 : available / 2;
    uint64_t kib = bytes / (1024 * 1024) * 1024;
    if (kib > KEYFILE_FIT_KIB_MAX)
        return KEYFILE_FIT_KIB_MAX;
    return kib < KEYFILE_FIT_KIB_MIN ? KEYFILE_FIT_KIB_MIN : (uint32_t)kib;
}

uint32_t keyfile_fit_passes(uint64_t pass_ms)
{
    uint64_t passes = pass_ms == 0 ? KEYFILE_FIT_PASSES_MAX : KEYFILE_FIT_MS / pass_ms;
    if (passes > KEYFILE_FIT_PASSES_MAX)
        return KEYFILE_FIT_PASSES_MAX;
    return passes < KEYFILE_FIT_PASSES_MIN ? KEYFILE_FIT_PASSES_MIN : (uint32_t)passes;
}

enum err keyfile_try(const struct keyfile_cost *cost)
{
    static const uint8_t salt[KEYFILE_SALT_LEN];
    struct keyfile_head head = {
        .memory_kib = cost->memory_kib, .passes = cost->passes, .salt = span_of(salt, sizeof salt)};
    struct keyfile_key key;
    enum err e = derive(&key, &head, (struct span){0});
    sodium_memzero(&key, sizeof key);
    return e;
}

static void seal(struct buf *out, const struct keyfile_head *head, struct span secret, const struct keyfile_key *key)
{
    size_t start = out->len;
    buf_put_str(out, KEYFILE_MAGIC);
    buf_put_u32be(out, head->memory_kib);
    buf_put_u32be(out, head->passes);
    buf_put_span(out, head->salt);
    buf_put_span(out, head->nonce);
    uint8_t *sealed = buf_extend(out, secret.len + KEYFILE_TAG_LEN);
    if (sealed)
        crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, secret.ptr, secret.len, out->ptr + start,
                                                   KEYFILE_HEAD_LEN, NULL, head->nonce.ptr, key->b);
}

enum err keyfile_seal(struct buf *out, struct span secret, struct span passphrase, const struct keyfile_cost *cost)
{
    if (secret.len > KEYFILE_SECRET_MAX || passphrase.len > KEYFILE_PASS_MAX)
        return ERR_LIMIT;
    uint8_t random[KEYFILE_SALT_LEN + KEYFILE_NONCE_LEN];
    randombytes_buf(random, sizeof random);
    struct keyfile_head head = {.memory_kib = cost->memory_kib,
                                .passes = cost->passes,
                                .salt = span_of(random, KEYFILE_SALT_LEN),
                                .nonce = span_of(random + KEYFILE_SALT_LEN, KEYFILE_NONCE_LEN)};
    struct keyfile_key *key = guard_alloc(sizeof *key);
    enum err e = key ? derive(key, &head, passphrase) : ERR_MEMORY;
    if (e == OK) {
        seal(out, &head, secret, key);
        e = buf_check(out);
    }
    guard_free(key);
    return e;
}

enum err keyfile_open(uint8_t secret[KEYFILE_SECRET_MAX], size_t *secret_len, struct span file,
                      const struct keyfile_key *key)
{
    struct keyfile_head head;
    if (keyfile_decode(&head, file) != OK)
        return ERR_INPUT;
    if (!span_equal(head.salt, span_of(key->salt, KEYFILE_SALT_LEN)))
        return ERR_PASS;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(secret, NULL, NULL, head.sealed.ptr, head.sealed.len, file.ptr,
                                                   KEYFILE_HEAD_LEN, head.nonce.ptr, key->b) != 0)
        return ERR_PASS;
    *secret_len = head.sealed.len - KEYFILE_TAG_LEN;
    return OK;
}
