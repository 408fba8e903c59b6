#include "app/cli/passphrase_posix.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "crypto/keyfile.h"

#define CTRL_C 3

bool passphrase_posix_can_ask(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* Reads bytes, not stdio: a buffer of stdio's would keep the passphrase. */
static enum err read_line(struct buf *out)
{
    for (size_t n = 0; n <= KEYFILE_PASS_MAX; n++) {
        unsigned char byte;
        if (read(STDIN_FILENO, &byte, 1) != 1) {
            return ERR_REFUSED;
        }
        if (byte == CTRL_C) {
            return ERR_REFUSED;
        }
        if (byte == '\n') {
            return buf_check(out);
        }
        buf_put_u8(out, byte);
    }
    return ERR_LIMIT;
}

enum err passphrase_posix_ask(struct buf *out, const char *question)
{
    struct termios before;
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
        e = read_line(out);
        (void)fputs("\n", stderr);
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &before);
    }
    return e;
}
