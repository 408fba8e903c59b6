/* What JSON is decoded in may have held a passphrase. */
#ifndef APP_WEB_MEMORY_H
#define APP_WEB_MEMORY_H

/* From now on jansson's memory is overwritten when it is given back. Call before the first use of jansson in the
 * process. */
void memory_wipe_json(void);

#endif
