#include "app/web/stop_posix.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

static bool choose(sigset_t *out)
{
    return sigemptyset(out) == 0 && sigaddset(out, SIGINT) == 0 && sigaddset(out, SIGTERM) == 0;
}

enum err stop_posix_listen(void)
{
    sigset_t both;
    return choose(&both) && pthread_sigmask(SIG_BLOCK, &both, NULL) == 0 ? OK : ERR_STORAGE;
}

void stop_posix_wait(void)
{
    sigset_t both;
    int which = 0;
    while (choose(&both) && sigwait(&both, &which) != 0) {
    }
    (void)pthread_sigmask(SIG_UNBLOCK, &both, NULL); /* a second one ends the program as ever */
}
