/* What the kernel is asked for before anything secret is in memory. */
#ifndef APP_CLI_SHIELD_POSIX_H
#define APP_CLI_SHIELD_POSIX_H

/* No core dump of this process, whatever the limits were and wherever cores go; no debugger of this same user attached
 * to it, and its memory not to be read through /proc. First thing in main. Programs that it starts are as any other,
 * but for their cores. */
void shield_posix_process(void);

#endif
