/* Starting an agent. Inside app/agent (others: app/agent/agent.h). */
#ifndef APP_AGENT_AGENT_START_POSIX_H
#define APP_AGENT_AGENT_START_POSIX_H

#include "app/agent/agent.h"
#include "app/agent/agent_place_posix.h"

/* Starts one that listens at place, whose hold the caller has and where nobody listens. A stale socket is taken away.
 * ERR_STORAGE: it cannot be bound, or the process did not come up. */
MUST_CHECK enum err agent_start_posix(bool *in_memory, const struct agent_place *place, const struct agent_wish *wish);

#endif
