/* One packet at a time over a socket whose other end is this same user's. */
#ifndef APP_AGENT_AGENT_PEER_POSIX_H
#define APP_AGENT_AGENT_PEER_POSIX_H

#include "app/agent/agent_place_posix.h"

/* Connected, and the listener is this user's process; -1 if nobody listens, or somebody else. */
int agent_peer_posix_connect(const struct agent_place *p);
/* Does the other end run as this user? The kernel says so (SO_PEERCRED). */
bool agent_peer_posix_is_own(int fd);
/* One packet of at most room bytes into out, waiting up to wait_ms. ERR_TRANSPORT: none came; ERR_LIMIT: a longer one. */
MUST_CHECK enum err agent_peer_posix_receive(uint8_t *out, size_t *len, size_t room, int fd, int wait_ms);
/* ERR_TRANSPORT: gone, or not reading. */
MUST_CHECK enum err agent_peer_posix_send(int fd, struct span message);

#endif
