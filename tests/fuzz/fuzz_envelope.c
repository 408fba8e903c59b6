/* An envelope from outside, to a device with fixed keys: as it came, and addressed to that device. The input is cut or
 * filled up with zeros to an envelope's length, which the decoders of records ensure. */
#include <stdlib.h>
#include <string.h>

#include "crypto/device_testing.h"
#include "crypto/envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What opens must be what the key id commits to. */
static void try_open(const uint8_t in[ENVELOPE_LEN], const struct device *d)
{
    const struct forbund_id forbund = {{1}};
    struct section_id section;
    uint8_t key[SECTION_KEY_LEN];
    if (envelope_open(&section, key, in, &forbund, d) != OK)
        return;
    struct key_id committed = ids_key(&forbund, &section, key);
    struct envelope_label label = envelope_label(in);
    if (memcmp(committed.b, label.key.b, ID_LEN) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    uint8_t secrets[1 + 4 * 32 + 4 + 32] = {1};
    secrets[132] = 1; /* one box secret, zeros as all the others */
    struct device *d = NULL;
    if (device_init_library() != OK || device_decode(&d, span_of(secrets, sizeof secrets)) != OK)
        return 0;
    uint8_t in[ENVELOPE_LEN] = {0};
    memcpy(in, data, len < sizeof in ? len : sizeof in);
    try_open(in, d);
    struct box_id to = device_box_id(d);
    memcpy(in + ID_LEN, to.b, ID_LEN);
    try_open(in, d);
    device_free(d);
    return 0;
}
