#define _GNU_SOURCE /* close_range */
#include "app/agent/agent_start_posix.h"

#include "app/agent/agent_peer_posix.h"
#include "app/agent/agent_serve_posix.h"
#include "crypto/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define SELF "/proc/self/exe"
#define READY_MS 10000
#define HIGH 64 /* handles are moved up here first, so that none is overwritten before it is moved down */

extern char **environ; // NOLINT(readability-redundant-declaration): unistd.h declares it for _GNU_SOURCE only

/* Only what is safe between fork and exec. */
static void become(const char *home, const int handles[3])
{
    char *const words[] = {"samplan", AGENT_SERVE_WORD, (char *)(uintptr_t)home, NULL}; /* home: for whoever runs ps */
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    int up[4];
    for (int i = 0; i < 3; i++) {
        up[i] = fcntl(handles[i], F_DUPFD, HIGH);
    }
    up[3] = fcntl(nothing, F_DUPFD, HIGH);
    bool ready = setsid() >= 0 && chdir("/") == 0;
    for (int i = 0; i < 3; i++) {
        ready = ready && dup2(up[i], AGENT_SERVE_CHANNEL + i) >= 0 && dup2(up[3], i) >= 0;
    }
    if (ready && close_range(AGENT_SERVE_HANDLES, ~0U, 0) == 0) {
        (void)execve(SELF, words, environ);
    }
    _exit(127);
}

/* The agent is nobody's child: the one between ends at once. */
static enum err spawn(const char *home, const int handles[3])
{
    const pid_t between = fork();
    if (between == 0) {
        const pid_t agent = fork();
        if (agent == 0) {
            become(home, handles);
        }
        _exit(agent < 0);
    }
    int status = 1;
    while (between > 0 && waitpid(between, &status, 0) < 0 && errno == EINTR) {
    }
    return between > 0 && status == 0 ? OK : ERR_STORAGE;
}

static enum err bind_at(int *out, const struct agent_place *place)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    agent_place_posix_path(address.sun_path, place);
    (void)unlinkat(place->dir, place->name, 0);
    *out = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return *out >= 0 && bind(*out, (const struct sockaddr *)&address, sizeof address) == 0 ? OK : ERR_STORAGE;
}

/* Hands over the key, and waits until the agent listens. */
static enum err hand_over(bool *in_memory, int channel, const struct agent_place *place, const struct agent_wish *wish)
{
    struct agent_wire_start start = {.seconds = wish->seconds, .salt = wish->key->salt, .key = wish->key->b};
    uint8_t *packet = guard_alloc(AGENT_WIRE_START_MAX);
    uint8_t ready = 0;
    size_t len = 0;
    if (!packet) {
        return ERR_MEMORY;
    }
    memcpy(start.name, place->name, sizeof start.name);
    enum err e = agent_peer_posix_send(channel, span_of(packet, agent_wire_put_start(packet, &start)));
    guard_free(packet);
    if (e == OK) {
        e = agent_peer_posix_receive(&ready, &len, 1, channel, READY_MS);
    }
    *in_memory = ready == AGENT_SERVE_LOCKED;
    return e == OK && (ready == AGENT_SERVE_LOCKED || ready == AGENT_SERVE_UNLOCKED) ? OK : ERR_STORAGE;
}

enum err agent_start_posix(bool *in_memory, const struct agent_place *place, const struct agent_wish *wish)
{
    int channel[2] = {-1, -1};
    int listener = -1;
    *in_memory = false;
    enum err e = bind_at(&listener, place);
    if (e == OK && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) != 0) {
        e = ERR_STORAGE;
    }
    if (e == OK) {
        e = spawn(wish->home, (const int[3]){channel[1], listener, place->dir});
        (void)close(channel[1]);
    }
    if (e == OK) {
        e = hand_over(in_memory, channel[0], place, wish);
    }
    if (channel[0] >= 0) {
        (void)close(channel[0]);
    }
    if (listener >= 0) {
        (void)close(listener);
    }
    if (e != OK) {
        (void)unlinkat(place->dir, place->name, 0);
    }
    return e;
}
