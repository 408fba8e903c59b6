/* A home on a disk that fails, or is full, or under a process that dies, at each call that changes the replica's files:
 * every save that was acknowledged is there afterwards, and a handle that the disk has failed does nothing more. With
 * SAMPLAN_LONG in the environment, at every call where it is otherwise sampled. */
#define _DEFAULT_SOURCE
#include <sys/wait.h>

#include "tests/unit/sites.h"
#include "tests/unit/vault_stage.h"

#include "sync/edit.h"
#include "sync/posix.h"

#define SAVES 6

static struct home home;
static struct object_key goal;
static char kept[SITES_PATH];

static void copy_tree(const char *from, const char *to)
{
    struct buf command = {0};
    buf_printf(&command, "rm -rf '%s' && cp -a '%s' '%s'", to, from, to);
    assert_int_equal(system(buf_text(&command)), 0);
    buf_free(&command);
}

static void make(void)
{
    sites_found(&home, 1);
    struct place shared = {.plan = sites_plan(1), .topic = "plan"};
    goal = sites_make(&home, &shared, "goal", "target_date", "2027-01-01");
    sites_close(&home);
    sites_path(kept, "gott");
    copy_tree(home.dir, kept);
}

/* No assertion on the way: what fails is to be seen afterwards. */
static enum err save(struct site *s, int n)
{
    struct edit *e = NULL;
    char day[24];
    snprintf(day, sizeof day, "2027-02-%02d", n);
    enum err r = edit_begin(&e, s);
    if (r != OK)
        return r;
    r = edit_set(e, &goal, sites_field("goal", "target_date"), day);
    if (r != OK) {
        edit_cancel(e);
        return r;
    }
    return edit_commit(e, NULL);
}

/* The highest save that was acknowledged. A failed disk fails all that follows on the same handle; a full one does not. */
static int work(int tell, bool fails)
{
    struct site_options o = sites_options(&home);
    struct site *s = NULL;
    int acknowledged = 0;
    bool broken = false;
    enum err e = site_open(&s, &o);
    for (int n = 1; e == OK && n <= SAVES; n++) {
        enum err r = save(s, n);
        if (r == OK && broken && fails)
            STAGE_FAIL("save %d went on after a failure", n);
        broken = broken || r == ERR_STORAGE;
        if (r == OK) {
            acknowledged = n;
            if (tell >= 0 && write(tell, &n, sizeof n) != (ssize_t)sizeof n)
                _exit(1);
        }
    }
    site_close(s);
    return acknowledged;
}

static bool shows(struct home *h, int save)
{
    struct arena a = {0};
    struct view_list list;
    const struct view_query q = {.id = &goal.id};
    char day[24];
    snprintf(day, sizeof day, "2027-02-%02d", save);
    sites_must(h, view_objects(&list, &a, h->site, &q));
    const char *shown = list.count == 1 ? view_get(&list.objects[0], "target_date") : NULL;
    const bool same = shown && strcmp(shown, save == 0 ? "2027-01-01" : day) == 0;
    arena_free(&a);
    return same;
}

/* The last acknowledged, or a later one that was whole all the same. */
static void assert_kept(int acknowledged, const char *how, long at)
{
    fault_arm(FAULT_NONE, 0);
    struct home h = home;
    sites_open(&h);
    bool there = false;
    for (int n = acknowledged; n <= SAVES && !there; n++) {
        there = shows(&h, n);
    }
    if (!there)
        fail_msg("%s at %ld: save %d is gone", how, at, acknowledged);
    sites_check_ok(&h);
    sites_close(&h);
}

static long count_calls(void)
{
    copy_tree(kept, home.dir);
    fault_arm(FAULT_NONE, 0);
    assert_int_equal(work(-1, false), SAVES);
    return fault.calls;
}

static void fail_at_each(enum fault kind, const char *how)
{
    long calls = count_calls(), step = stage_long() ? 1 : calls / 12 + 1;
    for (long at = 1; at <= calls; at += step) {
        copy_tree(kept, home.dir);
        fault_arm(kind, at);
        assert_kept(work(-1, kind != FAULT_FULL), how, at);
    }
    print_message("%s: at each %ld of %ld calls\n", how, step, calls);
    assert_true(calls > 20); /* a save is one write to the log, one to the mark, and a sync */
}

static void test_failed_calls(void **state)
{
    (void)state;
    fail_at_each(FAULT_WRITE, "failed call");
    fail_at_each(FAULT_SHORT, "short write");
    fail_at_each(FAULT_FULL, "disk full");
}

static void die_at_each(enum fault kind, const char *how)
{
    long calls = count_calls(), step = stage_long() ? 1 : calls / 12 + 1, deaths = 0;
    for (long at = 1; at <= calls; at += step) {
        int tell[2], status = 0, n = 0, acknowledged = 0;
        copy_tree(kept, home.dir);
        assert_int_equal(pipe(tell), 0);
        pid_t child = stage_fork();
        if (child == 0) {
            close(tell[0]);
            fault_arm(kind, at);
            (void)work(tell[1], true);
            _exit(0);
        }
        close(tell[1]);
        while (read(tell[0], &n, sizeof n) == (ssize_t)sizeof n)
            acknowledged = n;
        close(tell[0]);
        assert_int_equal(waitpid(child, &status, 0), child);
        deaths += WIFSIGNALED(status);
        assert_kept(acknowledged, how, at);
    }
    print_message("%s: %ld deaths among %ld calls\n", how, deaths, calls);
    assert_true(deaths > 5);
}

static void test_deaths(void **state)
{
    (void)state;
    die_at_each(FAULT_KILL, "killed");
    die_at_each(FAULT_TORN, "killed in a write");
    die_at_each(FAULT_POWER, "power cut");
}

static int setup(void **state)
{
    if (stage_setup(state) != 0 || sites_setup(state) != 0)
        return -1;
    fault_register();
    sqlite3_vfs_register(sqlite3_vfs_find("fault"), 1); /* under the vault of each home */
    make();
    return 0;
}

static int teardown(void **state)
{
    return stage_teardown(state) + sites_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_failed_calls), cmocka_unit_test(test_deaths)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
