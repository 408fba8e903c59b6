/* Showing an address in the person's browser. */
#ifndef APP_WEB_BROWSER_POSIX_H
#define APP_WEB_BROWSER_POSIX_H

#include <stdbool.h>

/* Starts xdg-open and does not wait for it. False: no process could be made. */
bool browser_posix_open(const char *address);

#endif
