/* Names of types, fields and topics as people say them; programs use the schema's own. */
#ifndef APP_CLI_LABELS_H
#define APP_CLI_LABELS_H

/* In the chosen language; the name itself where there is no label. */
const char *labels_of(const char *name);

#endif
