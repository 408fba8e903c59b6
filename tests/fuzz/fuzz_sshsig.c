/* An armored signature, then (after a zero byte) the message. What is accepted must be in the one accepted form. */
#include <stdlib.h>
#include <string.h>

#include "crypto/sshsig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const uint8_t *zero = len > 0 ? memchr(data, 0, len) : NULL;
    size_t armored_len = zero ? (size_t)(zero - data) : len;
    struct span armored = span_of(data, armored_len);
    struct span message = zero ? span_of(zero + 1, len - armored_len - 1) : span_str("");
    struct sign_public key, by;
    enum err shape = sshsig_key(&key, armored);
    enum err verdict = sshsig_verify(&by, armored, message);
    if (shape == OK && (armored_len != SSHSIG_ARMORED_LEN || verdict == ERR_INPUT))
        abort();
    if (shape != OK && verdict != ERR_INPUT)
        abort();
    if (verdict == OK && memcmp(key.b, by.b, SIGN_PUBLIC_LEN) != 0)
        abort();
    return 0;
}
