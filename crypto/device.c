#include "crypto/device.h"

#include <sodium.h>
#include <string.h>

#include "crypto/device_testing.h"
#include "crypto/guard.h"

#define SECRET_LEN 32
#define HEDGE_DOMAIN "samplan hedge 1"
#define DEVICE_FORMAT 1
/* version, four secrets, count, box secrets */
#define DEVICE_SECRET_LEN(boxes) (1 + 4 * SECRET_LEN + 4 + (size_t)(boxes)*SECRET_LEN)

_Static_assert(DEVICE_SECRET_LEN(DEVICE_BOXES_MAX) <= KEYFILE_SECRET_MAX, "a full device fits its file");
_Static_assert(crypto_sign_SEEDBYTES == SECRET_LEN && crypto_scalarmult_SCALARBYTES == SECRET_LEN, "secret lengths");
_Static_assert(SIGNATURE_LEN == crypto_sign_BYTES, "Ed25519 signature");
_Static_assert(DEVICE_BOX_EXTRA == crypto_box_SEALBYTES, "sealed box");

struct box_key {
    uint8_t secret[SECRET_LEN];
    struct box_public public;
    struct box_id id;
};

/* Lives in one sodium_malloc block; no pointer leads out of it. */
struct device {
    uint8_t seed[SECRET_LEN];
    uint8_t sign_secret[crypto_sign_SECRETKEYBYTES]; /* libsodium's form: seed and public key */
    struct sign_public sign_public;
    uint8_t meeting_secret[SECRET_LEN];
    struct box_public meeting_public;
    uint8_t hedge[SECRET_LEN];
    uint8_t page_key[SECRET_LEN];
    size_t box_count; /* at least 1 */

    struct box_key boxes[DEVICE_BOXES_MAX]; /* oldest first */
};

enum err device_init_library(void)
{
    return sodium_init() < 0 ? ERR_STORAGE : OK;
}

/* What follows from the secrets. X25519 never fails on the base point. */
static void device_derive(struct device *d)
{
    crypto_sign_seed_keypair(d->sign_public.b, d->sign_secret, d->seed);
    (void)crypto_scalarmult_base(d->meeting_public.b, d->meeting_secret);
    for (size_t i = 0; i < d->box_count; i++) {
        (void)crypto_scalarmult_base(d->boxes[i].public.b, d->boxes[i].secret);
        d->boxes[i].id = ids_box(&d->boxes[i].public);
    }
}

static struct device *device_alloc(void)
{
    return guard_alloc(sizeof(struct device));
}

enum err device_new(struct device **out)
{
    *out = NULL;
    struct device *d = device_alloc();
    if (!d)
        return ERR_MEMORY;
    randombytes_buf(d->seed, SECRET_LEN);
    randombytes_buf(d->meeting_secret, SECRET_LEN);
    randombytes_buf(d->hedge, SECRET_LEN);
    randombytes_buf(d->page_key, SECRET_LEN);
    d->box_count = 1;
    randombytes_buf(d->boxes[0].secret, SECRET_LEN);
    device_derive(d);
    *out = d;
    return OK;
}

enum err device_copy(struct device **out, const struct device *d)
{
    *out = device_alloc();
    if (!*out)
        return ERR_MEMORY;
    memcpy(*out, d, sizeof *d);
    return OK;
}

void device_free(struct device *d)
{
    guard_free(d);
}

static void secret_put(uint8_t **at, const uint8_t secret[SECRET_LEN])
{
    memcpy(*at, secret, SECRET_LEN);
    *at += SECRET_LEN;
}

/* Not through a buf: secrets stay in guarded memory. out takes DEVICE_SECRET_LEN(d->box_count) bytes. */
static void device_encode(uint8_t *out, const struct device *d)
{
    *out++ = DEVICE_FORMAT;
    secret_put(&out, d->seed);
    secret_put(&out, d->meeting_secret);
    secret_put(&out, d->hedge);
    secret_put(&out, d->page_key);
    for (size_t i = 0; i < 4; i++)
        *out++ = (uint8_t)(d->box_count >> (24 - 8 * i));
    for (size_t i = 0; i < d->box_count; i++)
        secret_put(&out, d->boxes[i].secret);
}

enum err device_decode(struct device **out, struct span secret)
{
    *out = NULL;
    struct device *d = device_alloc();
    if (!d)
        return ERR_MEMORY;
    struct reader r = reader_of(secret);
    uint8_t format = reader_u8(&r);
    reader_copy(&r, d->seed, SECRET_LEN);
    reader_copy(&r, d->meeting_secret, SECRET_LEN);
    reader_copy(&r, d->hedge, SECRET_LEN);
    reader_copy(&r, d->page_key, SECRET_LEN);
    uint32_t boxes = reader_u32be(&r);
    if (format != DEVICE_FORMAT || boxes < 1 || boxes > DEVICE_BOXES_MAX) {
        device_free(d);
        return ERR_INPUT;
    }
    for (d->box_count = 0; d->box_count < boxes; d->box_count++)
        reader_copy(&r, d->boxes[d->box_count].secret, SECRET_LEN);
    if (!reader_done(&r)) {
        device_free(d);
        return ERR_INPUT;
    }
    device_derive(d);
    *out = d;
    return OK;
}

enum err device_seal(struct buf *out, const struct device *d, struct span passphrase, const struct keyfile_cost *cost)
{
    size_t len = DEVICE_SECRET_LEN(d->box_count);
    uint8_t *secret = guard_alloc(len);
    if (!secret)
        return ERR_MEMORY;
    device_encode(secret, d);
    enum err e = keyfile_seal(out, span_of(secret, len), passphrase, cost);
    guard_free(secret);
    return e;
}

enum err device_open_key(struct device **out, struct span file, const struct keyfile_key *key)
{
    *out = NULL;
    uint8_t *secret = guard_alloc(KEYFILE_SECRET_MAX);
    if (!secret)
        return ERR_MEMORY;
    size_t len = 0;
    enum err e = keyfile_open(secret, &len, file, key);
    if (e == OK)
        e = device_decode(out, span_of(secret, len));
    guard_free(secret);
    return e;
}

enum err device_open(struct device **out, struct span file, struct span passphrase)
{
    *out = NULL;
    struct keyfile_key *key = guard_alloc(sizeof *key);
    enum err e = key ? keyfile_derive(key, file, passphrase) : ERR_MEMORY;
    if (e == OK)
        e = device_open_key(out, file, key);
    guard_free(key);
    return e;
}

struct sign_public device_sign_public(const struct device *d)
{
    return d->sign_public;
}

struct box_public device_meeting_public(const struct device *d)
{
    return d->meeting_public;
}

struct box_public device_box_public(const struct device *d)
{
    return d->boxes[d->box_count - 1].public;
}

struct box_id device_box_id(const struct device *d)
{
    return d->boxes[d->box_count - 1].id;
}

enum err device_unseal(uint8_t *out, size_t out_len, const struct device *d, const struct box_id *to,
                       struct span sealed)
{
    const struct box_key *box = NULL;
    for (size_t i = 0; i < d->box_count && !box; i++)
        if (memcmp(d->boxes[i].id.b, to->b, ID_LEN) == 0)
            box = &d->boxes[i];
    if (!box)
        return ERR_NOT_FOUND;
    if (sealed.len < DEVICE_BOX_EXTRA || sealed.len - DEVICE_BOX_EXTRA != out_len)
        return ERR_FORGED;
    if (crypto_box_seal_open(out, sealed.ptr, sealed.len, box->public.b, box->secret) != 0)
        return ERR_FORGED;
    return OK;
}

void device_sign(uint8_t out[SIGNATURE_LEN], const struct device *d, struct span message)
{
    crypto_sign_detached(out, NULL, message.ptr, message.len, d->sign_secret);
}

void device_hedge(uint8_t out[32], const struct device *d, struct span context)
{
    uint8_t random[32];
    crypto_generichash_state state;
    randombytes_buf(random, sizeof random);
    crypto_generichash_init(&state, d->hedge, SECRET_LEN, 32);
    crypto_generichash_update(&state, (const uint8_t *)HEDGE_DOMAIN, sizeof HEDGE_DOMAIN - 1);
    crypto_generichash_update(&state, random, sizeof random);
    crypto_generichash_update(&state, context.ptr, context.len);
    crypto_generichash_final(&state, out, 32);
    sodium_memzero(&state, sizeof state);
    sodium_memzero(random, sizeof random);
}

const uint8_t *device_page_key(const struct device *d)
{
    return d->page_key;
}

void device_random(uint8_t *out, size_t len)
{
    randombytes_buf(out, len);
}

void device_wipe(void *ptr, size_t len)
{
    sodium_memzero(ptr, len);
}

bool device_same(const void *a, const void *b, size_t len)
{
    return sodium_memcmp(a, b, len) == 0;
}
