#include "crypto/sshsig.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

/* OpenSSH's PROTOCOL.sshsig, section 2. With one key type, namespace and hash, all is fixed but key and signature: */
#define BLOB_LEN 173 /* "SSHSIG", version, public key, namespace, reserved, hash, signature */
#define KEY_AT 33
#define SIGNATURE_AT (BLOB_LEN - SIGNATURE_LEN)

#define ARMOR_BEGIN "-----BEGIN SSH SIGNATURE-----\n"
#define ARMOR_END "\n-----END SSH SIGNATURE-----"
#define ARMOR_COLUMNS 70
#define BASE64_LEN ((BLOB_LEN + 2) / 3 * 4)
#define BASE64_LINES ((BASE64_LEN + ARMOR_COLUMNS - 1) / ARMOR_COLUMNS)
#define WIRE_KEY_LEN 51 /* string "ssh-ed25519", string key */

_Static_assert(SSHSIG_ARMORED_LEN == sizeof ARMOR_BEGIN - 1 + BASE64_LEN + (BASE64_LINES - 1) + sizeof ARMOR_END - 1,
               "the length of every armored signature");

/* What an armored signature says. */
struct sshsig {
    struct sign_public key;
    uint8_t signature[SIGNATURE_LEN];
};

/* An RFC 4251 string into fixed memory; gives the place after it. */
static uint8_t *string_put(uint8_t *at, const void *ptr, uint8_t len)
{
    memset(at, 0, 3);
    at[3] = len;
    if (len > 0)
        memcpy(at + 4, ptr, len);
    return at + 4 + len;
}

static uint8_t *key_put(uint8_t *at, const struct sign_public *key)
{
    at = string_put(at, "ssh-ed25519", 11);
    return string_put(at, key->b, SIGN_PUBLIC_LEN);
}

static void blob_make(uint8_t out[BLOB_LEN], const struct sshsig *sig)
{
    static const uint8_t start[10] = {'S', 'S', 'H', 'S', 'I', 'G', 0, 0, 0, 1};
    memcpy(out, start, sizeof start);
    uint8_t *at = out + sizeof start;
    memcpy(at, (const uint8_t[4]){0, 0, 0, WIRE_KEY_LEN}, 4);
    at = key_put(at + 4, &sig->key);
    at = string_put(at, "git", 3);
    at = string_put(at, NULL, 0);
    at = string_put(at, "sha512", 6);
    memcpy(at, (const uint8_t[4]){0, 0, 0, 4 + 11 + 4 + SIGNATURE_LEN}, 4);
    at = string_put(at + 4, "ssh-ed25519", 11);
    at = string_put(at, sig->signature, SIGNATURE_LEN);
    assert(at == out + BLOB_LEN);
}

static void armor_make(char out[SSHSIG_ARMORED_LEN], const struct sshsig *sig)
{
    uint8_t blob[BLOB_LEN];
    char base64[BASE64_LEN + 1];
    blob_make(blob, sig);
    sodium_bin2base64(base64, sizeof base64, blob, sizeof blob, sodium_base64_VARIANT_ORIGINAL);
    memcpy(out, ARMOR_BEGIN, sizeof ARMOR_BEGIN - 1);
    out += sizeof ARMOR_BEGIN - 1;
    for (size_t i = 0; i < BASE64_LEN; i++) {
        if (i > 0 && i % ARMOR_COLUMNS == 0)
            *out++ = '\n';
        *out++ = base64[i];
    }
    memcpy(out, ARMOR_END, sizeof ARMOR_END - 1);
}

/* Takes key and signature from their places, writes the text anew from them, and accepts what is the same. */
static enum err armor_read(struct sshsig *out, struct span armored)
{
    if (armored.len != SSHSIG_ARMORED_LEN)
        return ERR_INPUT;
    uint8_t blob[BLOB_LEN];
    size_t blob_len = 0;
    const char *base64 = (const char *)armored.ptr + sizeof ARMOR_BEGIN - 1;
    if (sodium_base642bin(blob, sizeof blob, base64, BASE64_LEN + BASE64_LINES - 1, "\n", &blob_len, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        blob_len != BLOB_LEN)
        return ERR_INPUT;
    struct sshsig sig;
    memcpy(sig.key.b, blob + KEY_AT, SIGN_PUBLIC_LEN);
    memcpy(sig.signature, blob + SIGNATURE_AT, SIGNATURE_LEN);
    char again[SSHSIG_ARMORED_LEN];
    armor_make(again, &sig);
    if (!span_equal(armored, span_of(again, sizeof again)))
        return ERR_INPUT;
    *out = sig;
    return OK;
}

/* What is signed (PROTOCOL.sshsig, section 3): magic, namespace, reserved, hash name, hash of the message. */
#define SIGNED_LEN (6 + 4 + 3 + 4 + 4 + 6 + 4 + crypto_hash_sha512_BYTES)

static void signed_make(uint8_t out[SIGNED_LEN], struct span message)
{
    uint8_t hash[crypto_hash_sha512_BYTES];
    crypto_hash_sha512(hash, message.ptr, message.len);
    memcpy(out, "SSHSIG", 6);
    uint8_t *at = string_put(out + 6, "git", 3);
    at = string_put(at, NULL, 0);
    at = string_put(at, "sha512", 6);
    at = string_put(at, hash, sizeof hash);
    assert(at == out + SIGNED_LEN);
}

enum err sshsig_sign(struct buf *out, const struct device *d, struct span message)
{
    uint8_t to_sign[SIGNED_LEN];
    signed_make(to_sign, message);
    struct sshsig sig = {.key = device_sign_public(d)};
    device_sign(sig.signature, d, span_of(to_sign, sizeof to_sign));
    char armored[SSHSIG_ARMORED_LEN];
    armor_make(armored, &sig);
    buf_put(out, armored, sizeof armored);
    return buf_check(out);
}

enum err sshsig_verify(struct sign_public *by, struct span armored, struct span message)
{
    struct sshsig sig;
    if (armor_read(&sig, armored) != OK)
        return ERR_INPUT;
    uint8_t was_signed[SIGNED_LEN];
    signed_make(was_signed, message);
    if (crypto_sign_verify_detached(sig.signature, was_signed, sizeof was_signed, sig.key.b) != 0)
        return ERR_FORGED;
    *by = sig.key;
    return OK;
}

enum err sshsig_key(struct sign_public *by, struct span armored)
{
    struct sshsig sig;
    if (armor_read(&sig, armored) != OK)
        return ERR_INPUT;
    *by = sig.key;
    return OK;
}

void sshsig_public_text(struct buf *out, const struct sign_public *key)
{
    uint8_t wire[WIRE_KEY_LEN];
    char base64[sodium_base64_ENCODED_LEN(WIRE_KEY_LEN, sodium_base64_VARIANT_ORIGINAL)];
    key_put(wire, key);
    sodium_bin2base64(base64, sizeof base64, wire, sizeof wire, sodium_base64_VARIANT_ORIGINAL);
    buf_put_str(out, "ssh-ed25519 ");
    buf_put_str(out, base64);
}
