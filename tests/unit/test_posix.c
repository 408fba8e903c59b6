/* Whole files, folders, locks. */
#include "tests/unit/sites.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sync/posix.h"

static void files_whole(void **state)
{
    char path[SITES_PATH];
    struct buf b = {0};
    struct stat st;
    (void)state;
    sites_path(path, "fil");
    assert_int_equal(posix_read_file(&b, path, 10), ERR_NOT_FOUND);
    assert_false(posix_exists(path));
    assert_int_equal(posix_write_file(path, span_str("hej")), OK);
    assert_int_equal(posix_write_file(path, span_str("hejsan")), OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(posix_read_file(&b, path, 6), OK);
    assert_int_equal(posix_read_file(&b, path, 6), OK); /* appended; the cap is of the file */
    assert_true(span_equal(span_buf(&b), span_str("hejsanhejsan")));
    assert_int_equal(posix_read_file(&b, path, 5), ERR_LIMIT);
    assert_int_equal(posix_read_file(&b, "/tmp", 5), ERR_STORAGE);
    assert_int_equal(posix_write_file("/finns/inte/fil", span_str("x")), ERR_NOT_FOUND);
    assert_int_equal(posix_write_file(path, span_of(NULL, 0)), OK);
    buf_free(&b);
    assert_int_equal(posix_read_file(&b, path, 0), OK);
    assert_int_equal(b.len, 0);
    buf_free(&b);
}

static void folders(void **state)
{
    char path[SITES_PATH];
    char inner[SITES_PATH + 10];
    (void)state;
    sites_path(path, "mapp");
    (void)snprintf(inner, sizeof inner, "%s/a/b", path);
    assert_int_equal(posix_make_dir(inner), ERR_NOT_FOUND);
    assert_int_equal(posix_make_dir(path), OK);
    assert_int_equal(posix_make_dir(path), ERR_EXISTS);
    assert_true(posix_is_dir(path));
    (void)snprintf(inner, sizeof inner, "%s/a", path);
    assert_int_equal(posix_make_dir(inner), OK);
    (void)snprintf(inner, sizeof inner, "%s/a/fil", path);
    assert_int_equal(posix_write_file(inner, span_str("12345")), OK);
    assert_false(posix_is_dir(inner));
    assert_int_equal(posix_tree_bytes(path), 5);
    assert_int_equal(posix_tree_bytes("/finns/inte"), 0);
    posix_remove_tree(path);
    assert_false(posix_exists(path));
    posix_remove_tree(path);
}

/* What cannot be told is not taken for nothing. */
static void looking(void **state)
{
    char path[SITES_PATH];
    char inner[SITES_PATH + 10];
    enum posix_kind kind;
    const char *const some[] = {"annat", "fil", NULL};
    const char *const none[] = {NULL};
    bool empty = false;
    (void)state;
    sites_path(path, "titt");
    assert_int_equal(posix_look(&kind, path), OK);
    assert_int_equal(kind, POSIX_NOTHING);
    assert_int_equal(posix_is_empty(&empty, path, none), ERR_NOT_FOUND);
    assert_int_equal(posix_make_dir(path), OK);
    assert_int_equal(posix_look(&kind, path), OK);
    assert_int_equal(kind, POSIX_FOLDER);
    assert_int_equal(posix_is_empty(&empty, path, none), OK);
    assert_true(empty);
    (void)snprintf(inner, sizeof inner, "%s/.fil", path);
    assert_int_equal(posix_write_file(inner, span_str("x")), OK);
    assert_int_equal(posix_is_empty(&empty, path, none), OK);
    assert_true(empty);
    (void)snprintf(inner, sizeof inner, "%s/fil", path);
    assert_int_equal(symlink("fil", inner), 0); /* leads to itself */
    assert_int_equal(posix_look(&kind, inner), ERR_STORAGE);
    assert_false(posix_is_dir(inner));
    assert_int_equal(posix_is_empty(&empty, path, none), OK);
    assert_false(empty);
    assert_int_equal(posix_is_empty(&empty, path, some), OK);
    assert_true(empty);
    assert_int_equal(posix_is_empty(&empty, inner, none), ERR_STORAGE);
    posix_remove_tree(path);
}

static void a_lock_keeps_other_processes_out(void **state)
{
    char path[SITES_PATH];
    int fd = -1;
    int status = 0;
    (void)state;
    sites_path(path, "lås");
    assert_int_equal(posix_lock(&fd, path, 0), OK);
    pid_t child = fork();
    if (child == 0) {
        int other = 5;
        enum err e = posix_lock(&other, path, 60);
        _exit(e == ERR_BUSY && other == -1 ? 0 : 1);
    }
    assert_true(waitpid(child, &status, 0) == child);
    assert_int_equal(status, 0);
    posix_unlock(fd);
    assert_int_equal(posix_lock(&fd, path, 0), OK);
    posix_unlock(fd);
    posix_unlock(-1);
    assert_int_not_equal(posix_lock(&fd, "/finns/inte/lås", 0), OK);
    assert_int_equal(fd, -1);
}

static void a_lock_keeps_another_handle_out(void **state)
{
    char path[SITES_PATH];
    int one = -1;
    int two = -1;
    (void)state;
    sites_path(path, "lås");
    assert_int_equal(posix_lock(&one, path, 0), OK);
    assert_int_equal(posix_lock(&two, path, 0), ERR_BUSY);
    posix_unlock(one);
}

/* Takes the lock and removes its file, again and again, beside another that does the same: neither finds the other in
 * it, which a marker that is there would tell. */
static int contend(const char *path, const char *marker)
{
    for (int i = 0; i < 400; i++) {
        int fd = -1;
        enum err e = ERR_BUSY;
        while (e == ERR_BUSY) {
            e = posix_lock(&fd, path, 0);
        }
        if (e != OK || mkdir(marker, 0700) != 0 || rmdir(marker) != 0) {
            return 1;
        }
        posix_unlock_remove(fd, path);
    }
    return 0;
}

static void a_lock_that_goes_keeps_others_out(void **state)
{
    char path[SITES_PATH];
    char marker[SITES_PATH];
    enum posix_kind kind;
    int status = 0;
    (void)state;
    sites_path(path, "lås");
    sites_path(marker, "inne");
    pid_t child = fork();
    if (child == 0) {
        _exit(contend(path, marker));
    }
    assert_int_equal(contend(path, marker), 0);
    assert_true(waitpid(child, &status, 0) == child);
    assert_int_equal(status, 0);
    assert_int_equal(posix_look(&kind, path), OK);
    assert_int_equal(kind, POSIX_NOTHING);
    posix_unlock_remove(-1, path);
}

static void time_goes_on(void **state)
{
    (void)state;
    uint64_t before = posix_now_ms();
    posix_sleep_ms(3);
    assert_true(posix_now_ms() >= before + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(files_whole),
                                       cmocka_unit_test(folders),
                                       cmocka_unit_test(looking),
                                       cmocka_unit_test(a_lock_keeps_other_processes_out),
                                       cmocka_unit_test(a_lock_keeps_another_handle_out),
                                       cmocka_unit_test(a_lock_that_goes_keeps_others_out),
                                       cmocka_unit_test(time_goes_on)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
