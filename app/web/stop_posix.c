#include "app/web/stop_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static int ends[2] = {-1, -1}; /* a signal's handler can reach nothing else */

static void tell(int number)
{
    (void)number;
    const int before = errno;
    (void)!write(ends[1], "", 1);
    errno = before;
}

enum err stop_posix_listen(void)
{
    struct sigaction action = {.sa_handler = tell};
    action.sa_flags = SA_RESTART;
    (void)sigemptyset(&action.sa_mask);
    if (pipe(ends) != 0 || fcntl(ends[0], F_SETFD, FD_CLOEXEC) != 0 || fcntl(ends[1], F_SETFD, FD_CLOEXEC) != 0 ||
        fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0 || sigaction(SIGINT, &action, NULL) != 0 ||
        sigaction(SIGTERM, &action, NULL) != 0) {
        return ERR_STORAGE;
    }
    return OK;
}

void stop_posix_wait(void)
{
    char one;
    while (read(ends[0], &one, 1) < 0 && errno == EINTR) {
    }
}
