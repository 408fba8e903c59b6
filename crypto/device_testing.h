/* Seams for tests and fuzz targets only: a device from chosen secrets, so that published vectors can be checked and the
 * decoder can be fuzzed without paying for Argon2id. Nothing in the program includes this. */
#ifndef CRYPTO_DEVICE_TESTING_H
#define CRYPTO_DEVICE_TESTING_H

#include "crypto/device.h"

/* A device from the bytes that device_seal seals (crypto/device.h). *out is fresh: device_free. ERR_INPUT: not in that
 * form; ERR_MEMORY. */
MUST_CHECK enum err device_decode(struct device **out, struct span secret);

#endif
