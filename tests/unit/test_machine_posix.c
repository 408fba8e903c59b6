#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sync/machine_posix.h"
#include "sync/posix.h"

static void test_memory(void **state)
{
    (void)state;
    uint64_t total = 0, available = 0;
    machine_posix_memory(&total, &available);
    assert_true(available > 0);
    assert_true(available <= total);
    /* sysconf is another way to ask; the kernel keeps a little for itself in one of them. */
    const uint64_t pages = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    assert_in_range(total, pages / 2, pages * 2);
}

static void test_clock(void **state)
{
    (void)state;
    const uint64_t before = machine_posix_steady_ms();
    posix_sleep_ms(30);
    const uint64_t after = machine_posix_steady_ms();
    assert_in_range(after - before, 29, 20000);
}

/* Last: the limit stays for this process. */
static void test_limited(void **state)
{
    (void)state;
    struct rlimit space = {0};
    assert_int_equal(getrlimit(RLIMIT_AS, &space), 0);
    uint64_t total = 0, available = 0, all = 0, rest = 0;
    machine_posix_memory(&all, &rest);
    space.rlim_cur = (rlim_t)1 << 60;
    if (setrlimit(RLIMIT_AS, &space) == 0) { /* a limit that limits nothing */
        machine_posix_memory(&total, &available);
        assert_int_equal(total, all);
    }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
    space.rlim_cur = 300 << 20;
    assert_int_equal(setrlimit(RLIMIT_AS, &space), 0);
    machine_posix_memory(&total, &available);
    assert_int_equal(total, 300 << 20);
    assert_true(available <= total);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
