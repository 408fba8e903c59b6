#include "app/web/browser_posix.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the browser says goes nowhere, and Ctrl-C in our terminal is not for it. */
static void become(const char *address)
{
    const int nothing = open("/dev/null", O_RDWR);
    if (nothing >= 0) {
        (void)dup2(nothing, 0);
        (void)dup2(nothing, 1);
        (void)dup2(nothing, 2);
    }
    (void)setsid();
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)execlp("xdg-open", "xdg-open", address, (char *)NULL);
    _exit(127);
}

bool browser_posix_open(const char *address)
{
    const pid_t between = fork();
    if (between == 0) {
        if (fork() == 0) {
            become(address);
        }
        _exit(0); /* so that nobody has to wait for the browser */
    }
    return between > 0 && waitpid(between, NULL, 0) == between;
}
