/* A bundle's header, and a bundle's pack that lies about itself. Meetings are in tests/cli/test_bundle.py. */
#include "tests/unit/sites.h"

#include "sync/bundle.h"
#include "sync/posix.h"

#define OID "0123456789abcdef0123456789abcdef01234567"
#define CHAIN "0123456789abcdef0123456789abcdef"

static void good_headers(void **state)
{
    static const struct {
        const char *text;
        size_t needs;
        size_t refs;
    } rows[] = {{"# v2 git bundle\n\n", 0, 0},
                {"# v2 git bundle\n" OID " refs/heads/" CHAIN "\n\nPACK", 0, 1},
                {"# v2 git bundle\n-" OID " " CHAIN " 7\n" OID " refs/heads/" CHAIN "\n\n", 1, 1},
                {"# v2 git bundle\n-" OID "\n-" OID " \n-" OID " Rättat: kön\n" OID " HEAD\n\n\n", 3, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena a = {0};
        struct buf again = {0};
        struct bundle b;
        size_t used;
        assert_int_equal(bundle_decode(&b, &used, &a, span_str(rows[i].text)), OK);
        assert_int_equal(b.need_count, rows[i].needs);
        assert_int_equal(b.ref_count, rows[i].refs);
        bundle_encode(&again, &b);
        assert_int_equal(again.len, used);
        assert_memory_equal(again.ptr, rows[i].text, used);
        buf_free(&again);
        arena_free(&a);
    }
}

static void bad_headers(void **state)
{
    static const char *const rows[] = {"",
                                       "# v2 git bundle",
                                       "# v2 git bundle\n",
                                       "# v3 git bundle\n\n",
                                       "# v2 git bundle\r\n\r\n",
                                       "# v2 git bundle\n" OID "\n\n",
                                       "# v2 git bundle\n" OID " \n\n",
                                       "# v2 git bundle\n" OID " a b\n\n",
                                       "# v2 git bundle\n" OID "  a\n\n",
                                       "# v2 git bundle\n" OID " a\n-" OID "\n\n",
                                       "# v2 git bundle\n-\n\n",
                                       "# v2 git bundle\n-" OID "x\n\n",
                                       "# v2 git bundle\n-0123456789ABCDEF0123456789abcdef01234567\n\n",
                                       "# v2 git bundle\n-" OID " a\tb\n\n",
                                       "# v2 git bundle\n" OID " a"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena a = {0};
        struct bundle b;
        size_t used;
        if (bundle_decode(&b, &used, &a, span_str(rows[i])) != ERR_INPUT) {
            fail_msg("%s", rows[i]);
        }
        arena_free(&a);
    }
}

static void too_many_lines(void **state)
{
    struct buf text = {0};
    struct arena a = {0};
    struct bundle b;
    size_t used;
    (void)state;
    buf_put_str(&text, "# v2 git bundle\n");
    for (unsigned i = 0; i <= BUNDLE_LINES_MAX; i++) {
        buf_put_str(&text, OID " a\n");
    }
    buf_put_str(&text, "\n");
    assert_int_equal(bundle_decode(&b, &used, &a, span_buf(&text)), ERR_LIMIT);
    arena_free(&a);
    buf_free(&text);
}

static void comments(void **state)
{
    static const char *const bad[] = {"",
                                      " ",
                                      " " CHAIN,
                                      " " CHAIN " ",
                                      " " CHAIN " 0",
                                      " " CHAIN " 01",
                                      " " CHAIN " 1x",
                                      " " CHAIN " 999999999999999",
                                      " x" CHAIN " 1",
                                      CHAIN " 1"};
    const struct chain_id chain = {{1, 2, 3}};
    struct chain_id read;
    struct buf text = {0};
    uint64_t dot;
    (void)state;
    bundle_comment(&text, &chain, 1234567890);
    struct bundle_line need = {.text = span_buf(&text)};
    assert_true(bundle_need(&read, &dot, &need));
    assert_memory_equal(&read, &chain, sizeof chain);
    assert_int_equal(dot, 1234567890);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        need.text = span_str(bad[i]);
        assert_false(bundle_need(&read, &dot, &need));
    }
    buf_free(&text);
}

static enum err index_pack(const uint8_t *bytes, size_t len)
{
    struct why w = {.text = ""};
    struct log *log;
    struct log_index *x;
    char path[SITES_PATH];
    sites_path(path, "log");
    assert_int_equal(log_create(&log, &w, path), OK);
    assert_int_equal(log_index_begin(&x, log), OK);
    enum err e = OK;
    for (size_t at = 0; e == OK && at < len; at += 7) { /* in small pieces */
        e = log_index_feed(x, span_of(bytes + at, len - at < 7 ? len - at : 7));
    }
    e = e == OK ? log_index_end(x) : e;
    log_index_free(x);
    log_close(log);
    return e;
}

/* Two objects: a blob of six bytes, and a difference to it that claims to make 64 GiB; and the same pack cut off, and with
 * a count that is not so. Each is refused, none is believed. */
static void packs_that_lie(void **state)
{
    static const char *const make =
        "import zlib,hashlib,struct,sys\n"
        "b=b'hejsan'\n"
        "oid=hashlib.sha1(b'blob 6\\0'+b).digest()\n"
        "def v(n):\n"
        "  o=b''\n"
        "  while n>127: o+=bytes([n&127|128]); n>>=7\n"
        "  return o+bytes([n])\n"
        "d=v(6)+v(64<<30)+b'\\x90\\x06'*30\n"
        "h=bytes([0x70|(len(d)&15)|128,len(d)>>4]) if len(d)>15 else bytes([0x70|len(d)])\n"
        "p=b'PACK'+struct.pack('>II',2,int(sys.argv[2]))+bytes([0x36])+zlib.compress(b)+h+oid+zlib.compress(d)\n"
        "open(sys.argv[1],'wb').write(p+hashlib.sha1(p).digest())\n";
    static const char *const counts[] = {"2", "1", "3", "4000000000"};
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        char path[SITES_PATH];
        struct buf command = {0};
        struct buf pack = {0};
        sites_path(path, "pack");
        buf_printf(&command, "python3 -c \"%s\" %s %s", make, path, counts[i]);
        assert_int_equal(system(buf_text(&command)), 0); /* NOLINT: our own words */
        assert_int_equal(posix_read_file(&pack, path, 1 << 20), OK);
        assert_int_not_equal(index_pack(pack.ptr, pack.len), OK);
        assert_int_not_equal(index_pack(pack.ptr, pack.len - 25), OK);
        buf_free(&command);
        buf_free(&pack);
    }
    assert_int_not_equal(index_pack((const uint8_t *)"PACK", 4), OK);
    assert_int_not_equal(index_pack((const uint8_t *)"", 0), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(good_headers), cmocka_unit_test(bad_headers),
                                       cmocka_unit_test(too_many_lines), cmocka_unit_test(comments),
                                       cmocka_unit_test(packs_that_lie)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
