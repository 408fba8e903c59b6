/* Packs as stock git reads them: each object once, whole, with the right name. Expected sizes are from git's
 * documentation of the format, and from RFC 1950 and 1951. */
#include "tests/unit/sites.h"

#include <sys/stat.h>

#include "sync/pack.h"

#define PIECE_MAX 65536u

struct taken {
    struct buf all;
    size_t pieces;
    size_t fail_at; /* the piece that is not taken; 0: all are */
};

static enum err take(void *ctx, struct span piece)
{
    struct taken *t = ctx;
    assert_in_range(piece.len, 1, PIECE_MAX);
    buf_put_span(&t->all, piece);
    return ++t->pieces == t->fail_at ? ERR_TRANSPORT : OK;
}

static struct pack *begin(struct taken *t, uint32_t count)
{
    struct pack *p = NULL;
    assert_int_equal(pack_begin(&p, (struct pack_sink){.put = take, .ctx = t}, count), OK);
    return p;
}

static uint8_t random_bytes[300000], text_bytes[300000];

static int make_bytes(void **state)
{
    uint32_t random = 1;
    for (size_t i = 0; i < sizeof random_bytes; i++) {
        random = random * 1664525u + 1013904223u;
        random_bytes[i] = (uint8_t)(random >> 24);
        text_bytes[i] = (uint8_t)("kommun "[i % 7] + (i % 1000 == 0));
    }
    return sites_setup(state);
}

static size_t packed_len(struct span content)
{
    struct taken t = {.all = {0}};
    struct pack *p = begin(&t, 1);
    assert_int_equal(pack_object(p, PACK_BLOB, content), OK);
    assert_int_equal(pack_end(p), OK);
    pack_free(p);
    const size_t len = t.all.len;
    buf_free(&t.all);
    return len;
}

static void an_empty_one(void **state)
{
    (void)state;
    static const uint8_t expected[] = {'P',  'A',  'C',  'K',  0,    0,    0,    2,    0,    0,    0,
                                       0,    0x02, 0x9d, 0x08, 0x82, 0x3b, 0xd8, 0xa8, 0xea, 0xb5, 0x10,
                                       0xad, 0x6a, 0xc7, 0x5c, 0x82, 0x3c, 0xfd, 0x3e, 0xd3, 0x1e};
    struct taken t = {.all = {0}};
    struct pack *p = begin(&t, 0);
    assert_int_equal(pack_end(p), OK);
    pack_free(p);
    assert_true(span_equal(span_buf(&t.all), span_of(expected, sizeof expected)));
    buf_free(&t.all);
    pack_free(NULL);
}

/* 12 for the pack's header, 20 for its sum, 3 for the object's header, 6 for zlib's, 5 a stored block; blocks end where
 * pieces do. */
static void what_gets_no_shorter_is_stored(void **state)
{
    (void)state;
    assert_in_range(packed_len(span_of(random_bytes, 16000)), 16000 + 46, 16000 + 46 + 5);
    assert_in_range(packed_len(span_of(random_bytes, 300000)), 300000 + 46, 300000 + 46 + 10 * 5);
    assert_in_range(packed_len(span_of(text_bytes, 16000)), 46, 1000);
}

static void a_sink_that_fails_ends_it(void **state)
{
    (void)state;
    struct taken t = {.fail_at = 2};
    struct pack *p = begin(&t, 1);
    assert_int_equal(pack_object(p, PACK_BLOB, span_of(random_bytes, sizeof random_bytes)), ERR_TRANSPORT);
    assert_int_equal(t.pieces, 2);
    pack_free(p);
    buf_free(&t.all);
    t = (struct taken){.fail_at = 1};
    p = begin(&t, 0);
    assert_int_equal(pack_end(p), ERR_TRANSPORT);
    pack_free(p);
    buf_free(&t.all);
}

static void write_file(const char *path, const char *name, struct span content)
{
    struct buf file = {0};
    buf_printf(&file, "%s/%s", path, name);
    FILE *f = fopen(buf_text(&file), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(content.ptr, 1, content.len, f), content.len);
    assert_int_equal(fclose(f), 0);
    buf_free(&file);
}

static void must_run(const char *path, const char *command)
{
    struct buf line = {0};
    buf_printf(&line, "cd '%s' && { %s; } >said 2>&1 || { cat said >&2; false; }", path, command);
    assert_int_equal(system(buf_text(&line)), 0); /* NOLINT: our own words */
    buf_free(&line);
}

static void git_reads_it(void **state)
{
    (void)state;
    static const size_t lens[] = {0,    1,    15,    16,    1023,  1024,  1025,  16000,  65535,
                                  2063, 2064, 65490, 65510, 65536, 65537, 70000, 131072, 300000};
    enum { LENS = sizeof lens / sizeof *lens };
    /* of an empty tree, whose name every git knows; its commit */
    static const char commit[] = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor a <a@b> 1 +0000\n"
                                 "committer a <a@b> 1 +0000\n\nprov\n";
    char path[SITES_PATH];
    sites_path(path, "git");
    assert_int_equal(mkdir(path, 0700), 0);
    struct taken t = {.all = {0}};
    struct pack *p = begin(&t, 2 * LENS - 1 + 2); /* no bytes are the same in both rows */
    for (size_t i = 0; i < 2 * LENS; i++) {
        const struct span content = span_of(i % 2 ? text_bytes : random_bytes, lens[i / 2]);
        char name[20];
        if (i % 2 == 1 && content.len == 0) {
            continue;
        }
        (void)snprintf(name, sizeof name, "blob%zu", i);
        write_file(path, name, content);
        assert_int_equal(pack_object(p, PACK_BLOB, content), OK);
    }
    assert_int_equal(pack_object(p, PACK_TREE, span_str("")), OK);
    assert_int_equal(pack_object(p, PACK_COMMIT, span_str(commit)), OK);
    assert_int_equal(pack_end(p), OK);
    pack_free(p);
    write_file(path, "pack", span_buf(&t.all));
    write_file(path, "commit", span_str(commit));
    buf_free(&t.all);
    must_run(path, "git init -q --bare g && git -C g index-pack --strict --stdin <pack");
    must_run(path, "(cd g && git verify-pack objects/pack/*.idx && git fsck --full --strict)");
    must_run(path, "{ git hash-object --no-filters blob*; git hash-object -t commit commit;"
                   " git hash-object -t tree /dev/null; } | sort >expected;"
                   "cat g/objects/pack/*.idx | git show-index | cut -d' ' -f2 | sort >got; cmp expected got");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_empty_one), cmocka_unit_test(what_gets_no_shorter_is_stored),
                                       cmocka_unit_test(a_sink_that_fails_ends_it), cmocka_unit_test(git_reads_it)};
    return cmocka_run_group_tests(tests, make_bytes, sites_teardown);
}
