/* The agent: a small process per home that holds the key of device.key (struct keyfile_key) in locked memory for a
 * while, so that not every command pays for the passphrase. Same user only; ends by itself.
 *
 *     agent_wire         what is said, as bytes (pure)
 *     agent_place_posix  where it listens
 *     agent_peer_posix   one packet, and who is at the other end
 *     agent_serve_posix  the process itself
 *     agent_start_posix  starting it
 *     agent              for commands: is there one, and what does it hold? */
#ifndef APP_AGENT_AGENT_H
#define APP_AGENT_AGENT_H

#include "crypto/keyfile.h"
#include "sync/why.h"

#define AGENT_SECONDS_DEFAULT (15u * 60u)

struct agent_key {
    struct keyfile_key key;
    uint32_t seconds; /* that it will be held yet */
};
/* The key that an agent holds for home's device.key. Fresh, in guarded memory: guard_free. NULL if there is none, or
 * it holds one of another device.key, or does not answer within a second. Says nothing. */
struct agent_key *agent_key(const char *home);
/* The seconds that home's key will be held yet; 0: it is not held. */
uint32_t agent_seconds(const char *home);
/* Ends home's agents. *was: there was one. ERR_TRANSPORT: one is there, and does not answer. */
MUST_CHECK enum err agent_lock(bool *was, const char *home);

struct agent_wish {
    const char *home;
    const struct keyfile_key *key; /* in guarded memory; borrowed for the call */
    uint32_t seconds;              /* 1 to AGENT_WIRE_SECONDS_MAX */
};
/* Starts an agent, in the place of one that may be there. *in_memory: its memory is locked; otherwise the limits do not
 * allow that, and the key may be swapped out. ERR_STORAGE, ERR_REFUSED, ERR_BUSY: why tells. */
MUST_CHECK enum err agent_start(bool *in_memory, struct why *why, const struct agent_wish *wish);

#endif
