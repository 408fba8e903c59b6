#include "app/cli/passphrase_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define CTRL_C 3

bool passphrase_posix_can_ask(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* Reads bytes, not stdio: a buffer of stdio's would keep the passphrase. */
static enum err read_line(uint8_t *out, size_t *len)
{
    for (*len = 0; *len <= KEYFILE_PASS_MAX; (*len)++) {
        uint8_t *byte = out + *len;
        if (read(STDIN_FILENO, byte, 1) != 1) {
            return ERR_REFUSED;
        }
        if (*byte == CTRL_C) {
            return ERR_REFUSED;
        }
        if (*byte == '\n') {
            return OK;
        }
    }
    return ERR_LIMIT;
}

enum err passphrase_posix_ask(uint8_t out[PASSPHRASE_POSIX_ROOM], size_t *len, const char *question)
{
    struct termios before;
    *len = 0;
    if (tcgetattr(STDIN_FILENO, &before) != 0) {
        return ERR_REFUSED;
    }
    struct termios silent = before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    silent.c_lflag &= ~(tcflag_t)ISIG; /* Ctrl-C is read as a byte, so that the terminal is mended first */
    enum err e = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 ? OK : ERR_REFUSED;
    if (e == OK) {
        (void)fputs(question, stderr);
        (void)fflush(stderr);
        e = read_line(out, len);
        (void)fputs("\n", stderr);
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &before);
    }
    return e;
}

enum err passphrase_posix_read(uint8_t out[PASSPHRASE_POSIX_ROOM], size_t *len, const char *path)
{
    *len = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_INPUT;
    }
    enum err e = OK;
    for (bool more = true; more && e == OK;) {
        uint8_t beyond;
        const size_t room = PASSPHRASE_POSIX_ROOM - *len;
        ssize_t n = room > 0 ? read(fd, out + *len, room) : read(fd, &beyond, 1);
        if (n < 0 && errno != EINTR) {
            e = ERR_INPUT;
        } else if (n > 0 && room == 0) {
            e = ERR_LIMIT;
        } else if (n > 0) {
            *len += (size_t)n;
        }
        more = n != 0;
    }
    (void)close(fd);
    return e;
}
