#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "crypto/sshsig.h"
#include "sync/commit.h"
#include "sync/limits.h"
#include "tests/unit/vectors.h"

static bool recode(struct buf *again, struct span bytes)
{
    struct buf armored = {0};
    struct commit c;
    bool accepted = commit_decode(&c, &armored, bytes) == OK;
    if (accepted) {
        commit_encode(again, &c);
    }
    buf_free(&armored);
    return accepted;
}

static bool recode_tree(struct buf *again, struct span bytes)
{
    struct commit_tree t;
    bool accepted = commit_tree_decode(&t, bytes) == OK;
    if (accepted) {
        commit_tree_encode(again, &t);
    }
    return accepted;
}

static struct commit sample(void)
{
    struct commit c = {
        .tree = {{0xaa}},
        .has_parent = true,
        .parent = {{0xbb}},
        .chain = {{0xcc}},
        .time = 1763800000,
        .message = span_str("samplan 1\n\nx\n"),
        .signature = span_str("-----BEGIN\n\nab\ncd\n-----END"),
    };
    return c;
}

static void test_bytes(void **state)
{
    (void)state;
    struct commit c = sample();
    struct buf bytes = {0};
    commit_encode(&bytes, &c);
#define PERSON "cc000000000000000000000000000000 <cc000000000000000000000000000000@samplan> 1763800000 +0000\n"
#define UNSIGNED                                                                                                       \
    "tree aa00000000000000000000000000000000000000\n"                                                                  \
    "parent bb00000000000000000000000000000000000000\n"                                                                \
    "author " PERSON "committer " PERSON
    assert_string_equal(buf_text(&bytes), UNSIGNED "gpgsig -----BEGIN\n \n ab\n cd\n -----END\n\nsamplan 1\n\nx\n");
    assert_int_equal(vectors_harass(recode, span_buf(&bytes)), c.message.len); /* the message is the rest */
    struct buf armored = {0};
    struct commit got;
    assert_int_equal(commit_decode(&got, &armored, span_buf(&bytes)), OK);
    assert_true(span_equal(got.message, c.message));
    assert_true(span_equal(got.signature, c.signature));
    assert_true(got.has_parent && got.time == c.time && got.tree.b[0] == 0xaa && got.parent.b[0] == 0xbb);
    buf_free(&armored);
    buf_cut(&bytes, 0);
    commit_payload(&bytes, &c);
    assert_string_equal(buf_text(&bytes), UNSIGNED "\nsamplan 1\n\nx\n");
    assert_false(vectors_accepts(recode, span_buf(&bytes)));
    buf_free(&bytes);
}

/* Replaces what is there once, and says whether the outcome is a commit. */
static bool accepts_with(const char *from, const char *to)
{
    struct commit c = sample();
    struct buf bytes = {0}, changed = {0};
    commit_encode(&bytes, &c);
    const char *text = buf_text(&bytes), *at = strstr(text, from);
    assert_non_null(at);
    buf_put(&changed, text, (size_t)(at - text));
    buf_put_str(&changed, to);
    buf_put_str(&changed, at + strlen(from));
    bool accepted = vectors_accepts(recode, span_buf(&changed));
    buf_free(&bytes);
    buf_free(&changed);
    return accepted;
}

static void test_shape(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"tree aa", "tree AA"},               /* upper case */
        {"tree aa", "tree  aa"},              /* two spaces */
        {"\nparent", "\nparents"},            /* unknown line */
        {"\nauthor cc", "\nauthor cd"},       /* name and address differ */
        {"\ncommitter cc", "\ncommitter cd"}, /* author and committer differ */
        {"1763800000 +0000\ngpg", "1763800001 +0000\ngpg"},
        {"1763800000", "01763800000"},            /* leading zero */
        {"1763800000", "-1"},                     /* before 1970 */
        {"1763800000", "1099511627776"},          /* LIMIT_TIME */
        {"+0000", "+0100"},                       /* another zone */
        {"@samplan", "@sam"},                     /* another address */
        {"\ngpgsig", "\nencoding UTF-8\ngpgsig"}, /* a line git knows */
        {"\ngpgsig", "\ngpgsig-sha256"},          /* the other hash's signature */
        {" -----END\n", " -----END\n \n"},        /* a newline at the signature's end */
        {" -----END\n", " -----END\ngpgsig x\n"}, /* twice */
        {"\n\nsamplan", "\nsamplan"},             /* no empty line */
        {"\n", "\r\n"},                           /* line end */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (accepts_with(wrong[i][0], wrong[i][1])) {
            fail_msg("accepted change %zu", i);
        }
    }
    assert_true(accepts_with("parent bb00000000000000000000000000000000000000\n", ""));
    static uint8_t large[LIMIT_COMMIT + 1];
    struct buf armored = {0};
    struct commit c;
    assert_int_equal(commit_decode(&c, &armored, span_of(large, sizeof large)), ERR_LIMIT);
}

static void test_tree(void **state)
{
    (void)state;
    struct commit_tree t = {.body = {{1}}, .keys = {{2}}, .opens = {{3}}};
    for (int form = 0; form < 4; form++) {
        t.has_keys = (form & 1) != 0;
        t.has_opens = (form & 2) != 0;
        struct buf bytes = {0};
        commit_tree_encode(&bytes, &t);
        size_t entries = 1u + (t.has_keys ? 1u : 0) + (t.has_opens ? 1u : 0);
        assert_int_equal(bytes.len, entries * 29);
        assert_int_equal(vectors_harass(recode_tree, span_buf(&bytes)), entries - 1);
        buf_free(&bytes);
    }
    struct buf bytes = {0};
    commit_tree_encode(&bytes, &t);
    uint8_t turned[3 * 29];
    memcpy(turned, bytes.ptr, 29);
    memcpy(turned + 29, bytes.ptr + 58, 29); /* o before k */
    memcpy(turned + 58, bytes.ptr + 29, 29);
    assert_false(vectors_accepts(recode_tree, span_of(turned, sizeof turned)));
    buf_free(&bytes);
}

/* What stock git says. Everything happens in a folder of its own under /tmp, without the user's configuration. */

static char folder[64];

static int run(const char *command)
{
    struct buf line = {0};
    buf_printf(&line, "cd %s && export HOME=%s GIT_CONFIG_NOSYSTEM=1 GIT_DIR=%s/log.git && { %s; } >>%s/output 2>&1",
               folder, folder, folder, command, folder);
    int status = system(buf_text(&line));
    buf_free(&line);
    return status;
}

static void write_file(const char *name, struct span content)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(content.ptr, 1, content.len, f), content.len);
    assert_int_equal(fclose(f), 0);
}

/* Stores content as a git object; gives its name. */
static struct oid store(const char *type, struct span content)
{
    char command[128];
    write_file("object", content);
    (void)snprintf(command, sizeof command, "git hash-object -t %s -w --stdin <object >name", type);
    assert_int_equal(run(command), 0);
    char path[128], hex[2 * OID_LEN + 1] = {0};
    (void)snprintf(path, sizeof path, "%s/name", folder);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fread(hex, 1, 2 * OID_LEN, f), 2 * OID_LEN);
    (void)fclose(f);
    struct oid oid;
    assert_int_equal(hex_decode(oid.b, OID_LEN, span_str(hex)), OK);
    return oid;
}

static struct oid store_signed(struct commit *c, const struct device *d)
{
    struct buf payload = {0}, armored = {0}, bytes = {0};
    commit_payload(&payload, c);
    assert_int_equal(sshsig_sign(&armored, d, span_buf(&payload)), OK);
    c->signature = span_buf(&armored);
    commit_encode(&bytes, c);
    assert_true(vectors_accepts(recode, span_buf(&bytes)));
    struct oid oid = store("commit", span_buf(&bytes));
    buf_free(&payload);
    buf_free(&armored);
    buf_free(&bytes);
    c->signature = (struct span){0};
    return oid;
}

static void write_signers(const struct commit *c, const struct device *d)
{
    struct sign_public key = device_sign_public(d);
    struct buf line = {0};
    buf_put_hex(&line, span_of(c->chain.b, ID_LEN));
    buf_put_str(&line, "@samplan namespaces=\"git\" ");
    sshsig_public_text(&line, &key);
    buf_put_str(&line, "\n");
    write_file("signers", span_buf(&line));
    buf_free(&line);
}

#define VERIFY "git -c gpg.format=ssh -c gpg.ssh.allowedSignersFile=signers verify-commit "

static int verify(const struct oid *oid)
{
    struct buf command = {0};
    buf_put_str(&command, VERIFY);
    buf_put_hex(&command, span_of(oid->b, OID_LEN));
    int status = run(buf_text(&command));
    buf_free(&command);
    return status;
}

static void check_with_git(const struct device *d)
{
    assert_int_equal(run("git init -q --bare log.git"), 0);
    struct commit_tree t = {.has_keys = true, .has_opens = true};
    t.body = store("blob", span_str("body"));
    t.keys = store("blob", span_str("keys"));
    t.opens = store("blob", span_str("opens"));
    struct buf tree = {0};
    commit_tree_encode(&tree, &t);
    struct commit c = {.chain = {{0xc4}}, .time = 1763800000, .message = span_str("samplan 1\nkind plans\n")};
    c.tree = store("tree", span_buf(&tree));
    buf_free(&tree);
    write_signers(&c, d);
    c.parent = store_signed(&c, d);
    c.has_parent = true;
    c.time = 0;
    struct oid second = store_signed(&c, d);
    assert_int_equal(verify(&c.parent), 0);
    assert_int_equal(verify(&second), 0);
    struct buf command = {0};
    buf_put_str(&command, "git update-ref refs/heads/c4 ");
    buf_put_hex(&command, span_of(second.b, OID_LEN));
    buf_put_str(&command, " && git fsck --strict --no-dangling && test $(git rev-list --count c4) = 2"
                          " && git log c4 | grep -q 'kind plans'");
    assert_int_equal(run(buf_text(&command)), 0);
    buf_free(&command);
    assert_int_not_equal(run("git cat-file commit c4 | sed 's/kind plans/kind reads/' >object"
                             " && " VERIFY "$(git hash-object -t commit -w object)"),
                         0);
}

static void test_stock_git(void **state)
{
    (void)state;
    if (system("git --version >/dev/null 2>&1 && command -v ssh-keygen >/dev/null") != 0) {
        skip();
    }
    (void)snprintf(folder, sizeof folder, "/tmp/samplan-test-commit-XXXXXX");
    assert_non_null(mkdtemp(folder));
    struct device *d = NULL;
    assert_int_equal(device_init_library(), OK);
    assert_int_equal(device_new(&d), OK);
    check_with_git(d);
    device_free(d);
    char remove[128];
    (void)snprintf(remove, sizeof remove, "rm -rf %s", folder); /* on failure it stays, with git's output in it */
    assert_int_equal(system(remove), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_stock_git),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
