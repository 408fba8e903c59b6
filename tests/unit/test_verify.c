/* A device's detached signature: whose it is, over what, and not a bit else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/verify.h"

static void only_the_one_signature(void **state)
{
    struct device *d = NULL;
    struct device *other = NULL;
    uint8_t sig[SIGNATURE_LEN];
    const struct span said = span_str("samplan request 1 ...");
    (void)state;
    assert_int_equal(device_init_library(), OK);
    assert_int_equal(device_new(&d), OK);
    assert_int_equal(device_new(&other), OK);
    struct sign_public key = device_sign_public(d);
    struct sign_public wrong = device_sign_public(other);
    device_sign(sig, d, said);
    assert_int_equal(verify_detached(&key, said, sig), OK);
    assert_int_equal(verify_detached(&wrong, said, sig), ERR_FORGED);
    assert_int_equal(verify_detached(&key, span_str("samplan request 1 ..!"), sig), ERR_FORGED);
    for (size_t i = 0; i < 8 * (size_t)SIGNATURE_LEN; i++) {
        sig[i / 8] ^= (uint8_t)(1u << i % 8);
        assert_int_equal(verify_detached(&key, said, sig), ERR_FORGED);
        sig[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    device_free(d);
    device_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_the_one_signature)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
