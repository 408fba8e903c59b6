#include "crypto/verify.h"

#include <sodium.h>

_Static_assert(SIGNATURE_LEN == crypto_sign_BYTES, "Ed25519 signature");
_Static_assert(SIGN_PUBLIC_LEN == crypto_sign_PUBLICKEYBYTES, "Ed25519 public key");

enum err verify_detached(const struct sign_public *key, struct span message, const uint8_t sig[SIGNATURE_LEN])
{
    return crypto_sign_verify_detached(sig, message.ptr, message.len, key->b) == 0 ? OK : ERR_FORGED;
}
