#include "app/cli/shield_posix.h"

#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>

void shield_posix_process(void)
{
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};
    /* Neither can fail: limits may always be lowered. */
    (void)setrlimit(RLIMIT_CORE, &none);
    /* The limit does not hold where cores are piped to a program (core(5)); this does. */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
