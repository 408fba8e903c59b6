#include "app/agent/agent.h"

#include "app/agent/agent_peer_posix.h"
#include "app/agent/agent_start_posix.h"
#include "app/text/text.h"
#include "crypto/guard.h"
#include "sync/site.h"

#include <string.h>
#include <unistd.h>

#define HOLD_MS 5000   /* another `samplan unlock` takes less */
#define ANSWER_MS 1000 /* an agent answers at once, or is stopped */

/* Asks the agent at one place. bytes is guarded, AGENT_WIRE_REPLY_MAX long; what out borrows lies there.
 * ERR_NOT_FOUND: nobody there; ERR_TRANSPORT: no answer, or not one of ours. */
static enum err ask_at(struct agent_wire_reply *out, uint8_t *bytes, const struct agent_place *place,
                       const struct agent_wire_request *request)
{
    uint8_t message[AGENT_WIRE_REQUEST_LEN];
    size_t len = 0;
    const int fd = agent_peer_posix_connect(place);
    if (fd < 0) {
        return ERR_NOT_FOUND;
    }
    enum err e = agent_peer_posix_send(fd, span_of(message, agent_wire_put_request(message, request)));
    if (e == OK) {
        e = agent_peer_posix_receive(bytes, &len, AGENT_WIRE_REPLY_MAX, fd, ANSWER_MS);
    }
    if (e == OK) {
        e = agent_wire_reply(out, span_of(bytes, len));
    }
    (void)close(fd);
    return e == OK ? OK : ERR_TRANSPORT;
}

/* Asks place after place for what home's device.key is sealed under, until one holds it. The salt asked for is left in
 * request. */
static enum err ask(struct agent_wire_reply *out, uint8_t *bytes, const char *home, struct agent_wire_request *request)
{
    struct why why;
    bool met = false;
    enum err e = site_key_salt(request->salt, &why, home);
    for (int i = 0; e == OK && !met && i < AGENT_PLACE_COUNT; i++) {
        struct agent_place place;
        if (agent_place_posix_open(&place, home, i, false) == OK) {
            met = ask_at(out, bytes, &place, request) == OK &&
                  out->verdict == (request->ask == AGENT_ASK_KEY ? AGENT_GIVEN : AGENT_HELD);
            agent_place_posix_close(&place);
        }
    }
    return e == OK && !met ? ERR_NOT_FOUND : e;
}

struct agent_key *agent_key(const char *home)
{
    struct agent_wire_request request = {.ask = AGENT_ASK_KEY};
    struct agent_wire_reply reply;
    struct agent_key *key = guard_alloc(sizeof *key);
    uint8_t *bytes = guard_alloc(AGENT_WIRE_REPLY_MAX);
    const enum err e = key && bytes ? ask(&reply, bytes, home, &request) : ERR_MEMORY;
    if (e == OK) {
        memcpy(key->key.salt, request.salt, KEYFILE_SALT_LEN);
        memcpy(key->key.b, reply.key, KEYFILE_KEY_LEN);
        key->seconds = reply.seconds;
    }
    guard_free(bytes);
    if (e != OK) {
        guard_free(key);
        return NULL;
    }
    return key;
}

uint32_t agent_seconds(const char *home)
{
    struct agent_wire_request request = {.ask = AGENT_ASK_LEFT};
    uint8_t bytes[AGENT_WIRE_REPLY_MAX]; /* no key is asked for */
    struct agent_wire_reply reply;
    return ask(&reply, bytes, home, &request) == OK ? reply.seconds : 0;
}

enum err agent_lock(bool *was, const char *home)
{
    const struct agent_wire_request request = {.ask = AGENT_ASK_LOCK};
    enum err e = OK;
    *was = false;
    for (int i = 0; i < AGENT_PLACE_COUNT; i++) {
        uint8_t bytes[AGENT_WIRE_REPLY_MAX];
        struct agent_wire_reply reply;
        struct agent_place place;
        if (agent_place_posix_open(&place, home, i, false) != OK) {
            continue;
        }
        const enum err here = ask_at(&reply, bytes, &place, &request);
        if (here == OK && reply.verdict == AGENT_LOCKED) {
            *was = true;
        } else if (here != ERR_NOT_FOUND) {
            e = ERR_TRANSPORT;
        }
        agent_place_posix_close(&place);
    }
    return e;
}

static enum err start_at(bool *in_memory, struct why *why, const struct agent_place *place,
                         const struct agent_wish *wish)
{
    int hold = -1;
    if (agent_place_posix_hold(&hold, place, HOLD_MS) != OK) {
        return why_set(why, ERR_BUSY, N_("another process is starting an agent; nothing was changed, try again"), "%s",
                       wish->home);
    }
    bool was = false;
    enum err e = agent_lock(&was, wish->home);
    if (e != OK) {
        e = why_set(why, e, N_("the agent that is there does not answer: end that process first"), "%s", wish->home);
    } else {
        e = agent_start_posix(in_memory, place, wish);
    }
    (void)close(hold);
    return e;
}

enum err agent_start(bool *in_memory, struct why *why, const struct agent_wish *wish)
{
    *in_memory = false;
    enum err e = ERR_NOT_FOUND;
    for (int i = 0; i < AGENT_PLACE_COUNT && (e == ERR_NOT_FOUND || e == ERR_STORAGE); i++) {
        struct agent_place place;
        e = agent_place_posix_open(&place, wish->home, i, true);
        if (e == OK) {
            e = start_at(in_memory, why, &place, wish);
        } else if (e == ERR_REFUSED) {
            e = why_set(why, e, N_("the folder for the agent's socket must be yours alone (chmod 700)"), "%s",
                        i == 0 ? "$XDG_RUNTIME_DIR/samplan" : wish->home);
        }
        agent_place_posix_close(&place);
    }
    if (e == ERR_NOT_FOUND || e == ERR_STORAGE) {
        e = why_set(why, ERR_STORAGE, N_("the agent cannot be started; the home stays locked"), "%s", wish->home);
    }
    return e;
}
