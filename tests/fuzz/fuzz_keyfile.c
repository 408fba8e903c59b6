/* The first byte chooses: a key file's clear part, or (without paying for Argon2id) what a key file seals. */
#include <stdlib.h>

#include "crypto/device_testing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void try_file(struct span file)
{
    struct keyfile_head head;
    if (keyfile_decode(&head, file) != OK)
        return;
    struct buf again = {0};
    buf_put_str(&again, KEYFILE_MAGIC);
    buf_put_u32be(&again, head.memory_kib);
    buf_put_u32be(&again, head.passes);
    buf_put_span(&again, head.salt);
    buf_put_span(&again, head.nonce);
    buf_put_span(&again, head.sealed);
    if (buf_check(&again) == OK && !span_equal(file, span_buf(&again)))
        abort();
    if (head.memory_kib > KEYFILE_KIB_MAX || head.passes > KEYFILE_PASSES_MAX || file.len > KEYFILE_MAX)
        abort();
    buf_free(&again);
}

static void try_secret(struct span secret)
{
    struct device *d = NULL;
    if (device_decode(&d, secret) == OK && secret.len > KEYFILE_SECRET_MAX)
        abort();
    device_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (device_init_library() != OK || len == 0)
        return 0;
    struct span rest = span_of(data + 1, len - 1);
    if (data[0] & 1)
        try_secret(rest);
    else
        try_file(rest);
    return 0;
}
