#include "app/web/ask_posix.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)4 << 10) /* a ticket, and the headers that every answer has */
#define WAIT_S 5

static int reach(uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    const struct timeval wait = {.tv_sec = WAIT_S};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made >= 0 && setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0 &&
        setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) == 0 &&
        connect(made, (struct sockaddr *)&at, sizeof at) == 0) {
        return made;
    }
    if (made >= 0) {
        (void)close(made);
    }
    return -1;
}

static bool say(int to, const struct buf *what)
{
    size_t sent = 0;
    while (sent < what->len) {
        const ssize_t n = send(to, what->ptr + sent, what->len - sent, MSG_NOSIGNAL);
        if (n <= 0) {
            return false;
        }
        sent += (size_t)n;
    }
    return true;
}

static bool hear(struct buf *out, int from)
{
    char block[4096];
    ssize_t n;
    while ((n = recv(from, block, sizeof block, 0)) > 0) {
        if ((size_t)n > ANSWER_MAX - out->len) {
            return false;
        }
        buf_put(out, block, (size_t)n);
    }
    return n == 0;
}

enum err ask_posix(struct buf *out, const struct ask *what)
{
    static const char good[] = "HTTP/1.1 200 ";
    struct buf question = {0};
    struct buf answer = {0};
    buf_printf(&question,
               "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\nContent-Type: application/json\r\n"
               "Content-Length: %zu\r\n\r\n%s",
               what->path, (unsigned)what->port, strlen(what->body), what->body);
    const int there = question.failed ? -1 : reach(what->port);
    enum err e = there >= 0 && say(there, &question) && hear(&answer, there) ? OK : ERR_TRANSPORT;
    const char *text = buf_text(&answer);
    const char *body = text ? strstr(text, "\r\n\r\n") : NULL;
    if (e == OK && body && strncmp(text, good, sizeof good - 1) == 0) {
        buf_put_str(out, body + 4);
        e = buf_check(out);
    } else {
        e = ERR_TRANSPORT;
    }
    if (there >= 0) {
        (void)close(there);
    }
    buf_wipe(&question);
    buf_wipe(&answer);
    return e;
}
