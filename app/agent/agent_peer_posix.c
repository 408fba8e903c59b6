#define _GNU_SOURCE /* struct ucred */
#include "app/agent/agent_peer_posix.h"

#include "sync/machine_posix.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

_Static_assert(AGENT_PLACE_PATH_MAX == sizeof((struct sockaddr_un *)NULL)->sun_path, "unix(7)");

bool agent_peer_posix_is_own(int fd)
{
    struct ucred peer = {0};
    socklen_t len = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && len == sizeof peer && peer.uid == geteuid();
}

int agent_peer_posix_connect(const struct agent_place *p)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    agent_place_posix_path(address.sun_path, p);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 &&
        (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0 || !agent_peer_posix_is_own(fd))) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

enum err agent_peer_posix_receive(uint8_t *out, size_t *len, size_t room, int fd, int wait_ms)
{
    const uint64_t until = machine_posix_steady_ms() + (uint64_t)wait_ms;
    for (;;) {
        const uint64_t now = machine_posix_steady_ms();
        struct pollfd p = {.fd = fd, .events = POLLIN};
        const int ready = poll(&p, 1, now < until ? (int)(until - now) : 0);
        if (ready < 0 && errno == EINTR) {
            continue;
        }
        if (ready <= 0) {
            return ERR_TRANSPORT;
        }
        const ssize_t n = recv(fd, out, room, MSG_DONTWAIT | MSG_TRUNC); /* gives the packet's own length */
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return ERR_TRANSPORT;
        }
        if ((size_t)n > room) {
            return ERR_LIMIT;
        }
        *len = (size_t)n;
        return OK;
    }
}

enum err agent_peer_posix_send(int fd, struct span message)
{
    return send(fd, message.ptr, message.len, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)message.len ? OK : ERR_TRANSPORT;
}
