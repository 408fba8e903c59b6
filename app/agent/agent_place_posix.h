/* Where the agent of a home listens: the folder, checked, and the name of the socket in it. */
#ifndef APP_AGENT_AGENT_PLACE_POSIX_H
#define APP_AGENT_AGENT_PLACE_POSIX_H

#include "app/agent/agent_wire.h"

/* The places to look, best first: $XDG_RUNTIME_DIR/samplan, which is in memory and goes when the user logs out; then
 * HOME/agent, for where there is no such folder. Both only in a folder of this user's. */
#define AGENT_PLACE_COUNT 2

struct agent_place {
    int dir; /* the folder; closed by agent_place_posix_close */
    char name[AGENT_WIRE_NAME_MAX + 1];
};
/* Opens the folder of place number which (from 0) for home. make: it is made (0700) if it is missing. ERR_NOT_FOUND: no
 * such place; ERR_REFUSED: it is not this user's alone, and is left alone; ERR_STORAGE: it cannot be made. */
MUST_CHECK enum err agent_place_posix_open(struct agent_place *out, const char *home, int which, bool make);
void agent_place_posix_close(struct agent_place *p);

/* What bind and connect take, whatever the length of the folder's own path. */
#define AGENT_PLACE_PATH_MAX 108
void agent_place_posix_path(char out[AGENT_PLACE_PATH_MAX], const struct agent_place *p);

/* Whoever starts or clears away an agent there holds this: waits up to wait_ms. *fd is for close. ERR_BUSY; ERR_STORAGE. */
MUST_CHECK enum err agent_place_posix_hold(int *fd, const struct agent_place *p, unsigned wait_ms);

#endif
