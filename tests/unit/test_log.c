/* The door to libgit2: objects held in memory until flushed, exact copies, and branches that move only from where they
 * were thought to stand. */
#include "tests/unit/sites.h"

static struct why why = {.text = ""};

static struct log *make(char path[SITES_PATH])
{
    struct log *log = NULL;
    sites_path(path, "log");
    assert_int_equal(log_create(&log, &why, path), OK);
    return log;
}

static struct oid put(struct log *log, const char *text)
{
    struct oid id;
    assert_int_equal(log_put(&id, log, LOG_BLOB, span_str(text)), OK);
    return id;
}

/* A commit's bytes that git takes. */
static struct oid put_commit(struct log *log, const char *message)
{
    struct oid tree;
    struct oid id;
    struct buf bytes = {0};
    assert_int_equal(log_put(&tree, log, LOG_TREE, span_str("")), OK);
    buf_put_str(&bytes, "tree ");
    buf_put_hex(&bytes, span_of(tree.b, OID_LEN));
    buf_printf(&bytes, "\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\n%s", message);
    assert_int_equal(log_put(&id, log, LOG_COMMIT, span_buf(&bytes)), OK);
    buf_free(&bytes);
    return id;
}

static enum err read_blob(struct log *log, const struct oid *id, size_t max)
{
    struct buf out = {0};
    enum err e = log_read(&out, log, LOG_BLOB, id, max);
    buf_free(&out);
    return e;
}

static void objects(void **state)
{
    char path[SITES_PATH];
    uint64_t bytes = 0;
    (void)state;
    struct log *log = make(path);
    struct oid kept = put(log, "behålls");
    assert_int_equal(read_blob(log, &kept, 100), OK); /* before it is on disk too */
    assert_int_equal(log_flush(log, &bytes), OK);
    assert_true(bytes > 0);
    struct oid gone = put(log, "glöms");
    log_forget(log);
    assert_int_equal(log_flush(log, NULL), OK);
    log_close(log);
    assert_int_equal(log_open(&log, &why, path), OK);
    assert_int_equal(read_blob(log, &kept, 8), OK);
    assert_int_equal(read_blob(log, &kept, 7), ERR_LIMIT);
    assert_int_equal(read_blob(log, &gone, 100), ERR_NOT_FOUND);
    struct buf out = {0};
    assert_int_equal(log_read(&out, log, LOG_TREE, &kept, 100), ERR_INPUT); /* another kind */
    buf_free(&out);
    assert_string_equal(log_path(log), path);
    log_close(log);
    log_close(NULL);
}

static size_t count_objects(const char *path)
{
    struct buf command = {0};
    unsigned n = 0;
    buf_printf(&command, "for i in '%s'/objects/pack/*.idx; do git show-index < \"$i\"; done | wc -l", path);
    FILE *f = popen(buf_text(&command), "r");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%u", &n), 1);
    assert_int_equal(pclose(f), 0);
    buf_free(&command);
    return n;
}

static int run_in(const char *path, const char *what)
{
    struct buf command = {0};
    buf_printf(&command, "cd '%s' && %s", path, what);
    const int status = system(buf_text(&command)); /* NOLINT: our own words */
    buf_free(&command);
    return status;
}

static unsigned pack_bytes(const char *path)
{
    struct buf command = {0};
    unsigned n = 0;
    buf_printf(&command, "cat '%s'/objects/pack/*.pack | wc -c", path);
    FILE *f = popen(buf_text(&command), "r"); /* NOLINT: our own words */
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%u", &n), 1);
    assert_int_equal(pclose(f), 0);
    buf_free(&command);
    return n;
}

/* A pack that could not be written leaves nothing behind in the folder of packs. */
static void what_is_missing_leaves_nothing(void **state)
{
    char from_path[SITES_PATH];
    char to_path[SITES_PATH];
    uint64_t bytes = 0;
    (void)state;
    struct log *from = make(from_path);
    struct log *to = make(to_path);
    const struct oid ids[2] = {put(from, "finns"), {{1, 2, 3}}};
    assert_int_equal(log_flush(from, NULL), OK);
    assert_int_equal(log_copy(to, from, ids, 2, &bytes), ERR_STORAGE);
    assert_int_equal(bytes, 0);
    assert_int_equal(run_in(to_path, "test -z \"$(ls objects/pack)\""), 0);
    log_close(from);
    log_close(to);
}

static void copies_are_exact(void **state)
{
    char from_path[SITES_PATH];
    char to_path[SITES_PATH];
    uint64_t bytes = 0;
    (void)state;
    struct log *from = make(from_path);
    struct log *to = make(to_path);
    struct oid ids[3] = {put(from, "ett"), put(from, "två"), put(from, "ett")};
    struct oid other = put_commit(from, "utan");
    assert_int_equal(log_flush(from, NULL), OK);
    assert_int_equal(count_objects(from_path), 4);
    assert_int_equal(log_copy(to, from, ids, 3, &bytes), OK); /* one named twice */
    assert_int_equal(count_objects(to_path), 2);
    assert_int_equal(bytes, pack_bytes(to_path));
    assert_int_equal(run_in(to_path, "git fsck --full --strict"), 0);
    assert_int_equal(read_blob(to, &ids[1], 100), OK);
    struct buf out = {0};
    assert_int_equal(log_read(&out, to, LOG_COMMIT, &other, 1000), ERR_NOT_FOUND);
    buf_free(&out);
    assert_int_equal(log_copy(to, from, NULL, 0, &bytes), OK);
    struct oid none = {{1, 2, 3}};
    assert_int_not_equal(log_copy(to, from, &none, 1, NULL), OK);
    log_close(from);
    log_close(to);
}

static void branches_move_from_where_they_stand(void **state)
{
    char path[SITES_PATH];
    struct arena a = {0};
    struct log_branches list;
    struct oid at;
    (void)state;
    struct log *log = make(path);
    struct chain_id chain = {{0xab, 1}};
    struct chain_id lower = {{0x01, 1}};
    struct oid one = put_commit(log, "ett");
    struct oid two = put_commit(log, "två");
    assert_int_equal(log_flush(log, NULL), OK);
    assert_int_equal(log_tip(&at, log, &chain), ERR_NOT_FOUND);
    assert_int_equal(log_move(log, &chain, NULL, &one), OK);
    assert_int_equal(log_move(log, &chain, NULL, &two), ERR_BUSY);
    assert_int_equal(log_move(log, &chain, &two, &two), ERR_BUSY);
    assert_int_equal(log_tip(&at, log, &chain), OK);
    assert_memory_equal(&at, &one, sizeof at);
    assert_int_equal(log_move(log, &chain, &one, &two), OK);
    assert_int_equal(log_move(log, &lower, NULL, &one), OK);
    struct oid none = {{9}};
    assert_int_not_equal(log_move(log, &lower, &one, &none), OK);
    assert_int_equal(log_branches(&list, &a, log, 10), OK);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.list[0].chain.b[0], 0x01);
    assert_memory_equal(&list.list[1].tip, &two, sizeof two);
    assert_int_equal(log_branches(&list, &a, log, 1), ERR_LIMIT);
    struct buf command = {0};
    buf_printf(&command,
               "cd '%s' && git update-ref refs/heads/annat $(git rev-parse HEAD) &&"
               " git update-ref refs/tags/x $(git rev-parse HEAD)",
               path);
    assert_int_equal(system(buf_text(&command)), 0);
    buf_free(&command);
    assert_int_equal(log_branches(&list, &a, log, 10), OK);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.strange, 2);
    arena_free(&a);
    log_close(log);
}

static void what_is_no_repository(void **state)
{
    struct log *log = NULL;
    char path[SITES_PATH];
    (void)state;
    sites_path(path, "inget");
    assert_int_equal(log_open(&log, &why, path), ERR_NOT_FOUND);
    assert_null(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects), cmocka_unit_test(copies_are_exact), cmocka_unit_test(what_is_missing_leaves_nothing),
        cmocka_unit_test(branches_move_from_where_they_stand), cmocka_unit_test(what_is_no_repository)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
