#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/device.h"
#include "crypto/guard.h"

static void test_fresh_is_zero(void **state)
{
    (void)state;
    for (size_t len = 1; len < 70; len += 3) {
        uint8_t *block = guard_alloc(len);
        assert_non_null(block);
        for (size_t i = 0; i < len; i++)
            assert_int_equal(block[i], 0);
        memset(block, 0x5a, len);
        guard_free(block);
    }
    guard_free(NULL);
    assert_null(guard_alloc(SIZE_MAX));
}

/* How a child ends that writes at block[at]. */
static int write_at(uint8_t *block, ptrdiff_t at)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit none = {0, 0};
        (void)setrlimit(RLIMIT_CORE, &none);
        (void)signal(SIGSEGV, SIG_DFL); /* cmocka has its own, and so has a sanitizer */
        *(volatile uint8_t *)(block + at) = 1;
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_running_past_the_end(void **state)
{
    (void)state;
    uint8_t *block = guard_alloc(48);
    assert_non_null(block);
    assert_int_equal(write_at(block, 47), 0);
    assert_int_equal(write_at(block, 48), SIGSEGV);
    guard_free(block);
}

/* Sanitizers make locking do nothing, and say that it went well. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define INSTRUMENTED true
#elif defined(__has_feature)
#define INSTRUMENTED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define INSTRUMENTED false
#endif

/* Last: the limit stays lowered for this process. */
static void test_without_locked_memory(void **state)
{
    (void)state;
    assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &(const struct rlimit){0, 0}), 0);
    if (INSTRUMENTED)
        skip();
    if (geteuid() == 0) { /* root may lock without a limit */
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit(setuid(65534) != 0 || guard_can_lock());
        int status = 1;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    } else {
        assert_false(guard_can_lock());
    }
    uint8_t *block = guard_alloc(32);
    assert_non_null(block);
    memset(block, 1, 32);
    guard_free(block);
}

static int setup(void **state)
{
    (void)state;
    return device_init_library() == OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fresh_is_zero),
        cmocka_unit_test(test_running_past_the_end),
        cmocka_unit_test(test_without_locked_memory),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
