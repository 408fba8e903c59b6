/* The process that is an agent. It is this same program, started anew by agent_start_posix.c, so that nothing of the
 * command that asked for it is in its memory. */
#ifndef APP_AGENT_AGENT_SERVE_POSIX_H
#define APP_AGENT_AGENT_SERVE_POSIX_H

#include <stdbool.h>

/* The first argument, and the handles that it is started with. */
#define AGENT_SERVE_WORD "agent"
#define AGENT_SERVE_CHANNEL 3 /* the start message comes here; one byte goes back */
#define AGENT_SERVE_SOCKET 4  /* bound, not yet listening */
#define AGENT_SERVE_FOLDER 5  /* that the socket is in */
#define AGENT_SERVE_HANDLES 6

/* That byte. */
#define AGENT_SERVE_LOCKED 'L'   /* it listens; its memory is locked */
#define AGENT_SERVE_UNLOCKED 'U' /* it listens; its memory may be swapped out */

/* Is this process meant to be one? */
bool agent_serve_posix_asked(int argc, char **argv);
/* Is it, until the time is up, it is told to lock, or a signal comes. Gives the exit code. The process must be shielded
 * already (app/cli/shield_posix.h). */
int agent_serve_posix_main(void);

#endif
