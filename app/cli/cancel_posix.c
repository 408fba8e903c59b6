#include "app/cli/cancel_posix.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t asked; /* a signal's handler can reach nothing else */

static void remember(int number)
{
    (void)number;
    asked = 1;
}

void cancel_posix_listen(void)
{
    struct sigaction action = {.sa_handler = remember};
    action.sa_flags = (int)SA_RESETHAND;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

bool cancel_posix_asked(void)
{
    return asked != 0;
}
