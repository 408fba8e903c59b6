#define _GNU_SOURCE /* accept4 */
#include "app/agent/agent_serve_posix.h"

#include "app/agent/agent_peer_posix.h"
#include "crypto/device.h"
#include "crypto/guard.h"
#include "sync/machine_posix.h"
#include "sync/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define START_MS 5000  /* for the start message to come */
#define CLIENTS_MAX 32 /* at a time; one more drops the one that came first */
#define CLIENT_MS 2000 /* to ask in */
#define STATUS_MAX 16384

/* What the agent holds: one guarded block, and the packets to and from it. */
struct held {
    struct keyfile_key key;
    uint8_t packet[AGENT_WIRE_START_MAX];
    uint8_t reply[AGENT_WIRE_REPLY_MAX];
};

struct client {
    int fd;
    uint64_t until_ms;
};

struct agent {
    struct held *held; /* NULL: wiped */
    uint64_t until_ms; /* of the clock that goes on while the computer sleeps */
    struct agent_place place;
    ino_t socket_inode;
    int signals;
    int timer;
    size_t client_count;
    struct client clients[CLIENTS_MAX]; /* oldest first */
};

bool agent_serve_posix_asked(int argc, char **argv)
{
    int type = 0;
    socklen_t len = sizeof type;
    return argc >= 2 && strcmp(argv[1], AGENT_SERVE_WORD) == 0 &&
           getsockopt(AGENT_SERVE_CHANNEL, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_SEQPACKET;
}

/* CLOCK_BOOTTIME counts sleep: a lid that was shut for an hour is an hour. */
static uint64_t now_ms(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_BOOTTIME, &t);
    return (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}

/* A debugger that was there before the shield was. */
static bool is_traced(void)
{
    struct buf status = {0};
    bool traced = true;
    if (posix_read_file(&status, "/proc/self/status", STATUS_MAX) == OK && buf_text(&status)) {
        traced = strstr(buf_text(&status), "TracerPid:\t0\n") == NULL;
    }
    buf_free(&status);
    return traced;
}

static void wipe(struct agent *a)
{
    guard_free(a->held);
    a->held = NULL;
}

/* Takes the start message. */
static enum err take_start(struct agent *a)
{
    struct agent_wire_start start;
    size_t len = 0;
    a->held = guard_alloc(sizeof *a->held);
    if (!a->held) {
        return ERR_MEMORY;
    }
    uint8_t *packet = a->held->packet;
    enum err e = agent_peer_posix_receive(packet, &len, sizeof a->held->packet, AGENT_SERVE_CHANNEL, START_MS);
    if (e == OK) {
        e = agent_wire_start(&start, span_of(packet, len));
    }
    if (e == OK) {
        memcpy(a->held->key.salt, start.salt, KEYFILE_SALT_LEN);
        memcpy(a->held->key.b, start.key, KEYFILE_KEY_LEN);
        memcpy(a->place.name, start.name, sizeof start.name);
        a->until_ms = now_ms() + (uint64_t)start.seconds * 1000u;
    }
    device_wipe(packet, sizeof a->held->packet);
    return e;
}

/* Signals and the end of the time become things to wait for. */
static enum err watch(struct agent *a)
{
    sigset_t ends;
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigaddset(&ends, SIGINT);
    (void)sigaddset(&ends, SIGHUP);
    (void)sigaddset(&ends, SIGQUIT);
    const struct itimerspec at = {
        .it_value = {.tv_sec = (time_t)(a->until_ms / 1000u), .tv_nsec = (long)(a->until_ms % 1000u) * 1000000L}};
    (void)signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_SETMASK, &ends, NULL) != 0) {
        return ERR_STORAGE;
    }
    a->signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
    a->timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    return a->signals >= 0 && a->timer >= 0 && timerfd_settime(a->timer, TFD_TIMER_ABSTIME, &at, NULL) == 0
               ? OK
               : ERR_STORAGE;
}

static enum err begin(struct agent *a)
{
    struct stat st;
    enum err e = device_init_library() == OK && !is_traced() ? take_start(a) : ERR_REFUSED;
    if (e == OK) {
        e = watch(a);
    }
    if (e == OK && (fstatat(AGENT_SERVE_FOLDER, a->place.name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
                    listen(AGENT_SERVE_SOCKET, SOMAXCONN) != 0)) {
        e = ERR_STORAGE;
    }
    if (e == OK) {
        a->socket_inode = st.st_ino;
        const uint8_t ready = guard_can_lock() ? AGENT_SERVE_LOCKED : AGENT_SERVE_UNLOCKED;
        e = agent_peer_posix_send(AGENT_SERVE_CHANNEL, span_of(&ready, 1));
    }
    (void)close(AGENT_SERVE_CHANNEL);
    return e;
}

/* Answers one packet. Nothing is told to whom it does not concern. */
static void answer(struct agent *a, int fd)
{
    struct agent_wire_request request;
    struct agent_wire_reply reply = {.verdict = AGENT_OTHER};
    uint8_t packet[AGENT_WIRE_REQUEST_LEN];
    size_t len = 0;
    if (agent_peer_posix_receive(packet, &len, sizeof packet, fd, 0) != OK ||
        agent_wire_request(&request, span_of(packet, len)) != OK) {
        return;
    }
    const uint64_t now = now_ms();
    struct held *held = a->held;
    if (request.ask == AGENT_ASK_LOCK || now >= a->until_ms) {
        uint8_t bytes[AGENT_WIRE_REPLY_MAX];
        wipe(a);
        reply.verdict = AGENT_LOCKED;
        (void)!agent_peer_posix_send(fd, span_of(bytes, agent_wire_put_reply(bytes, &reply)));
        return;
    }
    if (span_equal(span_of(request.salt, KEYFILE_SALT_LEN), span_of(held->key.salt, KEYFILE_SALT_LEN))) {
        reply.verdict = request.ask == AGENT_ASK_KEY ? AGENT_GIVEN : AGENT_HELD;
        reply.seconds = (uint32_t)((a->until_ms - now + 999u) / 1000u);
        reply.key = reply.verdict == AGENT_GIVEN ? held->key.b : NULL;
    }
    (void)!agent_peer_posix_send(fd, span_of(held->reply, agent_wire_put_reply(held->reply, &reply)));
    device_wipe(held->reply, sizeof held->reply);
}

static void drop(struct agent *a, size_t i)
{
    (void)close(a->clients[i].fd);
    a->client_count--;
    memmove(&a->clients[i], &a->clients[i + 1], (a->client_count - i) * sizeof a->clients[0]);
}

static void admit(struct agent *a)
{
    const int fd = accept4(AGENT_SERVE_SOCKET, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        return;
    }
    if (!agent_peer_posix_is_own(fd)) {
        (void)close(fd);
        return;
    }
    if (a->client_count == CLIENTS_MAX) {
        drop(a, 0);
    }
    a->clients[a->client_count++] = (struct client){.fd = fd, .until_ms = machine_posix_steady_ms() + CLIENT_MS};
}

/* Drops those who are late; gives how long to wait for the rest, -1 for ever. */
static int patience(struct agent *a)
{
    const uint64_t now = machine_posix_steady_ms();
    while (a->client_count > 0 && a->clients[0].until_ms <= now) {
        drop(a, 0);
    }
    return a->client_count > 0 ? (int)(a->clients[0].until_ms - now) : -1;
}

/* One turn: false when it is over. */
static bool turn(struct agent *a)
{
    struct pollfd p[3 + CLIENTS_MAX] = {{.fd = a->signals, .events = POLLIN},
                                        {.fd = a->timer, .events = POLLIN},
                                        {.fd = AGENT_SERVE_SOCKET, .events = POLLIN}};
    const int wait_ms = patience(a);
    const size_t count = a->client_count;
    for (size_t i = 0; i < count; i++) {
        p[3 + i] = (struct pollfd){.fd = a->clients[i].fd, .events = POLLIN};
    }
    if (poll(p, 3 + count, wait_ms) < 0) {
        return errno == EINTR; /* stopped, and let go on */
    }
    if (p[0].revents || p[1].revents) {
        return false;
    }
    for (size_t i = count; i > 0 && a->held; i--) { /* backward: dropping moves those after it */
        if (p[2 + i].revents) {
            answer(a, a->clients[i - 1].fd);
            drop(a, i - 1);
        }
    }
    if (a->held && p[2].revents) {
        admit(a);
    }
    return a->held != NULL;
}

/* Takes the socket away, unless another agent's is there by now. Whoever holds the place is about to do it. */
static void clear_away(const struct agent *a)
{
    struct stat st;
    int hold = -1;
    if (a->socket_inode != 0 && agent_place_posix_hold(&hold, &a->place, 0) == OK) {
        if (fstatat(a->place.dir, a->place.name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_ino == a->socket_inode) {
            (void)unlinkat(a->place.dir, a->place.name, 0);
        }
        (void)close(hold);
    }
}

int agent_serve_posix_main(void)
{
    struct agent a = {.place = {.dir = AGENT_SERVE_FOLDER}, .signals = -1, .timer = -1};
    const enum err e = begin(&a);
    while (e == OK && turn(&a)) {
    }
    wipe(&a);
    clear_away(&a);
    return e == OK ? 0 : 1;
}
