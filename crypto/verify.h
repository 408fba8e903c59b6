/* A raw detached Ed25519 signature by a device, checked with its public key alone: the other half of device_sign. */
#ifndef CRYPTO_VERIFY_H
#define CRYPTO_VERIFY_H

#include "crypto/device.h"

/* Did the holder of key make sig over message? ERR_FORGED if not. Pure. */
MUST_CHECK enum err verify_detached(const struct sign_public *key, struct span message,
                                    const uint8_t sig[SIGNATURE_LEN]);

#endif
