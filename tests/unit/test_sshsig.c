#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/sshsig.h"

static const char message[] = "tree 0\n\nh\xc3\xa4lsning\n";
static struct device *device;
static struct buf armored; /* device's signature of message */

static int setup(void **state)
{
    (void)state;
    if (device_init_library() != OK || device_new(&device) != OK)
        return -1;
    return sshsig_sign(&armored, device, span_str(message)) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    device_free(device);
    buf_free(&armored);
    return 0;
}

static void test_sign_verify(void **state)
{
    (void)state;
    struct sign_public by, key = device_sign_public(device);
    assert_int_equal(armored.len, SSHSIG_ARMORED_LEN);
    assert_int_equal(sshsig_verify(&by, span_buf(&armored), span_str(message)), OK);
    assert_memory_equal(by.b, key.b, SIGN_PUBLIC_LEN);
    memset(&by, 0, sizeof by);
    assert_int_equal(sshsig_key(&by, span_buf(&armored)), OK);
    assert_memory_equal(by.b, key.b, SIGN_PUBLIC_LEN);
    assert_int_equal(sshsig_verify(&by, span_buf(&armored), span_of(message, sizeof message)), ERR_FORGED);
    assert_int_equal(sshsig_verify(&by, span_buf(&armored), (struct span){0}), ERR_FORGED);
}

static void test_every_bit(void **state)
{
    (void)state;
    struct sign_public by;
    for (size_t bit = 0; bit < armored.len * 8; bit++) {
        armored.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(sshsig_verify(&by, span_buf(&armored), span_str(message)), OK);
        armored.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < strlen(message) * 8; bit++) {
        char altered[sizeof message];
        memcpy(altered, message, sizeof message);
        altered[bit / 8] = (char)(altered[bit / 8] ^ (1 << bit % 8));
        assert_int_equal(sshsig_verify(&by, span_buf(&armored), span_of(altered, strlen(message))), ERR_FORGED);
    }
}

static void test_one_way_to_write(void **state)
{
    (void)state;
    struct sign_public by;
    for (size_t len = 0; len < armored.len; len++)
        assert_int_equal(sshsig_key(&by, span_of(armored.ptr, len)), ERR_INPUT);
    struct buf other = {0};
    buf_put_span(&other, span_buf(&armored));
    buf_put_u8(&other, '\n');
    assert_int_equal(sshsig_key(&by, span_buf(&other)), ERR_INPUT);
    buf_cut(&other, armored.len);
    /* A line broken one place early: the same base64, the same length. */
    size_t at = strlen("-----BEGIN SSH SIGNATURE-----\n") + 70;
    assert_int_equal(other.ptr[at], '\n');
    other.ptr[at] = other.ptr[at - 1];
    other.ptr[at - 1] = '\n';
    assert_int_equal(sshsig_key(&by, span_buf(&other)), ERR_INPUT);
    buf_free(&other);
}

/* For any byte in any place: what is accepted differs in key or signature only, and so never in the fixed part. */
static void test_accepted_bytes(void **state)
{
    (void)state;
    struct sign_public by;
    size_t head = strlen("-----BEGIN SSH SIGNATURE-----\n") + 33 * 4 / 3 + 1; /* 33 fixed bytes, a newline before */
    for (size_t at = 0; at < armored.len; at++) {
        uint8_t kept = armored.ptr[at];
        for (unsigned c = 0; c < 256; c++) {
            armored.ptr[at] = (uint8_t)c;
            if (c != kept && sshsig_key(&by, span_buf(&armored)) == OK)
                assert_true(at + 1 >= head && at < armored.len - strlen("=\n-----END SSH SIGNATURE-----"));
        }
        armored.ptr[at] = kept;
    }
}

/* ---- with OpenSSH itself ---- */

static char dir[] = "/tmp/samplan-sshsig-XXXXXX";

static int run(const char *format)
{
    char command[512];
    int len = snprintf(command, sizeof command, format, dir);
    assert_true(len > 0 && (size_t)len < sizeof command);
    return system(command);
}

static void write_file(const char *name, struct span bytes)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, f), bytes.len);
    assert_int_equal(fclose(f), 0);
}

static struct buf read_file(const char *name)
{
    char path[128];
    uint8_t bytes[4096];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    struct buf b = {0};
    buf_put(&b, bytes, fread(bytes, 1, sizeof bytes, f));
    assert_int_equal(fclose(f), 0);
    return b;
}

static int openssh_setup(void **state)
{
    (void)state;
    memcpy(dir + sizeof dir - 7, "XXXXXX", 6);
    return mkdtemp(dir) ? 0 : -1;
}

static int openssh_teardown(void **state)
{
    (void)state;
    return run("rm -rf '%s'") == 0 ? 0 : -1;
}

static void skip_without_openssh(void)
{
    if (system("command -v ssh-keygen >/dev/null 2>&1") != 0)
        skip();
}

static void test_openssh_verifies_ours(void **state)
{
    (void)state;
    skip_without_openssh();
    struct sign_public key = device_sign_public(device);
    struct buf signers = {0};
    buf_put_str(&signers, "anna@kommunen namespaces=\"git\" ");
    sshsig_public_text(&signers, &key);
    buf_put_str(&signers, "\n");
    write_file("signers", span_buf(&signers));
    write_file("sig", span_buf(&armored));
    write_file("message", span_str(message));
    write_file("other", span_str("other"));
    assert_int_equal(
        run("cd '%s' && ssh-keygen -Y verify -f signers -I anna@kommunen -n git -s sig <message >out 2>&1"), 0);
    assert_int_not_equal(
        run("cd '%s' && ssh-keygen -Y verify -f signers -I anna@kommunen -n git -s sig <other >out 2>&1"), 0);
    buf_free(&signers);
}

static void test_we_verify_openssh(void **state)
{
    (void)state;
    skip_without_openssh();
    write_file("message", span_str(message));
    assert_int_equal(run("cd '%s' && ssh-keygen -q -t ed25519 -N '' -C '' -f key"), 0);
    assert_int_equal(run("cd '%s' && ssh-keygen -q -Y sign -f key -n git message 2>out"), 0);
    struct buf sig = read_file("message.sig");
    assert_int_equal(sig.ptr[sig.len - 1], '\n');
    buf_cut(&sig, sig.len - 1); /* as git does when it puts the signature into a commit */
    struct sign_public by;
    assert_int_equal(sshsig_verify(&by, span_buf(&sig), span_str(message)), OK);
    assert_int_equal(sshsig_verify(&by, span_buf(&sig), span_str("other")), ERR_FORGED);
    struct buf public = read_file("key.pub"), ours = {0};
    sshsig_public_text(&ours, &by);
    assert_true(public.len >= ours.len);
    assert_memory_equal(public.ptr, ours.ptr, ours.len);
    buf_free(&sig);
    buf_free(&public);
    buf_free(&ours);

    /* Another namespace, or another hash, is not the accepted form. */
    assert_int_equal(run("cd '%s' && rm message.sig && ssh-keygen -q -Y sign -f key -n file message 2>out"), 0);
    sig = read_file("message.sig");
    buf_cut(&sig, sig.len - 1);
    assert_int_equal(sshsig_verify(&by, span_buf(&sig), span_str(message)), ERR_INPUT);
    buf_free(&sig);
    assert_int_equal(run("cd '%s' && rm message.sig && ssh-keygen -q -Y sign -O hashalg=sha256 -f key -n git message "
                         "2>out"),
                     0);
    sig = read_file("message.sig");
    buf_cut(&sig, sig.len - 1);
    assert_int_equal(sshsig_verify(&by, span_buf(&sig), span_str(message)), ERR_INPUT);
    buf_free(&sig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sign_verify),
        cmocka_unit_test(test_every_bit),
        cmocka_unit_test(test_one_way_to_write),
        cmocka_unit_test(test_accepted_bytes),
        cmocka_unit_test_setup_teardown(test_openssh_verifies_ours, openssh_setup, openssh_teardown),
        cmocka_unit_test_setup_teardown(test_we_verify_openssh, openssh_setup, openssh_teardown),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
